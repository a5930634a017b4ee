"""A recipe: what a scale changes, and which command runs it."""

import json
import re
from dataclasses import replace
from functools import partial

import pytest
import torch

from aae_course.data.dataset import Dataset, Split
from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.recipe import Recipe
from aae_course.models import Autoencoder, Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Adam, StepDecay, Training


def recipe(**changes) -> Recipe:
    training = Training({"reconstruction": Adam(1e-3)}, epochs=8)
    return Recipe("small", Autoencoder, training, architecture=Perceptrons((50,)), **changes)


def test_a_scale_changes_settings_of_the_recipe_its_training_and_its_architecture():
    faster = {"reconstruction": Adam(1e-2)}
    smoke = {"data": "digits", "images": 100, "epochs": 2, "optimisers": faster, "hidden": (20,)}
    small = recipe(smoke=smoke).at("smoke")
    assert (small.data, small.images) == ("digits", 100)
    assert small.training == Training(faster, epochs=2)
    assert small.architecture == Perceptrons((20,))


def test_what_a_scale_does_not_name_stays():
    large = recipe(paper={"schedule": StepDecay((50,)), "initialisation": "paper"}).at("paper")
    assert large.training == replace(recipe().training, schedule=StepDecay((50,)))
    assert large.architecture == Perceptrons((50,), initialisation="paper")
    assert (large.title, large.model, large.data) == ("small", Autoencoder, "mnist")


def test_a_scale_can_set_none():
    assert recipe(images=100, paper={"images": None}).at("paper").images is None


@pytest.mark.parametrize("scale", ["smoke", "course", "paper"])
def test_a_recipe_for_which_a_scale_changes_nothing_is_itself(scale):
    assert recipe().at(scale) == recipe()


def test_at_a_scale_no_other_can_be_mixed_in():
    small = recipe(smoke={"epochs": 1}, paper={"hidden": (1000,)}).at("smoke")
    assert small.at("paper") == small


@pytest.mark.parametrize("name", ["epoch", "training", "architecture", "width"])
def test_a_change_of_no_setting_is_refused_in_one_line_with_the_known_ones(name):
    with pytest.raises(ValueError, match=f"unknown setting '{name}'.*known: .*data.*epochs") as e:
        recipe(smoke={name: 1}).at("smoke")
    assert "\n" not in str(e.value)
    assert recipe(smoke={name: 1}).at("course") == recipe()


def test_the_message_has_the_nearest_name():
    with pytest.raises(ValueError, match=re.escape("did you mean 'epochs'?")):
        recipe(paper={"epoch": 1}).at("paper")


def test_a_recipe_as_data_has_every_setting_and_nothing_of_other_scales():
    data = replace(recipe(smoke={"epochs": 1}, images=100), prior=partial(Gaussian, 3, std=2.0))
    data = data.as_data()
    assert json.loads(json.dumps(data)) == data
    assert (data["model"], data["data"], data["images"]) == ("Autoencoder", "mnist", 100)
    assert data["architecture"]["hidden"] == [50] and data["architecture"]["output"] == "sigmoid"
    assert (data["prior"]["kind"], data["prior"]["dim"], data["prior"]["std"]) == ("Gaussian", 3, 2)
    rate = {"kind": "Adam", "lr": 1e-3, "beta1": 0.9}
    assert data["training"]["optimisers"] == {"reconstruction": rate}
    assert data["training"]["schedule"] == {"kind": "StepDecay", "epochs": []}
    assert data["training"]["epochs"] == 8 and "smoke" not in data
    assert recipe().as_data()["prior"] is None


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_can_be_rebuilt_from_its_data(name):
    recipe = recipes.get(name, "course")
    data = recipe.as_data()
    architecture = {k: v for k, v in data["architecture"].items() if k != "kind"}
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in architecture.items()}
    assert type(recipe.architecture)(**tuples) == recipe.architecture
    assert data["options"] == dict(recipe.options)
    assert data["training"]["epochs"] == recipe.training.epochs
    assert data["training"]["optimisers"].keys() == recipe.training.optimisers.keys()


def test_the_command_follows_from_what_it_serves():
    assert recipe(serves="fig2").command == "aae-course reproduce fig2"
    assert recipe(serves="04_gan").command == "jupyter lab notebooks/04_gan.ipynb"


def test_a_recipe_takes_networks_for_the_images_at_hand():
    recipe = recipes.get("strided_dense_generation", "smoke")
    data = load("digits")
    images = Split(torch.zeros(2, 3 * 32 * 32, dtype=torch.uint8))
    coloured = Dataset("coloured", images, None, images, (3, 32, 32))
    assert recipe.on(coloured).architecture.image_shape == (3, 32, 32)
    assert recipe.on(data).architecture == recipe.architecture
    perceptrons = recipes.get("perceptrons_generation", "smoke")
    assert perceptrons.on(coloured) is perceptrons


def test_a_recipe_takes_a_part_of_the_images():
    data = load("digits")
    recipe = replace(recipes.get("aae_gaussian", "smoke"), images=100)
    some = recipe.part_of(data)
    assert len(some.train) == 100 and len(some.test) == len(data.test)
    assert torch.equal(some.train.images, data.train.images[:100])
    assert len(replace(recipe, images=None).part_of(data).train) == len(data.train)
