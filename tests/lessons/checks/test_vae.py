"""The checks of notebook 03 know a right answer, an unfinished one and the usual wrong ones."""

import math

import pytest
import torch

from aae_course.lessons.checks import vae as checks


def fixed_seed(mean, log_std):
    torch.manual_seed(1)
    return mean + log_std.exp() * torch.randn_like(mean)


def noise(like):
    return torch.randn_like(like)


WRONG_DRAWS = {
    "a tuple": lambda m, s: (m, s),
    "(20000,)": lambda m, s: (m + s.exp() * noise(m)).sum(-1),
    "no draw": lambda m, s: m + 0 * s,
    "whole minibatch": lambda m, s: m + s.exp() * torch.randn(3),
    "all dimensions": lambda m, s: m + s.exp() * torch.randn(len(m), 1),
    "same draw twice": fixed_seed,
    "take the exponential": lambda m, s: m + s * noise(m),
    "do not halve": lambda m, s: m + (0.5 * s).exp() * noise(m),
    "σ², not by σ": lambda m, s: m + (2 * s).exp() * noise(m),
    "not multiplied": lambda m, s: m + noise(m) + 0 * s,
    "softplus of log σ": lambda m, s: m + torch.nn.functional.softplus(s) * noise(m),
    "the standard deviation σ": lambda m, s: m + 3 * s.exp() * noise(m),
    "with rand": lambda m, s: m + s.exp() * torch.rand_like(m),
    "not centred": lambda m, s: s.exp() * noise(m) + 0 * m,
    "not Gaussian": lambda m, s: m + s.exp() * math.sqrt(12) * (torch.rand_like(m) - 0.5),
    "no gradient through to mean": lambda m, s: torch.normal(m, s.exp()).detach() + 0 * s,
    "no gradient through to log_std": lambda m, s: m + s.exp().detach() * noise(m),
    "gradients are not those": lambda m, s: m + s.exp() * noise(m) + s - s.detach(),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_DRAWS.items(), ids=WRONG_DRAWS)
def test_wrong_draws_are_told_why(why, answer, capsys):
    assert checks.draw_codes(answer) is False
    out = capsys.readouterr().out
    assert out.startswith("not right: draw_codes")
    assert why in out


@pytest.mark.parametrize(
    "answer",
    [
        lambda m, s: torch.normal(m, s.exp()),
        lambda m, s: torch.normal(m, s.exp()).detach(),
        lambda m, s: torch.distributions.Normal(m, s.exp()).sample(),
    ],
)
def test_a_draw_without_any_gradient_is_told_why(answer, capsys):
    assert checks.draw_codes(answer) is False
    assert "no gradient through to mean" in capsys.readouterr().out


def test_draws_by_other_means_pass():
    def answer(mean, log_std):
        return torch.distributions.Normal(mean, log_std.exp()).rsample()

    assert checks.draw_codes(answer)


L = math.log(2 * math.pi)


def entropy(s):
    return (s + 0.5 * (1 + L)).sum(-1).mean()


def cross_entropy(m, s):
    return (0.5 * (m**2 + (2 * s).exp() + L)).sum(-1).mean()


