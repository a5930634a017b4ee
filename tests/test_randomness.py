"""Random numbers: what the seeds decide, and generators that are put back as they were."""

import pytest
import torch

from aae_course.randomness import (
    generator_states,
    generators_restored,
    restore_generators,
    seed_noise,
    seeded_generator,
)

CPU = torch.device("cpu")


def draws(*seeds):
    return torch.randn(5, generator=seeded_generator(*seeds)).tolist()


def test_a_generator_depends_on_all_of_its_seeds_and_their_order():
    assert draws(3, 4) == draws(3, 4)
    assert len({tuple(draws(*seeds)) for seeds in ((3,), (4,), (3, 4), (4, 3))}) == 4


def test_a_generator_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    draws(3)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_noise_is_that_of_the_seeds():
    seed_noise([3, 4])
    first = torch.randn(5).tolist()
    assert first == draws(3, 4)
    seed_noise([4])
    assert torch.randn(5).tolist() != first


@pytest.mark.cuda
def test_the_noise_is_that_of_the_seeds_on_a_gpu_too():
    seed_noise([3])
    first = torch.randn(5, device="cuda")
    seed_noise([3])
    assert torch.equal(torch.randn(5, device="cuda"), first)


def test_what_is_drawn_within_the_block_is_forgotten():
    torch.manual_seed(0)
    expected = torch.randn(5)
    torch.manual_seed(0)
    with pytest.raises(KeyError), generators_restored(CPU):
        torch.randn(7)
        raise KeyError
    assert torch.equal(torch.randn(5), expected)


def test_a_saved_state_gives_the_same_draws_again():
    saved = generator_states(CPU)
    assert set(saved) == {"cpu"}
    first = torch.randn(5)
    restore_generators(saved, CPU)
    assert torch.equal(torch.randn(5), first)
