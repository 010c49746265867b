"""Where each part and voice is in latent space, as a function of the frame counter."""
