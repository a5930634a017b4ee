"""Classic clustering beside the AAE's: k-means, a Gaussian mixture, spectral clustering."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.mixture import GaussianMixture
from torch import Tensor

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.numbers import RowMetric, by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled, coded
from aae_course.metrics.clustering import Clustered, score
from aae_course.models import EncoderDecoder
from aae_course.randomness import seeded_generator

CLUSTER_COUNTS = (10, 16, 30)
TOGETHER = 2000  # images of validation, and of test, for what cannot take new ones
# The error by majority on the images of `some_of`, on which every method is scored too.
ON_THE_SAME_IMAGES = "same_images_majority_error_percent"
Scores = Callable[[Tensor], Tensor]


def measure_baselines(trained: Trained) -> dict[RowMetric, list[float]]:
    """All measures of Table 3 for classic methods, on pixels and on codes of an AAE."""
    if not trained.final:
        return {}
    rows = [
        dict(_baselines(model, trained, seed))
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    return by_name(rows)


def _baselines(
    model: EncoderDecoder, trained: Trained, seed: int
) -> Iterator[tuple[RowMetric, float]]:
    data = trained.data
    pixels = [
        Labelled(as_pixels(split.images), split.labels)
        for split in (data.train, data.validation, data.test)
    ]
    codes = [coded(model, images.x, images.y) for images in pixels]
    for count in CLUSTER_COUNTS:
        scores = {
            f"kmeans_pixels_{count}": scored(k_means, pixels, count, seed),
            f"kmeans_codes_{count}": scored(k_means, codes, count, seed),
            f"mixture_codes_{count}": scored(gaussian_mixture, codes, count, seed),
            f"spectral_pixels_{count}": spectral(pixels, count, seed),
        }
        for row, measures in scores.items():
            yield from (((row, name), value) for name, value in measures.items())


def scored(
    method: Callable[[Tensor, int, int], Scores], points: list[Labelled], count: int, seed: int
) -> dict[str, float]:
    """The measures of a method that is fitted to training points and then takes new ones.

    Args:
        method: of clustering.
        points: of training, validation and test images.
        count: of clusters.
        seed: of the method.
    """
    train, validation, test = points
    scores = method(train.x, count, seed)
    return scored_twice(*(Clustered(scores(each.x), each.y) for each in (validation, test)), seed)


def scored_twice(validation: Clustered, test: Clustered, seed: int) -> dict[str, float]:
    """The measures on all images, and the error by majority on those of `some_of`."""
    parts = [some_of(len(each.labels), seed) for each in (validation, test)]
    some = [
        Clustered(each.scores[part], each.labels[part])
        for each, part in zip((validation, test), parts, strict=True)
    ]
    return score(validation, test) | {ON_THE_SAME_IMAGES: score(*some)["majority_error_percent"]}


def some_of(count: int, seed: int) -> Tensor:
    """Places of `TOGETHER` of so many images at random, the same for every method of a seed."""
    return torch.randperm(count, generator=seeded_generator(3, seed))[:TOGETHER]


def k_means(x: Tensor, count: int, seed: int) -> Scores:
    """Scores of new points (n, features): minus the distance from each centre, (n, clusters)."""
    fitted = KMeans(count, n_init=3, random_state=seed).fit(x.cpu().numpy())
    return lambda new: torch.from_numpy(-fitted.transform(new.cpu().numpy())).to(new.device)


def gaussian_mixture(x: Tensor, count: int, seed: int) -> Scores:
    """Scores of new points (n, features): the probability of each component, (n, clusters)."""
    fitted = GaussianMixture(count, random_state=seed).fit(x.cpu().numpy())
    return lambda new: torch.from_numpy(fitted.predict_proba(new.cpu().numpy())).to(new.device)


def spectral(points: list[Labelled], count: int, seed: int) -> dict[str, float]:
    """The measures of spectral clustering, which takes no new images and is never sure.

    So some validation and test images, those of `some_of`, are clustered together, and the paper's
    naming, which needs the surest image of a cluster, is left out.
    """
    _, validation, test = points
    parts = [(each, some_of(len(each), seed)) for each in (validation, test)]
    some = [Labelled(each.x[part], each.y[part]) for each, part in parts]
    x = torch.cat([each.x for each in some])
    method = SpectralClustering(
        count, affinity="nearest_neighbors", assign_labels="cluster_qr", random_state=seed
    )
    assigned = torch.from_numpy(method.fit_predict(x.cpu().numpy())).long().to(x.device)
    parts = zip(assigned.split([len(each) for each in some]), some, strict=True)
    measures = score(*(Clustered(one_hot(part, count), each.y) for part, each in parts))
    del measures["test_error_percent"]
    return measures
