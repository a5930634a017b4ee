"""Parzen-window log-likelihood, the measure of the paper's Table 1 (section 3).

A Gaussian of width σ is put on every generated sample, and test images are scored by the density
p(x) = (1/n) Σᵢ N(x; sᵢ, σ² I). The width is chosen on validation images. The samples may be many
(the paper has 10 million): they are streamed in chunks, and memory does not grow with their number.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor
from tqdm import tqdm

from aae_course.metrics.kept_density import KeptDensity

# The grid of Goodfellow et al. (2014), whose protocol the paper follows.
BANDWIDTHS = tuple(10 ** (-1 + i / 9) for i in range(10))
BLOCK = 4_000_000  # distances held at a time: 16 MB
OVERSHOOT = 0.5  # how far pixels may leave [0, 1]
Fold = tuple[Tensor, Tensor]  # validation and test images, (n, pixels) in [0, 1]


@dataclass(frozen=True)
class Parzen:
    """A log-likelihood in nats: its mean, the standard error, and how they came."""

    mean: float
    standard_error: float
    bandwidth: float
    samples: int
    test_images: int


def parzen_log_likelihood(
    samples: Tensor | Iterable[Tensor], test: Tensor, bandwidth: float, total: int | None = None
) -> Parzen:
    """Mean log-likelihood of test images under the Parzen window of ``samples``.

    Args:
        samples: (n, pixels) in [0, 1], or an iterator over chunks of such, used once.
        test: (images, pixels) in [0, 1].
        bandwidth: σ, from `choose_bandwidth`.
        total: how many samples there will be, for the progress bar.

    Raises:
        ValueError: no samples, another number of pixels, values that are not finite or no pixels in
            [0, 1], or a σ that is not positive.
    """
    log_density, count = parzen_log_density(samples, test, (bandwidth,), total)
    values = log_density[0]
    return Parzen(values.mean().item(), _standard_error(values), bandwidth, count, len(test))


def parzen_over_folds(
    samples: Tensor | Iterable[Tensor],
    folds: Sequence[Fold],
    bandwidths: Sequence[float] = BANDWIDTHS,
    total: int | None = None,
    kept: KeptDensity | None = None,
) -> Parzen:
    """The mean over folds of the mean log-likelihood of a fold's test images.

    Each fold's bandwidth is the one under which its validation images are likeliest. The standard
    error of a single fold is that over its test images; of several it is that over the means of the
    folds, as Goodfellow et al. (2014) give it for the Toronto Faces. The samples are gone through
    twice: for the validation images of all folds under every bandwidth, and for the test images
    under the one that is chosen. The bandwidth returned is the mean over folds.

    Args:
        samples: (n, pixels) in [0, 1], or chunks of such, which can be gone through twice.
        folds: validation and test images, each (images, pixels) in [0, 1].
        bandwidths: values of σ to choose from.
        total: how many samples there will be, for the progress bar.
        kept: where the sums are kept on the way; the samples are then `Draws`.

    Raises:
        ValueError: as `parzen_log_likelihood`; or samples that can be gone through only once.
    """
    if not folds or not all(map(len, chain.from_iterable(folds))):
        raise ValueError("each fold needs validation images and test images")
    if isinstance(samples, Iterator):
        raise ValueError("samples are gone through twice: give a list of chunks, or `Draws`")
    validation, test = ([fold[i] for fold in folds] for i in (0, 1))
    scores, _ = parzen_log_density(
        samples, torch.cat(validation), bandwidths, total, kept and kept.of("validation")
    )
    parts = scores.split([len(each) for each in validation], dim=1)
    chosen = [bandwidths[int(part.mean(1).argmax())] for part in parts]
    sizes = [len(each) for each in test]
    widths = torch.tensor(chosen, dtype=torch.double).repeat_interleave(torch.tensor(sizes))
    log_density, count = parzen_log_density(
        samples, torch.cat(test), widths[None], total, kept and kept.of("test")
    )
    values = log_density[0].split(sizes)
    means = torch.stack([value.mean() for value in values])
    error = _standard_error(means if len(folds) > 1 else values[0])
    return Parzen(means.mean().item(), error, statistics.mean(chosen), count, sum(sizes))


def _standard_error(values: Tensor) -> float:
    return values.std().item() / math.sqrt(len(values)) if len(values) > 1 else math.nan


def choose_bandwidth(
    samples: Tensor, validation: Tensor, bandwidths: Sequence[float] = BANDWIDTHS
) -> float:
    """The σ under which validation images (images, pixels) are likeliest.

    The reference code takes 1,000 of them. Samples (n, pixels) must not be among the images.
    """
    log_density, _ = parzen_log_density(samples, validation, bandwidths)
    return bandwidths[int(log_density.mean(1).argmax())]


@torch.no_grad()
def parzen_log_density(
    samples: Tensor | Iterable[Tensor],
    x: Tensor,
    bandwidths: Sequence[float] | Tensor,
    total: int | None = None,
    kept: KeptDensity | None = None,
) -> tuple[Tensor, int]:
    """log p(x) in nats of each image for each σ, (bandwidths, images), and the number of samples.

    Args:
        samples: (n, pixels), or chunks of such.
        x: (images, pixels).
        bandwidths: values of σ; or (rows, images), a σ of its own for every image.
        total: how many samples there will be, for the progress bar.
        kept: where the sums are kept on the way; the samples are then `Draws`.

    Raises:
        ValueError: no samples, another number of pixels, values that are not finite or no pixels in
            [0, 1], or a σ that is not positive.
    """
    _check_pixels(x, "images")
    if x.dim() != 2 or not len(x):
        raise ValueError(f"images have the shape {(*x.shape,)}, not (images, pixels)")
    widths = _as_rows(bandwidths, x)
    density = x.new_full((len(widths), len(x)), -math.inf, dtype=torch.double)
    chunks, count = [samples] if isinstance(samples, Tensor) else samples, 0
    if kept:
        count = kept.load(density)
        chunks = kept.rest_of(samples, density, count)
    total = len(samples) if isinstance(samples, Tensor) else total
    centre = x.mean(0)  # small numbers keep the digits of their differences
    images = (x - centre).t()
    shown = {"desc": "Parzen window", "unit": "sample", "unit_scale": True, "delay": 2}
    with tqdm(total=total, initial=count, **shown) as bar:
        for part in _blocks(chunks, x):
            part = part - centre
            # −½‖s − x‖², but for −½‖x‖², which is the same for all samples and follows below
            exponents = part @ images - 0.5 * part.square().sum(1, keepdim=True)
            for row, width in zip(density, widths.to(x), strict=True):
                terms = exponents / width**2
                row.copy_(torch.logaddexp(row, terms.logsumexp(0).double()))
            count += len(part)
            bar.update(len(part))
    if not count:
        raise ValueError("a Parzen window needs at least one sample")
    density = density - images.double().square().sum(0) / (2 * widths**2)
    normaliser = math.log(count) + x.shape[1] * (widths.log() + 0.5 * math.log(2 * math.pi))
    return density - normaliser, count


def _as_rows(bandwidths: Sequence[float] | Tensor, x: Tensor) -> Tensor:
    """Values of σ as (rows, 1), or (rows, images) where they are so already."""
    widths = torch.as_tensor(bandwidths, dtype=torch.double, device=x.device)
    if wrong := widths[~((widths > 0) & widths.isfinite())].tolist():
        raise ValueError(f"a bandwidth must be positive and finite, not {wrong[0]:g}")
    return widths if widths.dim() == 2 else widths.unsqueeze(1)


def _check_pixels(rows: Tensor, what: str) -> None:
    """A density compares numbers of one unit: bytes, or a tanh's outputs, are refused.

    Samples of a poor linear decoder leave [0, 1] on both sides, and are measured as they are.
    """
    if not isinstance(rows, Tensor) or rows.dtype not in (torch.float32, torch.float64):
        kind = f"{getattr(rows, 'dtype', type(rows).__name__)}".removeprefix("torch.")
        raise ValueError(f"{what} of a Parzen window are a tensor of float32, not {kind}")
    if not rows.numel():
        return
    if not rows.isfinite().all():
        raise ValueError(f"{what} hold values that are not finite")
    low, high = rows.min().item(), rows.max().item()
    below, above = low < -OVERSHOOT, high > 1 + OVERSHOOT
    linear = what == "samples" and ((below and high > 1) or (above and low < 0))
    if (below or above) and not linear:
        raise ValueError(
            f"a Parzen window compares pixels in [0, 1], and the {what} range over {low:g} to "
            f"{high:g}: scale them to [0, 1]"
        )


def _blocks(chunks: Iterable[Tensor], x: Tensor) -> Iterator[Tensor]:
    """The samples in pieces whose distances to all images fit into a block of memory."""
    for chunk in chunks:
        if chunk.shape[1:] != x.shape[1:]:
            raise ValueError(
                f"samples of {tuple(chunk.shape[1:])} pixels for images of {tuple(x.shape[1:])}"
            )
        _check_pixels(chunk, "samples")
        yield from chunk.to(x).split(max(1, BLOCK // len(x)))
