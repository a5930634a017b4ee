"""Views: none at no strength, within the range, and the same for replicas given the same draws."""

import pytest
import torch

from aae_course.networks.distortion import Distortion

STRONG = {"degrees": 20.0, "scale": 0.2, "shear": 0.3, "shift": 3.0, "bend": 1.0}


def images(*lead, shape=(1, 28, 28)):
    generator = torch.Generator().manual_seed(0)
    return torch.rand(*lead, torch.Size(shape).numel(), generator=generator)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 6, 9)])
def test_no_strength_changes_nothing(shape):
    x = images(5, shape=shape)
    torch.testing.assert_close(Distortion(shape)(x), x, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 6, 9)])
def test_a_view_has_the_shape_and_the_range_of_its_image(shape):
    x, view = images(50, shape=shape), Distortion(shape, **STRONG)
    seen = view(x)
    assert seen.shape == x.shape and not torch.allclose(seen, x, atol=0.1)
    assert seen.min() >= x.min() - 1e-5 and seen.max() <= x.max() + 1e-5


def test_replicas_see_what_one_run_sees_given_the_same_draws():
    x, view = images(2, 5), Distortion((1, 28, 28), **STRONG)
    torch.manual_seed(3)
    both = view(x)
    torch.manual_seed(3)
    flat = view(x.flatten(0, 1))
    assert torch.equal(both.flatten(0, 1), flat)


def test_every_image_has_a_view_of_its_own_which_the_generator_decides():
    x, view = images(1).expand(4, -1), Distortion((1, 28, 28), **STRONG)
    torch.manual_seed(0)
    first = view(x)
    assert len({tuple(row.tolist()) for row in first}) == 4
    torch.manual_seed(0)
    assert torch.equal(view(x), first) and not torch.equal(view(x), first)


def test_a_shift_moves_by_so_many_pixels_and_repeats_the_border(monkeypatch):
    x = torch.arange(5.0).repeat(4, 1).flatten()[None]  # columns 0 to 4
    full = torch.ones(1, 6)  # every number is at its most
    monkeypatch.setattr(torch, "rand", lambda *shape, device: full)
    seen = Distortion((1, 4, 5), shift=2.0)(x).view(4, 5)
    torch.testing.assert_close(seen, torch.tensor([2.0, 3, 4, 4, 4]).expand(4, 5))


def test_a_turn_by_a_right_angle_is_that_of_torch(monkeypatch):
    x = images(1, shape=(1, 7, 7))
    monkeypatch.setattr(
        torch, "rand", lambda *shape, device: torch.tensor([[1, 0.5, 0.5, 0.5, 0.5, 0.5]])
    )
    seen = Distortion((1, 7, 7), degrees=90.0)(x).view(7, 7)
    torch.testing.assert_close(seen, x.view(7, 7).rot90(), rtol=0, atol=1e-5)


def test_channels_are_bent_together():
    x = images(3, shape=(1, 8, 8)).view(3, 1, 8, 8).expand(3, 3, 8, 8).flatten(1)
    seen = Distortion((3, 8, 8), **STRONG)(x).view(3, 3, 64)
    assert torch.equal(seen[:, 0], seen[:, 1]) and torch.equal(seen[:, 0], seen[:, 2])


def test_products_in_bf16_do_not_blur_a_view():
    x, view = images(5), Distortion((1, 28, 28), **STRONG)
    torch.manual_seed(0)
    exact = view(x)
    torch.manual_seed(0)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(view(x), exact)


def test_a_bend_is_smooth_and_as_large_as_said():
    torch.manual_seed(0)
    field = Distortion((1, 28, 28), bend=1.5)._field(images(500)) * 14  # in pixels
    assert field.std().item() == pytest.approx(1.5, rel=0.2)
    steps = (field[..., 1:, :] - field[..., :-1, :]).std()
    assert steps < field.std() / 3
