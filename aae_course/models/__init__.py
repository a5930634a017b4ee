"""A file for each method: its networks and its training step, written as the paper writes it."""

from aae_course.models.aae import AdversarialAutoencoder
from aae_course.models.autoencoder import Autoencoder
from aae_course.models.classifier import Classifier
from aae_course.models.clustering import ClusteringAutoencoder
from aae_course.models.dim_reduction import (
    DimensionalityReduction,
    FixedHeadsReduction,
    SemiSupervisedReduction,
    SummedCodeAutoencoder,
)
from aae_course.models.encoder_decoder import EncoderDecoder
from aae_course.models.gan import GenerativeAdversarialNetwork
from aae_course.models.invariant_clustering import InvariantClustering
from aae_course.models.invariant_reduction import (
    InvariantFixedHeadsReduction,
    InvariantReduction,
    InvariantSemiSupervisedReduction,
)
from aae_course.models.invariant_semi_supervised import InvariantSemiSupervised
from aae_course.models.label_and_style import LabelAndStyle
from aae_course.models.label_informed import LabelInformedAutoencoder
from aae_course.models.labels_alone import LabelsAlone
from aae_course.models.losses import (
    discriminator_loss,
    gaussian_kl,
    gaussian_log_density,
    generator_loss,
    half_squared_error,
    head_distance_loss,
    inverse_multiquadratic_mmd,
    label_cross_entropy,
    unbiased_mmd,
)
from aae_course.models.model import Model
from aae_course.models.priors import (
    Categorical,
    Gaussian,
    GaussianMixture,
    Prior,
    SwissRoll,
    Uniform,
)
from aae_course.models.semi_supervised import SemiSupervisedAutoencoder
from aae_course.models.supervised import (
    InformedSupervisedAutoencoder,
    SupervisedAutoencoder,
)
from aae_course.models.vae import VariationalAutoencoder
from aae_course.models.wae import WassersteinAutoencoder

__all__ = [
    "AdversarialAutoencoder",
    "Autoencoder",
    "Categorical",
    "Classifier",
    "ClusteringAutoencoder",
    "DimensionalityReduction",
    "EncoderDecoder",
    "FixedHeadsReduction",
    "Gaussian",
    "GaussianMixture",
    "GenerativeAdversarialNetwork",
    "InformedSupervisedAutoencoder",
    "InvariantClustering",
    "InvariantFixedHeadsReduction",
    "InvariantReduction",
    "InvariantSemiSupervised",
    "InvariantSemiSupervisedReduction",
    "LabelAndStyle",
    "LabelInformedAutoencoder",
    "LabelsAlone",
    "Model",
    "Prior",
    "SemiSupervisedAutoencoder",
    "SemiSupervisedReduction",
    "SummedCodeAutoencoder",
    "SupervisedAutoencoder",
    "SwissRoll",
    "Uniform",
    "VariationalAutoencoder",
    "WassersteinAutoencoder",
    "discriminator_loss",
    "gaussian_kl",
    "gaussian_log_density",
    "generator_loss",
    "half_squared_error",
    "head_distance_loss",
    "inverse_multiquadratic_mmd",
    "label_cross_entropy",
    "unbiased_mmd",
]
