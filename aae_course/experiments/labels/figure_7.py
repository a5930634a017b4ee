"""Figure 7: one style, ten digits; and whether the style is free of the label.

The command is ``aae-course reproduce fig7``.

Panel a_paper is the model of the paper, whose discriminator sees only the style. In panel a it
sees the label too, which frees the style of the label.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.numbers import by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import coded, linear_probe_error, mlp_probe_error, two_sample_accuracy
from aae_course.metrics.codes import Labelled, train_codes
from aae_course.metrics.judge import judge_of
from aae_course.models import Classifier, EncoderDecoder
from aae_course.pictures.plots import image_grid
from aae_course.randomness import generators_restored, seed_noise

STYLES = 1000  # each decoded as every label


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


def asked_accuracy(model: EncoderDecoder, z: Tensor, classifier: Classifier) -> float:
    """Share of styles (n, dim), decoded as every label, that are read as the label asked for."""
    asked = torch.arange(model.classes, device=z.device).repeat(len(z))
    x = model.decode(z.repeat_interleave(model.classes, 0), asked)
    return accuracy(classifier, x, asked)


def accuracy(classifier: Classifier, x: Tensor, labels: Tensor) -> float:
    """Share of images (n, pixels) that are read as their labels (n,)."""
    read = torch.cat([classifier(part).argmax(-1) for part in x.split(5000)])
    return (read == labels).float().mean().item()


def draw_figure_7(trained: Mapping[str, Trained], scale: str) -> Figure:
    """A row for each style, a column for each digit; panel b is missing where SVHN is."""
    figure, axes = plt.subplots(
        1, len(trained), figsize=(3.3 * len(trained), 4.3), layout="constrained", squeeze=False
    )
    for (panel, run), ax in zip(trained.items(), axes[0], strict=True):
        image_grid(ax, styles_by_digits(run, rows=11), run.data.classes, run.data.image_shape)
        ax.set_title(f"({panel}) {run.recipe.title}:\none style a row, one digit a column")
    return figure


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
    {"a": "supervised_informed", "a_paper": "supervised", "b": "supervised_svhn"},
    draw_figure_7,
    measure_supervised,
    optional={"b": (("b", "asked_digit_accuracy"), ("b", "label_probe_accuracy"))},
)
