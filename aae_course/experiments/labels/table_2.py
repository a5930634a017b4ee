"""Table 2: test error with few labels, beside what the labels alone can do."""

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
from aae_course.experiments.record import by_name
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled, coded
from aae_course.models import EncoderDecoder

COLUMNS = ("mnist_100", "mnist_1000", "mnist_all", "svhn_1000")
SPREAD_OVER = 10_000  # codes without labels that label spreading takes

PAPER = {
    "mnist_100.test_error_percent": 1.90,
    "mnist_1000.test_error_percent": 1.60,
    "mnist_all.test_error_percent": 0.85,
    "svhn_1000.test_error_percent": 17.70,
    "network_100.test_error_percent": 25.80,
    "network_1000.test_error_percent": 8.73,
    "dropout_all.test_error_percent": 1.25,
}
# Of the paper's Table 2, by column.
OTHERS = {
    "VAE (M1) + TSVM": ("11.82 ± 0.25", "4.24 ± 0.07", "", "55.33 ± 0.11"),
    "VAE (M2)": ("11.97 ± 1.71", "3.60 ± 0.56", "", ""),
    "VAE (M1 + M2)": ("3.33 ± 0.14", "2.40 ± 0.02", "0.96", "36.02 ± 0.10"),
    "VAT": ("2.33", "1.36", "0.64 ± 0.04", "24.63"),
    "CatGAN": ("1.91 ± 0.1", "1.73 ± 0.18", "0.91", ""),
    "Ladder network": ("1.06 ± 0.37", "0.84 ± 0.08", "0.57 ± 0.02", ""),
    "ADGM": ("0.96 ± 0.02", "", "", "16.61 ± 0.24"),
}
OURS = {
    "network": "encoder on the labels alone",
    "dropout": "the same with dropout",
    "nearest_codes": "5 nearest codes of an AAE without labels",
    "logistic_codes": "logistic regression on these codes",
    "spreading_codes": "label spreading over these codes",
    "": "AAE",
}


def measure_codes_with_labels(trained: Trained) -> dict[str, list[float]]:
    """What classic methods make of few labels, on codes of an AAE that was trained without any."""
    if not trained.final:
        return {}
    rows = [
        errors_on_codes(model, trained, seed)
        for model, seed in zip(trained.models, trained.seeds, strict=True)
    ]
    return by_name(rows)


def errors_on_codes(model: EncoderDecoder, trained: Trained, seed: int) -> dict[str, float]:
    """Test errors in percent with the labelled subsets that the semi-supervised runs have."""
    data, found = trained.data, {}
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
            found[f"{name}_{count}.test_error_percent"] = 100 * (1 - right)
    return found


def hidden_labels(train: Labelled, subset: Tensor) -> Labelled:
    """The labelled codes, and as many others as are spread over, their labels hidden."""
    y = torch.full_like(train.y, NOT_LABELLED)
    y[subset] = train.y[subset]
    others = (y == NOT_LABELLED).nonzero().flatten()[:SPREAD_OVER]
    chosen = torch.cat([subset, others])
    return Labelled(train.x[chosen], y[chosen])


def table_2(metrics: Mapping[str, dict]) -> list[list[str]]:
    """The paper's rows, then ours: mean and spread over seeds, the paper's own beside them."""
    table = [["test error, %", "MNIST 100", "MNIST 1000", "MNIST all", "SVHN 1000"]]
    table += [[f"{name} (paper)", *cells] for name, cells in OTHERS.items()]
    paper = [PAPER.get(f"network_{count}.test_error_percent", "") for count in (100, 1000)]
    table.append(["network, labels alone (paper)", *map(str, paper), "1.25", "47.50"])
    table.append(["AAE (paper)", "1.90 ± 0.10", "1.60 ± 0.08", "0.85 ± 0.02", "17.70 ± 0.30"])
    return table + [
        [f"{title} (ours)", *(cell(metrics, row_of(name, column)) for column in COLUMNS)]
        for name, title in OURS.items()
    ]


def row_of(name: str, column: str) -> str:
    """Row of the metrics: the AAE's have the column's name, other methods' their own."""
    data, labels = column.split("_")
    if not name:
        return column
    return f"{name}_{labels}" if data == "mnist" else f"{name}_{column}"


def cell(metrics: Mapping[str, dict], row: str) -> str:
    """Mean ± standard deviation over seeds, or why it is empty."""
    found = metrics.get(f"{row}.test_error_percent")
    if found is None:
        return ""
    if found["mean"] is None:
        return "not run"
    spread = "" if found["std"] is None else f" ± {found['std']:.2f}"
    return f"{found['mean']:.2f}{spread}"
