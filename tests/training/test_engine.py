"""What makes the loop fast and leaves its results alone: capture, precision, threads."""

from contextlib import contextmanager, nullcontext

import pytest
import small
import torch
from watched import ASKS_THE_HOST, watched_step

from aae_course.networks.layers import MLP
from aae_course.networks.replicas import build_replicas
from aae_course.training import precision, threads as processor
from aae_course.training.cuda_graph import WARM_UP, GraphedStep
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.precision import (
    autocast,
    check_precision,
    fast_products,
    onednn_keeps_fp32,
)
from aae_course.training.progress import NoProgress

CPU = torch.device("cpu")


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
@pytest.mark.parametrize("seeds", [(3,), (3, 4)], ids=["one seed", "two seeds"])
def test_a_step_can_be_captured(build, seeds):
    """It asks the host for no value, and is the same operations on the same shapes every time."""
    model = build_replicas(build, seeds)
    job = Run(model, small.split(), small.training(model), seeds, {})
    job.begin_epoch(0)
    job.train_step()  # the optimisers allocate their memory
    first, second = watched_step(job), watched_step(job)
    assert first == second
    assert not ASKS_THE_HOST & {name for name, _ in first}


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

    cuda = {"Stream": Stream, "current_stream": Stream, "stream": lambda stream: nullcontext()}
    cuda |= {"CUDAGraph": FakeGraph, "graph": graph, "synchronize": lambda: None}
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


def trained(build, seeds=(0,), device="cpu", eager=False, **settings):
    model = build_replicas(build, seeds).to(device)
    split = small.split().to(device)
    torch.manual_seed(1)
    job = Run(model, split, small.training(model, **settings), seeds, {})
    with job.fast_context():
        for _ in job.steps(eager):
            pass
    return model, job.history


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", ["aae", "aae universal", "vae", "four phases"])
@pytest.mark.parametrize("chosen", ["fp32", "bf16"])
def test_a_captured_run_is_the_eager_run(name, chosen):
    build = small.BUILDERS[name]
    eager, eager_history = trained(build, (0, 1), "cuda", eager=True, precision=chosen)
    captured, history = trained(build, (0, 1), "cuda", precision=chosen)
    for first, second in zip(eager.parameters(), captured.parameters(), strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)
    assert history.steps == eager_history.steps


# Precision


@pytest.mark.skipif("avx512_bf16" not in processor.processor_says("flags"), reason="no bf16 here")
@pytest.mark.parametrize("name", ["autoencoder", "aae", "four phases"])
def test_bf16_stays_near_fp32(name):
    exact, exact_history = trained(small.BUILDERS[name])
    rounded, history = trained(small.BUILDERS[name], precision="bf16")
    assert all(p.dtype == torch.float32 for p in rounded.parameters())
    for first, second in zip(exact.parameters(), rounded.parameters(), strict=True):
        assert not torch.equal(first, second)
        torch.testing.assert_close(first, second, atol=0.03, rtol=0.05)
    for phase in exact.phases:
        curves = history.curve(phase), exact_history.curve(phase)
        torch.testing.assert_close(*map(torch.tensor, curves), atol=0.03, rtol=0.03)


def test_what_a_network_returns_is_fp32_also_under_autocast():
    network = MLP((12, 8, 3))
    with autocast("bf16", CPU):
        rounded = network(torch.rand(5, 12))
    assert rounded.dtype == torch.float32


def test_a_precision_that_the_device_lacks_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"tf32 is for NVIDIA GPUs .* try --precision fp32"):
        check_precision("tf32", CPU)
    with pytest.raises(ValueError, match="unknown precision 'fp16'"):
        Training({"reconstruction": Adam(1e-3)}, 1, precision="fp16")
    monkeypatch.setattr(precision, "processor_says", lambda what: "fpu avx2")
    with pytest.raises(ValueError, match="cpu cannot multiply bf16 numbers fast"):
        check_precision("bf16", CPU)
    with pytest.raises(ValueError, match="cpu cannot multiply bf16"):
        model = small.BUILDERS["aae"]()
        fit(model, small.split(), small.training(model, precision="bf16"), progress=NoProgress())


def test_fast_products_are_exact_to_fp32_and_leave_no_trace():
    backend = torch.backends.mkldnn.matmul
    before = backend.fp32_precision
    generator = torch.Generator().manual_seed(1)
    x, w = (torch.randn(*shape, generator=generator) for shape in ((100, 784), (784, 1000)))
    with fast_products("fp32", CPU):
        product = x @ w
    torch.testing.assert_close(product.double(), x.double() @ w.double(), atol=2e-4, rtol=1e-5)
    assert backend.fp32_precision == before


def test_onednn_is_not_used_where_it_would_round(monkeypatch):
    onednn_keeps_fp32.cache_clear()
    monkeypatch.setattr(torch, "allclose", lambda *args, **options: False)
    assert not onednn_keeps_fp32()
    with fast_products("fp32", CPU):
        assert torch.backends.mkldnn.matmul.fp32_precision == "ieee"
    onednn_keeps_fp32.cache_clear()


# Threads


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
