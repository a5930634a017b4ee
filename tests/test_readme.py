"""The README's numbers are those of the committed artefacts, and its code is the package's."""

import inspect
import json
import re
from pathlib import Path

from aae_course.models import AdversarialAutoencoder

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
METRICS = ("prior_two_sample_accuracy", "held_out_half_squared_error", "components_hit")


def test_the_table_of_figure_2_shows_its_artefact():
    metrics = json.loads((ROOT / "figures" / "fig2.json").read_text())["metrics"]
    rows = re.findall(r"^\| \(([a-d])\) .*$", README, re.MULTILINE)
    assert rows == list("abcd")
    for panel in rows:
        line = next(line for line in README.splitlines() if line.startswith(f"| ({panel})"))
        shown = [cell.strip() for cell in line.strip("|").split("|")[1:]]
        for cell, metric in zip(shown, METRICS, strict=True):
            entry = metrics.get(f"{panel}.{metric}")
            assert cell == (written(metric, entry["mean"]) if entry else "–"), (panel, metric)


def written(metric: str, value: float) -> str:
    digits = {"prior_two_sample_accuracy": 3, "held_out_half_squared_error": 1}.get(metric, 0)
    return f"{value:.{digits}f}"


def test_the_log_likelihoods_are_those_of_table_1():
    metrics = json.loads((ROOT / "figures" / "table1.json").read_text())["metrics"]
    likelihood, error = (
        metrics[f"mnist_10k.{name}"]["mean"] for name in ("parzen_nats", "standard_error_nats")
    )
    assert f"| {likelihood:.0f} ± {error:.1f} nats | 340 ± 2 nats |" in README
    likelihood, error, images = (
        metrics[f"mnist_10m.{name}"]["mean"]
        for name in ("parzen_nats", "standard_error_nats", "test_images")
    )
    assert f"first {images:.0f} test images | {likelihood:.0f} ± {error:.1f} nats |" in README
    images = metrics["training_images.parzen_nats"]["mean"]
    assert f"in place of samples get {images:.0f} nats" in README


def test_the_shares_of_figures_4_and_7_are_theirs():
    four, seven = (
        json.loads((ROOT / "figures" / f"{name}.json").read_text())["metrics"]
        for name in ("fig4", "fig7")
    )

    def percent(metrics, name, digits):
        return f"{100 * metrics[name]['mean']:.{digits}f} %"

    assert f"{percent(four, 'a.own_component_fraction', 1)} of test codes" in README
    assert f"{percent(four, 'c.own_arc_fraction', 1)} in their own stretch" in README
    assert f"{percent(seven, 'a.asked_digit_accuracy', 1)} read as the digit asked" in README
    ours, paper, chance = (
        percent(seven, name, 0)
        for name in (
            "a.label_probe_accuracy",
            "a_paper.label_probe_accuracy",
            "a.majority_label_fraction",
        )
    )
    assert f"off the style in {ours} (chance {chance}), in {paper} with the paper's" in README


def test_the_errors_with_few_labels_are_those_of_table_2():
    metrics = json.loads((ROOT / "figures" / "table2.json").read_text())["metrics"]
    for labels in (100, 1000, "all"):
        error, alone = (
            metrics[f"{row}_{labels}.test_error_percent"] for row in ("mnist", "dropout")
        )
        shown = (
            f"| {error['mean']:.2f} ± {error['std']:.2f} % (labels alone: {alone['mean']:.1f} %) |"
        )
        assert shown in README


def test_the_errors_of_clusters_are_those_of_table_3():
    metrics = json.loads((ROOT / "figures" / "table3.json").read_text())["metrics"]
    for clusters in (16, 30):
        paper, majority = (
            f"{entry['mean']:.2f} ± {entry['std']:.2f} %"
            for entry in (
                metrics[f"clusters_{clusters}.{name}_error_percent"]
                for name in ("test", "majority")
            )
        )
        shown = f"| {paper} by the paper's naming of a cluster, {majority} by majority |"
        assert f"of {clusters} clusters, without labels {shown}" in README


def test_the_errors_of_figure_11_are_its_own():
    metrics = json.loads((ROOT / "figures" / "fig11.json").read_text())["metrics"]
    for panel in "abcd":
        (line,) = [line for line in README.splitlines() if line.startswith(f"| Figure 11{panel}, ")]
        error = metrics[f"{panel}.test_error_percent"]
        assert f"| {error['mean']:.2f} ± {error['std']:.2f} % test error | " in line
        assert f"| {error['paper']:.2f} % |" in line


def test_the_run_with_the_paper_s_settings_is_as_recorded():
    metrics = json.loads((ROOT / "figures" / "progress.json").read_text())["metrics"]
    last = max(int(name.split(".")[0][6:]) for name in metrics if name.startswith("epoch_"))
    error = metrics["mnist_100.test_error_percent"]["mean"]
    assert f"stopped after {last} epochs | {error:.2f} % test error" in README


def test_the_training_step_shown_is_the_one_that_runs():
    assert inspect.getsource(AdversarialAutoencoder.training_step).rstrip() in README


def test_every_file_that_it_links_to_exists():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
