"""Table 1: Parzen-window log-likelihood of test images under samples of the AAE.

The command is ``aae-course reproduce table1``.

The Toronto Faces have five folds, each with a bandwidth of its own, chosen on its validation images
(paper section 3). MNIST counts as one fold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import torch
from sklearn.cluster import MiniBatchKMeans

from aae_course.data.faces import load_folds
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact, Measured
from aae_course.experiments.numbers import Metrics, RowMetric, by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import BANDWIDTHS, Parzen, parzen, parzen_over_folds
from aae_course.metrics.kept_density import KeptDensity
from aae_course.metrics.parzen import Fold
from aae_course.metrics.samples import Draws
from aae_course.models import EncoderDecoder
from aae_course.pictures.tables import Column, Table, heading_of, quoted_rows
from aae_course.randomness import seeded_generator
from aae_course.training.source import hashes_of, joint_hash, reached_from

FEW, MANY = 10_000, 10_000_000  # samples of the two columns
VALIDATED = 1000  # validation images that choose the window
LONG_COLUMN = ("course", "paper")  # the scales at which it is measured; an hour on a CPU
WHY_SHORT = "10 million samples are drawn at course and paper scale only, once training has ended"
CENTROIDS = {"smoke": 100, "course": 1000, "paper": 10_000}

COLUMNS_OF_TABLE_1 = [
    Column("mnist", "MNIST", more_is_better=True),
    Column("tfd", "TFD", more_is_better=True),
]
# Of the paper's Table 1, nats, with 10,000 samples where nothing else is said.
QUOTED_ROWS = {
    ("DBN",): {"mnist": "138 ± 2", "tfd": "1909 ± 66"},
    ("Stacked CAE",): {"mnist": "121 ± 1.6", "tfd": "2110 ± 50"},
    ("Deep GSN",): {"mnist": "214 ± 1.1", "tfd": "1890 ± 29"},
    ("GAN",): {"mnist": "225 ± 2", "tfd": "2057 ± 26"},
    ("GAN, 10M samples",): {"mnist": "386"},
    ("GMMN + AE",): {"mnist": "282 ± 2", "tfd": "2204 ± 20"},
    ("AAE",): {"mnist": "340 ± 2", "tfd": "2252 ± 16"},
    ("AAE, 10M samples",): {"mnist": "427", "tfd": "2522"},
}
FEWER_IMAGES = "†"  # marks a number that the paper's cannot be compared with
CONTROLS = {"training_images": "training images", "kmeans_centroids": "k-means centroids"}


def measure_digits(trained: Trained) -> Measured:
    """Log-likelihood of the test images, and of two controls, for every seed."""
    return measure_likelihood(trained, "mnist", controls if trained.final else None)


def measure_faces(trained: Trained) -> Measured:
    """Log-likelihood of the test images of all five folds, for every seed."""
    return measure_likelihood(trained, "tfd")


def measure_likelihood(trained: Trained, name: str, others: Callable | None = None) -> Measured:
    """The rows ``<name>_10k`` and ``<name>_10m``, and those of other samples, for every seed."""
    folds = folds_of(trained)
    rows = [
        likelihood_of(trained, model, seed, name, folds)
        | (numbers_by_row(others(trained, seed, folds)) if others else {})
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    return {(f"{name}_10m", "parzen_nats"): WHY_SHORT, **by_name(rows)}


def folds_of(trained: Trained) -> list[Fold]:
    """Validation and test images: five pairs of the faces at the end of a run, else one pair."""
    data = trained.data
    pairs = [(data.validation, trained.measured)]
    if data.name == "tfd" and trained.final:
        pairs = load_folds(device=data.test.images.device)
    return [(as_pixels(v.images[:VALIDATED]), as_pixels(t.images)) for v, t in pairs]


def likelihood_of(
    trained: Trained, model: EncoderDecoder, seed: int, name: str, folds: Sequence[Fold]
) -> dict[RowMetric, float]:
    """The numbers of one model; the long column is for the end of a run."""
    short = parzen_over_folds(next(iter(Draws(model, FEW, seed))), folds)
    windows = {f"{name}_10k": short}
    if trained.final and trained.scale in LONG_COLUMN:
        # More samples never want a wider window, so only those up to the first one are tried.
        narrow = [b for b in BANDWIDTHS if b <= short.bandwidth + 1e-9]
        kept = kept_density(trained, model, seed, folds, narrow)
        long = parzen_over_folds(Draws(model, MANY, seed), folds, narrow, MANY, kept)
        windows[f"{name}_10m"] = long
    return numbers_by_row(windows)


def kept_density(
    trained: Trained, model: EncoderDecoder, seed: int, folds: Sequence[Fold], narrow: list[float]
) -> KeptDensity | None:
    """Where the sums of the long column are kept, and all that they depend on."""
    if trained.folder is None:
        return None
    digest = hashlib.sha256()
    for tensor in chain(model.state_dict().values(), *folds):
        digest.update(tensor.cpu().numpy().tobytes())
    source = joint_hash(hashes_of(reached_from({parzen.__name__})))
    about = f"{MANY} samples of seed {seed}, windows {narrow}, {digest.hexdigest()}, {source}"
    return KeptDensity(trained.folder / f"parzen_seed_{seed}", about, trained.deadline)


def numbers_by_row(windows: Mapping[str, Parzen]) -> dict[RowMetric, float]:
    """What is written down of each Parzen window."""
    return {
        (row, name): value
        for row, parzen in windows.items()
        for name, value in {
            "parzen_nats": parzen.mean,
            "standard_error_nats": parzen.standard_error,
            "bandwidth": parzen.bandwidth,
            "samples": parzen.samples,
            "test_images": parzen.test_images,
        }.items()
    }


def controls(trained: Trained, seed: int, folds: Sequence[Fold]) -> dict[str, Parzen]:
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
    return {name: parzen_over_folds(samples, folds) for name, samples in stand_ins.items()}


def table_1(metrics: Metrics) -> Table:
    """The paper's rows, and ours below them; nats, higher is better."""
    ours = [
        [title, *(nats(metrics, f"{column.name}_{samples}") for column in COLUMNS_OF_TABLE_1)]
        for title, samples in {"AAE": "10k", "AAE, 10M samples": "10m"}.items()
    ]
    for row, what in CONTROLS.items():
        count = metrics.of(row, "samples").mean
        ours.append([f"{count:,.0f} {what} as samples", nats(metrics, row), ""])
    return Table(
        ["log-likelihood, nats", *heading_of(COLUMNS_OF_TABLE_1)],
        {"the paper": quoted_rows(QUOTED_ROWS, COLUMNS_OF_TABLE_1), "ours": ours},
        notes_of_table_1(metrics),
    )


