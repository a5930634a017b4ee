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

CLUSTER_COUNTS = (10, 16, 30)
TOGETHER = 2000  # images of validation, and of test, for what cannot take new ones
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
    return score(*(Clustered(scores(each.x), each.y) for each in (validation, test)))


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

    So some validation and test images are clustered together, and the paper's naming, which needs
    the surest image of a cluster, is left out.
    """
    _, validation, test = points
    some = [Labelled(each.x[:TOGETHER], each.y[:TOGETHER]) for each in (validation, test)]
    x = torch.cat([each.x for each in some])
    method = SpectralClustering(
        count, affinity="nearest_neighbors", assign_labels="cluster_qr", random_state=seed
    )
    assigned = torch.from_numpy(method.fit_predict(x.cpu().numpy())).long().to(x.device)
    parts = zip(assigned.split([len(each) for each in some]), some, strict=True)
    measures = score(*(Clustered(one_hot(part, count), each.y) for part, each in parts))
    del measures["test_error_percent"]
    return measures
