"""Adversarial autoencoders, from the plain autoencoder to every variant of the paper.

What a person with a notebook types stands here; everything else has a room of its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors; when it runs, `__getattr__` does this
    from aae_course.data import Dataset, Split, labelled_subset, load, proportional_subset
    from aae_course.experiments import recipes
    from aae_course.models import *
    from aae_course.networks import Perceptrons
    from aae_course.training import SGD, Adam, Annealed, StepDecay, Training, fit

__all__ = [
    "SGD", "Adam", "AdversarialAutoencoder", "Annealed", "Autoencoder", "Categorical", "Classifier",
    "ClusteringAutoencoder", "Dataset", "DimensionalityReduction", "FixedHeadsReduction",
    "Gaussian", "GaussianMixture", "GenerativeAdversarialNetwork", "InformedSupervisedAutoencoder",
    "InvariantClustering", "InvariantFixedHeadsReduction", "InvariantReduction",
    "InvariantSemiSupervised", "InvariantSemiSupervisedReduction",
    "LabelInformedAutoencoder", "LabelsAlone", "Perceptrons", "Prior", "SemiSupervisedAutoencoder",
    "SemiSupervisedReduction", "Split", "StepDecay", "SupervisedAutoencoder", "SwissRoll",
    "Training", "Uniform", "VariationalAutoencoder", "WassersteinAutoencoder", "fit",
    "labelled_subset", "load", "proportional_subset", "recipes",
]  # fmt: skip
__version__ = "0.1.0"
_ROOMS = ("data", "networks", "models", "training", "experiments")


def __getattr__(name: str):
    """Import a room, or what `__all__` names, when it is first asked for.

    torch takes seconds to import. `aae-course --help` does not wait for it, and `aae-course doctor`
    runs where it is broken.
    """
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module(f"{__name__}.experiments.recipes")
    rooms = [import_module(f"{__name__}.{room}") for room in _ROOMS]
    return next(getattr(room, name) for room in rooms if hasattr(room, name))
