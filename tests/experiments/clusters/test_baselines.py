"""Classic clustering on made images: what it gets right, and its rows."""

import pytest
import small
import torch
from made_clusters import as_trained, blobs

from aae_course.experiments.clusters import baselines as clustering_baselines
from aae_course.metrics import Labelled
from aae_course.metrics.clustering import Clustered


def as_points(data):
    """The images of the three splits in [0, 1], for methods that know no bytes."""
    splits = (data.train, data.validation, data.test)
    return [Labelled(split.images / 255, split.labels) for split in splits]


@pytest.mark.parametrize(
    "method", [clustering_baselines.k_means, clustering_baselines.gaussian_mixture]
)
def test_clear_clusters_are_found_in_new_images(method):
    found = clustering_baselines.scored(method, as_points(blobs()), 3, seed=0)
    assert found["test_error_percent"] == found["majority_error_percent"] == 0
    assert found["adjusted_rand_index"] == pytest.approx(1)
    assert found["clusters_alive"] == 3


NOT_CONNECTED = "ignore:Graph is not fully connected"  # as clear clusters are not


@pytest.mark.filterwarnings(NOT_CONNECTED)
def test_spectral_clustering_has_no_surest_image():
    found = clustering_baselines.spectral(as_points(blobs()), 3, seed=0)
    assert "test_error_percent" not in found
    assert found["majority_error_percent"] == 0


def test_all_methods_of_a_seed_are_scored_on_the_same_images_at_random():
    some, again, other = (clustering_baselines.some_of(9000, seed) for seed in (0, 0, 1))
    assert torch.equal(some, again) and not torch.equal(some, other)
    assert len(some.unique()) == clustering_baselines.TOGETHER
    assert some.max() > 8000


def test_the_error_on_some_images_is_that_of_these_images(monkeypatch):
    """Half of the test images are sorted wrongly, and the images at random are the other half."""
    monkeypatch.setattr(clustering_baselines, "some_of", lambda count, seed: torch.arange(10))
    scores, labels = torch.eye(2).repeat(10, 1), torch.tensor([0, 1] * 10)
    wrong = labels.clone()
    wrong[10:] = 1 - wrong[10:]
    found = clustering_baselines.scored_twice(
        Clustered(scores, labels), Clustered(scores, wrong), 0
    )
    assert found["majority_error_percent"] == 50
    assert found[clustering_baselines.ON_THE_SAME_IMAGES] == 0


def test_scores_of_k_means_are_larger_nearer_to_a_centre():
    x = torch.tensor([[0.0], [0.1], [5.0], [5.1]])
    scores = clustering_baselines.k_means(x, 2, seed=0)(torch.tensor([[0.0], [5.05], [2.0]]))
    near, far = scores[0].argmax(), scores[1].argmax()
    assert near != far
    assert scores[1, far] == pytest.approx(0, abs=1e-5)
    assert scores[2].tolist() == pytest.approx([-1.95, -3.05] if near == 0 else [-3.05, -1.95])


@pytest.mark.filterwarnings(NOT_CONNECTED)
def test_baselines_have_a_row_for_each_method_number_and_seed(monkeypatch):
    monkeypatch.setattr(clustering_baselines, "CLUSTER_COUNTS", (2, 3))
    models = [small.build_aae()().eval() for _ in range(2)]
    found = clustering_baselines.measure_baselines(as_trained(models))
    rows = {row for row, _ in found}
    methods = {"kmeans_pixels", "kmeans_codes", "mixture_codes", "spectral_pixels"}
    assert rows == {f"{method}_{count}" for method in methods for count in (2, 3)}
    assert all(len(values) == 2 for values in found.values())
    assert found["kmeans_pixels_3", "majority_error_percent"] == [0, 0]
    assert clustering_baselines.measure_baselines(as_trained(models, final=False)) == {}
