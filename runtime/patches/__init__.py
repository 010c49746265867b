"""Patches for Max, Max for Live and Pure Data, written for one model from the table of OSC addresses."""
