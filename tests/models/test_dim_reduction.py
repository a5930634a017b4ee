"""Section 7: heads and their distances, codes that are sums, and phases."""

import math

import pytest
import small
import torch

from aae_course.data.labels import one_hot
from aae_course.experiments import recipes
from aae_course.models import (
    DimensionalityReduction,
    FixedHeadsReduction,
    SemiSupervisedReduction,
)
from aae_course.models.dim_reduction import ClusterHeads, FixedHeads
from aae_course.models.losses import head_distance_loss
from aae_course.networks.replicas import build_replicas
from aae_course.training.loop import fit
from aae_course.training.progress import NoProgress

SUMMED = ["reduction", "reduction with labels", "reduction with fixed heads"]


LEARNED = SUMMED[:2]


def test_heads_on_a_line_cost_what_is_counted_by_hand():
    heads = torch.tensor([[0.0, 0.0], [3.0, 0.0], [10.0, 0.0]])
    assert head_distance_loss(heads, 4.0) == pytest.approx(1.0)  # 4 - 3 of the first pair
    assert head_distance_loss(heads, 8.0) == pytest.approx(6.0)  # 5 of the first, 1 of the second


def test_the_cost_is_a_loop_over_pairs():
    torch.manual_seed(0)
    heads, margin = 2 * torch.randn(7, 3), 5.0
    total = 0.0
    for i in range(7):
        for j in range(i + 1, 7):
            total += max(0.0, margin - math.dist(heads[i].tolist(), heads[j].tolist()))
    assert total > 0
    assert head_distance_loss(heads, margin).item() == pytest.approx(total, rel=1e-5)


def test_every_replica_has_a_cost_of_its_own():
    torch.manual_seed(0)
    heads = torch.randn(3, 6, 2)
    costs = head_distance_loss(heads, 2.0)
    alone = torch.stack([head_distance_loss(each, 2.0) for each in heads])
    torch.testing.assert_close(costs, alone)


def test_the_gradient_pushes_near_heads_straight_apart():
    heads = torch.tensor([[0.0, 0.0], [3.0, 4.0]], requires_grad=True)
    head_distance_loss(heads, 6.0).backward()
    torch.testing.assert_close(-heads.grad, torch.tensor([[-0.6, -0.8], [0.6, 0.8]]))


@pytest.mark.parametrize("margin", [5.0, 4.0])
def test_heads_that_are_far_enough_cost_nothing_and_stay(margin):
    heads = torch.tensor([[0.0, 0.0], [3.0, 4.0]], requires_grad=True)
    loss = head_distance_loss(heads, margin)
    loss.backward()
    assert loss.item() == 0
    assert not heads.grad.any()


def test_heads_in_one_place_have_a_finite_gradient():
    heads = torch.zeros(3, 2, requires_grad=True)
    loss = head_distance_loss(heads, 6.0)
    loss.backward()
    assert loss.item() == pytest.approx(18.0)
    assert heads.grad.isfinite().all()


def test_a_one_hot_category_becomes_its_head_and_a_soft_one_a_mixture():
    torch.manual_seed(0)
    heads = ClusterHeads(5, 2)
    torch.testing.assert_close(heads(torch.eye(5)), heads.points)
    half = torch.tensor([[0.5, 0.0, 0.5, 0.0, 0.0]])
    torch.testing.assert_close(heads(half)[0], (heads.points[0] + heads.points[2]) / 2)


def test_learned_heads_start_scattered_and_each_replica_apart():
    torch.manual_seed(0)
    assert ClusterHeads(4000, 2, std=3.0).points.std().item() == pytest.approx(3.0, rel=0.05)
    many = ClusterHeads(5, 2, replicas=3)
    assert many(torch.eye(5).expand(3, 5, 5)).shape == (3, 5, 2)
    assert not torch.allclose(many.points[0], many.points[1])


def test_fixed_heads_lie_on_the_axes_and_have_nothing_to_learn():
    heads = FixedHeads(10)
    torch.testing.assert_close(heads(torch.eye(10)), 10 * torch.eye(10))
    assert not list(heads.parameters())
    assert not heads.state_dict()
    assert torch.pdist(heads.points).allclose(torch.tensor(10 * math.sqrt(2)))


def test_ten_fixed_heads_need_ten_dimensions():
    with pytest.raises(ValueError, match="10 heads on the axes of 2 dimensions"):
        small.build_reduction(FixedHeadsReduction, dim=2)()


@pytest.mark.parametrize("name", SUMMED)
def test_the_code_is_head_and_style(name):
    torch.manual_seed(0)
    model, x = small.BUILDERS[name]().eval(), torch.rand(7, small.PIXELS)
    with torch.no_grad():
        y, z = model.label_and_style(x)
        torch.testing.assert_close(model.encode(x), y @ model.heads.points + z)
    assert y.shape == (7, model.categories)
    assert model.decoder.widths[0] == model.prior.dim == z.shape[1]


@pytest.mark.parametrize("name", SUMMED)
def test_the_decoder_sees_nothing_but_the_sum(name):
    """Another category with a style that makes up for it is the same image."""
    torch.manual_seed(0)
    model = small.BUILDERS[name]().eval()
    y = one_hot(torch.arange(model.categories), model.categories)
    z = torch.randn(model.categories, model.prior.dim)
    other = y.roll(1, 0)
    shifted = z + model.heads(y) - model.heads(other)
    with torch.no_grad():
        same = model.decode_parts(other, shifted)
        torch.testing.assert_close(same, model.decode_parts(y, z), atol=1e-5, rtol=1e-4)
        assert not torch.allclose(model.decode_parts(other, z), same, atol=1e-3)


def test_styles_and_labels_are_judged_before_they_are_added():
    model = small.BUILDERS["reduction"]()
    assert model.label_discriminator.widths[0] == 20
    assert model.style_discriminator.widths[0] == 2


@pytest.mark.parametrize("name", LEARNED)
def test_learned_heads_move_with_the_reconstruction_and_apart(name):
    model = small.BUILDERS[name]()
    assert model.phases["reconstruction"] == ("encoder", "decoder", "heads")
    assert model.phases["head distance"] == ("heads",)
    assert list(model.phases)[-1] == "head distance"
    assert [phase for phase, networks in model.phases.items() if "heads" in networks] == [
        "reconstruction",
        "head distance",
    ]


def test_labels_add_a_phase_and_fixed_heads_take_one_away():
    assert "classification" in SemiSupervisedReduction.phases
    assert "classification" not in DimensionalityReduction.phases
    assert "head distance" not in FixedHeadsReduction.phases
    assert not any("heads" in networks for networks in FixedHeadsReduction.phases.values())


def trained(model, epochs=3):
    fit(model, small.split(), small.training(model, epochs=epochs), progress=NoProgress())
    return model


def test_training_drives_heads_apart_only_below_the_margin():
    def after_training(margin):
        def build(replicas=None):
            return DimensionalityReduction.build(
                small.networks(), small.PIXELS, recipes.get("reduction_0", "smoke").prior(),
                replicas, 5, margin=margin,
            )  # fmt: skip

        model = build_replicas(build, [0])
        with torch.no_grad():
            model.heads.points.mul_(0.1)
        return torch.pdist(trained(model, epochs=40).heads.points.detach()).min().item()

    assert after_training(2.0) > 1.5 > after_training(0.0)


def test_fixed_heads_stay():
    model = trained(small.BUILDERS["reduction with fixed heads"]())
    assert torch.equal(model.heads.points, 10 * torch.eye(10))
