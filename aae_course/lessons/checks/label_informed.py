"""Checks of notebook 06: what D is told, its draws, its training, points, and wrong labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, one_hot, one_hot_or_unlabelled
from aae_course.lessons.checks.answers import Expected, shape_is_wrong
from aae_course.lessons.checks.grade import grade
from aae_course.lessons.checks.label_training import train_with_labels
from aae_course.lessons.checks.letters import Letters
from aae_course.models.priors import GaussianMixture, Prior, own_axes
from aae_course.randomness import seeded_generator

__all__ = ["component_points", "label_input", "positive_draws", "train_with_labels", "unseen"]

LABELS = Letters(  # with which a good encoder can bring the loss of D to 2 log 2
    {
        "A": (True, "whatever the names are, each digit can have the component of its new name"),
        "B": (
            False,
            "the codes of images labelled k are then the same mix for every k, and cannot lie in "
            "component k for each of them",
        ),
        "C": (
            False,
            "a 3 that is labelled 7 looks like every other 3: its code lies in component 3, and D, "
            "which is told 7, sees that",
        ),
        "D": (
            False,
            "with the 9s in component 4 the unlabelled codes leave component 9 empty, and fill "
            "component 4 twice",
        ),
        "E": (True, "the labels that are left are right, and all images can still fill the prior"),
    },
    none="names none: with right labels the loss can reach 2 log 2, and two of these are as good",
    opposite="names those that the loss shows: those that it cannot show were asked for",
    everything="names all of them: what can the encoder do if labels say nothing about images?",
)


def label_input(answer: Callable[[Tensor, int], Tensor]) -> bool:
    """Check ``answer(y, classes)``: one-hot with a last place for -1, (n,) -> (n, classes + 1)."""
    y, classes = torch.tensor([2, NOT_LABELLED, 0, 3, 1, NOT_LABELLED]), 4
    right, labelled = one_hot_or_unlabelled(y, classes), (y != NOT_LABELLED).unsqueeze(1)
    mistakes = {
        "leaves an image without a label at 0: the last one is for it": right * labelled,
        "puts the place for no label first: it comes last": right.roll(1, 1),
        "gives an image without a label the last class: its place comes after that": one_hot(
            torch.where(y == NOT_LABELLED, classes - 1, y), classes + 1
        ),
        "turns the place for no label on for every image: a labelled image has only one 1": (
            torch.cat([right[:, :-1], torch.ones(len(y), 1)], 1)
        ),
        "has 0 and 1 swapped": 1 - right,
    }
    shapes = {(6, 4): "has no place for an image without a label: add one, at the end"}
    hint = "give -1 the number of the last place first"
    return grade("label_input", answer, (y, classes), Expected(right, mistakes, shapes).fault, hint)


def positive_draws(answer: Callable[[Tensor, Prior], Tensor]) -> bool:
    """Check ``answer(y, prior)``: draws of the part of each label, of any part for -1."""
    prior = GaussianMixture(radial=0.2, tangential=0.1, distance=5.0)
    y = torch.arange(4000) % 10
    y = torch.where(torch.arange(4000) % 3 == 0, NOT_LABELLED, y)
    hint = "give every -1 a part of the prior first"

    def fault(draws) -> str | None:
        return _draws_are_wrong(draws, y, prior)

    return grade("positive_draws", answer, (y, prior), fault, hint)


def _draws_are_wrong(draws, y: Tensor, prior: GaussianMixture) -> str | None:
    """Why these are not draws of the part of each label, None if they are."""
    if why := shape_is_wrong(draws, (len(y), prior.dim)):
        return why
    if torch.cdist(draws, prior.centres).amin(1).max() < 1e-4:
        return "returns the centres of the parts: draw from the prior"
    part, labelled = prior.nearest_class(draws), y != NOT_LABELLED
    own = (part == y)[labelled].float().mean()
    if own < 0.5:
        return "draws for labelled images from anywhere: each has the part of its label"
    anywhere = part[~labelled].bincount(minlength=prior.classes) / (~labelled).sum()
    if anywhere.max() > 0.99:
        chosen = int(anywhere.argmax())
        return f"draws for all images without a label from part {chosen}: choose one for each"
    # A share of a tenth of some 1,300 draws has a standard deviation of 0.008.
    if own < 1 or (anywhere - 1 / prior.classes).abs().max() > 0.05:
        return "does not draw from every part equally often for images without a label"
    return None


def component_points(answer: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> bool:
    """Check ``answer(u, centre, stds, axes)``: probabilities (n, 2) to points of a component."""
    u = 0.05 + 0.9 * torch.rand(7, 2, generator=seeded_generator(6, 3))
    centre, stds = torch.tensor([1.1, -0.7]), torch.tensor([0.5, 0.1])
    axes = own_axes(torch.tensor([0.8, 0.6]))
    local = torch.special.ndtri(u)
    right = centre + (stds * local) @ axes
    mistakes = {
        "spreads the points evenly in the plane: pass u through the inverse cumulative "
        "distribution": centre + (stds * u) @ axes,
        "leaves out √2: the inverse cumulative distribution is √2 erfinv(2u − 1)": (
            centre + (stds * local / 2**0.5) @ axes
        ),
        "takes erfinv of u: the inverse cumulative distribution is √2 erfinv(2u − 1)": (
            centre + (stds * torch.erfinv(u)) @ axes
        ),
        "takes the cumulative distribution ndtr: its inverse ndtri was asked for": (
            centre + (stds * torch.special.ndtr(u)) @ axes
        ),
        "takes the inverse of a logistic distribution: that of a Gaussian is ndtri": (
            centre + (stds * torch.logit(u)) @ axes
        ),
        "has the wrong sign: a larger u lies further along an axis": centre - (stds * local) @ axes,
        "swaps the two coordinates of u: the first belongs to the first axis": (
            centre + (stds * local.flip(1)) @ axes
        ),
        "leaves the centre out": right - centre,
        "leaves the standard deviations out": centre + local @ axes,
        "divides by the standard deviations: multiply": centre + (local / stds) @ axes,
        "multiplies by the variances: stds are their roots": centre + (stds**2 * local) @ axes,
        "multiplies by the roots of stds: these are roots already": (
            centre + (stds.sqrt() * local) @ axes
        ),
        "turns the wrong way: the rows of axes are the component's own axes, so multiply by "
        "axes from the right": centre + (stds * local) @ axes.T,
        "scales after turning: the standard deviations belong to the component's own axes": (
            centre + stds * (local @ axes)
        ),
        "does not turn the points into the component's own axes": centre + stds * local,
        "turns the centre too: it is in the plane's coordinates": (centre + stds * local) @ axes,
    }
    inputs = u, centre, stds, axes
    return grade("component_points", answer, inputs, Expected(right, mistakes).fault)


def unseen(answer: Callable[[], Iterable[str]]) -> bool:
    """Check ``answer()``: the letters of the labels whose fault D's loss cannot show."""
    return grade("unseen", answer, (), LABELS.fault)
