"""The study of notebook 11 as a table, its effects, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aae_course.experiments.architectures.recipes import TASKS
from aae_course.experiments.comparison.table import shown
from aae_course.metrics.factorial import Combination, Effect, effects
from aae_course.metrics.significance import best
from aae_course.networks.convolutional import ARCHITECTURES, Convolutional

FACTORS = ("strides", "no dense layer", "batch norm")
# Column: heading, and whether more of it is better.
COLUMNS = {
    "half_squared_error": ("reconstruction", False),
    "prior_two_sample_accuracy": ("told from prior", False),
    "frechet_distance": ("Fréchet", False),
    "precision": ("precision", True),
    "recall": ("recall", True),
    "semi_supervised_error_percent": ("1000 labels, error %", False),
    "clustering_error_percent": ("16 clusters, error %", False),
    "epochs_to_target": ("epochs to target", False),
    "images_per_second": ("images / s", True),
}
PLACE_COLUMNS = {
    **{c: COLUMNS[c] for c in ("semi_supervised_error_percent", "clustering_error_percent")},
    "normalised_mutual_information": ("NMI of clusters", True),
    "clusters_alive": ("clusters alive, of 16", True),
}
PLACE_TITLES = {  # of the rows of the study of batch norm
    "norm_none": "nowhere",
    "norm_decoder": "hidden layers of the decoder",
    "norm_hidden": "hidden layers of encoder and decoder",
    "norm_encoder": "all layers of the encoder",
    "norm_all": "all layers of encoder and decoder",
    "norm_encoder_discriminators": "all of the encoder, and the discriminators",
}
TASK_OF = {
    "semi_supervised_error_percent": "semi_supervised",
    "clustering_error_percent": "clustering",
    "normalised_mutual_information": "clustering",
    "clusters_alive": "clustering",
}  # and "generation" of all other columns
SIZES = {"parameters": "weights", "flops_per_image": "MFLOP / image"}


def title(name: str) -> str:
    """What an architecture of the study is called."""
    return name.replace("_", ", ").replace("normed", "batch norm")


def combination(architecture: Convolutional) -> Combination:
    """Which of the three changes an architecture has."""
    normed = architecture.batch_norm != "none"
    return architecture.strided, not architecture.fully_connected, normed


def values_of(
    metrics: Mapping[str, dict], column: str, rows: Iterable[str] = ARCHITECTURES
) -> dict[str, list[float]]:
    """Row, by default an architecture -> a number for each seed, of those that have any."""
    found = {name: metrics.get(f"{name}.{column}") for name in rows}
    return {name: each["per_seed"] for name, each in found.items() if each and each["per_seed"]}


def winners(metrics: Mapping[str, dict], rows: Iterable[str], column: str, more: bool) -> set[str]:
    """The best row of a column and those not told from it; a row with a failed run is neither."""
    task = TASK_OF.get(column, "generation")
    failed = values_of(metrics, f"{task}_failed_percent", rows)
    values = values_of(metrics, column, rows)
    sound = {row: found for row, found in values.items() if not any(failed.get(row, ()))}
    return best(sound, more) if sound else set()


def effects_on(metrics: Mapping[str, dict], column: str) -> dict[str, Effect] | str:
    """Main effects and interactions of the three changes on a column, or why there are none."""
    values = values_of(metrics, column)
    cells = {
        combination(architecture): values.get(name, [])
        for name, architecture in ARCHITECTURES.items()
        if isinstance(architecture, Convolutional)
    }
    try:
        return effects(cells, FACTORS)
    except ValueError as error:
        return str(error)


def table_architectures(metrics: Mapping[str, dict]) -> list[list[str]]:
    """A row for each architecture; bold is the best of a column and what is not told from it."""
    headings = [heading for heading, _ in COLUMNS.values()]
    table = [["", *SIZES.values(), *headings, "failed runs, %"]]
    bold = {
        column: winners(metrics, ARCHITECTURES, column, more)
        for column, (_, more) in COLUMNS.items()
    }
    for name in ARCHITECTURES:
        sizes = [metrics.get(f"{name}.{size}") for size in SIZES]
        weights, flops = (each["mean"] if each else 0.0 for each in sizes)
        cells = [_cell(metrics.get(f"{name}.{column}"), name in bold[column]) for column in COLUMNS]
        failed = f"{failures(metrics, name):.0f}"
        table.append([title(name), f"{weights:,.0f}", f"{flops / 1e6:.2g}", *cells, failed])
    return table


def table_batch_norm(metrics: Mapping[str, dict]) -> list[list[str]]:
    """A row for each place of batch norm; bold is the best and what is not told from it."""
    table = [["batch norm", *(heading for heading, _ in PLACE_COLUMNS.values()), "failed runs, %"]]
    bold = {
        column: winners(metrics, PLACE_TITLES, column, more)
        for column, (_, more) in PLACE_COLUMNS.items()
    }
    for row, words in PLACE_TITLES.items():
        cells = [_cell(metrics.get(f"{row}.{c}"), row in bold[c]) for c in PLACE_COLUMNS]
        table.append([words, *cells, f"{failures(metrics, row):.0f}"])
    return table


def _cell(found: dict | None, bold: bool) -> str:
    return shown(found, bold) if found and found["mean"] is not None else "–"


def failures(metrics: Mapping[str, dict], name: str) -> float:
    """Percent of the runs of an architecture that failed, over all tasks."""
    found = [metrics.get(f"{name}.{task}_failed_percent") for task in TASKS]
    shares = [each["mean"] for each in found if each]
    return sum(shares) / len(shares) if shares else 0.0


def in_sentences(metrics: Mapping[str, dict]) -> list[str]:
    """What the study says, a few words for each column, written from its numbers."""
    return [_sentence(metrics, column) for column in COLUMNS]


def _sentence(metrics: Mapping[str, dict], column: str) -> str:
    heading, more = COLUMNS[column]
    found = effects_on(metrics, column)
    if isinstance(found, str):
        return f"**{heading}**: no analysis ({found})."
    clear = [
        f"{'better' if (effect.size > 0) == more else 'worse'} with {name} "
        f"({effect.size:+.3g} ± {effect.half_width:.2g})"
        for name, effect in found.items()
        if effect.told_from_zero
    ]
    words = "; ".join(clear) or "no change or pair of changes is told from zero"
    return f"**{heading}**: {words}. {_in_front(metrics, column, more)}"


def _in_front(metrics: Mapping[str, dict], column: str, more: bool) -> str:
    names = winners(metrics, ARCHITECTURES, column, more)
    if not names:
        return "Every architecture had runs that failed."
    return f"Best or not told from it: {' · '.join(title(name) for name in sorted(names))}."
