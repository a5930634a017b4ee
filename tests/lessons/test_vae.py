"""The pieces of notebook 03: curves of a training, posteriors in the plane, a whole VAE."""

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from aae_course.lessons import vae as lesson
from aae_course.models import VariationalAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.networks import Perceptrons
from aae_course.training.history import History

pytestmark = pytest.mark.usefixtures("closed")

PIXELS, DIM = 9, 2


class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(PIXELS, 7), nn.ReLU(), nn.Linear(7, 6), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(6, DIM), nn.Linear(6, DIM)
        self.decoder = nn.Sequential(
            nn.Linear(DIM, 6), nn.ReLU(), nn.Linear(6, 7), nn.ReLU(), nn.Linear(7, PIXELS)
        )


def package(**options):
    architecture = Perceptrons((7, 6), encoder="gaussian")
    return VariationalAutoencoder.build(architecture, PIXELS, Gaussian(DIM), **options)


def test_the_weights_of_the_plain_vae_give_the_same_numbers_in_the_package():
    by_hand, model, x = ByHand(), package(), torch.rand(5, PIXELS)
    lesson.give_weights(by_hand, model)
    h = by_hand.body(x)
    mean, log_std = model.encoder.posterior(x)
    torch.testing.assert_close(mean, by_hand.mean(h))
    torch.testing.assert_close(log_std, by_hand.log_variance(h) / 2)
    torch.testing.assert_close(model.decode(mean), by_hand.decoder(mean).sigmoid())


def test_the_negative_bound_is_the_package_s():
    model, x = package(likelihood="bernoulli"), torch.rand(5, PIXELS)

    def encoder(x):
        mean, log_std = model.encoder.posterior(x)
        return torch.cat([mean, 2 * log_std], 1)

    torch.manual_seed(0)
    epsilon = torch.randn(5, DIM)
    torch.manual_seed(0)
    expected = sum(model.bound_terms(x))
    torch.testing.assert_close(lesson.negative_bound(encoder, model.decoder, x, epsilon), expected)


def test_a_run_of_one_minibatch_lowers_its_loss():
    encoder, decoder = nn.Linear(PIXELS, 2 * DIM), nn.Linear(DIM, PIXELS)
    optimiser = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], 0.01)
    pair = torch.rand(5, PIXELS), torch.randn(5, DIM)
    losses = lesson.train_vae(encoder, decoder, optimiser, [pair] * 20)
    assert len(losses) == 20
    assert losses[-1] < losses[0]


def test_curves_leave_out_the_first_stretch_and_have_a_dot_for_each_epoch():
    losses = [[100.0]] * 10 + [[20.0]] * 390
    evaluations = [{"epoch": epoch, "validation": 21.0} for epoch in (1, 2)]
    history = History(list(range(2, 802, 2)), {"bound": losses}, evaluations)
    _, ax = plt.subplots()
    lesson.draw_training(ax, {"a run": history}, every=400)
    line, dots = ax.lines
    assert ax.get_yscale() == "log"
    assert set(line.get_ydata().tolist()) == {20.0}
    assert line.get_xdata()[0] == 40
    assert list(dots.get_xdata()) == [400, 800]


def test_an_ellipse_for_each_posterior():
    _, ax = plt.subplots()
    mean, std = torch.tensor([[0.0, 1.0], [2.0, 3.0]]), torch.tensor([[1.0, 0.5], [0.1, 0.2]])
    lesson.draw_posteriors(ax, mean, std)
    first, second = ax.patches
    assert tuple(first.center) == (0.0, 1.0)
    assert (first.width, first.height) == (2.0, 1.0)
    assert tuple(second.center) == (2.0, 3.0)
