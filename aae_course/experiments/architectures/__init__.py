"""The study of convolutional architectures (notebook 11)."""
