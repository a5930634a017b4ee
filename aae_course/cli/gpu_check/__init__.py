"""Whether a GPU computes what it should, and how long the paper's runs take on it."""
