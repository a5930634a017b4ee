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
from aae_course.networks.map_layers import Convolution, TransposedConvolution, Upsampling
from aae_course.networks.perceptrons import Perceptrons
from aae_course.networks.receptive_field import receptive_fields
from aae_course.networks.replicas import build_replicas, split_replicas, take_replica
from aae_course.networks.size import count_flops, count_parameters, match_flops, match_parameters

__all__ = [
    "ARCHITECTURES",
    "MLP",
    "BatchNorm",
    "Convolution",
    "Convolutional",
    "Convolutions",
    "DeterministicEncoder",
    "GaussianEncoder",
    "Linear",
    "Perceptrons",
    "TransposedConvolution",
    "UniversalApproximatorEncoder",
    "Upsampling",
    "build_replicas",
    "count_flops",
    "count_parameters",
    "match_flops",
    "match_parameters",
    "receptive_fields",
    "reparameterise",
    "split_replicas",
    "take_replica",
]
