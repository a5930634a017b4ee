"""What the wiring of a model says: the order of its networks, and the vectors that join them."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from aae_course.models.model import Model


@dataclass(frozen=True)
class Vector:
    """A code or a label.

    Args:
        name: in the paper's letters.
        units: how many numbers it has.
        kind: "one-hot", "softmax", "linear", or "" where there is nothing to tell it from.
        unlabelled: its last unit means "no label".
    """

    name: str
    units: int
    kind: str = ""
    unlabelled: bool = False


def widths(model: Model, network: str) -> list[int]:
    """Of the layers of a network, its input first."""
    return list(getattr(model, network).widths)


def is_discriminator(network: str) -> bool:
    """Whether it is drawn in a row of its own."""
    return "discriminator" in network


def main_networks(model: Model) -> list[str]:
    """The networks that are no discriminators, each after what feeds it."""
    depth = {network: 0 for _, network, _ in model.wiring if not is_discriminator(network)}
    for _ in list(depth):  # longest path: settled after as many rounds as there are networks
        for source, network, _ in model.wiring:
            if source in depth and network in depth:
                depth[network] = max(depth[network], depth[source] + 1)
    return sorted(depth, key=depth.get)


def discriminators(model: Model) -> list[str]:
    """In the order of the wiring."""
    return list(dict.fromkeys(name for _, name, _ in model.wiring if is_discriminator(name)))


def sources(model: Model, network: str) -> list[tuple[str, str]]:
    """What enters a network, and the name of what flows; a vector of each part of "y, z"."""
    return [
        (source, name)
        for source, fed, what in model.wiring
        if fed == network
        for name in what.split(", ")
    ]


def outputs(model: Model, network: str) -> dict[str, Vector]:
    """The vectors that leave a network, by name, in the order of its last layer."""
    parts = (what.split(", ") for source, _, what in model.wiring if source == network)
    names = sorted({name for each in parts for name in each if name})
    total = widths(model, network)[-1]
    if len(names) == 1:
        return {names[0]: Vector(names[0], total)}
    labels = getattr(model, "categories", 0)
    kinds = {"y": (labels, "softmax"), "z": (total - labels, "linear")}
    return {name: Vector(name, *kinds[name]) for name in names}


def given_label(model: Model, network: str) -> Vector | None:
    """The label that enters a network beside the code: as wide as the code leaves room for."""
    entering = sources(model, network)
    if "y" not in (source for source, _ in entering):
        return None
    code = sum(
        outputs(model, source)[name].units
        for source, name in entering
        if isinstance(getattr(model, source, None), nn.Module) and "prior" not in source
    )
    units = widths(model, network)[0] - code
    return Vector("y", units, "one-hot", unlabelled=units == model.classes + 1)
