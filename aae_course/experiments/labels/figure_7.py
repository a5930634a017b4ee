"""Figure 7: one style, ten digits; and whether the style is free of the label.

The command is ``aae-course reproduce fig7``.

Panel a is the model of the paper, whose discriminator sees only the style. In ours it sees the
label too, which frees the style of the label. Below the images, how both change over the epochs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import seaborn as sns
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.labels.trend import ASKED, PROBED, READ
from aae_course.experiments.numbers import by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import coded, linear_probe_error, mlp_probe_error, two_sample_accuracy
from aae_course.metrics.codes import Labelled, train_codes
from aae_course.metrics.judge import accuracy, asked_accuracy, judge_of
from aae_course.models import EncoderDecoder
from aae_course.pictures.plots import image_grid
from aae_course.pictures.style import WIDE
from aae_course.randomness import generators_restored, seed_noise

STYLES = 1000  # each decoded as every label
TRENDS = {
    ASKED: "digits that a classifier reads as asked for",
    READ: "labels that a probe reads from the style",
}


def measure_supervised(trained: Trained) -> dict[str, list[float]]:
    """What comes back, whether decoded labels are those asked for, and what a style tells of them.

    A picture of disentangled digits persuades too easily. So a classifier of our own reads every
    decoded image, and probes try to read the label from the style; chance is the share of the most
    frequent label.
    """
    pairs = zip(trained.models, trained.seeds, strict=True)
    rows = [_measure_model(model, trained, seed) for model, seed in pairs]
    return by_name(rows)


@torch.no_grad()
def _measure_model(model: EncoderDecoder, trained: Trained, seed: int) -> dict[str, float]:
    data = trained.data
    x, labels = as_pixels(trained.measured.images), trained.measured.labels
    with generators_restored(x.device):
        seed_noise([seed])
        styles = coded(model, x, labels)
        z, draws = styles.x, model.prior.sample(len(x))
        x_hat = model.decode(z, labels)
        measured = {
            "prior_two_sample_accuracy": two_sample_accuracy(z, draws, seed),
            "held_out_half_squared_error": 0.5 * (x_hat - x).square().sum(-1).mean().item(),
        }
        if trained.final:
            classifier = judge_of(data).classifier
            measured |= {
                "asked_digit_accuracy": asked_accuracy(model, draws[:STYLES], classifier),
                "asked_digit_accuracy_test_styles": asked_accuracy(model, z[:STYLES], classifier),
                "judge_accuracy": accuracy(classifier, x, labels),
            }
            measured |= read_label(train_codes(model, data), styles, seed)
    return measured


def read_label(train: Labelled, test: Labelled, seed: int) -> dict[str, float]:
    """Accuracy of probes that read the label from the style; the stronger one gives its name."""
    linear, mlp = (
        1 - error / 100
        for error in (linear_probe_error(train, test), mlp_probe_error(train, test, seed))
    )
    return {
        "label_probe_accuracy": max(linear, mlp),
        "linear_label_probe_accuracy": linear,
        "mlp_label_probe_accuracy": mlp,
        "majority_label_fraction": (test.y.bincount().max() / len(test)).item(),
    }


def draw_figure_7(trained: Mapping[str, Trained], scale: str) -> Figure:
    """A row for each style, a column for each digit, and below them the trend over the epochs.

    Panel b is missing where SVHN is.
    """
    figure = plt.figure(figsize=(WIDE, 8.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1])
    axes = above.subplots(1, len(trained), squeeze=False)[0]
    for (panel, run), ax in zip(trained.items(), axes, strict=True):
        image_grid(ax, styles_by_digits(run, rows=11), run.data.classes, run.data.image_shape)
        ax.set_title(f"({panel}) {run.recipe.title}:\none style a row, one digit a column")
    draw_trends(below.subplots(1, 2), trained)
    return figure


def draw_trends(axes: Sequence[Axes], trained: Mapping[str, Trained]) -> None:
    """On the left digits drawn as asked, on the right labels read from styles of validation images.

    A line for each model that was watched while it trained, the mean of its seeds.
    """
    watched = {panel: run for panel, run in trained.items() if run.history.evaluations}
    seeds = max((len(run.seeds) for run in watched.values()), default=1)
    over = f"mean ± standard deviation of {seeds} seeds" if seeds > 1 else "one seed"
    for ax, (measure, what) in zip(axes, TRENDS.items(), strict=True):
        for panel, run in watched.items():
            draw_curve(ax, run.history.evaluations, measure, f"({panel}) {run.recipe.title}")
        ax.set(xlabel="epoch", ylabel="%", ylim=(0, 102), title=f"{what};\n{over}")
        ax.grid()
    for run in list(watched.values())[:1]:
        labels = run.data.validation.labels[:PROBED]
        chance = 100 * (labels.bincount().max() / len(labels)).item()
        axes[1].axhline(chance, color="0.4", linestyle=":", label="chance: the most frequent label")
        axes[1].legend()


def draw_curve(ax: Axes, evaluations: Sequence[Mapping], measure: str, name: str) -> None:
    """A share in percent after every epoch, with the spread over seeds.

    Args:
        ax: where to draw.
        evaluations: as a history or a record has them.
        measure: which of their numbers.
        name: of the line.
    """
    points = [(each["epoch"], 100 * share) for each in evaluations for share in each[measure]]
    epochs, shares = zip(*points, strict=True)
    spread = "sd" if len(points) > len(evaluations) else None
    sns.lineplot(x=epochs, y=shares, errorbar=spread, label=name, ax=ax)


@torch.no_grad()
def styles_by_digits(run: Trained, rows: int) -> Tensor:
    """Images of all labels in styles drawn from the prior, row by row; first seed."""
    model = run.models[0]
    with generators_restored(model.prior.origin.device):
        seed_noise(run.seeds[:1])
        z = model.prior.sample(rows).repeat_interleave(model.classes, 0)
    return model.decode(z, torch.arange(model.classes, device=z.device).repeat(rows))


ARTEFACT = Artefact(
    "Figure 7: one style, ten digits",
    {"a": "supervised", "ours": "supervised_informed", "b": "supervised_svhn"},
    draw_figure_7,
    measure_supervised,
    optional={"b": (("b", "asked_digit_accuracy"), ("b", "label_probe_accuracy"))},
)
