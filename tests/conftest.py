"""Fixtures that several tests share."""

import signal
from dataclasses import replace

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from aae_course.experiments import recipes

matplotlib.use("Agg")

# Whoever starts the tests in the background may have signals ignored, and so would their children.
for each in ("SIGINT", "SIGTERM", "SIGHUP"):
    number = getattr(signal, each, None)  # Windows lacks one
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        usual = signal.default_int_handler if each == "SIGINT" else signal.SIG_DFL
        signal.signal(number, usual)


SLOW = (  # files that take half a minute or more, the slowest first
    "test_whole_paper.py", "test_cluster.py", "test_record.py", "test_site.py", "test_wheel.py",
    "test_embeddings.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """What takes long comes first: at the end, one worker would wait for the other."""
    places = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: places.get(item.path.name, len(SLOW)))


def pytest_runtest_setup(item):
    if item.get_closest_marker("cuda") and not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")


@pytest.fixture
def closed():
    """A seed to start from, and no figure left open."""
    torch.manual_seed(0)
    yield
    plt.close("all")


@pytest.fixture
def quick(monkeypatch):
    """Recipes with one epoch: the road is tested here, not the destination."""
    for name, recipe in recipes.RECIPES.items():
        smoke = {**recipe.smoke, "epochs": 1}
        monkeypatch.setitem(recipes.RECIPES, name, replace(recipe, smoke=smoke))
