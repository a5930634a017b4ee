"""The checks of notebook 02 know a right answer, an unfinished one and the usual wrong ones."""

import math

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import kl as checks


def kl(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def js(p, q):  # in nats
    m = (p + q) / 2
    return (kl(p, m) + kl(q, m)) / 2


def bits(nats):
    return nats / math.log(2)


RIGHT_KLS = {
    "xlogy": kl,
    "where": lambda p, q: torch.where(p > 0, p * (p / q).log(), 0).sum(-1),
    "torch's": lambda p, q: F.kl_div(q.log(), p, reduction="none").sum(-1),
    "distributions": lambda p, q: torch.distributions.kl_divergence(
        torch.distributions.Categorical(p), torch.distributions.Categorical(q)
    ),
    "in float64": lambda p, q: kl(p.double(), q.double()),
}


@pytest.mark.parametrize("answer", RIGHT_KLS.values(), ids=RIGHT_KLS)
def test_right_divergences_pass(answer, capsys):
    assert checks.discrete_kl(answer) is True
    assert capsys.readouterr().out == "passed: discrete_kl\n"


WRONG_KLS = {
    "returns a list": lambda p, q: kl(p, q).tolist(),
    "returns a term for each outcome": lambda p, q: p * (p / q).log(),
    "one number for all rows": lambda p, q: (p * (p / q).log()).sum(),
    "one number for each outcome: sum over the last": lambda p, q: (p * (p / q).log()).sum(0),
    "KL(q ‖ p), the other direction": lambda p, q: kl(q, p),
    "the other direction: the expectation is over p; besides, it is in bits": (
        lambda p, q: bits(kl(q, p))
    ),
    "is in bits: use the natural": lambda p, q: (p * (p / q).log2()).sum(-1),
    "base 10": lambda p, q: (p * (p / q).log10()).sum(-1),
    "where kl_div wants its logarithm": lambda p, q: F.kl_div(q, p, reduction="none").sum(-1),
    "for a single row": lambda p, q: kl(p, q).squeeze(),
    "wrong sign": lambda p, q: (p * (q / p).log()).sum(-1),
    "by q: the expectation": lambda p, q: (q * (p / q).log()).sum(-1),
    "does not weigh": lambda p, q: (p / q).log().sum(-1),
    "does not weigh the logarithms: multiply each by p; besides, it is in bits": (
        lambda p, q: (p / q).log2().sum(-1)
    ),
    "mean over the outcomes": lambda p, q: (p * (p / q).log()).mean(-1),
    "is the cross-entropy": lambda p, q: -(p * q.log()).sum(-1),
    "adds the entropy": lambda p, q: -(p * q.log()).sum(-1) - (p * p.log()).sum(-1),
    "is the entropy of p": lambda p, q: -(p * p.log()).sum(-1),
    "sum of both directions": lambda p, q: kl(p, q) + kl(q, p),
    "mean of both directions": lambda p, q: (kl(p, q) + kl(q, p)) / 2,
    "is the Jensen-Shannon divergence": js,
    "not finite where no probability": lambda p, q: kl(p, q) + math.nan,
    "in place [0] where": lambda p, q: (p - q).abs().sum(-1),
    "gives nan where p is 0": lambda p, q: (p * (p / q).log()).sum(-1),
    "where log 2 is right": lambda p, q: kl(p + 0.1 * (p == 0), q),
    "where q is 0 and p is not": lambda p, q: kl(p, q.clamp_min(1e-12)),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_KLS.items(), ids=WRONG_KLS)
def test_wrong_divergences_are_told_why(why, answer, capsys):
    assert checks.discrete_kl(answer) is False
    out = capsys.readouterr().out
    assert out.startswith("not right: discrete_kl")
    assert why in out


def entropy(p):
    return -torch.xlogy(p, p).sum(-1)


def test_jensen_shannon_as_a_difference_of_entropies_passes():
    def answer(p, q):
        return bits(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2)

    assert checks.jensen_shannon(answer)


def without_a_guard(p, q):
    m = (p + q) / 2
    return bits((p * (p / m).log() + q * (q / m).log()).sum(-1) / 2)


WRONG_JSS = {
    "returns a float": lambda p, q: 0.5,
    "a term for each outcome": lambda p, q: p * (2 * p / (p + q)).log2(),
    "one number for all rows": lambda p, q: bits(js(p, q)).mean(),
    "is in nats: divide by log 2": js,
    "multiplied by log 2": lambda p, q: js(p, q) * math.log(2),
    "for a single row": lambda p, q: bits(js(p, q)).squeeze(),
    "is KL(p ‖ q)": lambda p, q: bits(kl(p, q)),
    "with their mean m; besides, it is in nats": kl,
    "is KL(q ‖ p)": lambda p, q: bits(kl(q, p)),
    "mean of KL(p ‖ q) and KL(q ‖ p)": lambda p, q: bits(kl(p, q) + kl(q, p)) / 2,
    "sum of KL(p ‖ q) and KL(q ‖ p)": lambda p, q: bits(kl(p, q) + kl(q, p)),
    "forgets the halves: it is": lambda p, q: 2 * bits(js(p, q)),
    "sums to 2: halve it": lambda p, q: bits(kl(p, p + q) + kl(q, p + q)) / 2,
    "sums to 2, and forgets": lambda p, q: bits(kl(p, p + q) + kl(q, p + q)),
    "not KL(m ‖ p)": lambda p, q: bits(kl((p + q) / 2, p) + kl((p + q) / 2, q)) / 2,
    "it is KL(p ‖ m), and forgets": lambda p, q: bits(kl((p + q) / 2, p) + kl((p + q) / 2, q)),
    "is only KL(p ‖ m)": lambda p, q: bits(kl(p, (p + q) / 2)),
    "is only KL(q ‖ m)": lambda p, q: bits(kl(q, (p + q) / 2)),
    "is half of KL(p ‖ m)": lambda p, q: bits(kl(p, (p + q) / 2)) / 2,
    "has the wrong sign": lambda p, q: -bits(js(p, q)),
    "takes the root": lambda p, q: bits(js(p, q)).sqrt(),
    "in place [0] where": lambda p, q: (p - q).abs().sum(-1) / 2,
    "gives nan where a probability is 0": without_a_guard,
    "where 1 bit is right": lambda p, q: bits(js(p, q)).clamp(max=0.9),
}


@pytest.mark.parametrize(("why", "answer"), WRONG_JSS.items(), ids=WRONG_JSS)
def test_wrong_jensen_shannons_are_told_why(why, answer, capsys):
    assert checks.jensen_shannon(answer) is False
    out = capsys.readouterr().out
    assert out.startswith("not right: jensen_shannon")
    assert why in out


@pytest.mark.parametrize(
    "answer", [(2.2, 0.92), [2.2, -math.log(0.4)], tuple(torch.tensor([2.2, 0.916]))]
)
def test_where_the_fit_settles_passes(answer, capsys):
    assert checks.settles(lambda: answer)
    assert capsys.readouterr().out == "passed: settles\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((-2.2, 0.51), "settles on the larger mode"),
        ((-0.44, 0.64), "is the mean of p"),
        ((0, 0.92), "settles in the gap"),
        ((1.0, 0.92), "stays where it starts"),
        ((3.0, 0.92), "is at 3: the modes are at"),
        ((2.2, 0), "has no divergence"),
        ((2.2, 0.51), "weight of the other mode"),
        ((2.2, -0.92), "below 0"),
        ((2.2, 0.4), "has the weight of the mode"),
        ((2.2, 0.6), "the weight of the other mode"),
        ((2.2, 2.5), "turned over"),
        ((2.2, 1.32), "is in bits"),
        ((2.2, 0.398), "its logarithm to base 10"),
        ((2.2, 0.37), "multiplies by the weight"),
        ((2.2, 5.0), "has 5 nats"),
        ((0.92, 2.2), "in the other order"),
        (2.2, "a pair was asked for"),
        (("right", 0.92), "does not return two numbers"),
    ],
)
def test_a_wrong_place_is_told_why(answer, why, capsys):
    assert not checks.settles(lambda: answer)
    assert why in capsys.readouterr().out
