"""Captured notes written as one-shot files, with all it takes to make them again."""
