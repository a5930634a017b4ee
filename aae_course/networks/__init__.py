"""The networks of the course: layers with an optional replica dimension, and architectures."""

from aae_course.networks.convolutional import ARCHITECTURES, Convolutional
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.encoders import (
    DeterministicEncoder,
    GaussianEncoder,
    UniversalApproximatorEncoder,
    reparameterise,
)
from aae_course.networks.layers import MLP, BatchNorm, Linear
from aae_course.networks.perceptrons import Perceptrons
from aae_course.networks.replicas import build_replicas, split_replicas, take_replica

__all__ = [
    "ARCHITECTURES",
    "MLP",
    "BatchNorm",
    "Convolutional",
    "Convolutions",
    "DeterministicEncoder",
    "GaussianEncoder",
    "Linear",
    "Perceptrons",
    "UniversalApproximatorEncoder",
    "build_replicas",
    "reparameterise",
    "split_replicas",
    "take_replica",
]
