"""The Parzen window against scikit-learn's, in pieces and with inputs that are wrong."""

import math
import statistics

import numpy as np
import pytest
import torch
from sklearn.neighbors import KernelDensity

from aae_course.metrics import (
    BANDWIDTHS,
    choose_bandwidth,
    parzen,
    parzen_log_density,
    parzen_log_likelihood,
    parzen_over_folds,
)


def images(n, pixels=784, seed=0):
    """Like digits: many pixels at 0 and 1, others between."""
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.randn(n, pixels, generator=generator)).sigmoid()


@pytest.mark.parametrize("bandwidth", [0.1, 0.2, 1.0])
def test_it_agrees_with_scikit_learn(bandwidth):
    samples, x = images(500), images(200, seed=1)
    # One leaf: the bounds that its tree keeps of the densities fail at 784 dimensions.
    reference = KernelDensity(bandwidth=bandwidth, leaf_size=500).fit(samples.double().numpy())
    expected = reference.score_samples(x.double().numpy())
    found, count = parzen_log_density(samples, x, (bandwidth,))
    np.testing.assert_allclose(found[0].numpy(), expected, rtol=1e-4)
    assert count == 500


def test_one_sample_is_a_gaussian():
    sample, x, bandwidth = images(1, 5), images(1, 5, seed=1), 0.3
    expected = torch.distributions.Normal(sample, bandwidth).log_prob(x).sum().item()
    found = parzen_log_likelihood(sample, x, bandwidth)
    assert found.mean == pytest.approx(expected, abs=1e-4)
    assert math.isnan(found.standard_error)


def test_samples_may_come_in_chunks_and_blocks_of_any_size(monkeypatch):
    samples, x = images(300), images(50, seed=1)
    whole, _ = parzen_log_density(samples, x, BANDWIDTHS)
    monkeypatch.setattr(parzen, "BLOCK", 50 * 7)
    pieces, count = parzen_log_density(iter(samples.split(33)), x, BANDWIDTHS)
    torch.testing.assert_close(pieces, whole, rtol=1e-6, atol=1e-6)
    assert count == 300


def test_an_image_may_have_a_bandwidth_of_its_own():
    samples, x = images(300), images(4, seed=1)
    own = torch.tensor([[0.1, 0.2, 0.4, 0.8]], dtype=torch.double)
    found, _ = parzen_log_density(samples, x, own)
    for image, width, value in zip(x, own[0].tolist(), found[0].tolist(), strict=True):
        assert value == pytest.approx(parzen_log_likelihood(samples, image[None], width).mean)


def test_the_mean_and_its_standard_error():
    samples, x = images(300), images(50, seed=1)
    values = parzen_log_density(samples, x, (0.2,))[0][0]
    found = parzen_log_likelihood(samples, x, 0.2)
    assert found.mean == pytest.approx(values.mean().item())
    assert found.standard_error == pytest.approx(values.std().item() / math.sqrt(50))
    assert (found.bandwidth, found.samples, found.test_images) == (0.2, 300, 50)


def test_folds_are_measured_each_with_the_bandwidth_of_its_validation_images():
    samples, tests = images(300), images(60, seed=1).split(20)
    near = samples[:20] + 0.02  # likeliest under a narrow window
    folds = list(zip([images(20, seed=2), near, images(20, seed=3)], tests, strict=True))
    bandwidths = [choose_bandwidth(samples, validation) for validation, _ in folds]
    assert len(set(bandwidths)) == 2
    each = [parzen_log_likelihood(samples, *fold) for fold in zip(tests, bandwidths, strict=True)]
    means = [found.mean for found in each]
    found = parzen_over_folds(samples.split(70), folds)
    assert found.mean == pytest.approx(statistics.mean(means), rel=1e-6)
    assert found.standard_error == pytest.approx(statistics.stdev(means) / math.sqrt(3), rel=1e-4)
    assert found.bandwidth == pytest.approx(statistics.mean(bandwidths))
    assert (found.samples, found.test_images) == (300, 60)


def test_one_fold_has_the_standard_error_of_its_test_images():
    samples, x = images(300), images(50, seed=1)
    found = parzen_over_folds(samples, [(images(20, seed=2), x)], (0.2, 0.3))
    alone = parzen_log_likelihood(samples, x, found.bandwidth)
    assert found.mean == pytest.approx(alone.mean)
    assert found.standard_error == pytest.approx(alone.standard_error)


def test_the_bandwidth_is_the_likeliest_on_validation_images():
    samples, validation = images(200), images(60, seed=1)
    scores = [parzen_log_likelihood(samples, validation, b).mean for b in BANDWIDTHS]
    assert choose_bandwidth(samples, validation) == BANDWIDTHS[int(np.argmax(scores))]
    assert pytest.approx(np.logspace(-1, 0, 10)) == BANDWIDTHS


def test_an_image_far_from_every_sample_has_a_finite_likelihood():
    found = parzen_log_likelihood(torch.zeros(3, 784), torch.ones(2, 784), 0.1)
    assert found.mean == pytest.approx(
        -0.5 * 784 / 0.01 - 784 * math.log(0.1 * math.sqrt(2 * math.pi))
    )


def test_wrong_input_is_told():
    x = images(4, 10)
    with pytest.raises(ValueError, match=r"samples of \(9,\) pixels for images of \(10,\)"):
        parzen_log_likelihood(images(4, 9), x, 0.1)
    with pytest.raises(ValueError, match="not finite"):
        parzen_log_likelihood(x.log() * math.nan, x, 0.1)
    with pytest.raises(ValueError, match="must be positive and finite, not 0"):
        parzen_log_likelihood(x, x, 0)
    with pytest.raises(ValueError, match="at least one sample"):
        parzen_log_likelihood(iter([]), x, 0.1)


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (lambda x: 255 * x, "samples range over .* scale them"),
        (lambda x: 2 * x - 1, "samples range over -0.9"),
    ],
)
def test_pixels_of_another_range_are_not_compared(scale, message):
    samples, x = images(40, 10), images(20, 10, seed=1)
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood(iter([samples, scale(samples)]), x, 0.1)
    with pytest.raises(ValueError, match="images range over"):
        choose_bandwidth(samples, scale(x))


@pytest.mark.parametrize("kind", [torch.uint8, torch.bool, torch.float16])
def test_pixels_are_floats_of_single_or_double_precision(kind):
    x = images(5, 10)
    for samples, test in ((x, x.to(kind)), (x.to(kind), x)):
        with pytest.raises(ValueError, match="of a Parzen window are a tensor of float32, not"):
            parzen_log_likelihood(samples, test, 0.1)


def test_samples_of_folds_are_gone_through_twice():
    with pytest.raises(ValueError, match="give a list of chunks"):
        parzen_over_folds(iter([images(5, 10)]), [(images(5, 10), images(5, 10))])


@pytest.mark.parametrize("folds", [[], [(torch.rand(0, 10), torch.rand(5, 10))]])
def test_a_fold_without_images_is_told(folds):
    with pytest.raises(ValueError, match="each fold needs validation images and test images"):
        parzen_over_folds(images(5, 10), folds)


def test_samples_of_a_poor_linear_decoder_are_measured():
    samples, x = 40 * images(40, 10) - 20, images(20, 10, seed=1)
    assert parzen_log_likelihood(samples, x, 0.1).mean < parzen_log_likelihood(x, x, 0.1).mean
