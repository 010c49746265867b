"""Ports and sockets become events: MIDI and OSC."""
