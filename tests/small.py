"""Small models and data that several tests share."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.models import (
    AdversarialAutoencoder,
    Autoencoder,
    ClusteringAutoencoder,
    DimensionalityReduction,
    FixedHeadsReduction,
    GenerativeAdversarialNetwork,
    InformedSupervisedAutoencoder,
    LabelInformedAutoencoder,
    LabelsAlone,
    SemiSupervisedAutoencoder,
    SemiSupervisedReduction,
    SupervisedAutoencoder,
    VariationalAutoencoder,
    WassersteinAutoencoder,
)
from aae_course.models.invariance import TwoViews
from aae_course.models.invariant_clustering import InvariantClustering
from aae_course.models.invariant_reduction import (
    InvariantFixedHeadsReduction,
    InvariantReduction,
    InvariantSemiSupervisedReduction,
)
from aae_course.models.invariant_semi_supervised import InvariantSemiSupervised
from aae_course.models.losses import (
    discriminator_loss,
    generator_loss,
    half_squared_error,
    label_cross_entropy,
)
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll
from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.history import NonFiniteLoss
from aae_course.training.optimisation import SGD, Adam, StepDecay, Training

PIXELS = 12


def split(images: int = 60) -> Split:
    generator = torch.Generator().manual_seed(5)
    x = torch.randint(256, (images, PIXELS), generator=generator, dtype=torch.uint8)
    return Split(x, torch.arange(images) % 10)


def networks(encoder: str = "deterministic", **settings) -> Perceptrons:
    return Perceptrons((8, 8), encoder=encoder, **settings)


def build_aae(encoder="deterministic", prior=Gaussian, **settings):
    return lambda replicas=None: AdversarialAutoencoder.build(
        networks(encoder, **settings), PIXELS, prior(), replicas
    )


def plain_aae(
    encoder=None, decoder=None, discriminator=None, prior=None, kind=AdversarialAutoencoder
):
    """An AAE of plain layers, as a reader brings them."""
    dim = prior.dim if prior else 2
    return kind(
        encoder or nn.Linear(PIXELS, dim),
        decoder or nn.Linear(dim, PIXELS),
        discriminator or nn.Linear(dim, 1),
        prior or Gaussian(dim),
    )


def build_vae(prior=Gaussian, **options):
    return lambda replicas=None: VariationalAutoencoder.build(
        networks("gaussian"), PIXELS, prior(), replicas, **options
    )


class FourPhases(AdversarialAutoencoder):
    """An AAE that also reads the label off its code: labels, dropout and a fourth phase."""

    wants_labelled_batch = True
    phases = {
        "reconstruction": ("encoder", "decoder"),
        "discriminator": ("discriminator",),
        "generator": ("encoder",),
        "classification": ("encoder",),
    }

    def training_step(self, batch):
        x, D = batch.x, self.discriminator
        yield "reconstruction", half_squared_error(self.decoder(self.encoder(x)), x)
        z = self.encoder(x)
        real, fake = D(self.prior.sample_like(z)), D(z.detach())
        yield "discriminator", discriminator_loss(real, fake)
        yield "generator", generator_loss(D(z))
        labelled = batch.labelled
        yield "classification", label_cross_entropy(self.encoder(labelled.x), labelled.y)


def build_four_phases(replicas=None):
    return FourPhases.build(networks(input_dropout=0.2), PIXELS, Gaussian(10), replicas)


def build_autoencoder(dim=2, sparsity=0.0, **settings):
    return lambda replicas=None: Autoencoder.build(
        networks(**settings), PIXELS, dim, replicas, sparsity=sparsity
    )


def build_gan(replicas=None):
    return GenerativeAdversarialNetwork.build(networks(), PIXELS, Gaussian(3), replicas)


def build_wae(replicas=None):
    return WassersteinAutoencoder.build(networks(), PIXELS, Gaussian(), replicas)


def build_label_informed(prior=GaussianMixture):
    return lambda replicas=None: LabelInformedAutoencoder.build(
        networks(), PIXELS, prior(), replicas
    )


def build_informed_supervised(replicas=None):
    return InformedSupervisedAutoencoder.build(networks(), PIXELS, Gaussian(3), replicas)


def build_supervised(replicas=None):
    return SupervisedAutoencoder.build(networks(), PIXELS, Gaussian(3), replicas)


def build_semi_supervised(**settings):
    return lambda replicas=None: SemiSupervisedAutoencoder.build(
        networks(**settings), PIXELS, Gaussian(3), replicas
    )


def build_clustering(categories=6, **settings):
    return lambda replicas=None: ClusteringAutoencoder.build(
        networks(**settings), PIXELS, Gaussian(3), replicas, categories
    )


def build_reduction(model=DimensionalityReduction, dim=2, categories=10):
    return lambda replicas=None: model.build(
        networks(), PIXELS, Gaussian(dim), replicas, categories
    )


def build_labels_alone(replicas=None):
    return LabelsAlone.build(networks(hidden_dropout=0.5), PIXELS, replicas)


COMPACT = CompactConvolutional((1, 3, 4), (2, 3), (3, 3), hidden=(8,), discriminator=(8,))


def build_invariant(model=InvariantClustering, dim=3, **settings):
    return lambda replicas=None: model.build(
        replace(COMPACT, **settings), PIXELS, Gaussian(dim), replicas
    )


BUILDERS = {
    "autoencoder": build_autoencoder(),
    "denoising": build_autoencoder(input_noise=0.5),
    "dropout": build_autoencoder(input_dropout=0.2),
    "sparse": build_autoencoder(sparsity=0.1),
    "vae": build_vae(),
    "vae bernoulli": build_vae(likelihood="bernoulli"),
    "vae mixture": build_vae(GaussianMixture, beta=2.0),
    "aae": build_aae(),
    "aae gaussian": build_aae("gaussian"),
    "aae universal": build_aae("universal"),
    "aae swiss roll": build_aae(prior=SwissRoll),
    "aae batch norm": build_aae(batch_norm="hidden"),
    "aae batch norm in every layer": build_aae(batch_norm="all"),
    "four phases": build_four_phases,
    "gan": build_gan,
    "wae": build_wae,
    "label informed": build_label_informed(),
    "label informed swiss roll": build_label_informed(SwissRoll),
    "supervised": build_supervised,
    "supervised informed": build_informed_supervised,
    "semi-supervised": build_semi_supervised(),
    "semi-supervised noise": build_semi_supervised(input_noise=0.3),
    "clustering": build_clustering(),
    "clustering batch norm": build_clustering(16, batch_norm="encoder", input_dropout=0.2),
    "reduction": build_reduction(categories=20),
    "reduction with labels": build_reduction(SemiSupervisedReduction),
    "reduction with fixed heads": build_reduction(FixedHeadsReduction, dim=10),
    "labels alone": build_labels_alone,
    "invariant clustering": build_invariant(),
    "invariant semi-supervised": build_invariant(
        InvariantSemiSupervised, output_norm=False, input_noise=0.1
    ),
    "invariant reduction": build_invariant(InvariantReduction, dim=2),
    "invariant reduction with labels": build_invariant(InvariantSemiSupervisedReduction, dim=2),
    "invariant reduction with fixed heads": build_invariant(InvariantFixedHeadsReduction, dim=10),
}


def training(model, epochs=3, batch_size=10, schedule=None, precision="fp32") -> Training:
    """Adam for the first phase and SGD with momentum for the others."""
    first, *others = model.phases
    optimisers = {first: Adam(1e-3), **{phase: SGD(0.05, momentum=0.5) for phase in others}}
    learns_labels = model.wants_labelled_batch
    sees_labels = learns_labels or isinstance(model, LabelInformedAutoencoder)
    averaged = isinstance(model, TwoViews | InvariantSemiSupervised)
    return Training(
        optimisers, epochs, batch_size, schedule or StepDecay((2,)), precision,
        labels=20 if sees_labels else None, labelled_batch=5 if learns_labels else 0,
        average=0.9 if averaged else 0.0, statistics=30 if averaged else 0,
    )  # fmt: skip


def write_or_fail(path: Path):
    """The work of a share of seeds; a process of its own must find it by import."""
    if path.name == "fail":
        raise NonFiniteLoss("the loss is not finite")
    if path.name == "killed":
        os._exit(1)
    path.write_text("done", encoding="utf-8")


def save_when_told(path: Path):
    """The same of a share that trains until a signal stops it."""
    told = []
    signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    path.write_text("training", encoding="utf-8")
    while not told:
        time.sleep(0.01)
    path.write_text("saved", encoding="utf-8")
