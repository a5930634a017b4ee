"""What `import aae_course` offers, and how little it loads."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import aae_course
from aae_course import models
from aae_course.models import priors

SLOW = {"matplotlib", "seaborn", "sklearn", "scipy", "pandas", "torchvision", "IPython", "rich"}


def test_it_offers_what_a_person_with_a_notebook_types():
    offered = set(aae_course.__all__)
    assert {"load", "Split", "fit", "Training", "Adam", "SGD", "recipes"} <= offered
    assert offered >= {name for name in models.__all__ if trainable(getattr(models, name))}
    assert offered >= {name for name, each in vars(priors).items() if drawable(each)}
    assert all(hasattr(aae_course, name) for name in offered)


def test_a_name_is_what_an_editor_finds_by_reading_the_imports():
    source = ast.parse(Path(aae_course.__file__).read_text("utf-8"))
    (for_editors,) = (line for line in source.body if isinstance(line, ast.If))
    assert ast.unparse(for_editors.test) == "TYPE_CHECKING"
    named = {}
    exec(ast.unparse(for_editors.body), named)
    for name in aae_course.__all__:
        assert getattr(aae_course, name) is named[name], name


def test_a_name_that_it_does_not_offer_is_told():
    with pytest.raises(AttributeError, match="module 'aae_course' has no attribute 'Gausian'"):
        aae_course.Gausian  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Gausian'"):
        from aae_course import Gausian  # noqa: F401


def test_it_is_imported_without_torch_which_comes_with_the_first_name():
    code = """
import sys, aae_course
assert "torch" not in sys.modules, "torch is imported too early"
assert aae_course.models.Autoencoder is aae_course.Autoencoder
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def trainable(model):
    """Whether a person can build one: a base class has no training step of its own."""
    step = getattr(model, "training_step", models.Model.training_step)
    return inspect.isclass(model) and step is not models.Model.training_step


def drawable(thing):
    return inspect.isclass(thing) and issubclass(thing, priors.Prior) and thing is not priors.Prior


def test_it_loads_neither_pictures_nor_jupyter():
    code = """
import sys
from aae_course import *
print(*{name.partition(".")[0] for name in sys.modules})
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SLOW & set(run.stdout.split())


def test_an_autoencoder_is_trained_through_it():
    data = aae_course.load("digits")
    torch.manual_seed(0)
    model = aae_course.Autoencoder.build(aae_course.Perceptrons((20,)), 784, dim=2)
    training = aae_course.Training({"reconstruction": aae_course.Adam(1e-3)}, epochs=2)
    losses = aae_course.fit(model, data.train, training).curve("reconstruction")
    assert losses[-1] < losses[0]
