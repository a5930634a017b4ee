"""Settings that recipes of several families share: the usual Adam, the paper's SGD, small runs."""

from __future__ import annotations

from aae_course.training.optimisation import SGD, Adam, StepDecay

ADVERSARIES = ("discriminator", "generator")


def adam(**rates: float) -> dict[str, Adam]:
    """Adam for each phase, from its learning rate: ``adam(reconstruction=1e-3, generator=5e-4)``.

    An underscore stands for the space in the name of a phase. Discriminators and generators get
    the β₁ that DCGAN recommends (Radford et al., 2015), the other phases Adam's own.
    """
    return {
        name.replace("_", " "): Adam(rate, beta1=0.5 if name.endswith(ADVERSARIES) else 0.9)
        for name, rate in rates.items()
    }


# The paper's optimisers for MNIST (appendices A.2.1 and A.3), by the phases that a model has.
PAPER_SGD = {
    "reconstruction": SGD(0.01, momentum=0.9),
    "discriminator": SGD(0.1, momentum=0.1),
    "generator": SGD(0.1, momentum=0.1),
}
PAPER_SGD_CLUSTERING = {
    "reconstruction": SGD(0.01, momentum=0.9),
    "label discriminator": SGD(0.1, momentum=0.1),
    "style discriminator": SGD(0.1, momentum=0.1),
    "generator": SGD(0.1, momentum=0.1),
}
PAPER_SGD_SEMI_SUPERVISED = {
    **PAPER_SGD_CLUSTERING,
    "classification": SGD(0.1, momentum=0.9),
}
# And for SVHN (appendix A.2.2).
PAPER_SGD_SVHN = {
    "reconstruction": SGD(1e-4, momentum=0.9),
    "label discriminator": SGD(0.01, momentum=0.1),
    "style discriminator": SGD(0.01, momentum=0.1),
    "generator": SGD(0.01, momentum=0.1),
    "classification": SGD(0.1, momentum=0.9),
}

# Few labels, and two views of each image. SGD where labels are learned: Adam knew a hundred of them
# by heart, and went on.
STEADY = {"momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}
LABELS_AND_VIEWS = {
    "reconstruction": Adam(2e-4),
    "label discriminator": Adam(5e-4, beta1=0.5),
    "style discriminator": Adam(5e-4, beta1=0.5),
    "generator": SGD(0.1, momentum=0.5, weight_decay=5e-4),
    "classification": SGD(0.05, **STEADY),
    "invariance": SGD(0.1, **STEADY),
}

# Smoke scale: scikit-learn's digits, in seconds; narrow where a step has four phases or more.
ON_DIGITS = {"data": "digits", "hidden": (200, 200), "epochs": 30, "batch_size": 50}
NARROW_ON_DIGITS = {**ON_DIGITS, "hidden": (100, 100), "epochs": 20}

# Paper scale of an AAE with one code. The paper does not state these settings for Figures 2, 4, 5
# and 7 and Table 1, or only in part: the widths are those of appendix A.1, the rates of A.2.1, the
# nearest that it does state.
PAPER_AAE = {
    "hidden": (1000, 1000),
    "initialisation": "paper",
    "optimisers": PAPER_SGD,
    "epochs": 500,
    "schedule": StepDecay((50, 400)),
}
