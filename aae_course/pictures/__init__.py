"""Pictures that several notebooks and figures share; each takes tensors or a trained model."""
