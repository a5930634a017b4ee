"""What recipes measure after every epoch, on validation images: the test set is for the end."""

from __future__ import annotations

from aae_course.data.dataset import Dataset
from aae_course.data.minibatches import as_pixels
from aae_course.models import EncoderDecoder, Model

WATCHED = 1000  # validation images that are rebuilt after every epoch


def validation_error(model: Model, data: Dataset) -> dict[str, float]:
    """Percent of the validation images that a model with logits reads wrong."""
    from aae_course.metrics.codes import error_percent  # slow to import, and recipes are not

    return {"validation_error_percent": error_percent(model, data.validation)}


def validation_clusters(model: Model, data: Dataset) -> dict[str, float]:
    """Errors of clusters; half of the validation images name them, the other half is measured."""
    from aae_course.metrics.clustering import clustered, score  # slow to import

    half = len(data.validation) // 2
    naming, measured = (data.validation.part(part) for part in (slice(half), slice(half, None)))
    scores = score(clustered(model, naming), clustered(model, measured))
    return {
        "validation_error_percent": scores["test_error_percent"],
        "validation_majority_error_percent": scores["majority_error_percent"],
        "clusters_alive": scores["clusters_alive"],
    }


def validation_reconstruction(model: EncoderDecoder, data: Dataset) -> dict[str, float]:
    """½‖x̂ − x‖² of some validation images."""
    from aae_course.metrics.codes import reconstruction_error  # slow to import, and recipes are not

    x = as_pixels(data.validation.images[:WATCHED])
    return {"validation_half_squared_error": reconstruction_error(model, x)}