WRONG_HALVES = {
    "not return a pair": lambda m, s: cross_entropy(m, s) - entropy(s),
    "other order": lambda m, s: (cross_entropy(m, s), entropy(s)),
    "(entropy) has a number for each image": lambda m, s: (
        (s + 0.5 * (1 + L)).sum(-1),
        cross_entropy(m, s),
    ),
    "has the shape (7, 3)": lambda m, s: (entropy(s), 0.5 * (m**2 + (2 * s).exp() + L)),
    "(entropy) has the wrong sign": lambda m, s: (-entropy(s), cross_entropy(m, s)),
    "(entropy) is in bits": lambda m, s: (entropy(s) / math.log(2), cross_entropy(m, s)),
    "(entropy) is a mean over the dimensions": lambda m, s: (entropy(s) / 3, cross_entropy(m, s)),
    "(entropy) is a sum over": lambda m, s: (7 * entropy(s), cross_entropy(m, s)),
    "½ log 2πe of each": lambda m, s: (s.sum(-1).mean(), cross_entropy(m, s)),
    "½ log 2π where": lambda m, s: ((s + 0.5 * L).sum(-1).mean(), cross_entropy(m, s)),
    "already, so do not halve": lambda m, s: (entropy(0.5 * s), cross_entropy(m, s)),
    "does not count twice": lambda m, s: (entropy(2 * s), cross_entropy(m, s)),
    "(entropy) gives": lambda m, s: (entropy(s) + 1, cross_entropy(m, s)),
    "σ² is missing": lambda m, s: (entropy(s), (0.5 * (m**2 + L)).sum(-1).mean()),
    "μ² is missing": lambda m, s: (entropy(s), cross_entropy(0 * m, s)),
    "½ log 2π of each": lambda m, s: (entropy(s), cross_entropy(m, s) - 1.5 * L),
    "the half is missing": lambda m, s: (entropy(s), 2 * cross_entropy(m, s)),
    "σ where σ²": lambda m, s: (entropy(s), cross_entropy(m, 0.5 * s)),
    "μ where μ²": lambda m, s: (entropy(s), (0.5 * (m + (2 * s).exp() + L)).sum(-1).mean()),
    "(cross_entropy) has the wrong sign": lambda m, s: (entropy(s), -cross_entropy(m, s)),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_HALVES.items(), ids=WRONG_HALVES)
def test_wrong_halves_are_told_why(why, answer, capsys):
    assert checks.entropy_and_cross_entropy(answer) is False
    out = capsys.readouterr().out
    assert out.startswith("not right: entropy_and_cross_entropy")
    assert why in out


def spread(x, of=lambda away: 0.5 * away.square().sum(1).mean()):
    return of(x - x.mean(0))


WRONG_COLLAPSES = {
    "not return a pair": lambda x: spread(x),
    "other order": lambda x: (0.0, spread(x)),
    "forgets the half": lambda x: (2 * spread(x), 0),
    "averages over the pixels: sum": lambda x: (spread(x) / 5, 0),
    "averages over the pixels and forgets": lambda x: ((x - x.mean(0)).square().mean(), 0),
    "sums over the images": lambda x: (spread(x) * len(x), 0),
    "compares with an empty page": lambda x: (0.5 * x.square().sum(1).mean(), 0),
    "one grey for all pixels": lambda x: (0.5 * (x - x.mean()).square().sum(1).mean(), 0),
    "a variance of all pixels together": lambda x: (0.5 * x.var(), 0),
    "takes standard deviations": lambda x: (0.5 * x.std(0).sum(), 0),
    "takes the root": lambda x: (spread(x, lambda away: 0.5 * away.norm(dim=1).mean()), 0),
    "adds absolute errors": lambda x: (spread(x, lambda away: 0.5 * away.abs().sum(1).mean()), 0),
    "cannot give it back": lambda x: (0.0, 0.0),
    "a number for each image": lambda x: (0.5 * (x - x.mean(0)).square().sum(1), 0),
    "a number for each pixel": lambda x: (0.5 * x.var(0), 0),
    "(kl) is not KL(q‖p)": lambda x: (spread(x), 1.0),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_COLLAPSES.items(), ids=WRONG_COLLAPSES)
def test_wrong_collapses_are_told_why(why, answer, capsys):
    assert checks.collapsed(answer) is False
    out = capsys.readouterr().out
    assert out.startswith("not right: collapsed")
    assert why in out


def test_the_variance_of_a_sample_passes(capsys):
    assert checks.collapsed(lambda x: (0.5 * x.var(0).sum(), torch.tensor(0.0)))
    assert capsys.readouterr().out == "passed: collapsed\n"
