"""What checks of loops share: right losses and weights pass, and a slip in the steps is named."""

import pytest
import torch
from torch import nn

from aae_course.lessons.checks.loops import Loop, alike, as_losses

WEIGHT = 0.7


def build():
    network = nn.Linear(2, 1, bias=False)
    nn.init.constant_(network.weight, WEIGHT)
    return (network,)


def squares(network, x):
    return network(x).square().mean()


X = torch.tensor([[[1.0, 2.0]], [[0.5, -1.0]], [[2.0, 1.0]]])
LOOP = Loop(build, [(x,) for x in X], squares)


def fault(run):
    """What is said of this run, (networks, optimiser) -> losses."""
    networks, optimiser = LOOP.start()
    losses = run(networks[0], optimiser)
    return LOOP.fault(losses, networks, lambda network, x: {"is zero": torch.tensor(0.0)}, {})


def steps(clears=True, moves=True, sign=1, last=True, after=False):
    def run(network, optimiser):
        losses = []
        for place, x in enumerate(X):
            loss = squares(network, x)
            if clears:
                optimiser.zero_grad()
            (sign * loss).backward()
            if moves and (last or place < 2):
                optimiser.step()
            losses.append((squares(network, x) if after else loss).item())
        return losses

    return run


def test_a_right_run_has_no_fault():
    assert fault(steps()) is None


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (steps(moves=False), "never changes the weights"),
        (steps(clears=False), "adds up the gradients"),
        (steps(sign=-1), "makes its steps upwards"),
        (steps(last=False), "no step after the last minibatch"),
        (steps(after=True), "notes each loss after its step"),
        (steps(sign=0.5), "right loss at first"),
        (lambda network, optimiser: [0.0, 0.0, 0.0], "is zero"),
        (lambda network, optimiser: [9.0, 9.0, 9.0], "9.0000 where 4.4100 is right"),
        (lambda network, optimiser: [1.0], "returns 1 losses for 3 minibatches"),
        (lambda network, optimiser: 1.0, "returns a float"),
        (lambda network, optimiser: torch.tensor(1.0), "returns a Tensor"),
        (lambda network, optimiser: [torch.ones(2)] * 3, "more than one number"),
    ],
)
def test_what_is_wrong_is_named(run, why):
    assert why in fault(run)


def test_a_gradient_that_is_cut_is_named():
    networks, _ = LOOP.start()
    cut = {"is cut": lambda network, x: squares(network, x).detach() + 0 * network.weight.sum()}
    still = [squares(networks[0], x).item() for x in X]
    assert "never changes" in LOOP.fault(still, networks, lambda *_: {}, cut)
    half = {"is halved": lambda network, x: 0.5 * squares(network, x)}
    followed = [2 * loss for loss in LOOP.run(half["is halved"])[0]]
    # The loss that is noted is the right one, and half of its gradient is followed.
    assert "right loss at first" in LOOP.fault(followed, networks, lambda *_: {}, half)


def test_losses_may_be_tensors_of_one_number():
    assert torch.equal(as_losses([torch.tensor([1.0]), 2], 2), torch.tensor([1.0, 2.0]).double())


def test_networks_are_alike_up_to_rounding():
    (one,), (other,) = build(), build()
    assert alike(one, other)
    with torch.no_grad():
        other.weight += 0.01
    assert not alike(one, other)
