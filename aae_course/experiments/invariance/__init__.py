"""The runs that ask for one thing more: a small distortion changes no category (notebook 13)."""
