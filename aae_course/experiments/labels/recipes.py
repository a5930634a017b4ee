"""The runs that use labels: Figures 4 and 7, Table 2 (notebooks 06 to 08).

`aae-course reproduce fig4`, `fig7`, `table2` or `progress` runs those that serve it, and the
numbers are in the file of that name in figures/, such as figures/table2.json.
"""

from __future__ import annotations

from functools import partial

from aae_course.experiments.labels.trend import validation_own_part, validation_trend
from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import (
    NARROW_ON_DIGITS,
    ON_DIGITS,
    PAPER_AAE,
    PAPER_SGD_SEMI_SUPERVISED,
    PAPER_SGD_SVHN,
    adam,
)
from aae_course.experiments.watch import validation_error
from aae_course.models import (
    AdversarialAutoencoder,
    InformedSupervisedAutoencoder,
    LabelInformedAutoencoder,
    LabelsAlone,
    SemiSupervisedAutoencoder,
    SupervisedAutoencoder,
)
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.models.swiss_roll import WideSwissRoll
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Annealed, StepDecay, Training

LABELS_ON_DIGITS = {
    **NARROW_ON_DIGITS,
    "epochs": 30,
    "optimisers": adam(reconstruction=2e-3, discriminator=1e-3, generator=1e-3),
}

# 10,000 labels, 40,000 images without. The petals are shorter than elsewhere and overlap less, so
# fewer draws lie nearer to another petal than to their own. Rates, noise and labelled minibatches
# were chosen by the validation codes, seed 0.
LABEL_INFORMED_RECIPES: dict[str, Recipe] = {
    "label_informed_mixture": Recipe(
        title="AAE with 10,000 labels, mixture of 10 Gaussians", serves="fig4",
        model=LabelInformedAutoencoder, prior=partial(GaussianMixture, radial=0.4),
        data="mnist", evaluate=validation_own_part,
        architecture=Perceptrons((500, 500), input_noise=0.3),
        training=Training(
            adam(reconstruction=5e-4, discriminator=2e-3, generator=2e-3),
            epochs=24, schedule=Annealed(), labels=10_000, labelled_batch=50, average=0.998,
        ),
        smoke={**LABELS_ON_DIGITS, "batch_norm": "encoder", "labels": 500},
        paper={**PAPER_AAE, "input_noise": 0.0, "labelled_batch": 0, "average": 0.0},
    ),
    "label_informed_roll": Recipe(
        title="AAE with 10,000 labels, swiss roll", serves="fig4",
        model=LabelInformedAutoencoder, prior=WideSwissRoll,
        data="mnist", evaluate=validation_own_part,
        architecture=Perceptrons((500, 500), input_noise=0.3),
        training=Training(
            adam(reconstruction=5e-4, discriminator=2e-3, generator=2e-3),
            epochs=24, schedule=Annealed(), labels=10_000, labelled_batch=50, average=0.998,
        ),
        smoke={**LABELS_ON_DIGITS, "batch_norm": "encoder", "labels": 500},
        paper={**PAPER_AAE, "input_noise": 0.0, "labelled_batch": 0, "average": 0.0},
    ),
}  # fmt: skip

# A 15-D Gaussian style, all labels; the paper says no more. Batch norm is where appendix A.3 calls
# it crucial, in all layers of the encoder: without it the styles were far from their prior after as
# many epochs, and told the label more clearly. That and the rates were chosen by the validation
# codes, seed 0.
SUPERVISED_RECIPES: dict[str, Recipe] = {
    "supervised": Recipe(
        title="supervised AAE", serves="fig7",
        model=SupervisedAutoencoder, prior=partial(Gaussian, 15),
        data="mnist", evaluate=validation_trend,
        architecture=Perceptrons((500, 500), batch_norm="encoder"),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=1e-3),
            epochs=60, schedule=Annealed(), statistics=5000,
        ),
        smoke=LABELS_ON_DIGITS, paper=PAPER_AAE,
    ),
    "supervised_informed": Recipe(
        title="supervised AAE, discriminator informed", serves="fig7",
        model=InformedSupervisedAutoencoder, prior=partial(Gaussian, 15),
        data="mnist", evaluate=validation_trend,
        architecture=Perceptrons((500, 500), batch_norm="encoder"),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=1e-3),
            epochs=60, schedule=Annealed(), statistics=5000,
        ),
        smoke=LABELS_ON_DIGITS, paper=PAPER_AAE,
    ),
    "supervised_svhn": Recipe(
        title="supervised AAE, discriminator informed, SVHN", serves="fig7",
        model=InformedSupervisedAutoencoder, prior=partial(Gaussian, 15),
        data="svhn", architecture=Perceptrons((500, 500), batch_norm="encoder"),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=1e-3),
            epochs=12, schedule=Annealed(), statistics=5000,
        ),
        smoke={**LABELS_ON_DIGITS, "data": "svhn", "epochs": 1}, paper=PAPER_AAE,
    ),
}  # fmt: skip

PAPER_A21 = {  # appendix A.2.1, MNIST
    "hidden": (1000, 1000), "initialisation": "paper", "optimisers": PAPER_SGD_SEMI_SUPERVISED,
    "epochs": 5000, "schedule": StepDecay((50, 1000)),
}  # fmt: skip
PAPER_A22 = {  # appendix A.2.2, SVHN
    "hidden": (4000, 4000), "initialisation": "paper", "optimisers": PAPER_SGD_SVHN,
    "epochs": 1000, "schedule": StepDecay((250,)),
}  # fmt: skip

