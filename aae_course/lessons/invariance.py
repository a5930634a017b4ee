"""Pictures and measures of notebook 13: where the records stand, views, clusters side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.invariance.ablation import ERROR, TASKS
from aae_course.experiments.numbers import Metrics, Number
from aae_course.metrics.clustering import Clustered, majority_names
from aae_course.models import LabelAndStyle
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import DIGIT_COLOURS, OURS, PAPERS, WIDE

TEST_ERROR = "test_error_percent"
# Case -> the record that has it, the row of the paper's method there, the row with views.
CASES = {
    "100 labels": ("table2", "mnist_100", "invariant_100"),
    "1000 labels": ("table2", "mnist_1000", "invariant_1000"),
    "16 clusters": ("table3", "clusters_16", "invariant_clusters_16"),
    "30 clusters": ("table3", "clusters_30", "invariant_clusters_30"),
}
PARTS = {
    "label_adversary": "the adversary on y",
    "style_adversary": "the adversary on z",
    "reconstruction": "the reconstruction",
}
SHOWN = 10  # images of a cluster


def standing(records: Mapping[str, Metrics]) -> dict[str, tuple[Number, Number]]:
    """Case -> its test error by the paper's method as we ran it, and with views.

    Args:
        records: the numbers of "table2" and of "table3"; a row that is missing is an empty number.
    """
    return {
        case: (records[table].of(papers, TEST_ERROR), records[table].of(ours, TEST_ERROR))
        for case, (table, papers, ours) in CASES.items()
    }


def draw_standing(errors: Mapping[str, tuple[Number, Number]]) -> Figure:
    """A row for each case: the paper's number, our seeds of its method, and our seeds with views.

    Args:
        errors: what `standing` gives.
    """
    figure, ax = plt.subplots(figsize=(8, 2.6), layout="constrained")
    for row, numbers in enumerate(errors.values()):
        kinds = zip(numbers, ("its method, our seeds", "with views, our seeds"), "o^", strict=True)
        stated = [] if numbers[0].paper is None else [numbers[0].paper]
        ax.plot(stated, [row] * len(stated), "s", color=PAPERS, label="the paper's number")
        for number, label, marker in kinds:
            colour = OURS if marker == "^" else DIGIT_COLOURS[7]
            places = [row] * len(number.per_seed)
            ax.plot(number.per_seed, places, marker, color=colour, alpha=0.6, label=label)
    ax.set_yticks(range(len(errors)), list(errors))
    ax.set(xscale="log", xlabel="test error, %", ylim=(len(errors) - 0.5, -0.5))
    ax.set_xticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(alpha=0.5)
    handles, labels = ax.get_legend_handles_labels()
    ax.figure.legend(handles[:3], labels[:3], loc="outside upper center", ncols=3)
    return figure


def draw_clusters_beside(
    runs: Mapping[str, Clustered], images: Tensor, shape: tuple[int, int, int]
) -> Figure:
    """A panel for each run, a row for each of its clusters: what most images show, and ten of them.

    Rows are sorted by that name, empty clusters last. An image that shows something else has a red
    frame.

    Args:
        runs: name of a run -> its clusters, of the same images.
        images: (n, pixels) bytes.
        shape: (1, height, width) of an image.
    """
    figure, axes = plt.subplots(1, len(runs), figsize=(WIDE, 5.6), layout="constrained")
    for ax, (title, found) in zip(axes, runs.items(), strict=True):
        _draw_clusters(ax, found, as_pixels(images), shape)
        ax.set_title(title)
    return figure


def _draw_clusters(ax: Axes, found: Clustered, x: Tensor, shape: tuple[int, int, int]) -> None:
    _, height, width = shape
    names = majority_names(found.assigned, found.labels, found.clusters).tolist()
    members = [(found.assigned == k).nonzero().flatten() for k in range(found.clusters)]
    order = sorted(range(found.clusters), key=lambda k: (not len(members[k]), names[k]))
    sheet = x.new_zeros(found.clusters, SHOWN, x.shape[1])
    for row, k in enumerate(order):
        shown = members[k][:SHOWN]
        sheet[row, : len(shown)] = x[shown]
        words = f"{names[k]}  {100 * len(members[k]) / len(x):4.1f} %" if len(shown) else "empty"
        ax.text(-2, row * (height + 1) + height / 2, words, ha="right", va="center")
        for place in (found.labels[shown] != names[k]).nonzero().flatten().tolist():
            corner = place * (width + 1) - 0.5, row * (height + 1) - 0.5
            frame = {"fill": False, "edgecolor": DIGIT_COLOURS[3], "linewidth": 1.5}
            ax.add_patch(plt.Rectangle(corner, width, height, **frame))
    image_grid(ax, sheet.flatten(0, 1), SHOWN, shape)


@torch.no_grad()
def agreement(model: LabelAndStyle, x: Tensor, view: Callable[[Tensor], Tensor]) -> float:
    """The share of images (n, pixels), 0 to 1, two views of which get the same category."""
    first, second = (model.logits(view(x)).argmax(-1) for _ in range(2))
    return (first == second).float().mean().item()


def least_error(clusters: int, digits: int = 10) -> float:
    """The least error by majority, in percent, of clusters of one size over digits of one size.

    A digit with m clusters has at most min(1/digits, m/clusters) of all images right. As a further
    cluster never helps more than the one before, the clusters are best shared out evenly.
    """
    fewest, more = divmod(clusters, digits)
    right = more * min(1 / digits, (fewest + 1) / clusters)
    right += (digits - more) * min(1 / digits, fewest / clusters)
    return 100 * (1 - right)


def verdict(metrics: Metrics) -> list[str]:
    """Whether the error changes by more than seeds do, without each of three parts: Markdown lines.

    Args:
        metrics: those of the record `invariance`.
    """
    return [
        f"- **{title}**, without {part}: "
        + _change(metrics.of("nothing", f"{task}_{ERROR}"), metrics.of(row, f"{task}_{ERROR}"))
        for task, title in TASKS.items()
        for row, part in PARTS.items()
    ]


def _change(whole: Number, without: Number) -> str:
    """What leaving a part out does to an error, beside the larger standard deviation of the two."""
    if whole.mean is None or without.mean is None:
        return "not measured."
    change = without.mean - whole.mean
    numbers = f"{whole.mean:.2f} % becomes {without.mean:.2f} %"
    if whole.std is None or without.std is None:
        return f"{numbers}, with one seed, which does not say how far seeds lie apart."
    spread, seeds = max(whole.std, without.std), min(len(whole.per_seed), len(without.per_seed))
    if abs(change) <= spread:
        return (
            f"{numbers}. The change of {change:+.2f} is not larger than the spread over {seeds} "
            f"seeds, {spread:.2f}: these runs do not show that it matters for the error."
        )
    what = "The error rises" if change > 0 else "The error falls"
    return f"{numbers}. {what} by more than the spread over {seeds} seeds, {spread:.2f}."
