"""Diagnostics and pictures of notebook 09: shares of clusters, names, slants, Table 3 in words."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import seaborn as sns
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.dataset import Dataset
from aae_course.data.labels import one_hot
from aae_course.experiments.clusters.baselines import CLUSTER_COUNTS, ON_THE_SAME_IMAGES
from aae_course.experiments.clusters.table_3 import (
    CLUSTERING_AAE,
    METHODS_OF_TABLE_3,
    SPECTRAL,
    row_of,
)
from aae_course.experiments.numbers import Metrics, Number
from aae_course.lessons.by_label import percents
from aae_course.metrics.clustering import Clustered, clustered, score
from aae_course.metrics.significance import Difference, differences
from aae_course.models import LabelAndStyle
from aae_course.pictures.plots import DIGIT_COLOURS

# Errors of clusters that are named by their surest image, as in the paper, and by majority.
BY_SUREST, BY_MAJORITY = "test_error_percent", "majority_error_percent"
MARKERS = "osd^v"


def cluster_shares(assigned: Tensor, clusters: int) -> Tensor:
    """Which share of the images each cluster has: (n,) -> (clusters,)."""
    return assigned.bincount(minlength=clusters) / len(assigned)


def effective_clusters(shares: Tensor) -> float:
    """exp H(q): as many clusters of equal size have the entropy of these shares (clusters,)."""
    return torch.special.entr(shares).sum().exp().item()


def slants(x: Tensor, shape: tuple[int, int, int] = (1, 28, 28)) -> Tensor:
    """How far strokes lean to the right, in pixels for each pixel of height: (n, pixels) -> (n,).

    Minus the slope of the regression of the column on the row, which counts downwards, over the
    ink. An image without ink, or with all of it in one row, gets 0.

    Args:
        x: (n, pixels), the ink.
        shape: (1, height, width) of an image.
    """
    ink = x.view(-1, *shape[1:])
    ink = ink / ink.sum((1, 2), keepdim=True).clamp_min(1e-9)
    row, column = (torch.arange(side, device=x.device).float() for side in shape[1:])
    by_row, by_column = ink.sum(2), ink.sum(1)
    down = row - (by_row @ row).unsqueeze(1)
    right = column - (by_column @ column).unsqueeze(1)
    together = torch.einsum("nij,ni,nj->n", ink, down, right)
    return -together / (by_row * down.square()).sum(1).clamp_min(1e-9)


def share_explained(values: Tensor, groups: Tensor) -> float:
    """Which share of the variance of ``values`` (n,) lies between groups (n,), 0 to 1.

    Chance alone gives about (groups - 1) / (n - 1). Values that are all alike give 0.
    """
    members = one_hot(groups, int(groups.max()) + 1).to(values.dtype)
    counts = members.sum(0)
    means = members.T @ values / counts.clamp_min(1)
    between = (counts * (means - values.mean()).square()).sum()
    total = (values - values.mean()).square().sum()
    return (between / total.clamp_min(1e-12)).clamp(0, 1).item()


@torch.no_grad()
def change_by_part(model: LabelAndStyle, x: Tensor) -> tuple[float, float]:
    """How much a decoded image changes with another's category, and with another's style.

    Both are means of ½‖·‖² over images (n, pixels), each paired with the one before it. A decoder
    that ignores y changes nothing with the category.
    """
    y, z = model.label_and_style(x)
    y = one_hot(y.argmax(-1), model.categories)
    own = model.decode_parts(y, z)
    changed = (model.decode_parts(y.roll(1, 0), z), model.decode_parts(y, z.roll(1, 0)))
    return tuple(0.5 * (image - own).square().sum(1).mean().item() for image in changed)


def validation_errors(model: LabelAndStyle, data: Dataset) -> dict[str, float]:
    """After an epoch: both errors by names, on the two halves of the validation images."""
    everything = clustered(model, data.validation)
    half = len(everything.labels) // 2
    parts = (slice(None, half), slice(half, None))
    named, asked = (Clustered(everything.scores[p], everything.labels[p]) for p in parts)
    scores = score(named, asked)
    return {
        "paper's naming": scores[BY_SUREST],
        "majority naming": scores[BY_MAJORITY],
    }


def draw_partition(
    clusters: Mapping[str, tuple[int, ...]], names: Mapping[str, Mapping[str, int | None]]
) -> Figure:
    """A small partition, a row for each cluster, and what rules call the clusters.

    Args:
        clusters: cluster -> the labels of its images, the surest first.
        names: rule -> cluster -> the label that it is called, None for none.
    """
    longest = max(map(len, clusters.values()))
    figure, ax = plt.subplots(figsize=(8.5, 0.5 * len(clusters) + 0.7), layout="constrained")
    for row, (cluster, labels) in enumerate(clusters.items()):
        ax.text(-1, row, cluster, ha="center", va="center", weight="bold")
        for place, label in enumerate(labels):
            _draw_member(ax, place, row, label, surest=place == 0)
        for number, given in enumerate(names.values()):
            name = "none" if given[cluster] is None else str(given[cluster])
            ax.text(longest + 1 + 2.6 * number, row, name, ha="center", va="center", fontsize=13)
    for number, rule in enumerate(names):
        ax.text(longest + 1 + 2.6 * number, -0.9, rule, ha="center", va="center")
    ax.set(xlim=(-1.5, longest + 2.6 * len(names)), ylim=(len(clusters) - 0.5, -1.3))
    ax.set_axis_off()
    return figure


def _draw_member(ax: Axes, x: float, y: float, label: int, surest: bool) -> None:
    ring = {"edgecolor": "black", "linewidth": 2.5 if surest else 0}
    ax.scatter(x, y, s=420, color=[(*DIGIT_COLOURS[label], 0.35)], **ring)
    ax.text(x, y, str(label), ha="center", va="center", fontsize=13)


def draw_contingency(ax: Axes, table: Tensor, names: Tensor) -> None:
    """Which labels the images of each cluster have, in percent of the cluster.

    Args:
        ax: where to draw.
        table: (clusters, classes) counts; an empty cluster stays white.
        names: (clusters,) labels; clusters are shown in their order, and the name's square framed.
    """
    order = names.argsort(stable=True).cpu()
    shares = (table / table.sum(1, keepdim=True).clamp_min(1)).cpu()[order].numpy()
    sns.heatmap(
        shares, vmin=0, vmax=1, cmap="Greys", cbar=False, annot=percents(shares), fmt="", ax=ax,
        annot_kws={"fontsize": 8}, linewidths=0.5, linecolor="0.9", yticklabels=order.numpy() + 1,
    )  # fmt: skip
    for row, name in enumerate(names[order.to(names.device)].tolist()):
        ax.add_patch(plt.Rectangle((name, row), 1, 1, fill=False, edgecolor=DIGIT_COLOURS[3], lw=2))
    ax.set(xlabel="label", ylabel="cluster")
    ax.tick_params(axis="y", rotation=0)


def draw_cluster_sizes(shares: Mapping[str, Tensor]) -> Figure:
    """Shares of the clusters from the largest to the smallest, a line with markers for each run.

    The dashed line is the fair share; below the dotted one, a tenth of it, a cluster counts as
    dead.

    Args:
        shares: name of a run -> (clusters,), as many in each.
    """
    figure, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
    for (name, each), colour, marker in zip(shares.items(), DIGIT_COLOURS, MARKERS, strict=False):
        order = each.sort(descending=True).values.cpu()
        label = f"{name}: effectively {effective_clusters(each):.1f}"
        rank = range(1, len(order) + 1)
        ax.plot(rank, order, color=colour, marker=marker, markersize=5, label=label)
    fair = 1 / len(order)
    ax.axhline(fair, color="0.2", linestyle="--", linewidth=0.9)
    ax.axhline(fair / 10, color="0.2", linestyle=":", linewidth=0.9)
    ax.set(xlabel="cluster, by size", ylabel="share of the images", ylim=(-0.02, None))
    ax.grid(alpha=0.3)
    ax.legend()
    return figure


def draw_table_3(metrics: Metrics) -> Figure:
    """Errors of Table 3, ours with their spread over seeds, a panel for each number of clusters.

    Full marks are majority naming, hollow ones the paper's naming. A dashed line stands at the
    paper's AAE, which was named by its rule. † marks a method that was scored on fewer images.

    Args:
        metrics: those of ``figures/table3.json``.
    """
    figure, axes = plt.subplots(
        1, len(CLUSTER_COUNTS), figsize=(10, 3), layout="constrained", sharey=True
    )
    for ax, count in zip(axes, CLUSTER_COUNTS, strict=True):
        for height, method in enumerate(METHODS_OF_TABLE_3):
            colour = DIGIT_COLOURS[3 if method == CLUSTERING_AAE else 0]
            for metric, face, up in ((BY_SUREST, "white", -0.12), (BY_MAJORITY, colour, 0.12)):
                error = metrics.of(row_of(method, count), metric)
                if error.mean is not None:
                    ax.errorbar(
                        error.mean, height + up, xerr=error.std or 0.0, fmt="o",
                        color=colour, markerfacecolor=face,
                    )  # fmt: skip
        paper = metrics.of(row_of(CLUSTERING_AAE, count), BY_SUREST).paper
        if paper is not None:
            ax.axvline(paper, color="0.2", linestyle="--", linewidth=0.9)
        ax.set(title=f"{count} clusters", xlabel="test error, %", xlim=(0, None))
        ax.grid(alpha=0.3)
    names = {**METHODS_OF_TABLE_3, SPECTRAL: f"{METHODS_OF_TABLE_3[SPECTRAL]} †"}
    axes[0].set_yticks(range(len(names)), names.values())
    axes[0].invert_yaxis()  # in the order of the table, from above
    return figure


def table_3_in_words(metrics: Metrics) -> list[str]:
    """What ``figures/table3.json`` says of our clustering AAE, as a list in Markdown.

    Differences are of errors by majority on the same images, with Welch's intervals of 95 %; they
    are told apart if Holm's correction for all of them leaves that.
    """
    found = differences_of_table_3(metrics)
    words, lowest = [], []
    for count in CLUSTER_COUNTS:
        errors = majority_errors(metrics, count)
        row, aae = row_of(CLUSTERING_AAE, count), errors[CLUSTERING_AAE]
        by_surest, alive = metrics.of(row, BY_SUREST), metrics.of(row, "clusters_alive").mean
        words.append(
            f"- **{count} clusters**, {alive:.1f} of them alive: {by_surest.mean:.2f} % by the "
            f"paper's naming{_beside_the_paper(by_surest)}, {aae.mean:.2f} % by majority. By "
            "majority, beside it:"
        )
        for method, error in errors.items():
            if method != CLUSTERING_AAE:
                how = _apart(found.get((count, method)))
                there = _ours_there(metrics, count) if method == SPECTRAL else ""
                name = METHODS_OF_TABLE_3[method]
                words.append(f"    - {name} ({error.mean:.2f} %{there}): {how}.")
        comparable = {m: e for m, e in errors.items() if m != SPECTRAL}
        best = min(comparable, key=lambda method: comparable[method].mean)
        lowest.append(f"{count}: {METHODS_OF_TABLE_3[best]}")
    verdict = "; ".join(lowest)
    return [*words, f"- **Lowest mean by majority** on all test images: {verdict}."]


def _ours_there(metrics: Metrics, count: int) -> str:
    """The AAE's error on the images of spectral clustering, if the record has it."""
    ours = metrics.of(row_of(CLUSTERING_AAE, count), ON_THE_SAME_IMAGES).mean
    return "" if ours is None else f" of fewer test images, and the AAE {ours:.2f} % of the same"


