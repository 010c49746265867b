"""Decoder families; each follows the streaming contract of runtime/contract.py."""
