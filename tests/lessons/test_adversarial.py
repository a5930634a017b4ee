"""Measures and pictures of notebook 05: codes judged, clouds, losses of phases, seeds."""

import io

import matplotlib.pyplot as plt
import pytest
import torch
from PIL import Image
from torch import nn

from aae_course.lessons import adversarial as lesson
from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.training.history import History

pytestmark = pytest.mark.usefixtures("closed")


class Encoder(nn.Module):
    """The first two numbers of an image, with noise of its own."""

    def __init__(self, noise):
        super().__init__()
        self.noise = noise

    def forward(self, x):
        return x[..., :2] + self.noise * torch.randn_like(x[..., :2])


def model(noise=0.0):
    return AdversarialAutoencoder(
        Encoder(noise), nn.Linear(2, 4), nn.Linear(2, 1), Gaussian(2)
    ).eval()


def test_codes_that_follow_the_prior_are_judged_so():
    torch.manual_seed(0)
    match, holes, _ = lesson.judge(model(), torch.randn(1000, 4))
    assert match == pytest.approx(0.5, abs=0.06)
    assert holes == pytest.approx(0.01, abs=0.015)


def test_codes_in_one_corner_leave_holes():
    torch.manual_seed(0)
    judged = lesson.judge(model(), 2 + 0.1 * torch.randn(400, 4))
    assert judged.match > 0.95
    assert judged.holes > 0.8


def test_judging_leaves_the_random_generator_alone():
    x, still, noisy = torch.randn(100, 4), model(), model(0.5)
    before = torch.get_rng_state()
    lesson.judge(still, x)
    lesson.share_within(noisy, x)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("noise", "share"), [(0.0, 0.0), (1.0, 0.5), (2.0, 0.8)])
def test_the_share_within_is_that_of_the_noise(noise, share):
    """Images have the variance 1, so the share is noise² / (1 + noise²)."""
    torch.manual_seed(0)
    assert lesson.share_within(model(noise), torch.randn(2000, 4)) == pytest.approx(share, abs=0.03)


def test_the_means_of_the_clouds_are_what_the_exercise_says():
    means = {letter: points.mean(0) for letter, points in lesson.clouds(20_000).items()}
    wanted = {"A": (1, 0), "B": (0, 0), "C": (0, 0), "D": (0, 0), "E": (0.75, 0)}
    for letter, mean in wanted.items():
        assert torch.allclose(means[letter], torch.tensor(mean).float(), atol=0.05), letter


def test_phases_stand_on_logarithmic_axes_with_what_it_costs_not_to_know():
    _, axes = plt.subplots(1, 3)
    steps = list(range(200))
    losses = {
        phase: [[value] for value in (torch.rand(200) + 1).tolist()]
        for phase in ("reconstruction", "discriminator", "generator")
    }
    lesson.draw_phases(axes, History(steps=steps, losses=losses))
    assert [ax.get_yscale() for ax in axes] == ["log"] * 3
    assert [len(ax.lines) for ax in axes] == [1, 2, 2]
    assert axes[1].lines[1].get_ydata()[0] == pytest.approx(1.386)


def test_a_generator_that_faces_two_discriminators_pays_for_both():
    """Where neither can tell, each costs it log 2."""
    _, axes = plt.subplots(1, 3)
    phases = ("label discriminator", "style discriminator", "generator")
    history = History(steps=list(range(100)), losses={each: [[1.5]] * 100 for each in phases})
    lesson.draw_phases(axes, history)
    assert axes[2].lines[1].get_ydata()[0] == pytest.approx(1.386)


def test_an_axis_that_spans_little_has_two_numbers_or_more():
    _, ax = plt.subplots()
    ax.set(yscale="log", ylim=(0.71, 0.79))
    lesson.plain_ticks(ax)
    shown = [float(label.get_text()) for label in ax.get_yticklabels()]
    assert len(shown) >= 2 and all(0.71 < number < 0.79 for number in shown)


def test_ticks_are_plain_numbers_within_the_axis():
    _, ax = plt.subplots()
    ax.set(yscale="log", ylim=(14, 42))
    lesson.plain_ticks(ax)
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown == ["15", "20", "30", "40"]


def test_every_seed_has_a_mark_above_its_way():
    _, ax = plt.subplots()
    lesson.draw_seeds(ax, {"one": [0.6, 0.7], "other": [0.5, 0.4]}, ideal=0.5)
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[0.6, 0.7], [0.5, 0.4]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["one", "other"]


def test_a_shown_figure_is_whole_and_its_file_small(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figure, ax = plt.subplots(figsize=(4, 3), dpi=100)
    ax.scatter(*torch.randn(2, 500), c=torch.rand(500, 3).numpy())
    full = io.BytesIO()
    figure.savefig(full, dpi=100, bbox_inches="tight")
    lesson.show(figure)
    image = Image.open(io.BytesIO(shown[0].data))
    assert image.size == Image.open(full).size
    assert len(shown[0].data) < 0.6 * len(full.getvalue())
    assert not plt.fignum_exists(figure.number)
