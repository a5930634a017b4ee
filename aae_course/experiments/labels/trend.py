"""What the recipes of Figures 4 and 7 measure after every epoch, on validation images.

For Figure 4 it is the codes in their own part of the prior; for Figure 7 the digits drawn as asked
and the labels in the style, quickly: with fewer images than at the end, and with a probe that has a
closed form.
"""

from __future__ import annotations

from aae_course.data.dataset import Dataset
from aae_course.data.minibatches import as_pixels
from aae_course.models import EncoderDecoder

STYLES = 50  # draws of the prior, each decoded as every label
PROBED = 2000  # validation images from whose style the label is read
ASKED, READ = "validation_asked_digit_accuracy", "validation_label_probe_accuracy"


def validation_own_part(model: EncoderDecoder, data: Dataset) -> dict[str, float]:
    """Share of codes in the part of the prior that belongs to their label."""
    from aae_course.metrics import own_part_fraction  # slow to import, and recipes are not

    x, y = as_pixels(data.validation.images), data.validation.labels
    own = own_part_fraction(model.encode(x, y), y, model.prior)
    return {f"validation_own_{model.prior.part}_fraction": own}


def validation_trend(model: EncoderDecoder, data: Dataset) -> dict[str, float]:
    """Share of digits that are drawn as asked, and of labels that a probe reads off the style.

    The styles that are drawn are the same each time. The classifier that reads the images is
    trained at the first call in a process.
    """
    from aae_course.metrics.codes import coded, quadratic_probe_error, train_codes
    from aae_course.metrics.judge import asked_accuracy, judge_of  # slow to import

    classifier, styles = judge_of(data).classifier, model.prior.fixed_draws(STYLES)
    x, y = as_pixels(data.validation.images[:PROBED]), data.validation.labels[:PROBED]
    return {
        ASKED: asked_accuracy(model, styles, classifier),
        READ: 1 - quadratic_probe_error(train_codes(model, data), coded(model, x, y)) / 100,
    }
