"""Numbers that say how good a model is, each usable alone on tensors."""

from aae_course.metrics.clustering import (
    adjusted_rand_index,
    clusters_alive,
    contingency,
    majority_names,
    matching_error,
    most_confident_names,
    naming_error,
    normalised_mutual_information,
)
from aae_course.metrics.codes import (
    Labelled,
    coded,
    linear_probe_error,
    mlp_probe_error,
    nearest_neighbour_error,
    predictions,
    reconstruction_error,
)
from aae_course.metrics.parzen import (
    BANDWIDTHS,
    Parzen,
    choose_bandwidth,
    parzen_log_density,
    parzen_log_likelihood,
    parzen_over_folds,
)
from aae_course.metrics.prior_match import (
    component_shares,
    components_hit,
    own_part_fraction,
    sliced_wasserstein,
    two_sample_accuracy,
)
from aae_course.metrics.samples import (
    PrecisionRecall,
    features,
    frechet_distance,
    precision_recall,
    train_classifier,
)

__all__ = [
    "BANDWIDTHS",
    "Labelled",
    "Parzen",
    "PrecisionRecall",
    "adjusted_rand_index",
    "choose_bandwidth",
    "clusters_alive",
    "coded",
    "component_shares",
    "components_hit",
    "contingency",
    "features",
    "frechet_distance",
    "linear_probe_error",
    "majority_names",
    "matching_error",
    "mlp_probe_error",
    "most_confident_names",
    "naming_error",
    "nearest_neighbour_error",
    "normalised_mutual_information",
    "own_part_fraction",
    "parzen_log_density",
    "parzen_log_likelihood",
    "parzen_over_folds",
    "precision_recall",
    "predictions",
    "reconstruction_error",
    "sliced_wasserstein",
    "train_classifier",
    "two_sample_accuracy",
]
