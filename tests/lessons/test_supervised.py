"""Styles of notebook 07 that follow the prior all together, whatever those of each label do."""

import pytest
import torch

from aae_course.lessons import supervised as lesson

STEP = 0.01
Z = torch.arange(-6, 6, STEP)
P = torch.distributions.Normal(0.0, 1.0).log_prob(Z).exp()


@pytest.mark.parametrize("r", [0.3 + 0 * Z, (Z > 0).float(), torch.sigmoid(Z - 1)])
def test_the_sum_of_the_terms_is_the_prior_whatever_the_shares(r):
    q_0, q_1 = lesson.terms(P, r, STEP)
    share = (r * P).sum() * STEP
    assert torch.allclose((1 - share) * q_0 + share * q_1, P, atol=1e-5)
    assert q_0.sum() * STEP == pytest.approx(1, abs=1e-4)


def test_the_best_probe_is_sure_of_halves_and_guesses_where_styles_are_free():
    assert lesson.best_probe(P, (Z > 0).float(), STEP) == pytest.approx(1, abs=1e-3)
    assert lesson.best_probe(P, 0.3 + 0 * Z, STEP) == pytest.approx(0.7, abs=1e-3)


def test_near_and_far_styles_have_equal_shares_and_differ_in_length_only():
    z, y = lesson.near_and_far(3000, 15)
    assert z.shape == (3000, 15)
    assert y.float().mean() == pytest.approx(0.5)
    assert z[y == 1].norm(dim=1).min() > z[y == 0].norm(dim=1).max()
    assert z[y == 1].mean(0).abs().max() < 0.15


def test_five_measures_of_them_have_a_letter_each():
    measures = lesson.five_measures(*lesson.near_and_far(600, 2))
    assert list(measures) == list("ABCDE")
    assert measures["C"] > 0.8
