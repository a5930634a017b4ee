"""The runs whose category must survive a small distortion: ours in Tables 2, 3 and Figure 11.

`aae-course reproduce table2`, `table3` and `fig11` run them beside the paper's. How the settings
were found stands in notebook 13; they were chosen by validation errors of seeds 0 and 1, on a
prototype; the pull of ten clusters by those of seeds 0 to 9, on the model itself.
"""

from __future__ import annotations

from functools import partial

from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import LABELS_AND_VIEWS, adam
from aae_course.experiments.watch import validation_clusters, validation_error
from aae_course.models import (
    InvariantClustering,
    InvariantFixedHeadsReduction,
    InvariantReduction,
    InvariantSemiSupervised,
    InvariantSemiSupervisedReduction,
)
from aae_course.models.priors import Gaussian
from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.training.optimisation import Adam, Annealed, Training

# On small images distortions must be small.
COMPACT_ON_DIGITS = {
    "data": "digits", "channels": (8, 16), "kernels": (3, 3), "hidden": (50,),
    "discriminator": (50,), "epochs": 4, "batch_size": 50,
}  # fmt: skip


def with_views(**rates: float) -> dict[str, Adam]:
    """Adam for each phase of a model with two views, and for those phases that it has besides.

    The reconstruction learns slowly: at 1e-3 the decoder takes a y that is not sure as more style.
    """
    return adam(
        reconstruction=2e-4, label_discriminator=1e-3, style_discriminator=1e-3, generator=2e-3,
        **rates,
    )  # fmt: skip


# Sixteen categories of the same size are not ten digits, and thirty less so: the more there are,
# the less is left of the pull in the end. Ten are: there the pull stays, and it is strong, since
# with less of it the runs of several seeds ended with two digits in one cluster, and one in two.
CLUSTERING_RECIPES: dict[str, Recipe] = {
    f"invariant_clusters_{count}": Recipe(
        title=f"clustering AAE with views, {count} clusters", serves="table3",
        model=InvariantClustering, prior=partial(Gaussian, 5),
        options={"categories": count, "pull": pull},
        data="mnist", architecture=CompactConvolutional(), evaluate=validation_clusters,
        training=Training(
            with_views(), epochs=epochs, schedule=Annealed(hold=0.5), average=0.998, statistics=5000
        ),
        smoke={
            **COMPACT_ON_DIGITS,
            "options": {"categories": count, "pull": pull, "strength": 0.3},
        },
    )
    for count, epochs, pull in (
        (10, 8, [6.0, 6.0]), (16, 10, [1.0, 0.1]), (30, 11, [1.0, 0.03]),
    )
}  # fmt: skip

REDUCTION_RECIPES: dict[str, Recipe] = {
    "invariant_reduction_1000": Recipe(
        title="with views, 2-D, 1000 labels", serves="fig11",
        model=InvariantSemiSupervisedReduction, prior=partial(Gaussian, 2),
        data="mnist", architecture=CompactConvolutional(), evaluate=validation_error,
        training=Training(
            with_views(head_distance=1e-2, classification=1e-3),
            epochs=7, schedule=Annealed(hold=0.5), labels=1000, labelled_batch=100,
            average=0.998, statistics=5000,
        ),
        smoke={**COMPACT_ON_DIGITS, "labels": 500, "options": {"strength": 0.3}},
    ),
    "invariant_reduction_100": Recipe(
        title="with views, 2-D, 100 labels", serves="fig11",
        model=InvariantSemiSupervisedReduction, prior=partial(Gaussian, 2),
        data="mnist", architecture=CompactConvolutional(), evaluate=validation_error,
        training=Training(
            with_views(head_distance=1e-2, classification=1e-3),
            epochs=7, schedule=Annealed(hold=0.5), labels=100, labelled_batch=100,
            average=0.998, statistics=5000,
        ),
        smoke={**COMPACT_ON_DIGITS, "options": {"strength": 0.3}},
    ),
    "invariant_reduction_0": Recipe(
        title="with views, 2-D, no labels", serves="fig11",
        model=InvariantReduction, prior=partial(Gaussian, 2), options={"categories": 20},
        data="mnist", architecture=CompactConvolutional(), evaluate=validation_clusters,
        training=Training(
            with_views(head_distance=1e-2),
            epochs=8, schedule=Annealed(hold=0.5), average=0.998, statistics=5000,
        ),
        smoke={**COMPACT_ON_DIGITS, "options": {"categories": 20, "strength": 0.3}},
    ),
    "invariant_reduction_fixed": Recipe(
        title="with views, 10-D, 100 labels", serves="fig11",
        model=InvariantFixedHeadsReduction, prior=partial(Gaussian, 10),
        data="mnist", architecture=CompactConvolutional(), evaluate=validation_error,
        training=Training(
            with_views(classification=1e-3),
            epochs=7, schedule=Annealed(hold=0.5), labels=100, labelled_batch=100,
            average=0.998, statistics=5000,
        ),
        smoke={**COMPACT_ON_DIGITS, "options": {"strength": 0.3}},
    ),
}  # fmt: skip

LABEL_RECIPES: dict[str, Recipe] = {
    f"invariant_{count}": Recipe(
        title=f"semi-supervised AAE with views, {count} labels", serves="table2",
        model=InvariantSemiSupervised, prior=partial(Gaussian, 10),
        data="mnist", evaluate=validation_error,
        architecture=CompactConvolutional(
            channels=(16, 32, 32, 64, 64), kernels=(3, 3, 3, 3, 3), output_norm=False,
            input_noise=0.1, hidden=(400,), discriminator=(200, 200),
        ),
        training=Training(
            LABELS_AND_VIEWS,
            epochs=5, schedule=Annealed(hold=0.3, warm_up=0.02), labels=labels, labelled_batch=50,
            average=0.998, statistics=5000,
        ),
        smoke={
            **COMPACT_ON_DIGITS, "labels": labels and min(labels, 500),
            "options": {"strength": 0.3},
        },
    )
    for count, labels in {"100": 100, "1000": 1000, "all": None}.items()
}  # fmt: skip

INVARIANCE_RECIPES = {**LABEL_RECIPES, **CLUSTERING_RECIPES, **REDUCTION_RECIPES}
