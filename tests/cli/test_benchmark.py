"""The benchmark: what it counts, what it writes, and how ratios are taken."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from aae_course.cli.benchmark import measure, report, subjects
from aae_course.cli.benchmark.measure import Timer, ratio
from aae_course.cli.benchmark.profile import profile
from aae_course.cli.benchmark.subjects import Case, Steps
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.precision import available_precisions

CPU = torch.device("cpu")
DOCS = Path(__file__).parents[2] / "docs" / "speed.md"
RECORDS = Path(__file__).parents[2] / "figures"
RECORD = RECORDS / "bench.json"


@pytest.fixture
def tiny(monkeypatch):
    """Small networks, few images, short turns: the road is tested here, not the speed."""
    monkeypatch.setattr(subjects, "PAPER_SIZE", Perceptrons((16, 8), initialisation="paper"))
    monkeypatch.setattr(subjects, "SQUARE", 32)
    monkeypatch.setattr(report, "IMAGES", 300)
    monkeypatch.setattr(measure, "TURN", 0.001)


def multiply_adds(first, second):
    """By hand, for 784-first-second-2 and 2-first-second-1: of encoder, decoder, discriminator."""
    network = 784 * first + first * second + second * 2
    return network, network, 2 * first + first * second + second


def flop_by_phase(first, second):
    """Each product costs as much again for the gradient of each factor that wants one."""
    encoder, decoder, discriminator = multiply_adds(first, second)
    into_pixels = 784 * first  # an image wants no gradient
    into_draws = 2 * first  # nor do a draw and a code that the discriminator learns from
    reconstruction = 3 * (encoder + decoder) - into_pixels
    discrimination = encoder + 2 * (3 * discriminator - into_draws)
    generation = 2 * discriminator + 2 * encoder - into_pixels
    return [2 * reconstruction, 2 * discrimination, 2 * generation]


def test_flop_of_a_step_are_those_counted_by_hand(tiny):
    found = Steps(Case(), report.random_images(CPU)).flop_per_image
    assert found == sum(flop_by_phase(16, 8))


def test_the_paper_size_takes_45_million_flop_an_image():
    split = report.random_images(CPU)
    assert Steps(Case(batch_size=10), split).flop_per_image == pytest.approx(45.052e6, rel=1e-4)


@pytest.mark.parametrize("case", [Case(), Case(replicas=3), Case(precision="bf16")], ids=str)
def test_the_products_are_repeated_as_they_were(tiny, case):
    if case.precision not in available_precisions(CPU):
        pytest.skip("no bf16 here")
    steps = Steps(case, report.random_images(CPU))
    steps.products.repeat()
    assert len(steps.products.seen) == 17 + 19 + 11  # of the three phases, by hand
    for product, factors, result in steps.products.seen:
        torch.testing.assert_close(result, product(*factors))


def test_ratios_are_taken_within_a_round():
    assert ratio([1, 20, 3], [2, 40, 6], factor=3.0) == 1.5  # a slow second round cancels


def test_a_timer_repeats_short_calls_and_counts_one():
    calls = []
    timer = Timer(lambda: calls.append(1), nullcontext, CPU)
    timer.turn()
    assert len(calls) == 2
    assert timer.count > 100 and 0 < timer.rounds[0] < 0.01


@pytest.fixture
def found(tiny):
    pytest.importorskip("pythae")
    return report.bench(CPU, ["fp32"], 2, 50, 2, "pythae", "aae-course bench")


def test_the_record_holds_every_case_and_the_peer(found, tmp_path):
    first, replicas, batch = found["cases"]
    assert (first["replicas"], replicas["replicas"], batch["batch_size"]) == (1, 2, 50)
    for case in found["cases"]:
        assert case["images_per_second"] > 0 and 0 < case["loader_share"] < 1
        low, _, high = case["images_per_second_quartiles"]
        assert low <= high
    ours = found["peer"]["ours"]["aae fp32"]
    assert ours["times_its_network_updates_per_second"] == pytest.approx(
        4 / 3 * ours["times_its_images_per_second"]
    )
    written = json.loads(report.write(found, tmp_path).read_text())
    assert written == found
    assert {"device", "versions", "commit", "command"} <= set(written)


def test_the_tables_show_every_case(found):
    shown = [table.row_count for table in report.tables(found)]
    assert shown == [3, 1, 1, 10]  # cases, FLOP, peer, profile


def test_a_peer_that_is_missing_or_elsewhere_is_told(monkeypatch):
    with pytest.raises(ValueError, match="pythae is compared on the CPU: add --device cpu"):
        report.bench(torch.device("cuda"), ["fp32"], 2, 50, 2, "pythae", "")
    monkeypatch.setitem(sys.modules, "pythae", None)
    with pytest.raises(ValueError, match=r'pythae is not installed: pip install -e "\.\[bench\]"'):
        report.bench(CPU, ["fp32"], 2, 50, 2, "pythae", "")


def test_a_profile_has_every_part_of_every_phase(tiny):
    spent = profile(Case(), report.random_images(CPU), steps=3)
    phases = [phase for phase, part in spent if part == "backward"]
    assert phases == ["reconstruction", "discriminator", "generator"]
    assert len(spent) == 10 and all(milliseconds > 0 for milliseconds in spent.values())


def test_pythae_makes_the_updates_that_we_count(tiny):
    pytest.importorskip("pythae")
    rival = report.rival_run(report.random_images(CPU))
    networks = {name.split(".")[0] for name, _ in rival.trainer.model.named_parameters()}
    before = {name: p.clone() for name, p in rival.trainer.model.named_parameters()}
    rival.step()
    after = dict(rival.trainer.model.named_parameters())
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == networks and len(changed) == rival.updates


def test_the_page_shows_the_numbers_of_the_record():
    lines = report.markdown(json.loads(RECORD.read_text()))
    page = page_lines()
    assert [line for line in lines if line not in page] == []


def test_the_page_counts_the_flop_of_each_phase():
    names = ("reconstruction", "discriminator", "generator")
    for name, flop in zip(names, flop_by_phase(1000, 1000), strict=True):
        line = next(line for line in page_lines() if line.startswith(f"| {name} |"))
        assert line.endswith(f"| {flop / 1e6:.1f} |")


def test_the_page_s_prose_quotes_the_record():
    found = json.loads(RECORD.read_text())
    fp32, bf16 = (
        next(case for case in found["cases"] if case["precision"] == precision)
        for precision in ("fp32", "bf16")
    )
    times = bf16["images_per_second"] / fp32["images_per_second"]
    parts = found["profiles"][0]["parts"]
    whole = sum(part["milliseconds"] for part in parts)
    stepping = sum(p["milliseconds"] for p in parts if p["part"] == "optimiser") / whole
    page = " ".join(page_lines())
    assert f"it is {times:.2f} times" in page
    assert f"the optimisers ({100 * stepping:.0f} % of the step" in page
    assert f"here at {found['peer']['images_per_second']:,.0f} images/s" in page


def test_the_page_compares_both_precisions_as_their_records_do():
    fp32, bf16 = (
        json.loads((RECORDS / name).read_text())["metrics"]
        for name in ("fig2.json", "fig2_bf16.json")
    )
    digits = {"prior_two_sample_accuracy": 3, "held_out_half_squared_error": 2}
    for key in fp32:
        panel, metric = key.split(".")
        if metric in digits:
            cells = [
                f"{m[key]['mean']:.{digits[metric]}f} ± {m[key]['std']:.{digits[metric]}f}"
                for m in (fp32, bf16)
            ]
            assert any(
                line.startswith(f"| {panel} |") and line.endswith(f"| {cells[0]} | {cells[1]} |")
                for line in page_lines()
            ), key


def page_lines():
    return DOCS.read_text().splitlines()