def differences_of_table_3(metrics: Metrics) -> dict[tuple[int, str], Difference]:
    """(clusters, method) -> how the AAE's error by majority differs, on the same images.

    Spectral clustering is compared on its images, if the record has the AAE's error there.
    """
    pairs = {}
    for count in CLUSTER_COUNTS:
        for method, error in majority_errors(metrics, count).items():
            metric = ON_THE_SAME_IMAGES if method == SPECTRAL else BY_MAJORITY
            ours = metrics.of(row_of(CLUSTERING_AAE, count), metric).per_seed
            if method != CLUSTERING_AAE:
                pairs[count, method] = ours, error.per_seed
    return differences(pairs)


def _apart(found: Difference | None) -> str:
    """A difference of the AAE's error from another in words."""
    if found is None:
        return "not compared, for want of seeds or of the same images"
    told = "told apart" if found.told_apart else "not told apart"
    return f"the AAE's differs by {found.written('.1f')}, {told}"


def majority_errors(metrics: Metrics, count: int) -> dict[str, Number]:
    """Method of Table 3 -> its error by majority, where it was measured."""
    errors = {m: metrics.of(row_of(m, count), BY_MAJORITY) for m in METHODS_OF_TABLE_3}
    return {method: error for method, error in errors.items() if error.mean is not None}


def _beside_the_paper(error: Number) -> str:
    """How an error stands to the paper's, if the paper has one."""
    if error.paper is None:
        return " (not in the paper)"
    if error.mean <= error.paper:
        return f" (the paper's {error.paper:.2f} % reached)"
    factor = error.mean / error.paper
    return f" (the paper's {error.paper:.2f} % not reached, by a factor {factor:.1f})"
