"""The model that is evaluated: the average in closed form, and batch norm of clean images."""

from dataclasses import replace

import pytest
import small
import torch
from made_runs import assert_same, run, weights
from torch import nn

from aae_course.data.minibatches import as_pixels
from aae_course.models import LabelsAlone
from aae_course.networks.layers import BatchNorm, Network
from aae_course.networks.replicas import build_replicas, take_replica
from aae_course.training import evaluated
from aae_course.training.evaluated import AveragedWeights, take_statistics
from aae_course.training.loop import Run, fit
from aae_course.training.progress import NoProgress

INVARIANT = small.BUILDERS["invariant clustering"]
NORMED = small.BUILDERS["aae batch norm in every layer"]


def test_the_average_is_that_of_its_closed_form():
    model = small.BUILDERS["aae"]()
    average = AveragedWeights(model, kept=0.5)
    (name, weight), *_ = model.named_parameters()
    expected = weight.detach().clone()
    for step in range(1, 12):
        with torch.no_grad():
            weight.normal_()
        average.follow()
        kept = min(0.5, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * weight.detach()
    torch.testing.assert_close(average.means[name], expected)
    average.put_in_place()
    assert torch.equal(weight, average.means[name])


def test_a_run_ends_with_the_average_of_its_weights():
    model, split = INVARIANT(), small.split()
    settings = replace(small.training(model), average=0.9, statistics=0)
    job = Run(model, split, settings, (0,), {})
    means = {name: p.detach().clone() for name, p in model.named_parameters()}
    for step, _ in enumerate(job.steps(), 1):
        kept = min(0.9, (1 + step) / (10 + step))
        for name, p in model.named_parameters():
            means[name] = kept * means[name] + (1 - kept) * p.detach()
    last = {name: p.detach().clone() for name, p in model.named_parameters()}
    job.finish()
    for name, p in model.named_parameters():
        torch.testing.assert_close(p.detach(), means[name])
    assert any(not torch.equal(p, last[name]) for name, p in model.named_parameters())


def test_whoever_looks_on_the_way_sees_the_average_and_changes_nothing():
    plain, _ = run(INVARIANT)
    seen = []
    watched, _ = run(INVARIANT, evaluate=lambda model: seen.append(weights(model)) or {})
    assert_same(weights(plain), weights(watched))
    assert_same(seen[-1], weights(plain))  # at the end it is the model itself


@pytest.mark.parametrize("part", [500, 7])
def test_statistics_are_those_of_one_big_batch(monkeypatch, part):
    torch.manual_seed(0)
    model, split = NORMED(), small.split()
    monkeypatch.setattr(evaluated, "PART", part)
    take_statistics(model, split, count=42)
    assert not any(layer.training for layer in model.modules())
    seen, first = as_pixels(split.images[:42]), model.encoder
    linear, norm = first[0], first[1]
    assert isinstance(norm, BatchNorm)
    with torch.no_grad():
        x = linear(seen)
    torch.testing.assert_close(norm.running_mean, x.mean(0), rtol=1e-4, atol=1e-5)
    variance = x.var(0, correction=0)
    torch.testing.assert_close(norm.running_variance, variance, rtol=1e-4, atol=1e-6)
    assert norm.momentum == 0.1


def test_evaluated_on_the_images_of_the_statistics_it_is_as_if_trained_on_them():
    model, x = NORMED(), as_pixels(small.split().images)
    with torch.no_grad():
        expected = model.train().reconstruct(x)  # with the statistics of this batch
        take_statistics(model, small.split(), count=60)
        torch.testing.assert_close(model.reconstruct(x), expected, rtol=1e-4, atol=1e-5)


def test_replicas_have_the_statistics_that_they_have_alone():
    both = build_replicas(NORMED, (0, 1))
    take_statistics(both, small.split(), 60, replicas=2)
    for place, seed in enumerate((0, 1)):
        single = build_replicas(NORMED, (seed,))
        take_statistics(single, small.split(), 60)
        torch.testing.assert_close(weights(take_replica(both, NORMED(), place)), weights(single))


def test_noise_and_dropout_take_no_part():
    build = small.build_aae(batch_norm="encoder", input_noise=0.5, input_dropout=0.5)
    noisy, clean = (
        build_replicas(each, (0,)) for each in (build, small.build_aae(batch_norm="encoder"))
    )
    for model in (noisy, clean):
        take_statistics(model, small.split(), 60)
    found, expected = (
        [layer.running_mean for layer in model.modules() if isinstance(layer, BatchNorm)]
        for model in (noisy, clean)
    )
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_frozen_batch_norm_keeps_its_statistics():
    model = NORMED()
    norm = next(layer for layer in model.modules() if isinstance(layer, BatchNorm))
    norm.requires_grad_(False)
    take_statistics(model, small.split(), 60)
    assert not norm.running_mean.any()


def test_torch_s_own_batch_norm_and_a_model_without_codes():
    network = Network([nn.Linear(small.PIXELS, 5), nn.BatchNorm1d(5), nn.Linear(5, 10)], (12, 10))
    model = LabelsAlone(network)
    take_statistics(model, small.split(), 60)
    x = network[0](as_pixels(small.split().images))
    torch.testing.assert_close(network[1].running_mean, x.mean(0))
    torch.testing.assert_close(network[1].running_var, x.var(0, correction=0))


def test_a_model_that_no_image_passes_is_told():
    model = small.BUILDERS["gan"]()
    settings = replace(small.training(model), statistics=20)
    with pytest.raises(ValueError, match=r"has neither reconstruct nor logits.*statistics=0"):
        fit(model, small.split(), settings, progress=NoProgress())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"average": 1.0}, "average is a share"), ({"statistics": 1}, "statistics is 0, or 2 images")],
)
def test_settings_that_make_no_sense_are_told(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(small.training(NORMED()), **wrong)
