"""What every model is: networks, and a training step that yields one named loss per phase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from torch import Tensor, nn

from aae_course.data.minibatches import Batch
from aae_course.networks.layers import BatchNorm

Wiring = tuple[tuple[str, str, str], ...]


class Model(nn.Module):
    """Networks, and the ordered updates of a minibatch.

    ``phases`` names each update, in the paper's order, and the networks that it may change.
    ``training_step`` yields the loss of each phase by that name. Between two yields the loop
    updates the networks of the phase, so the lines after a yield see the new weights.

    Labels, if the step reads any, are 0 to ``classes`` - 1. ``wants_labelled_batch`` says that it
    reads ``batch.labelled``, a minibatch of labelled images; ``needs_labels`` that every image must
    have a label. Without either it knows what to do where ``batch.y`` is -1, "not labelled".

    ``wiring`` is for drawings: an arrow (source, network, what flows) for all that enters a network
    in a training step. A source is a network, a prior, the image "x" or the label "y". What flows
    is said of the output of an encoder, "z", or "y, z" where it has two parts. Where two networks
    feed a third, their outputs are added.
    """

    phases: ClassVar[dict[str, tuple[str, ...]]]
    wiring: ClassVar[Wiring]
    classes: int | None = None
    needs_labels: ClassVar[bool] = False
    wants_labelled_batch: ClassVar[bool] = False

    def training_step(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """Yield (phase, loss); a loss has shape () or, with replicas, (replicas,)."""
        raise NotImplementedError

    def train(self, mode: bool = True) -> Model:
        """As torch's own; but batch norm whose weights are frozen keeps its mean and variance."""
        super().train(mode)
        kinds = BatchNorm, nn.modules.batchnorm._BatchNorm
        for layer in self.modules():
            learns = [weight.requires_grad for weight in layer.parameters(recurse=False)]
            if isinstance(layer, kinds) and learns and not any(learns):
                layer.eval()
        return self

    def phase_parameters(self, phase: str) -> list[nn.Parameter]:
        """The weights that a phase changes: each once, without those that are frozen."""
        networks = [getattr(self, name) for name in self.phases[phase]]
        weights = dict.fromkeys(p for network in networks for p in network.parameters())
        return [p for p in weights if p.requires_grad]
