"""Figure 5 and Table 1: samples of the AAE, and their Parzen-window log-likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from sklearn.cluster import MiniBatchKMeans
from torch import Tensor

from aae_course.jobs import Trained
from aae_course.metrics import Parzen, choose_bandwidth, parzen_log_likelihood
from aae_course.minibatches import as_pixels
from aae_course.models import Model
from aae_course.plots import image_grid
from aae_course.randomness import generators_restored, seed_noise, seeded_generator

FEW, MANY, CHUNK = 10_000, 10_000_000, 10_000  # samples of the two columns, and at a time
CENTROIDS = {"smoke": 100, "course": 1000, "paper": 10_000}
NO_TFD = "the Toronto Faces are given out on request only, and reading them is not built yet"

PAPER = {
    "mnist_10k.parzen_nats": 340,
    "mnist_10m.parzen_nats": 427,
    "tfd_10k.parzen_nats": 2252,
    "tfd_10m.parzen_nats": 2522,
}
# Of the paper's Table 1, MNIST with 10,000 samples, nats.
OTHERS = {
    "DBN": "138 ± 2",
    "Stacked CAE": "121 ± 1.6",
    "Deep GSN": "214 ± 1.1",
    "GAN": "225 ± 2",
    "GMMN + AE": "282 ± 2",
}


def draws(model: Model, total: int, seed: int) -> Iterator[Tensor]:
    """Images decoded from the prior, (CHUNK, pixels) at a time; the caller's generator is kept."""
    device = model.prior.origin.device
    for number, start in enumerate(range(0, total, CHUNK)):
        with generators_restored(device), torch.no_grad():
            seed_noise([seed, number])
            images = model.decode(model.prior.sample(min(CHUNK, total - start)))
        yield images


def measure_likelihood(trained: Trained) -> dict[str, list[float] | str]:
    """Log-likelihood of the test images, and of two controls, for every seed."""
    rows = [
        likelihood_of(trained, model, seed)
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    measured = {name: [row[name] for row in rows] for name in rows[0]}
    if "mnist_10m.parzen_nats" not in measured:
        measured["mnist_10m.parzen_nats"] = "10 million samples are drawn at paper scale only"
    return {**measured, "tfd_10k.parzen_nats": NO_TFD, "tfd_10m.parzen_nats": NO_TFD}


def likelihood_of(trained: Trained, model: Model, seed: int) -> dict[str, float]:
    """The numbers of one model; controls and the long column are for the end of a run."""
    validation, test = (as_pixels(s.images) for s in (trained.data.validation, trained.data.test))
    samples = next(draws(model, FEW, seed))
    bandwidth = choose_bandwidth(samples, validation[:1000])
    found = {"mnist_10k": parzen_log_likelihood(samples, test, bandwidth)}
    if trained.final:
        found |= controls(trained, seed, validation, test)
    if trained.final and trained.scale == "paper":
        streamed = draws(model, MANY, seed)
        found["mnist_10m"] = parzen_log_likelihood(streamed, test, bandwidth, MANY)
    return {
        f"{row}.{name}": value
        for row, parzen in found.items()
        for name, value in numbers(parzen).items()
    }


def numbers(parzen: Parzen) -> dict[str, float]:
    """What is written down of a Parzen window."""
    return {
        "parzen_nats": parzen.mean,
        "standard_error_nats": parzen.standard_error,
        "bandwidth": parzen.bandwidth,
        "samples": parzen.samples,
    }


def controls(trained: Trained, seed: int, validation: Tensor, test: Tensor) -> dict[str, Parzen]:
    """Real images, and the centroids of k-means, in place of samples: how good is the measure?"""
    train = as_pixels(trained.data.train.images)
    chosen = torch.randperm(len(train), generator=seeded_generator(seed))[:FEW]
    count = CENTROIDS[trained.scale]
    centroids = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=10 * count)
    centroids.fit(train.cpu().numpy())
    stand_ins = {
        "training_images": train[chosen.to(train.device)],
        "kmeans_centroids": torch.from_numpy(centroids.cluster_centers_).to(train),
    }
    return {
        name: parzen_log_likelihood(samples, test, choose_bandwidth(samples, validation[:1000]))
        for name, samples in stand_ins.items()
    }


def table_1(metrics: Mapping[str, dict]) -> list[list[str]]:
    """The paper's rows, and ours below them; nats, higher is better."""
    ours = {
        "AAE, 10K samples": "mnist_10k",
        "AAE, 10M samples": "mnist_10m",
        "training images": "training_images",
        "k-means centroids": "kmeans_centroids",
    }
    rows = [["log-likelihood, nats", "ours", "paper"]]
    rows += [[name, "", value] for name, value in OTHERS.items()]
    for label, row in ours.items():
        found = metrics[f"{row}.parzen_nats"]
        paper = "" if found["paper"] is None else f"{found['paper']:g}"
        if not label.startswith("AAE"):
            label = f"{metrics[f'{row}.samples']['mean']:,.0f} {label} as samples"
        rows.append([label, mean_and_error(metrics, row), paper])
    return rows


def mean_and_error(metrics: Mapping[str, dict], row: str) -> str:
    """Mean over seeds, and the standard error over test images, as the paper gives it."""
    found = metrics[f"{row}.parzen_nats"]
    if found["mean"] is None:
        return "not run"
    return f"{found['mean']:.0f} ± {metrics[f'{row}.standard_error_nats']['mean']:.1f}"


def draw_figure_5(trained: Mapping[str, Trained], scale: str) -> Figure:
    """Samples; the last column shows the training image nearest to the sample before it."""
    run = trained["a"]
    columns, rows = 10, 8
    samples = next(draws(run.models[0], columns * rows, run.seeds[0])).view(rows, columns, -1)
    nearest = nearest_images(samples[:, -1], as_pixels(run.data.train.images))
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(6.2, 4.6), width_ratios=[columns, 1], layout="constrained"
    )
    image_grid(left, samples.flatten(0, 1), columns, run.data.image_shape)
    left.set_title("samples")
    image_grid(right, nearest, 1, run.data.image_shape)
    right.set_title("nearest in\ntraining set", fontsize=8)
    return figure


def nearest_images(samples: Tensor, images: Tensor) -> Tensor:
    """Of each sample (n, pixels) the nearest image (m, pixels) by Euclidean distance."""
    return images[torch.cdist(samples, images).argmin(1)]
