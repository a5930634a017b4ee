"""Threads: how many are chosen, where there is a choice, and what is put back."""

import pytest
import small
import torch
from made_runs import trained

from aae_course.training import threads as processor


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def favours(count, monkeypatch):
    """Make this number of threads the faster one."""
    monkeypatch.setattr(processor.Threads, "seconds", lambda self, threads: abs(threads - count))


@pytest.mark.parametrize("batch", [10, 60])
def test_the_chosen_number_of_threads_does_not_change_the_result(threads, monkeypatch, batch):
    """On some processors a product of few rows depends on it: then there is no choice."""

    def build(replicas=None):
        return small.AdversarialAutoencoder.build(
            small.Perceptrons((300, 300), initialisation="paper"),
            small.PIXELS,
            small.Gaussian(),
            replicas,
        )

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    results = []
    for count in (1, 2):
        threads(2)
        favours(count, monkeypatch)
        results.append(trained(build, batch_size=batch)[0].state_dict())
    assert all(torch.equal(results[0][name], results[1][name]) for name in results[0])


def test_one_thread_does_not_agree_where_a_product_differs(threads, monkeypatch):
    threads(2)
    model = small.build_aae()()
    monkeypatch.setattr(processor, "products", lambda *given: [torch.tensor(float(given[-1]))])
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert not processor.Threads(model, rows=5).free
    monkeypatch.setattr(processor, "products", lambda *given: [torch.tensor(1.0)])
    assert processor.Threads(model, rows=5).free


def test_the_faster_number_of_threads_is_chosen_unless_the_reader_chose(threads, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(processor, "products", lambda *given: [torch.tensor(1.0)])
    threads(2)
    model = small.build_aae()()
    chooser = processor.Threads(model, rows=5)
    favours(1, monkeypatch)
    chooser.choose()
    assert torch.get_num_threads() == 1
    favours(2, monkeypatch)
    chooser.choose()  # too soon for a new choice
    assert torch.get_num_threads() == 1
    chooser.next_choice = 0.0
    chooser.choose()
    assert torch.get_num_threads() == 2
    favours(1, monkeypatch)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    processor.Threads(model, rows=5).choose()
    assert torch.get_num_threads() == 2
    monkeypatch.delenv("OMP_NUM_THREADS")
    processor.Threads(torch.nn.Sequential(model, torch.nn.Conv2d(1, 1, 3)), rows=5).choose()
    assert torch.get_num_threads() == 2


def test_the_setup_is_undone(threads):
    threads(2)
    with processor.processor_ready():
        torch.set_num_threads(1)
    assert torch.get_num_threads() == 2
