"""Small models and data that several tests share."""

from __future__ import annotations

import torch

from aae_course.architectures import Perceptrons
from aae_course.data import Split
from aae_course.models import AdversarialAutoencoder, Autoencoder, VariationalAutoencoder
from aae_course.optimisation import SGD, Adam, StepDecay, Training
from aae_course.priors import Gaussian, GaussianMixture, SwissRoll

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


def build_vae(prior=Gaussian, **options):
    return lambda replicas=None: VariationalAutoencoder.build(
        networks("gaussian"), PIXELS, prior(), replicas, **options
    )


def build_autoencoder(dim=2, sparsity=0.0, **settings):
    return lambda replicas=None: Autoencoder.build(
        networks(**settings), PIXELS, dim, replicas, sparsity=sparsity
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
    "aae batch norm": build_aae(batch_norm=True),
}


def training(model, epochs: int = 3, batch_size: int = 10, schedule=None) -> Training:
    """Adam for the first phase and SGD with momentum for the others."""
    kinds = [Adam(1e-3), SGD(0.05, momentum=0.5), SGD(0.05, momentum=0.5)]
    optimisers = dict(zip(model.phases, kinds, strict=False))
    return Training(optimisers, epochs, batch_size, schedule or StepDecay((2,)))
