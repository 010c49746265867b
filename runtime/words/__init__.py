"""Words of a musician → a place in latent space: offline, by a table of words and the named axes."""
