"""Measures of generated images, against scipy and scikit-learn, and on cases with known answers."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from made_untrained import untrained
from sklearn.neighbors import NearestNeighbors

from aae_course.data.datasets import load
from aae_course.data.minibatches import as_pixels
from aae_course.metrics import (
    features,
    frechet_distance,
    parzen,
    parzen_log_likelihood,
    precision_recall,
    samples,
    train_classifier,
)
from aae_course.models import Classifier


def cloud(n, dim=6, shift=0.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(dim, dim, generator=generator)
    return torch.randn(n, dim, generator=generator) @ mixing + shift


def test_frechet_distance_agrees_with_scipy_s_matrix_root():
    real, generated = cloud(500), cloud(400, shift=0.5, seed=1)
    first, second = (np.cov(x.double().numpy().T) for x in (real, generated))
    root = scipy.linalg.sqrtm(first @ second).real
    difference = real.double().mean(0) - generated.double().mean(0)
    expected = difference.square().sum().item() + np.trace(first + second - 2 * root)
    assert frechet_distance(real, generated) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_of_a_shift_is_its_square():
    real = cloud(300)
    assert frechet_distance(real, real + 2.0) == pytest.approx(6 * 4.0, rel=1e-5)
    assert frechet_distance(real, real) == pytest.approx(0.0, abs=1e-6)


def test_frechet_distance_bears_features_that_are_always_zero():
    real, generated = cloud(300), cloud(300, seed=1)
    real[:, 0] = generated[:, 0] = 0
    assert np.isfinite(frechet_distance(real, generated))


def reference(points, manifold, k):
    """The share of points within the k-th neighbour's distance of a point of the manifold."""
    tree = NearestNeighbors(n_neighbors=k + 1).fit(manifold)
    radii = tree.kneighbors(manifold)[0][:, -1]
    distances = np.linalg.norm(points[:, None] - manifold[None], axis=-1)
    return (distances <= radii).any(1).mean()


@pytest.mark.parametrize("neighbours", [1, 3, 5])
def test_precision_and_recall_agree_with_scikit_learn_s_neighbours(neighbours):
    real, generated = cloud(200), cloud(150, shift=1.0, seed=1)
    found = precision_recall(real, generated, neighbours)
    a, b = real.double().numpy(), generated.double().numpy()
    assert found.precision == pytest.approx(reference(b, a, neighbours), abs=0.01)
    assert found.recall == pytest.approx(reference(a, b, neighbours), abs=0.01)


def test_one_good_image_repeated_has_precision_and_no_recall():
    real = cloud(200)
    collapsed = real[:1] + 1e-4 * cloud(200, seed=2)
    found = precision_recall(real, collapsed)
    assert found.precision == 1 and found.recall < 0.02


def test_far_away_images_have_neither():
    found = precision_recall(cloud(100), cloud(100, shift=1e3))
    assert found.precision == found.recall == 0


@pytest.mark.parametrize("measure", [frechet_distance, precision_recall])
def test_sets_that_cannot_be_compared_are_told(measure):
    with pytest.raises(ValueError, match="the same number of dimensions"):
        measure(cloud(10, 6), cloud(10, 5))
    with pytest.raises(ValueError, match="n of at least"):
        measure(cloud(10), cloud(1))
    with pytest.raises(ValueError, match="not finite"):
        measure(cloud(10), cloud(10) * math.nan)


def test_identical_images_have_perfect_precision_and_recall():
    one = torch.ones(10, 6)
    found = precision_recall(one, one)
    assert found.precision == found.recall == 1
    assert frechet_distance(one, one) == pytest.approx(0.0, abs=1e-9)


@pytest.fixture(scope="module")
def judge():
    data = load("digits")
    return train_classifier(data, epochs=15), data


def test_the_classifier_knows_digits_and_its_features_know_noise(judge):
    classifier, data = judge
    real, more = as_pixels(data.test.images), as_pixels(data.validation.images)
    with torch.no_grad():
        right = (classifier(real).argmax(1) == data.test.labels).float().mean()
    assert right > 0.95
    noise = torch.rand_like(real)
    near, far = (
        frechet_distance(features(classifier, real), features(classifier, x)) for x in (more, noise)
    )
    assert far > 5 * near
    assert not classifier.training


def test_images_too_small_for_the_classifier_are_refused():
    with pytest.raises(ValueError, match="images of 7 x 28 are too small"):
        Classifier((1, 7, 28), 10)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 48, 48), (1, 9, 13)])
def test_the_classifier_takes_images_of_other_sizes(shape):
    x = torch.rand(2, shape[0] * shape[1] * shape[2])
    assert Classifier(shape, 10)(x).shape == (2, 10)


@pytest.fixture(scope="module")
def trained():
    return untrained("aae_likelihood", load("digits"), (0, 1))


@pytest.fixture
def short_chunks(monkeypatch):
    monkeypatch.setattr(samples, "CHUNK", 100)


@pytest.mark.usefixtures("short_chunks")
def test_samples_depend_on_seed_and_chunk_and_leave_the_generator_alone(trained):
    model = trained.models[0]
    before = torch.get_rng_state()
    first, second = (list(samples.Draws(model, 250, seed=3)) for _ in range(2))
    assert [len(chunk) for chunk in first] == [100, 100, 50]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], next(iter(samples.Draws(model, 250, seed=4))))
    assert torch.equal(before, torch.get_rng_state())
    rest = list(samples.Draws(model, 250, seed=3).after(100))
    assert len(rest) == 2 and torch.equal(rest[0], first[1]) and torch.equal(rest[1], first[2])


@pytest.mark.usefixtures("short_chunks")
def test_what_is_streamed_does_not_depend_on_how_it_is_cut(trained, monkeypatch):
    model, x = trained.models[0], as_pixels(trained.data.test.images)
    once = parzen_log_likelihood(torch.cat(list(samples.Draws(model, 450, 3))), x, 0.2)
    assert once.samples == 450
    for block in (len(x), 7 * len(x), 64 * len(x)):
        monkeypatch.setattr(parzen, "BLOCK", block)
        streamed = parzen_log_likelihood(samples.Draws(model, 450, 3), x, 0.2, 450)
        assert streamed.samples == 450
        assert streamed.mean == pytest.approx(once.mean, rel=1e-5)
