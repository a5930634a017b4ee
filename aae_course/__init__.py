"""Adversarial autoencoders, from the plain autoencoder to every variant of the paper.

What a person with a notebook types stands here; everything else has a room of its own.
"""

from aae_course.data import Split, load
from aae_course.experiments import recipes
from aae_course.models import *
from aae_course.networks import Perceptrons
from aae_course.training import SGD, Adam, Annealed, StepDecay, Training, fit

__all__ = [
    "SGD", "Adam", "AdversarialAutoencoder", "Annealed", "Autoencoder", "Categorical", "Classifier",
    "ClusteringAutoencoder", "DimensionalityReduction", "FixedHeadsReduction", "Gaussian",
    "GaussianMixture", "GenerativeAdversarialNetwork", "InformedSupervisedAutoencoder",
    "LabelInformedAutoencoder", "LabelsAlone", "Perceptrons", "SemiSupervisedAutoencoder",
    "SemiSupervisedReduction", "Split", "StepDecay", "SupervisedAutoencoder", "SwissRoll",
    "Training", "Uniform", "VariationalAutoencoder", "WassersteinAutoencoder", "fit", "load",
    "recipes",
]  # fmt: skip
__version__ = "0.1.0"
