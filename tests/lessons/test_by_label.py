"""Pictures of notebooks 06 and 07: shares, class means, and directions that tell labels apart."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import small
import torch

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import as_pixels
from aae_course.lessons import by_label
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll

pytestmark = pytest.mark.usefixtures("closed")


@pytest.mark.parametrize("prior", [GaussianMixture(distance=9.0), SwissRoll()])
def test_shares_say_which_part_holds_the_codes_of_a_label(prior):
    labels = torch.arange(1000) % 10
    shares = by_label.label_shares(prior.sample(1000, labels=labels), labels, prior)
    torch.testing.assert_close(shares, torch.eye(10), atol=0.03, rtol=0)


def test_shares_of_a_label_sum_to_1_and_its_row_is_that_of_the_label():
    prior = GaussianMixture(distance=9.0)
    codes = prior.centres[[3, 3, 7, 0]]
    shares = by_label.label_shares(codes, torch.tensor([1, 1, 1, 2]), prior)
    assert shares[1, 3] == pytest.approx(2 / 3) and shares[1, 7] == pytest.approx(1 / 3)
    assert shares[2, 0] == 1 and shares[0].isnan().all()


def test_means_by_label_are_those_of_the_rows_of_each_label():
    values, labels = torch.randn(40, 3), torch.randint(4, (40,))
    means = by_label.means_by_label(values, labels, 4)
    for label in range(4):
        torch.testing.assert_close(means[label], values[labels == label].mean(0))


class WritesItsLabel(torch.nn.Module):
    """A decoder that writes the label into the image, and a style below 0 makes it a 0."""

    classes = 10

    def decode(self, z, y):
        return one_hot(torch.where(z[:, 0] < 0, 0, y), 10)


def test_read_as_asked_tells_where_the_style_comes_from_and_what_was_asked():
    z, labels = torch.tensor([[1.0], [1.0], [-1.0], [1.0]]), torch.tensor([4, 4, 4, 6])
    found = by_label.read_as_asked(WritesItsLabel(), z, labels, torch.nn.Identity())
    assert found[6].tolist() == [1.0] * 10
    torch.testing.assert_close(found[4], torch.tensor([1.0] + [2 / 3] * 9))
    assert found[5].isnan().all()


def test_shares_are_drawn_dark_and_the_larger_ones_in_figures():
    ax = plt.subplots()[1]
    by_label.draw_shares(ax, torch.tensor([[0.97, 0.03], [0.2, 0.8]]), "label", "component")
    assert [text.get_text() for text in ax.texts] == ["97", "", "20", "80"]
    assert ax.collections[0].get_array()[0, 1] == pytest.approx(0.03)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("component", "label")


def test_class_means_are_drawn_in_stds_of_the_prior():
    ax = plt.subplots()[1]
    codes = 5.0 * one_hot(torch.arange(10), 10)
    by_label.draw_class_means(ax, codes, torch.arange(10), std=5.0)
    np.testing.assert_allclose(ax.collections[0].get_array(), np.eye(10))


def test_principal_axes_are_where_codes_spread_the_most():
    codes = torch.randn(2000, 5) * torch.tensor([1.0, 9.0, 1.0, 4.0, 1.0]) + 3
    axes = by_label.principal_axes(codes)
    torch.testing.assert_close(axes.abs(), torch.eye(5)[:, [1, 3]], atol=0.05, rtol=0)


def test_separating_axes_find_what_principal_axes_miss():
    labels = torch.arange(5000) % 10
    codes = torch.randn(5000, 5) * torch.tensor([9.0, 9.0, 1.0, 1.0, 1.0])
    codes[:, 4] += labels * 3.0
    assert by_label.separating_axes(codes, labels)[4, 0].abs() > 0.99
    assert by_label.principal_axes(codes)[4].abs().max() < 0.5


def test_axes_are_orthonormal():
    codes, labels = torch.randn(300, 4), torch.arange(300) % 10
    for axes in (by_label.principal_axes(codes), by_label.separating_axes(codes, labels)):
        torch.testing.assert_close(axes.T @ axes, torch.eye(2))


def test_codes_are_drawn_from_the_side_that_was_asked_for():
    model, data = small.build_supervised(), small.split()
    model.prior = Gaussian(3, std=2.0)
    axes = torch.eye(3)[:, [2, 0]]
    ax = plt.subplots()[1]
    by_label.draw_side(ax, model, data, axes)
    shown = np.asarray(ax.collections[0].get_offsets())
    with torch.no_grad():
        z = model.encode(as_pixels(data.images))
    np.testing.assert_allclose(shown, z[:, [2, 0]], rtol=1e-5)
    assert ax.get_xlim()[1] > 4, "the prior of std 2 is in view"
