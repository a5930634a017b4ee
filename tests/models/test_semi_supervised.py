"""The semi-supervised AAE: which images and labels each of its phases sees."""

from dataclasses import replace

import pytest
import small
import torch
import torch.nn.functional as F

from aae_course.data.minibatches import Batch


def batch(x, y, labelled_x, labelled_y):
    return Batch(x, y, Batch(labelled_x, labelled_y))


@pytest.fixture
def given():
    torch.manual_seed(0)
    return batch(
        torch.rand(10, small.PIXELS), torch.arange(10),
        torch.rand(4, small.PIXELS), torch.tensor([2, 0, 9, 2]),
    )  # fmt: skip


@pytest.fixture
def model():
    torch.manual_seed(0)
    return small.build_semi_supervised()()


def losses(model, batch):
    torch.manual_seed(1)
    return {phase: loss.item() for phase, loss in model.training_step(batch)}


def test_the_labelled_images_and_no_others_teach_the_labels(model, given):
    logits = model.encoder(given.labelled.x)[:, :10]
    expected = F.cross_entropy(logits, given.labelled.y).item()
    elsewhere = replace(given, x=torch.rand(10, small.PIXELS))
    for each in (given, elsewhere):
        assert losses(model, each)["classification"] == pytest.approx(expected, rel=1e-5)


def test_the_other_phases_are_told_no_label(model, given):
    first = losses(model, given)
    other = batch(given.x, given.y.flip(0), torch.rand(4, small.PIXELS), torch.tensor([1, 1, 1, 1]))
    second = losses(model, other)
    assert first.pop("classification") != second.pop("classification")
    assert first == second


def discriminators_behind(loss, model):
    """Names of the discriminators that a loss depends on."""
    return {
        name
        for name, p in model.named_parameters()
        if name.endswith("discriminator.0.weight")
        and torch.autograd.grad(loss, p, retain_graph=True, allow_unused=True)[0] is not None
    }


def test_each_discriminator_has_its_phase_and_the_generator_faces_both(model, given):
    label, style = "label_discriminator.0.weight", "style_discriminator.0.weight"
    behind = {
        phase: discriminators_behind(loss, model) for phase, loss in model.training_step(given)
    }
    assert behind == {
        "reconstruction": set(),
        "label discriminator": {label},
        "style discriminator": {style},
        "generator": {label, style},
        "classification": set(),
    }


def test_every_category_has_a_label(model):
    assert model.classes == model.categories == 10
