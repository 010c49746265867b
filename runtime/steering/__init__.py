"""What the player does besides playing: move through latent space, keep places, arrange keys, undo.

It belongs to the interface process and serves OSC, MIDI and the page alike; the engine hears plain events.
"""
