"""Adversarial autoencoders, from the plain autoencoder to every variant of the paper."""

__version__ = "0.1.0"
