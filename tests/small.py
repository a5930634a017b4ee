"""Small models and data that several tests share."""

from __future__ import annotations

import torch

from aae_course.architectures import Perceptrons
from aae_course.data import Split
from aae_course.models import (
    AdversarialAutoencoder,
    Autoencoder,
    GenerativeAdversarialNetwork,
    VariationalAutoencoder,
    WassersteinAutoencoder,
)
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


class FourPhases(AdversarialAutoencoder):
    """An AAE that also reads the label off its code: labels, dropout and a fourth phase."""

    phases = {**AdversarialAutoencoder.phases, "classification": ("encoder",)}

    def training_step(self, batch):
        yield from super().training_step(batch)
        log_probabilities = self.encoder(batch.x).log_softmax(-1)
        chosen = log_probabilities.gather(-1, batch.y.unsqueeze(-1))
        yield "classification", -chosen.mean((-2, -1))


def build_four_phases(replicas=None):
    return FourPhases.build(networks(input_dropout=0.2), PIXELS, Gaussian(10), replicas)


def build_autoencoder(dim=2, sparsity=0.0, **settings):
    return lambda replicas=None: Autoencoder.build(
        networks(**settings), PIXELS, dim, replicas, sparsity=sparsity
    )


class DecodesNoise(GenerativeAdversarialNetwork):
    """A GAN has no encoder; where a test sends images through, this one decodes noise instead."""

    def encode(self, x):
        return self.prior.sample(*x.shape[:-1])


def build_gan(replicas=None):
    return DecodesNoise.build(networks(), PIXELS, Gaussian(3), replicas)


def build_wae(replicas=None):
    return WassersteinAutoencoder.build(networks(), PIXELS, Gaussian(), replicas)


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
    "four phases": build_four_phases,
    "gan": build_gan,
    "wae": build_wae,
}


def training(model, epochs=3, batch_size=10, schedule=None, precision="fp32") -> Training:
    """Adam for the first phase and SGD with momentum for the others."""
    first, *others = model.phases
    optimisers = {first: Adam(1e-3), **{phase: SGD(0.05, momentum=0.5) for phase in others}}
    return Training(optimisers, epochs, batch_size, schedule or StepDecay((2,)), precision)
