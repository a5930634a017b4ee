"""Diagnostics and pictures of notebook 08: what q(y|x) says, and Table 2 beside other people's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve
from torch import Tensor

from aae_course.experiments.labels.table_2 import (
    METHODS_OF_TABLE_2,
    SEMI_SUPERVISED_AAE,
    TEST_ERROR,
    row_of,
)
from aae_course.experiments.numbers import Metrics, Number
from aae_course.lessons.adversarial import plain_ticks
from aae_course.metrics.significance import Difference, differences
from aae_course.pictures.plots import DIGIT_COLOURS
from aae_course.training.history import History

MARKERS = "osd^v"
CANNOT_TELL = 2 * math.log(2)  # what D_y, D_z and the generator (for both) pay then

LABELS_PUBLISHED = ("100", "1000", "all")
# Test errors in percent that re-implementations publish for MNIST: of each run, or, with ±, the
# mean of three. They publish accuracies; where, the comment says.
PUBLISHED = {
    "1henrypage, the paper's SGD": {  # experiments/semisupervised_results/500_epochs_...
        "100": "21.81, 26.62",
        "1000": "6.84, 7.05, 6.89",
    },
    "1henrypage, Adam": {"1000": "5.90"},  # semi_supervised_experiment.ipynb
    "flatala": {  # aae_semisupervised_report.pdf, table 3
        "100": "23.50 ± 2.00",
        "1000": "6.90 ± 0.10",
        "all": "1.04 ± 0.05",
    },
    "musyoku, as it comes": {"100": "about 15"},  # its issue 7
    "thadikari": {"100": "about 5"},  # issue 13 of musyoku's repository
}


def entropies(y: Tensor) -> Tensor:
    """−Σ y log y of each row, in nats, 0 for a one-hot row: (n, classes) -> (n,)."""
    return torch.special.entr(y).sum(-1)


def best_label_loss(used: int, classes: int = 10) -> float:
    """The least that D_y can pay while y is one-hot and spread evenly over ``used`` labels.

    With r = 1 / classes and q = 1 / used, the best D_y is r / (r + q) on a label in use and 1 on
    the others (Goodfellow et al., 2014, proposition 1).

    Raises:
        ValueError: not 1 to ``classes`` labels in use.
    """
    if not 1 <= used <= classes:
        raise ValueError(f"1 to {classes} labels can be in use, not {used}")
    r, q = 1 / classes, 1 / used
    return -used * (r * math.log(r / (r + q)) + q * math.log(q / (r + q)))


def calibration_error(y: Tensor, labels: Tensor, bins: int = 10) -> float:
    """How far confidence lies from accuracy, over equally wide bins of confidence (Guo et al.).

    Args:
        y: (n, classes) probabilities.
        labels: (n,).
        bins: their number between 0 and 1.

    Returns:
        The mean over images of |accuracy − mean confidence| in the image's bin, 0 to 1.
    """
    confidence, right = confidence_and_right(y, labels)
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    gap = np.bincount(place, right - confidence, minlength=bins)
    return float(np.abs(gap).sum() / len(labels))


def confidence_and_right(y: Tensor, labels: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The largest probability of each row, and 1 where it is that of the true label, else 0."""
    confidence, guess = y.double().max(-1)
    return confidence.cpu().numpy(), (guess == labels).double().cpu().numpy()


