"""What is measured: floating-point operations counted by hand, products repeated."""

from pathlib import Path

import pytest
import torch

from aae_course.cli.benchmark import report
from aae_course.cli.benchmark.subjects import Case, Steps
from aae_course.training.precision import available_precisions

CPU = torch.device("cpu")
DOCS = Path(__file__).parents[3] / "docs" / "speed.md"


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


def test_the_page_counts_the_flop_of_each_phase():
    names = ("reconstruction", "discriminator", "generator")
    for name, flop in zip(names, flop_by_phase(1000, 1000), strict=True):
        line = next(
            line for line in DOCS.read_text().splitlines() if line.startswith(f"| {name} |")
        )
        assert line.endswith(f"| {flop / 1e6:.1f} |")
