"""What is measured: floating-point operations counted by hand, products repeated."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from aae_course.cli.benchmark import report
from aae_course.cli.benchmark.subjects import WITH_VIEWS, Case, Products, Steps
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
    for product in steps.products.seen:
        torch.testing.assert_close(product.keywords["out"], product.func(*product.args))


def test_a_convolution_and_its_gradients_are_repeated_as_they_were():
    x, w = torch.randn(2, 3, 8, 8), torch.randn(4, 3, 3, 3, requires_grad=True)
    with Products() as products:
        y = F.conv2d(x, w, stride=2, padding=1)
        y.sum().backward()
    forward, backward = products.seen
    torch.testing.assert_close(forward(), y.detach())
    torch.testing.assert_close(backward()[1], w.grad)


@pytest.mark.parametrize("model", ["aae", *WITH_VIEWS])
def test_the_products_are_all_that_was_counted(tiny, model):
    steps = Steps(Case(model), report.random_images(CPU))
    with FlopCounterMode(display=False) as counter:
        steps.products.repeat()
    assert counter.get_total_flops() == steps.flop_per_image * Case().images_per_step


def test_a_recipe_is_timed_with_its_own_settings():
    case = Case("invariant_100", batch_size=50)
    training = case.recipe.training
    assert training.labels == 100 and training.average and training.batch_size == 50
    assert type(case.build()).__name__ == "InvariantSemiSupervised"


def test_the_page_counts_the_flop_of_each_phase():
    names = ("reconstruction", "discriminator", "generator")
    for name, flop in zip(names, flop_by_phase(1000, 1000), strict=True):
        line = next(
            line for line in DOCS.read_text().splitlines() if line.startswith(f"| {name} |")
        )
        assert line.endswith(f"| {flop / 1e6:.1f} |")
