"""What checks of a whole training loop have in common: its first loss, then what its steps do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aae_course.lessons.checks.answers import close

Networks = tuple[nn.Module, ...]


@dataclass(frozen=True)
class Loop:
    """A small training that an answer repeats: always the same weights and minibatches.

    Args:
        build: the same networks at each call.
        minibatches: a tuple of tensors each.
        loss: (*networks, *minibatch) -> scalar.
        rate: learning rate of stochastic gradient descent.
    """

    build: Callable[[], Networks]
    minibatches: Sequence[tuple[Tensor, ...]]
    loss: Callable[..., Tensor]
    rate: float = 0.05

    def start(self) -> tuple[Networks, torch.optim.Optimizer]:
        networks = self.build()
        weights = [weight for network in networks for weight in network.parameters()]
        return networks, torch.optim.SGD(weights, self.rate)

    def run(
        self, loss: Callable[..., Tensor] | None = None, sign: float = 1.0, clears: bool = True
    ) -> tuple[list[float], Networks]:
        """Losses and networks of a run, with another loss to follow, or a mistake in its steps."""
        networks, optimiser = self.start()
        losses = []
        for minibatch in self.minibatches:
            value = (loss or self.loss)(*networks, *minibatch)
            if clears:
                optimiser.zero_grad()
            (sign * value).backward()
            optimiser.step()
            losses.append(value.item())
        return losses, networks

    def fault(
        self,
        answer,
        networks: Networks,
        losses: Callable[..., Mapping[str, Tensor]],
        followed: Mapping[str, Callable[..., Tensor]],
    ) -> str | None:
        """Why ``answer`` is not the list of losses, or ``networks`` are not trained, else None.

        Args:
            answer: what the reader's function returned.
            networks: those that it was given, as it left them.
            losses: (*networks, *minibatch) -> reason -> the loss that this mistake gives.
            followed: reason -> a loss of the right value whose gradient is wrong.
        """
        given = as_losses(answer, len(self.minibatches))
        if isinstance(given, str):
            return given
        right, trained = self.run()
        if not close(given[0], right[0]):
            return self._value_is_wrong(given, losses)
        if not close(given, torch.tensor(right)):
            return self._steps_are_wrong(given, right, followed)
        pairs = zip(networks, trained, strict=True)
        if not all(alike(own, other) for own, other in pairs):
            return "makes no step after the last minibatch"
        return None

    def _value_is_wrong(self, given: Tensor, losses: Callable[..., Mapping[str, Tensor]]) -> str:
        """Why the first loss is wrong, which no step has touched."""
        first = self.minibatches[0]
        with torch.no_grad():
            mistakes = losses(*self.build(), *first)
        for why, value in mistakes.items():
            if close(given[0], value):
                return why
        stepped = Loop(self.build, [first, first], self.loss, self.rate).run()[0]
        if close(given[0], stepped[1]):
            return "notes each loss after its step: note the one from which the gradient comes"
        right = stepped[0]
        return (
            f"has another loss: {given[0]:.4f} where {right:.4f} is right, for the first minibatch"
        )

    def _steps_are_wrong(
        self, given: Tensor, right: list[float], followed: Mapping[str, Callable[..., Tensor]]
    ) -> str:
        """Why the later losses are wrong, when the first is right."""
        with torch.no_grad():
            still = [self.loss(*self.build(), *each).item() for each in self.minibatches]
        runs = {
            "never changes the weights: for each minibatch zero_grad, then backward, then step": (
                still
            ),
            "adds up the gradients of all minibatches: call zero_grad() before backward": (
                self.run(clears=False)[0]
            ),
            "makes its steps upwards: the optimiser makes small what backward belongs to": (
                self.run(sign=-1.0)[0]
            ),
            **{why: self.run(loss)[0] for why, loss in followed.items()},
        }
        for why, losses in runs.items():
            if close(given, torch.tensor(losses)):
                return why
        where = next(i for i, loss in enumerate(right) if not close(given[i], loss))
        return (
            f"has the right loss at first, and {given[where]:.4f} where {right[where]:.4f} is "
            f"right for minibatch {where}: is the gradient of all terms cleared, computed and "
            "followed?"
        )


def as_losses(answer, minibatches: int) -> Tensor | str:
    """The losses as a tensor, or why they are no list of a number for each minibatch."""
    if not isinstance(answer, list | tuple | Tensor) or (
        isinstance(answer, Tensor) and not answer.dim()
    ):
        return f"returns a {type(answer).__name__}: a list was asked for, a loss a minibatch"
    if len(answer) != minibatches:
        return f"returns {len(answer)} losses for {minibatches} minibatches"
    each = [torch.as_tensor(loss).detach() for loss in answer]
    if any(loss.numel() != 1 for loss in each):
        return "has losses of more than one number: sum over a row, average over the minibatch"
    return torch.stack([loss.reshape(()).double() for loss in each])


def alike(network: nn.Module, other: nn.Module) -> bool:
    """Whether two networks have the same weights, up to rounding."""
    pairs = zip(network.parameters(), other.parameters(), strict=True)
    return all(close(own, its) for own, its in pairs)
