"""Table 2: test error with few labels, beside what the labels alone can do.

The command is ``aae-course reproduce table2``.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading
from torch import Tensor

from aae_course.data.labels import NOT_LABELLED, labelled_subset
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.measures import measure_errors
from aae_course.experiments.numbers import Metrics, RowMetric, by_name, seeds_in_words
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled, coded
from aae_course.models import EncoderDecoder
from aae_course.pictures.tables import Column, Table, heading_of, quoted_rows, table_rows

TEST_ERROR = "test_error_percent"
SEMI_SUPERVISED_AAE = "aae"
INVARIANT = "invariant"
SPREAD_OVER = 10_000  # codes without labels that label spreading takes

COLUMNS_OF_TABLE_2 = [
    Column("mnist_100", "MNIST 100", form=".2f"),
    Column("mnist_1000", "MNIST 1000", form=".2f"),
    Column("mnist_all", "MNIST all", form=".2f"),
    Column("svhn_1000", "SVHN 1000", form=".2f"),
]
# Of the paper's Table 2.
QUOTED_ROWS = {
    ("VAE (M1) + TSVM",): {
        "mnist_100": "11.82 ± 0.25", "mnist_1000": "4.24 ± 0.07", "svhn_1000": "55.33 ± 0.11",
    },
    ("VAE (M2)",): {"mnist_100": "11.97 ± 1.71", "mnist_1000": "3.60 ± 0.56"},
    ("VAE (M1 + M2)",): {
        "mnist_100": "3.33 ± 0.14", "mnist_1000": "2.40 ± 0.02", "mnist_all": "0.96",
        "svhn_1000": "36.02 ± 0.10",
    },
    ("VAT",): {
        "mnist_100": "2.33", "mnist_1000": "1.36", "mnist_all": "0.64 ± 0.04", "svhn_1000": "24.63",
    },
    ("CatGAN",): {"mnist_100": "1.91 ± 0.1", "mnist_1000": "1.73 ± 0.18", "mnist_all": "0.91"},
    ("Ladder network",): {
        "mnist_100": "1.06 ± 0.37", "mnist_1000": "0.84 ± 0.08", "mnist_all": "0.57 ± 0.02",
    },
    ("ADGM",): {"mnist_100": "0.96 ± 0.02", "svhn_1000": "16.61 ± 0.24"},
    ("network, labels only",): {
        "mnist_100": "25.80", "mnist_1000": "8.73", "mnist_all": "1.25", "svhn_1000": "47.50",
    },
    ("AAE",): {
        "mnist_100": "1.90 ± 0.10", "mnist_1000": "1.60 ± 0.08", "mnist_all": "0.85 ± 0.02",
        "svhn_1000": "17.70 ± 0.30",
    },
}  # fmt: skip
METHODS_OF_TABLE_2 = {
    "network": "encoder on the labels only",
    "dropout": "the same with dropout",
    "nearest_codes": "5 nearest codes of an AAE without labels",
    "logistic_codes": "logistic regression on these codes",
    "spreading_codes": "label spreading over these codes",
    SEMI_SUPERVISED_AAE: "AAE",
}
WITH_VIEWS = {INVARIANT: "AAE with views"}
VIEWS_NOTE = (
    "With views: two distortions of an image must get the same label, and the encoder has "
    "convolutions. The paper's method has neither."
)


def measure_codes_with_labels(trained: Trained) -> dict[RowMetric, list[float]]:
    """What classic methods make of few labels, on codes of an AAE that was trained without any."""
    if not trained.final:
        return {}
    rows = [
        errors_on_codes(model, trained, seed)
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    return by_name(rows)


def errors_on_codes(model: EncoderDecoder, trained: Trained, seed: int) -> dict[RowMetric, float]:
    """Test errors in percent with the labelled subsets that the semi-supervised runs have."""
    data, errors = trained.data, {}
    train, test = (
        coded(model, as_pixels(split.images), split.labels) for split in (data.train, data.test)
    )
    for count in (100, 1000):
        count = min(count, len(train) // 2 // data.classes * data.classes)
        subset = labelled_subset(train.y, count, data.classes, seed)
        labelled = Labelled(train.x[subset], train.y[subset])
        methods = {
            "nearest_codes": (KNeighborsClassifier(5), labelled),
            "logistic_codes": (
                make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)), labelled
            ),
            "spreading_codes": (
                LabelSpreading("knn", n_neighbors=10), hidden_labels(train, subset)
            ),
        }  # fmt: skip
        for name, (method, known) in methods.items():
            method.fit(known.x.cpu().numpy(), known.y.cpu().numpy())
            right = method.score(test.x.cpu().numpy(), test.y.cpu().numpy())
            errors[f"{name}_{count}", TEST_ERROR] = 100 * (1 - right)
    return errors


def hidden_labels(train: Labelled, subset: Tensor) -> Labelled:
    """The labelled codes, and as many others as are spread over, their labels hidden."""
    y = torch.full_like(train.y, NOT_LABELLED)
    y[subset] = train.y[subset]
    others = (y == NOT_LABELLED).nonzero().flatten()[:SPREAD_OVER]
    chosen = torch.cat([subset, others])
    return Labelled(train.x[chosen], y[chosen])


def table_2(metrics: Metrics) -> Table:
    """The paper's rows, then ours by its methods, then ours: mean and spread over seeds."""

    def ours(methods: Mapping[str, str]) -> list[list[str]]:
        return table_rows(
            {method: [title] for method, title in methods.items()},
            COLUMNS_OF_TABLE_2,
            lambda method, column: metrics.of(row_of(method, column), TEST_ERROR),
        )

    return Table(
        ["test error, %", *heading_of(COLUMNS_OF_TABLE_2)],
        {
            "the paper": quoted_rows(QUOTED_ROWS, COLUMNS_OF_TABLE_2),
            "ours": ours(METHODS_OF_TABLE_2),
            "ours, with one demand more": ours(WITH_VIEWS),
        },
        [VIEWS_NOTE, seeds_in_words(metrics, TEST_ERROR)],
    )


def row_of(method: str, column: str) -> str:
    """Row of the metrics: the AAE's have the column's name, other methods' their own."""
    return column if method == SEMI_SUPERVISED_AAE else f"{method}_{column.removeprefix('mnist_')}"


LABELS = (100, 1000, "all")  # of the images of MNIST

PANELS = {
    **{f"mnist_{n}": f"semi_supervised_{n}" for n in LABELS},
    "svhn_1000": "semi_supervised_svhn",
    **{f"network_{n}": f"labels_alone_{n}" for n in LABELS},
    **{f"dropout_{n}": f"labels_alone_dropout_{n}" for n in LABELS},
    "codes": "aae_codes",
    **{row: row for row in (f"{INVARIANT}_{n}" for n in LABELS)},
}
ARTEFACT = Artefact(
    "Table 2: test error with few labels",
    PANELS,
    measure={**dict.fromkeys(PANELS, measure_errors), "codes": measure_codes_with_labels},
    paper={
        ("mnist_100", TEST_ERROR): 1.90,
        ("mnist_1000", TEST_ERROR): 1.60,
        ("mnist_all", TEST_ERROR): 0.85,
        ("svhn_1000", TEST_ERROR): 17.70,
        ("network_100", TEST_ERROR): 25.80,
        ("network_1000", TEST_ERROR): 8.73,
        ("dropout_all", TEST_ERROR): 1.25,
    },
    table=table_2,
    optional={"svhn_1000": (("svhn_1000", TEST_ERROR),)},
)
