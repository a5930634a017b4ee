"""AAE, VAE, WAE and plain autoencoder on equal terms (notebook 12)."""
