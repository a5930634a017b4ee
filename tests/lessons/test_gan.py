"""Measures and pictures of notebook 04: modes hit, classes drawn, the penalty, a game."""

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from aae_course.lessons import gan as lesson
from aae_course.metrics import component_shares, components_hit
from aae_course.models import Classifier
from aae_course.models.losses import discriminator_loss
from aae_course.models.priors import GaussianMixture
from aae_course.networks import MLP

pytestmark = pytest.mark.usefixtures("closed")

CENTRES = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])


def around(counts, distance):
    points = CENTRES.repeat_interleave(torch.tensor(counts), 0)
    return points + torch.tensor([distance, 0.0])


def test_a_mode_is_hit_with_a_tenth_of_its_fair_share():
    """Of 300 points a mode's fair share is 100."""
    assert lesson.judged(around([10, 9, 281], 0.1), CENTRES, 0.3) == (2, 1.0)


def test_points_outside_of_the_radius_hit_nothing():
    points = torch.cat([around([50, 0, 0], 0.1), around([0, 125, 125], 0.5)])
    modes, inside = lesson.judged(points, CENTRES, 0.3)
    assert (modes, inside) == (1, pytest.approx(1 / 6))


def test_it_agrees_with_the_package_on_round_clouds():
    ring = GaussianMixture(10, radial=0.1, tangential=0.1, distance=1.5)
    points = ring.fixed_draws(2000) * torch.linspace(0.9, 1.1, 2000)[:, None]
    points = points[points[:, 0] > -0.5]
    modes, inside = lesson.judged(points, ring.centres, 0.3)
    assert modes == components_hit(points, ring)
    assert inside == pytest.approx(component_shares(points, ring).sum().item())


def test_medians_are_of_each_part():
    runs = [lesson.Judged(3, 0.9), lesson.Judged(5, 0.1), lesson.Judged(4, 0.2)]
    assert lesson.medians(runs) == (4, 0.2)


class Named(nn.Module):
    """Names an image by its first pixel."""

    classes = 4

    def forward(self, x):
        return nn.functional.one_hot(x[:, 0].long(), self.classes)


def test_classes_are_counted_by_the_classifier():
    images = torch.tensor([0, 0, 0, 1, 3, 3, 3, 3]).float()[:, None]
    shares = lesson.classes_drawn(Named(), images)
    assert shares.tolist() == [3 / 8, 1 / 8, 0, 4 / 8]
    assert lesson.classes_hit(shares) == 3


@pytest.mark.parametrize(("share", "hit"), [(0.01, 1), (0.0099, 0)])
def test_a_class_is_hit_with_a_tenth_of_its_fair_share(share, hit):
    shares = torch.tensor([share] + [0.0] * 8 + [1 - share])
    assert lesson.classes_hit(shares) == 1 + hit


def test_the_error_of_a_classifier_is_its_share_of_wrong_names():
    torch.manual_seed(0)
    classifier = Classifier((1, 8, 8), 10).eval()
    images = torch.randint(256, (30, 64), dtype=torch.uint8)
    with torch.no_grad():
        named = classifier(images / 255).argmax(-1)
    assert lesson.error_of(classifier, images, named) == 0
    assert lesson.error_of(classifier, images, (named + 1) % 10) == 1


def test_the_penalty_is_half_the_squared_slope_at_real_points():
    """For log-odds w · x the slope is w everywhere."""
    D = nn.Linear(2, 1)
    real, fake = torch.randn(2, 7, 2)
    loss = lesson.penalised_loss(D, real, fake, gamma=0.3)
    penalty = loss - discriminator_loss(D(real), D(fake))
    assert penalty.item() == pytest.approx(0.15 * D.weight.square().sum().item(), rel=1e-4)
    (slope,) = torch.autograd.grad(penalty, D.weight)
    assert torch.allclose(slope, 0.3 * D.weight, atol=1e-5)


def test_the_penalty_keeps_replicas_apart():
    D = MLP((2, 4, 1), initialisation="kaiming", replicas=3)
    real, fake = torch.randn(2, 3, 7, 2)
    losses = lesson.penalised_loss(D, real, fake, gamma=0.3)
    assert losses.shape == (3,)
    (slope,) = torch.autograd.grad(losses[1], D[0].weight)
    assert slope[0].abs().sum() == slope[2].abs().sum() == 0 < slope[1].abs().sum()


def test_means_leave_out_the_first_stretch():
    steps, means = lesson.smoothed(torch.arange(23.0), 5)
    assert steps == [7, 12, 17]
    assert means.tolist() == [7, 12, 17]


def test_slopes_are_derivatives():
    a = torch.tensor([-1.0, 2.0])
    slopes = lesson.slopes_of({"square": torch.square, "line": lambda a: 3 * a}, a)
    assert slopes["square"].tolist() == [-2, 4]
    assert slopes["line"].tolist() == [3, 3]


def test_a_moment_of_a_game_shows_points_data_and_the_answers():
    _, ax = plt.subplots()
    points, data, log_odds = torch.randn(600, 2), torch.randn(50, 2), lesson.plane()[:, :1]
    lesson.draw_game(ax, points, log_odds, data, "step 3")
    drawn = [len(each.get_offsets()) for each in ax.collections if len(each.get_offsets()) > 1]
    assert drawn == [50, 500]
    assert ax.get_title() == "step 3"


def test_the_plane_is_drawn_the_right_way_up():
    """Where D says data on the right side only, it is dark there."""
    figure, ax = plt.subplots(figsize=(2, 2), dpi=50)
    nothing = torch.full((1, 2), 9.0)
    lesson.draw_game(ax, nothing, 20 * lesson.plane()[:, :1], nothing)
    figure.canvas.draw()
    grey = torch.tensor(bytearray(figure.canvas.buffer_rgba())).view(100, 100, 4)[..., 0].float()
    assert grey[45:55, 60:80].mean() < grey[45:55, 25:40].mean() - 50


def test_curves_stand_on_a_logarithmic_axis_with_what_it_costs_not_to_know():
    _, ax = plt.subplots()
    lesson.draw_curves(ax, [1, 2, 3], torch.rand(3) + 1, torch.rand(3) + 1)
    assert ax.get_yscale() == "log"
    levels = [line.get_ydata()[0] for line in ax.lines if len(line.get_ydata()) == 2]
    assert levels == [1.386, 0.693]


def test_every_run_has_a_mark_at_its_ratio():
    _, axes = plt.subplots(1, 2)
    games = {ratio: [lesson.Judged(3, 0.9), lesson.Judged(5, 0.8)] for ratio in (0.02, 1.0)}
    lesson.draw_ratios(axes, games)
    marks, line = axes[0].lines[0].get_ydata(), axes[0].lines[-1].get_ydata()
    assert list(marks) == [3, 5]
    assert list(line) == [4, 4]
    assert [label.get_text() for label in axes[1].get_xticklabels()] == ["0.02", "1"]


def test_shares_stand_beside_the_fair_one():
    _, ax = plt.subplots()
    lesson.draw_shares(ax, torch.tensor([0.5, 0.25, 0.25, 0.0]))
    assert [bar.get_height() for bar in ax.patches] == [0.5, 0.25, 0.25, 0.0]
    assert ax.lines[0].get_ydata()[0] == 0.25
