"""AAE and VAE over two priors, and the autoencoders and GANs of notebooks 01 to 05."""
