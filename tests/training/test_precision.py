"""Precision: bf16 stays near fp32, fp32 stays exact, and what a device lacks is refused."""

import pytest
import small
import torch
from made_runs import trained

from aae_course.networks.layers import MLP
from aae_course.training import precision, threads as processor
from aae_course.training.loop import fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.precision import (
    autocast,
    check_precision,
    fast_products,
    onednn_keeps_fp32,
)
from aae_course.training.progress import NoProgress

CPU = torch.device("cpu")


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


@pytest.mark.parametrize("replicas", [None, 2])
def test_the_next_phase_multiplies_by_the_weights_as_they_are_now(replicas):
    network = MLP((12, 8, 3), replicas=replicas)
    x = torch.rand(*([] if replicas is None else [replicas]), 5, 12)
    with torch.autocast("cpu", enabled=False):  # the loop's own, around all steps
        with autocast("bf16", CPU):
            before = network(x)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(1.0)
        with autocast("bf16", CPU):
            after = network(x)
    torch.testing.assert_close(after, network(x), rtol=0.02, atol=0.02)
    assert (after - before).abs().min() > 1


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
