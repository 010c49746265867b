"""Sound, block by block: decoder, voices, envelope, mixer. Imports only contract, events, mapping and latent."""
