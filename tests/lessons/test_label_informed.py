"""The pieces of notebook 06: a training with labels, and the level that D's loss can reach."""

import math

import pytest
import torch
from torch import nn

from aae_course.data.labels import one_hot_or_unlabelled
from aae_course.lessons import label_informed as lesson
from aae_course.models import LabelInformedAutoencoder
from aae_course.models.losses import discriminator_loss
from aae_course.models.priors import GaussianMixture
from aae_course.networks.perceptrons import Perceptrons

TWO_LOG_2 = 2 * math.log(2)


def model_and_optimisers():
    torch.manual_seed(0)
    model = LabelInformedAutoencoder.build(Perceptrons((16,)), 8, GaussianMixture(classes=3))
    optimisers = {
        phase: torch.optim.SGD(model.phase_parameters(phase), 0.1) for phase in model.phases
    }
    return model, optimisers


def made_minibatches(model, count):
    torch.manual_seed(1)
    for _ in range(count):
        y = torch.randint(-1, 3, (20,))
        yield torch.rand(20, 8), one_hot_or_unlabelled(y, 3), model.sample_prior(y)


def test_the_training_is_that_of_the_package():
    """Phase by phase, with the draws that the model would make."""
    model, optimisers = model_and_optimisers()
    parts = model.encoder, model.decoder, model.discriminator, optimisers
    x, label, draws = next(made_minibatches(model, 1))
    losses = lesson.train_with_labels(*parts, [(x, label, draws)])

    theirs, optimisers = model_and_optimisers()
    theirs.sample_prior = lambda y: draws
    y = torch.where(label[:, -1] == 1, -1, label.argmax(1))
    batch = type("Batch", (), {"x": x, "y": y, "labelled": None})
    expected = []
    for phase, loss in theirs.training_step(batch):
        optimisers[phase].zero_grad()
        loss.backward()
        optimisers[phase].step()
        expected.append(loss.item())
    assert losses[0] == pytest.approx(expected)
    for own, its in zip(model.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own, its)


def test_training_improves_the_reconstruction():
    model, optimisers = model_and_optimisers()
    parts = model.encoder, model.decoder, model.discriminator, optimisers
    same = [*made_minibatches(model, 1)] * 200
    losses = lesson.train_with_labels(*parts, same)
    assert len(losses) == 200
    assert losses[-1][0] < losses[0][0]


def test_the_best_discriminator_has_the_least_loss():
    torch.manual_seed(0)
    p, q = torch.rand(2, 4).double().softmax(1)
    log_odds = (p / q).log()
    by_hand = -(p * log_odds.sigmoid().log()).sum() - (q * (-log_odds).sigmoid().log()).sum()
    torch.testing.assert_close(lesson.best_discriminator_loss(p, q), by_hand)
    worse = discriminator_loss(torch.zeros(1, 1), torch.zeros(1, 1))
    assert by_hand < worse
    assert lesson.best_discriminator_loss(p, p).item() == pytest.approx(TWO_LOG_2)
    assert lesson.best_discriminator_loss(torch.eye(2)[0], torch.eye(2)[1]).item() == 0


def level_of(q):
    """L_D if a share q of the codes is in the one component where the draws are."""
    return (1 + q) * math.log(1 + q) - q * math.log(q)


RIGHT = torch.eye(4) / 4
RANDOM = torch.full((4, 4), 1 / 16)


@pytest.mark.parametrize(
    ("joint", "expected", "own"),
    [
        (RIGHT, TWO_LOG_2, 1.0),
        (RIGHT.roll(1, 0), TWO_LOG_2, 0.0),
        (RANDOM, 0.5 * level_of(0.25) + 0.5 * TWO_LOG_2, 0.25),
        (0.8 * RIGHT + 0.2 * RANDOM, 0.5 * level_of(0.85) + 0.5 * TWO_LOG_2, 1.0),
    ],
)
def test_the_level_is_the_one_that_one_can_work_out(joint, expected, own):
    level, table = lesson.level_at_best(joint, 0.5)
    assert level == pytest.approx(expected, abs=1e-3)
    assert table.diagonal().mean().item() == pytest.approx(own, abs=0.01)
    torch.testing.assert_close(table.sum(1), torch.ones(4).double())


def test_a_label_that_no_image_has_costs_the_encoder_its_component():
    joint = RIGHT.clone()
    joint[0] += joint[3]
    joint[3] = 0
    level, table = lesson.level_at_best(joint, 0.5)
    assert 1 < level < TWO_LOG_2 - 0.02
    assert 0.1 < table[3, 0] < 0.9, "between the label's component and the empty one"
    all_labelled, table = lesson.level_at_best(joint, 1.0)
    assert all_labelled == pytest.approx(TWO_LOG_2, abs=1e-3)
    assert table[3, 0] > 0.99


def test_networks_of_other_kinds_can_be_trained():
    torch.manual_seed(0)
    encoder, decoder, D = nn.Linear(8, 2), nn.Linear(2, 8), nn.Linear(6, 1)
    optimisers = {
        "reconstruction": torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 0.01),
        "discriminator": torch.optim.Adam(D.parameters(), 0.01),
        "generator": torch.optim.Adam(encoder.parameters(), 0.01),
    }
    minibatches = [(torch.rand(5, 8), torch.eye(4)[torch.randint(4, (5,))], torch.randn(5, 2))]
    (losses,) = lesson.train_with_labels(encoder, decoder, D, optimisers, minibatches)
    assert len(losses) == 3