def nats(metrics: Metrics, row: str) -> str:
    """The mean over seeds, and the mean of their standard errors."""
    number = metrics.of(row, "parzen_nats")
    if number.mean is None:
        return "not run"
    error, mark = metrics.of(row, "standard_error_nats").mean, FEWER_IMAGES
    return f"{number.mean:.0f} ± {error:.1f}{f' {mark}' if fewer_images(metrics, row) else ''}"


def fewer_images(metrics: Metrics, row: str) -> tuple[float, float] | None:
    """How many test images a number with 10M samples is over, and of how many, if not over all."""
    if not row.endswith("_10m") or metrics.of(row, "parzen_nats").mean is None:
        return None
    short = row.removesuffix("10m") + "10k"
    tested, whole = (metrics.of(each, "test_images").mean for each in (row, short))
    return (tested, whole) if tested < whole else None


def notes_of_table_1(metrics: Metrics) -> list[str]:
    """What ± is, and which numbers are not to be compared."""
    notes = ["10,000 samples where no number is given. ± is the standard error over test images."]
    for column in COLUMNS_OF_TABLE_1:
        if some := fewer_images(metrics, f"{column.name}_10m"):
            notes.append(
                f"{FEWER_IMAGES} Over the first {some[0]:,.0f} of {some[1]:,.0f} test images, "
                "the paper's over all: not to be compared."
            )
    return notes


ARTEFACT = Artefact(
    "Table 1: Parzen-window log-likelihood",
    {"mnist": "aae_likelihood", "tfd": "aae_likelihood_tfd"},
    measure={"mnist": measure_digits, "tfd": measure_faces},
    paper={
        ("mnist_10k", "parzen_nats"): 340,
        ("mnist_10m", "parzen_nats"): 427,
        ("tfd_10k", "parzen_nats"): 2252,
        ("tfd_10m", "parzen_nats"): 2522,
    },
    table=table_1,
    optional={"tfd": (("tfd_10k", "parzen_nats"), ("tfd_10m", "parzen_nats"))},
)
