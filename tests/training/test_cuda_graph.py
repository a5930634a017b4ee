"""A captured step: run once a call, the same as an eager one, and eager where it must be."""

from contextlib import contextmanager, nullcontext

import pytest
import small
import torch
from made_runs import trained

from aae_course.training.cuda_graph import WARM_UP, GraphedStep

CPU = torch.device("cpu")


class FakeGraph:
    """A CUDA graph for a machine without a GPU: what is captured is not run, only on replay."""

    def replay(self):
        self.step()


@pytest.fixture
def fake_cuda(monkeypatch):
    """torch.cuda as far as a capture needs it; yields what the test may break."""
    control = {"capturing": False, "error": None}

    @contextmanager
    def graph(graph, stream):
        control["capturing"] = True
        try:
            yield
        finally:
            control["capturing"] = False
        if control["error"]:
            raise control["error"]

    class Stream:
        def __init__(self, device=None): ...

        def wait_stream(self, other): ...

    cuda = {
        "Stream": Stream,
        "current_stream": lambda device: Stream(),
        "stream": lambda stream: nullcontext(),
    }
    cuda |= {"CUDAGraph": FakeGraph, "graph": graph, "synchronize": lambda device: None}
    for name, value in cuda.items():
        monkeypatch.setattr(torch.cuda, name, value)
    return control


def test_a_graphed_step_runs_every_step_once(fake_cuda):
    calls = []

    def step():
        if fake_cuda["capturing"]:
            FakeGraph.step = staticmethod(lambda: calls.append("replayed"))
        else:
            calls.append("eager")

    graphed = GraphedStep(step, CPU)
    for _ in range(6):
        graphed()
    assert calls == WARM_UP * ["eager"] + (6 - WARM_UP) * ["replayed"]


def test_a_step_that_cannot_be_captured_stays_eager_and_says_why(fake_cuda):
    calls = []
    fake_cuda["error"] = RuntimeError("operation not permitted when stream is capturing\nmore")
    graphed = GraphedStep(lambda: calls.append(fake_cuda["capturing"]), CPU)
    with pytest.warns(RuntimeWarning, match=r"not permitted when stream is capturing\): it runs"):
        for _ in range(6):
            graphed()
    assert calls.count(False) == 6


@pytest.mark.cuda
@pytest.mark.parametrize("name", ["aae", "aae universal", "vae", "four phases"])
@pytest.mark.parametrize("chosen", ["fp32", "bf16"])
def test_a_captured_run_is_the_eager_run(name, chosen):
    build = small.BUILDERS[name]
    eager, eager_history = trained(build, (0, 1), "cuda", eager=True, precision=chosen)
    captured, history = trained(build, (0, 1), "cuda", precision=chosen)
    for first, second in zip(eager.parameters(), captured.parameters(), strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)
    assert history.steps == eager_history.steps
