"""In which numbers a run multiplies: fp32, the reference, or tf32 or bf16, which are faster.

Weights, losses, optimisers and what a network returns stay fp32 throughout; only the products
inside the networks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

import torch

from aae_course.settings import check_known
from aae_course.training.threads import processor_says

PRECISIONS = ("fp32", "tf32", "bf16")


def check_precision(name: str, device: torch.device) -> str:
    """Return ``name`` if ``device`` multiplies in it faster than in fp32.

    Raises:
        ValueError: unknown, or this device has no hardware for it.
    """
    check_known(name, PRECISIONS, "precision")
    if name == "tf32" and not _has_tf32(device):
        raise ValueError(
            f"tf32 is for NVIDIA GPUs from the Ampere generation on, not for {device}: "
            "try --precision fp32"
        )
    if name == "bf16" and not _has_bf16(device):
        raise ValueError(f"{device} cannot multiply bf16 numbers fast: try --precision fp32")
    return name


def available_precisions(device: torch.device) -> list[str]:
    """The precisions that ``device`` has, fp32 first."""
    has = {"fp32": True, "tf32": _has_tf32(device), "bf16": _has_bf16(device)}
    return [name for name in PRECISIONS if has[name]]


def _has_tf32(device: torch.device) -> bool:
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


def _has_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type == "cpu" and "avx512_bf16" in processor_says("flags").split()


def autocast(name: str, device: torch.device) -> AbstractContextManager:
    """Within it, networks multiply in bf16 if that is the precision."""
    return _autocast_bf16(device) if name == "bf16" else nullcontext()


@contextmanager
def _autocast_bf16(device: torch.device) -> Iterator[None]:
    # A weight that is used twice is converted once, except under a CUDA graph, where torch forbids
    # it. The loop leaves the context at every yield, since an update makes the copies stale. Torch
    # drops them at the end of the outermost context only, and that may be a caller's.
    try:
        with torch.autocast(device.type, torch.bfloat16, cache_enabled=device.type == "cpu"):
            yield
    finally:
        torch.clear_autocast_cache()


@contextmanager
def fast_products(name: str, device: torch.device) -> Iterator[None]:
    """Within it, ``device`` multiplies and convolves fp32 as fast as ``name`` allows."""
    backends, setting = [torch.backends.mkldnn.matmul], "bf16" if onednn_keeps_fp32() else "ieee"
    if device.type != "cpu":
        backends = [torch.backends.cuda.matmul, torch.backends.cudnn.conv]
        setting = "tf32" if name == "tf32" else "ieee"
    before = [backend.fp32_precision for backend in backends]
    try:
        for backend in backends:
            backend.fp32_precision = setting
        yield
    finally:
        for backend, own in zip(backends, before, strict=True):
            backend.fp32_precision = own


@cache
def onednn_keeps_fp32() -> bool:
    """Whether oneDNN, allowed to round fp32 products to bf16, does not do so on this processor.

    Allowed to, it takes over fp32 products from MKL; and where the processor has no matrix unit
    for bf16 it still computes them in fp32, and is faster at a hundred rows. So we ask for it and
    look at a product: rounding to bf16 would show in the third digit.
    """
    if not torch.backends.mkldnn.is_available():
        return False
    generator = torch.Generator().manual_seed(0)
    x, w = (torch.rand(256, 256, generator=generator) for _ in range(2))
    exact = x.double() @ w.double()
    backend = torch.backends.mkldnn.matmul
    before, backend.fp32_precision = backend.fp32_precision, "bf16"
    try:
        return torch.allclose((x @ w).double(), exact, rtol=1e-5)
    finally:
        backend.fp32_precision = before
