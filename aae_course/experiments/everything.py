"""All figures and tables: which of them are still to be made, in which order, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from aae_course.experiments.artefact import Artefact
from aae_course.experiments.estimate import Estimate, estimate
from aae_course.experiments.request import Request
from aae_course.experiments.standing import CURRENT, Standing, standing


@dataclass(frozen=True)
class Waiting:
    """An artefact that is to be made: how it stands, and what it needs."""

    name: str
    standing: Standing
    estimate: Estimate


def still_to_make(
    artefacts: Mapping[str, Artefact], request: Request, only: str | None, force: bool
) -> list[Waiting]:
    """What is not current, the cheapest first.

    Args:
        artefacts: by name.
        request: how; its own name does not matter.
        only: those that stand like this, such as "missing"; None for all.
        force: what is current too.
    """
    waiting = []
    for name, artefact in tqdm(artefacts.items(), desc="compared", delay=2, leave=False):
        one = replace(request, name=name)
        stands = standing(artefact, one)
        if (force or stands.state != CURRENT) and only in (None, stands.state):
            waiting.append(Waiting(name, stands, estimate(artefact, one)))
    return sorted(waiting, key=lambda each: each.estimate.seconds)


def seconds_left(waiting: Sequence[Waiting]) -> float:
    """How long all will take: a recipe that several of them want is trained once."""
    total, counted = 0.0, set()
    for each in waiting:
        training = each.estimate.training
        total += each.estimate.seconds - sum(training[name] for name in counted & training.keys())
        counted |= training.keys()
    return total
