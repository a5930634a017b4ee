"""Memory: what a run needs, what the machine has, and what this process has taken."""

import runpy
import sys

import pytest
import small
import torch

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.training import memory
from aae_course.training.loop import Run

CPU = torch.device("cpu")


def test_too_many_replicas_are_refused_with_the_number_that_fits(monkeypatch):
    build = small.BUILDERS["aae"]
    settings = small.training(build())
    each = memory.replica_bytes(build(), settings)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 5.5 * each / memory.SHARE)
    memory.check_memory(build, settings, 5, CPU)
    with pytest.raises(ValueError, match=r"6 replicas need .* 5 fit, so use --seeds 5"):
        memory.check_memory(build, settings, 6, CPU)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 10)
    with pytest.raises(ValueError, match="not even one fits"):
        memory.check_memory(build, settings, 1, CPU)


def test_the_memory_of_a_replica_covers_its_weights_and_optimisers():
    model = small.build_aae()()
    settings = small.training(model)
    job = Run(model, small.split(), settings, (0,), {})
    next(job.steps())
    held = [*model.parameters()]
    for optimiser in job.optimisers.values():
        held += [t for state in optimiser.state.values() for t in state.values() if t is not None]
    estimate = memory.replica_bytes(model, settings)
    assert sum(4 * tensor.numel() for tensor in held) < estimate


def kept_for_the_gradient(model, job):
    """Bytes that the first phase of a step keeps beside the weights, at once."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept = {}

    def note(tensor):
        if (place := tensor.untyped_storage().data_ptr()) not in weights:
            kept[place] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        _, loss = next(job.named_losses(job.feed.first_batch()))
    assert loss.requires_grad
    return sum(kept.values())


@pytest.mark.parametrize("name", ["strided_averaged", "pooled_averaged_normed", "perceptrons"])
def test_the_memory_of_a_replica_covers_its_activations(name):
    data = load("digits")
    recipe = recipes.get(f"{name}_generation", "smoke").on(data)
    model, state = recipe.build(784), torch.get_rng_state()
    estimate = memory.replica_bytes(model, recipe.training)
    assert torch.equal(torch.get_rng_state(), state) and not model._forward_hooks
    kept = kept_for_the_gradient(model, Run(model, data.train, recipe.training, (0,), {}))
    weights = memory.state_bytes(model, recipe.training)
    assert kept + weights < estimate < 8 * (kept + weights)


def test_free_memory_is_known_of_the_processor_and_of_no_unknown_device():
    assert 0 < memory.free_bytes(CPU) < 1e15
    assert memory.free_bytes(torch.device("meta")) is None


def test_the_memory_in_use_is_no_more_than_its_peak():
    assert 0 < memory.resident_bytes() <= memory.peak_resident_bytes() * 1.05
    assert memory.peak_resident_bytes() > 50e6  # torch alone takes more


def test_nothing_of_unix_is_needed_on_windows(monkeypatch):
    class Process:
        def memory_info(self):
            return self

        rss, peak_wset = 3, 5

    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows: it cannot be imported
    monkeypatch.setattr(sys, "platform", "win32")
    on_windows = runpy.run_path(memory.__file__)
    monkeypatch.setattr(memory.psutil, "Process", Process)
    assert on_windows["resident_bytes"]() == 3
    assert on_windows["peak_resident_bytes"]() == 5