SEMI_SUPERVISED_RECIPES: dict[str, Recipe] = {
    # With few labels the paper's optimisers and weights at every scale. A hundred labels are soon
    # known by heart, and then Adam goes on with steps of full size although hardly any gradient is
    # left. SGD stops. It needs more epochs, and an update costs less. Over seeds 0 to 2 the
    # validation error was lower than with Adam.
    "semi_supervised_100": Recipe(
        title="semi-supervised AAE, 100 labels", serves="table2",
        model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        data="mnist", evaluate=validation_error,
        architecture=Perceptrons((500, 500), initialisation="paper", input_noise=0.3),
        training=Training(
            PAPER_SGD_SEMI_SUPERVISED,
            epochs=12, schedule=Annealed(), labels=100, labelled_batch=100,
        ),
        smoke=NARROW_ON_DIGITS, paper=PAPER_A21,
    ),
    # With more labels, smaller networks than the paper's and Adam for 8 epochs; the adversaries'
    # rate was chosen from 2, 5 and 10 · 10⁻⁴ by the validation error with 1000 labels, seed 0.
    "semi_supervised_1000": Recipe(
        title="semi-supervised AAE, 1000 labels", serves="table2",
        model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        data="mnist", evaluate=validation_error,
        architecture=Perceptrons((500, 500), input_noise=0.3),
        training=Training(
            adam(reconstruction=1e-3, label_discriminator=2e-4, style_discriminator=2e-4,
                 generator=2e-4, classification=1e-3),
            epochs=8, schedule=Annealed(), labels=1000, labelled_batch=100,
        ),
        smoke={**NARROW_ON_DIGITS, "labels": 500}, paper=PAPER_A21,
    ),
    "semi_supervised_all": Recipe(
        title="semi-supervised AAE, all labels", serves="table2",
        model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        data="mnist", evaluate=validation_error,
        architecture=Perceptrons((500, 500), input_noise=0.3),
        training=Training(
            adam(reconstruction=1e-3, label_discriminator=2e-4, style_discriminator=2e-4,
                 generator=2e-4, classification=1e-3),
            epochs=8, schedule=Annealed(), labels=None, labelled_batch=100,
        ),
        smoke=NARROW_ON_DIGITS, paper=PAPER_A21,
    ),
    # At paper scale as in A.2.2, batch norm in every layer. The paper standardises each dimension
    # of the images and takes a linear output; here the first batch norm does the former, and the
    # output is a sigmoid like the images. The course settings are those of MNIST and untried.
    "semi_supervised_svhn": Recipe(
        title="semi-supervised AAE, SVHN, 1000 labels", serves="table2",
        model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 20, std=10.0),
        data="svhn", architecture=Perceptrons((500, 500), batch_norm="all", input_dropout=0.2),
        training=Training(
            adam(reconstruction=1e-3, label_discriminator=2e-4, style_discriminator=2e-4,
                 generator=2e-4, classification=1e-3),
            epochs=8, schedule=Annealed(), labels=1000, labelled_batch=100,
        ),
        smoke={"hidden": (50, 50), "epochs": 1}, paper=PAPER_A22,
    ),
    # The paper's own networks and optimisers (A.2.1), up to the first of the epochs after which it
    # divides the rates.
    "semi_supervised_progress": Recipe(
        title="semi-supervised AAE, 100 labels, the paper's settings", serves="progress",
        model=SemiSupervisedAutoencoder, prior=partial(Gaussian, 10),
        data="mnist", evaluate=validation_error,
        architecture=Perceptrons((1000, 1000), initialisation="paper", input_noise=0.3),
        training=Training(
            PAPER_SGD_SEMI_SUPERVISED, epochs=50, schedule=StepDecay((50, 1000)),
            labels=100, labelled_batch=100,
        ),
        smoke={**NARROW_ON_DIGITS, "schedule": StepDecay((50,))}, paper=PAPER_A21,
    ),
}  # fmt: skip

COUNTS = {"100": 100, "1000": 1000, "all": None}  # labels of the images of MNIST

# The controls of Table 2: the encoder's network, as many steps, only the labelled images.
LABELS_ALONE_RECIPES: dict[str, Recipe] = {
    f"{control}_{count}": Recipe(
        title=f"encoder alone, {count} labels{', dropout' if dropout else ''}", serves="table2",
        model=LabelsAlone,
        data="mnist", architecture=Perceptrons((500, 500), hidden_dropout=dropout),
        training=Training(
            adam(classification=1e-3),
            epochs=3 if labels else 8, schedule=Annealed(), labels=labels, labelled_batch=100,
        ),
        smoke={**ON_DIGITS, "epochs": 20, "labels": labels and min(labels, 500)},
        paper={"hidden": (1000, 1000), "epochs": 50},
    )
    for control, dropout in {"labels_alone": 0.0, "labels_alone_dropout": 0.5}.items()
    for count, labels in COUNTS.items()
}  # fmt: skip

LABEL_RECIPES = {
    **LABEL_INFORMED_RECIPES,
    **SUPERVISED_RECIPES,
    **SEMI_SUPERVISED_RECIPES,
    **LABELS_ALONE_RECIPES,
    # Without labels, and with a code as wide as the style of Table 2, for its baselines.
    "aae_codes": Recipe(
        title="AAE without labels, 10-D code", serves="table2",
        model=AdversarialAutoencoder, prior=partial(Gaussian, 10),
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=5e-4),
            epochs=8, schedule=Annealed(),
        ),
        smoke={
            **ON_DIGITS, "optimisers": adam(reconstruction=2e-3, discriminator=1e-3, generator=5e-4)
        },
        paper=PAPER_AAE,
    ),
}  # fmt: skip