def draw_phases(histories: Mapping[str, History]) -> Figure:
    """The loss of every phase over the steps, on a logarithmic axis, a line for each run.

    Each point is the mean of a stretch, so that lines stay readable; the first stretch is left out,
    and the highest peaks are cut off. Dashed lines stand where no discriminator can tell codes from
    draws, the dotted one where every image is given one and the same label.
    """
    phases = list(next(iter(histories.values())).losses)
    rows = -(-len(phases) // 3)
    figure, axes = plt.subplots(rows, 3, figsize=(10, 2.5 * rows), squeeze=False)
    for ax, phase in zip(axes.flat, phases, strict=False):
        curves = {name: _stretches(history, phase) for name, history in histories.items()}
        for (name, (steps, losses)), colour in zip(curves.items(), DIGIT_COLOURS, strict=False):
            ax.plot(steps, losses, color=colour, linewidth=1.2, label=name)
        ax.set(title=phase, xlabel="step", yscale="log")
        if "discriminator" in phase or phase == "generator":
            ax.axhline(CANNOT_TELL, color="0.2", linestyle="--", linewidth=0.9)
        if phase == "label discriminator":
            ax.axhline(best_label_loss(used=1), color="0.2", linestyle=":", linewidth=0.9)
        if phase != "classification":  # which may fall to a thousandth
            drawn = np.concatenate([losses for _, losses in curves.values()])
            ax.set_ylim(top=1.25 * max(CANNOT_TELL, np.quantile(drawn, 0.97)))
            plain_ticks(ax)
        ax.grid(alpha=0.3)
    for ax in axes.flat[len(phases) :]:
        ax.remove()
    if len(histories) > 1:
        figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def _stretches(history: History, phase: str, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Last step and mean loss of all of ``count`` stretches of a run but the first.

    A run with fewer points is shown point by point, from its beginning.
    """
    if len(history.steps) < count:
        return np.array(history.steps), np.array(history.curve(phase))
    stretches = np.array_split(history.curve(phase), count)
    ends = np.cumsum([len(stretch) for stretch in stretches])
    means = np.array([stretch.mean() for stretch in stretches])
    return np.array(history.steps)[ends - 1][1:], means[1:]


def draw_predictions(predicted: Mapping[str, Tensor], labels: Tensor) -> Figure:
    """Entropies, marginal and reliability of q(y|x), a line with a marker for each model.

    Args:
        predicted: the name of a model -> q(y|x) of images, (n, classes).
        labels: of these images, (n,).
    """
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    _prepare(axes, labels, next(iter(predicted.values())).shape[1])
    kinds = zip(predicted.items(), DIGIT_COLOURS, MARKERS, strict=False)
    for (name, y), colour, marker in kinds:
        style = {"color": colour, "marker": marker, "markersize": 5, "label": name}
        _draw_entropies(axes[0], y, style)
        axes[1].plot(y.mean(0).cpu(), linestyle=":", **style)
        accuracy, confidence = calibration_curve(*confidence_and_right(y, labels)[::-1], n_bins=10)
        axes[2].plot(confidence, accuracy, **style)
    for ax in axes:
        ax.set_ylim(bottom=0)
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def _prepare(axes: Sequence[Axes], labels: Tensor, classes: int) -> None:
    """Titles, and the lines to compare with."""
    axes[0].set(title="entropy of $q(y|x)$", xlabel="$h$, nats", ylabel="share with entropy ≤ $h$")
    axes[0].axvline(math.log(classes), color="0.2", linestyle="--", linewidth=0.9)
    axes[1].axhline(1 / classes, color="0.2", linestyle="--", linewidth=0.9)
    shares = labels.bincount(minlength=classes).cpu() / len(labels)
    axes[1].scatter(range(classes), shares, marker="_", s=160, color="black", label="true shares")
    axes[1].set(title="mean of $q(y|x)$ over the images", xlabel="label", ylabel="share")
    axes[1].set_xticks(range(classes))
    axes[2].plot([0, 1], [0, 1], color="0.2", linestyle="--", linewidth=0.9)
    axes[2].set(title="reliability", xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02))
    for ax in axes:
        ax.grid(alpha=0.3)


def _draw_entropies(ax: Axes, y: Tensor, style: dict) -> None:
    """The share of images whose entropy is at most so much."""
    h, n = entropies(y).sort().values.cpu(), len(y)
    ax.plot(h, torch.arange(1, n + 1) / n, **style, markevery=(n // 10, max(1, n // 5)))


def draw_table_2(metrics: Metrics) -> Figure:
    """Errors with 100, 1000 and all labels: ours with their spread, and those others publish.

    A dashed line stands at the paper's AAE.

    Args:
        metrics: those of ``figures/table2.json``.
    """
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.8), layout="constrained", sharey=True)
    names = [f"AAE, {name}" for name in PUBLISHED]
    titles = [f"{title} (ours)" for title in METHODS_OF_TABLE_2.values()]
    for ax, count in zip(axes, LABELS_PUBLISHED, strict=True):
        for height, cells in enumerate(PUBLISHED.values()):
            errors = numbers_in(cells.get(count, ""))
            ax.plot(errors, [height] * len(errors), "x", color="0.35")
        for height, method in enumerate(METHODS_OF_TABLE_2, start=len(PUBLISHED)):
            error = error_of(metrics, method, count)
            if error.mean is not None:
                colour = DIGIT_COLOURS[3 if method == SEMI_SUPERVISED_AAE else 0]
                ax.errorbar(error.mean, height, xerr=error.std or 0.0, fmt="o", color=colour)
        paper = error_of(metrics, SEMI_SUPERVISED_AAE, count).paper
        ax.axvline(paper, color="0.2", linestyle="--", linewidth=0.9)
        ax.set(title=f"{count} labels", xlabel="test error, %", xscale="log", xlim=(0.4, 70))
        ax.set_xticks([1, 3, 10, 30], ["1", "3", "10", "30"])
        ax.minorticks_off()
        ax.grid(alpha=0.3)
    axes[0].set_yticks(range(len(names + titles)), names + titles)
    axes[0].invert_yaxis()  # in the order of the table, from above
    return figure


def error_of(metrics: Metrics, method: str, labels: str) -> Number:
    """Test error of a method of Table 2 with so many labels of MNIST."""
    return metrics.of(row_of(method, f"mnist_{labels}"), TEST_ERROR)


def numbers_in(cell: str) -> list[float]:
    """The errors in a cell of `PUBLISHED`, without spreads."""
    parts = [part.removeprefix("about ") for part in cell.split(", ") if part]
    return [float(part.partition(" ± ")[0]) for part in parts]


def table_2_in_words(metrics: Metrics) -> list[str]:
    """What ``figures/table2.json`` says of our AAE on MNIST, as a list in Markdown.

    Differences have Welch's intervals of 95 %; they are told apart if Holm's correction for all of
    them leaves that.
    """
    found = differences_of_table_2(metrics)
    words = []
    for count in LABELS_PUBLISHED:
        aae = error_of(metrics, SEMI_SUPERVISED_AAE, count)
        reached = aae.mean <= aae.paper
        verdict = "reached" if reached else f"not reached, by a factor {aae.mean / aae.paper:.1f}"
        words.append(
            f"- **{count} labels**: {aae.mean:.2f} %; the paper's {aae.paper:.2f} % {verdict}."
        )
        for method, title in METHODS_OF_TABLE_2.items():
            other = error_of(metrics, method, count)
            if method != SEMI_SUPERVISED_AAE and other.mean is not None:
                how = _apart(found.get((count, method)))
                words.append(f"    - {title} ({other.mean:.2f} %): {how}.")
        below = [
            name
            for name, cells in PUBLISHED.items()
            if min(numbers_in(cells.get(count, "")), default=math.inf) < aae.mean
        ]
        words.append(f"    - published re-implementations below it: {', '.join(below) or 'none'}.")
    return words


def differences_of_table_2(metrics: Metrics) -> dict[tuple[str, str], Difference]:
    """(labels, method) -> how our AAE's test error differs, where both have two seeds or more."""
    return differences(
        {
            (count, method): [
                error_of(metrics, each, count).per_seed for each in (SEMI_SUPERVISED_AAE, method)
            ]
            for count in LABELS_PUBLISHED
            for method in METHODS_OF_TABLE_2
            if method != SEMI_SUPERVISED_AAE
        }
    )


def _apart(found: Difference | None) -> str:
    """A difference of the AAE's error from another in words."""
    if found is None:
        return "not compared, for want of seeds"
    told = "told apart" if found.told_apart else "not told apart"
    return f"the AAE's differs by {found.written('.2f')}, {told}"
