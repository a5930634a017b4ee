"""The two recipes with views, 100 labels and 16 clusters, with one thing left out at a time.

`aae-course reproduce invariance` runs them, for fewer epochs than the whole recipes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aae_course.experiments.invariance.recipes import CLUSTERING_RECIPES, LABEL_RECIPES
from aae_course.experiments.recipe import Recipe
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import SGD, Adam


@dataclass(frozen=True)
class PerceptronsWithViews(Perceptrons):
    """Perceptrons that know the shape of an image, which is distorted before they see it."""

    image_shape: tuple[int, int, int] = (1, 28, 28)


EPOCHS = {"labels": 3, "clusters": 5}
WHOLE = {
    "labels": LABEL_RECIPES["invariant_100"],
    "clusters": CLUSTERING_RECIPES["invariant_clusters_16"],
}
# Task -> what is left out -> what that changes, of the recipe or its training. A phase whose rate
# is 0 changes nothing. Without distortions there is noise on the images, as in Table 2.
OPTIMISERS = {task: recipe.training.optimisers for task, recipe in WHOLE.items()}
NO_RECONSTRUCTION = {
    task: {**each, "reconstruction": Adam(0.0)} for task, each in OPTIMISERS.items()
}
NOISY = {task: replace(recipe.architecture, input_noise=0.3) for task, recipe in WHOLE.items()}
CHANGES: dict[str, dict[str, Mapping]] = {
    "labels": {
        "nothing": {},
        "demand": {"optimisers": {**OPTIMISERS["labels"], "invariance": SGD(0.0)}},
        "other_demand": {"options": {"demand": "disagreement"}},
        "distortions": {"options": {"strength": 0.0}, "architecture": NOISY["labels"]},
        "label_adversary": {"options": {"pull": 0.0}},
        "style_adversary": {"options": {"style_pull": 0.0}},
        "reconstruction": {"optimisers": NO_RECONSTRUCTION["labels"]},
        "averaging": {"average": 0.0},
        "convolutions": {"architecture": PerceptronsWithViews(batch_norm="hidden")},
        "discriminator": {"options": {"watcher": "plain"}},
    },
    "clusters": {
        "nothing": {},
        "demand": {"options": {"consistency": 0.0}},
        "other_demand": {"options": {"demand": "mutual information"}},
        "distortions": {"options": {"strength": 0.0}, "architecture": NOISY["clusters"]},
        "label_adversary": {"options": {"pull": [0.0, 0.0]}},
        "style_adversary": {"options": {"style_pull": 0.0}},
        "reconstruction": {"optimisers": NO_RECONSTRUCTION["clusters"]},
        "averaging": {"average": 0.0},
        "convolutions": {"architecture": PerceptronsWithViews(batch_norm="encoder")},
        "discriminator": {"options": {"watcher": "plain"}},
        "relaxing": {"options": {"pull": [1.0, 1.0]}},
    },
}


def without(task: str, left_out: str, changes: Mapping) -> Recipe:
    """The whole recipe of a task with these changes, at every scale."""
    whole, changes = WHOLE[task], dict(changes)
    options, architecture = changes.pop("options", {}), changes.pop("architecture", None)
    smoke = {**whole.smoke, "epochs": 1, "options": {**whole.smoke["options"], **options}}
    if isinstance(architecture, Perceptrons):  # they have no channels to make fewer
        smoke = {**smoke, "hidden": (50, 50)}
        smoke = {name: smoke[name] for name in smoke.keys() - {"channels", "kernels"}}
        smoke.pop("discriminator")
    return replace(
        whole,
        title=f"{whole.title}, without {left_out.replace('_', ' ')}",
        serves="invariance",
        options={**whole.options, **options},
        architecture=architecture or whole.architecture,
        training=replace(whole.training, epochs=EPOCHS[task], **changes),
        smoke=smoke,
    )


ABLATION_RECIPES = {
    f"{task}_without_{left_out}": without(task, left_out, changes)
    for task, of_task in CHANGES.items()
    for left_out, changes in of_task.items()
}
