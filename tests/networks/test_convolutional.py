"""Convolutional encoders and decoders: every variant trains on each, at many sizes of images."""

import itertools
import math
import os
import signal
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from watched import ASKS_THE_HOST, watched_step

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
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.networks.convolutional import ARCHITECTURES, CONVOLUTIONAL, READOUTS, Convolutional
from aae_course.networks.layers import BatchNorm, Linear
from aae_course.networks.map_layers import ChannelNorm, TransposedConvolution, Upsampling
from aae_course.networks.perceptrons import Perceptrons
from aae_course.networks.replicas import build_replicas, take_replica
from aae_course.pictures.diagram import draw_architecture
from aae_course.training.loop import Run, fit
from aae_course.training.memory import replica_bytes
from aae_course.training.optimisation import SGD, Adam, Training
from aae_course.training.precision import autocast
from aae_course.training.progress import NoProgress

SHAPE = (1, 8, 8)
PIXELS = math.prod(SHAPE)
SMALL = {
    name: replace(architecture, image_shape=SHAPE, width=6, kernel=3, hidden=(8, 8))
    for name, architecture in CONVOLUTIONAL.items()
}
EACH = pytest.mark.parametrize("architecture", SMALL.values(), ids=SMALL)
BOTH = pytest.mark.parametrize("seeds", [(3,), (3, 4)], ids=["one seed", "two seeds"])
NORMED = SMALL["strided_averaged_normed"]


def build_aae(architecture):
    return lambda replicas=None: AdversarialAutoencoder.build(
        architecture, PIXELS, Gaussian(), replicas
    )


def variant(model, prior=Gaussian, **changes):
    """How this model is built on an architecture of which a field may change."""
    options = {key: changes.pop(key) for key in ("categories", "likelihood") if key in changes}
    code = {"prior": prior()} if prior else {}
    return lambda architecture, replicas=None: model.build(
        replace(architecture, **changes), PIXELS, replicas=replicas, **code, **options
    )


VARIANTS = {
    "autoencoder": variant(Autoencoder, prior=None),
    "aae": variant(AdversarialAutoencoder),
    "aae gaussian": variant(AdversarialAutoencoder, encoder="gaussian"),
    "aae universal": variant(AdversarialAutoencoder, encoder="universal"),
    "vae": variant(VariationalAutoencoder, encoder="gaussian", likelihood="bernoulli"),
    "wae": variant(WassersteinAutoencoder),
    "gan": variant(GenerativeAdversarialNetwork),
    "label informed": variant(LabelInformedAutoencoder, GaussianMixture),
    "supervised": variant(SupervisedAutoencoder),
    "supervised informed": variant(InformedSupervisedAutoencoder),
    "semi-supervised": variant(SemiSupervisedAutoencoder, input_noise=0.3),
    "clustering": variant(ClusteringAutoencoder, input_dropout=0.2, categories=16),
    "reduction": variant(DimensionalityReduction, categories=20),
    "reduction with labels": variant(SemiSupervisedReduction),
    "reduction with fixed heads": variant(FixedHeadsReduction, lambda: Gaussian(10)),
    "labels alone": variant(LabelsAlone, prior=None),
}


def split(images=40, pixels=PIXELS):
    generator = torch.Generator().manual_seed(5)
    x = torch.randint(256, (images, pixels), generator=generator, dtype=torch.uint8)
    return Split(x, torch.arange(images) % 10)


def training(model):
    labelled = 5 if "classification" in model.phases else 0
    return Training(
        {phase: Adam(1e-3) for phase in model.phases}, epochs=2, batch_size=10,
        labels=None if model.needs_labels else 20, labelled_batch=labelled,
    )  # fmt: skip


def run(build, seeds=(0,)):
    model = build_replicas(build, seeds)
    return Run(model, split(), training(model), seeds, {})


@EACH
@BOTH
@pytest.mark.parametrize("build", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_takes_two_steps(build, architecture, seeds):
    job = run(lambda replicas: build(architecture, replicas), seeds)
    job.begin_epoch(0)
    for _ in range(2):
        batch = job.feed.next_batch()[0]
        for phase, loss in job.named_losses(batch):
            assert loss.shape == (() if len(seeds) == 1 else (2,))
            assert loss.isfinite().all(), phase
            loss.sum().backward(inputs=job.parameters[phase])
            job.optimisers[phase].step()
            job.optimisers[phase].zero_grad()


@pytest.mark.parametrize("name", ["pooled_dense_normed", "strided_averaged"])
@pytest.mark.parametrize("build", VARIANTS.values(), ids=VARIANTS)
def test_each_phase_changes_exactly_the_networks_that_it_names(build, name, monkeypatch):
    torch.manual_seed(0)
    job = run(lambda replicas: build(SMALL[name], replicas))
    seen = []

    def watched(phase, step):
        def watched_step():
            before = {key: p.detach().clone() for key, p in job.model.named_parameters()}
            step()
            after = dict(job.model.named_parameters())
            changed = [key for key in before if not torch.equal(before[key], after[key])]
            seen.append((phase, {key.split(".")[0] for key in changed}))

        return watched_step

    for phase, optimiser in job.optimisers.items():
        monkeypatch.setattr(optimiser, "step", watched(phase, optimiser.step))
    list(itertools.islice(job.steps(), 2))
    assert len(seen) == 2 * len(job.model.phases)
    for phase, networks in seen:
        assert networks == set(job.model.phases[phase]), phase


@EACH
@BOTH
def test_a_step_can_be_captured(architecture, seeds):
    """It asks the host for no value, and is the same operations on the same shapes every time."""
    job = run(build_aae(replace(architecture, input_dropout=0.2)), seeds)
    job.begin_epoch(0)
    job.train_step()  # the optimisers allocate their memory
    first, second = watched_step(job), watched_step(job)
    assert first == second
    assert not ASKS_THE_HOST & {name for name, _ in first}


class StopAt(NoProgress):
    """Sends Ctrl-C after a number of steps."""

    def __init__(self, step):
        self.step = step

    def advance(self, step, history):
        if step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("name", ["pooled_dense_normed", "strided_averaged_normed"])
@BOTH
def test_interrupted_and_resumed_is_bit_for_bit_the_same(name, seeds, tmp_path):
    def trained(progress, path=None):
        model = build_replicas(build_aae(replace(SMALL[name], input_noise=0.3)), seeds)
        fit(model, split(), training(model), seeds, path=path, progress=progress)
        return model.state_dict()

    straight, path = trained(NoProgress()), tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        trained(StopAt(6), path)  # in the middle of the second epoch
    resumed = trained(NoProgress(), path)
    for key, value in straight.items():
        assert torch.equal(value, resumed[key]), key


@EACH
def test_replicas_start_and_train_as_they_do_alone(architecture):
    """An autoencoder draws no noise, so a replica and its seed alone get the same minibatches.

    With SGD: Adam would take steps of full size by the rounding errors that are all the gradient
    of a bias in front of batch norm.
    """
    seeds = (0, 1, 2)

    def build(replicas=None):
        return Autoencoder.build(architecture, PIXELS, 2, replicas)

    def trained(seeds):
        model = build_replicas(build, seeds)
        settings = Training({"reconstruction": SGD(1e-3, momentum=0.9)}, epochs=1, batch_size=10)
        job = Run(model, split(), settings, seeds, {})
        started = {key: value.clone() for key, value in job.model.state_dict().items()}
        list(job.steps())
        return started, job.model

    started, together = trained(seeds)
    for r, seed in enumerate(seeds):
        alone_started, alone = trained((seed,))
        replica = take_replica(together, build(), r)
        for key, value in alone.state_dict().items():
            assert torch.equal(started[key][r], alone_started[key])
            torch.testing.assert_close(replica.state_dict()[key], value, atol=1e-5, rtol=1e-4)


@EACH
def test_replicas_never_mix(architecture):
    """The gradient of replica 1's output is zero in every other replica's weights and inputs."""
    encoder = architecture.make_encoder(PIXELS, 2, 3)
    decoder = architecture.make_decoder(2, PIXELS, 3)
    x = torch.rand(3, 5, PIXELS, requires_grad=True)
    decoder(encoder(x))[1].square().sum().backward()
    for tensor in [x, *encoder.parameters(), *decoder.parameters()]:
        assert not tensor.grad[[0, 2]].any()
    assert x.grad[1].any()


SHAPES = [(1, 28, 28), (3, 32, 32), (1, 48, 48), (1, 29, 31), (1, 8, 13)]


@EACH
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("upsampling", [None, "transposed", "resize"])
def test_images_of_any_size_come_back_with_as_many_pixels(architecture, shape, upsampling):
    architecture = replace(architecture, image_shape=shape, upsampling=upsampling, kernel=5)
    x = torch.rand(3, math.prod(shape))
    encoder = architecture.make_encoder(architecture.pixels, 4)
    decoder = architecture.make_decoder(4, architecture.pixels)
    z = encoder(x)
    x_hat = decoder(z)
    assert z.shape == (3, 4) and x_hat.shape == x.shape
    assert x_hat.min() >= 0 and x_hat.max() <= 1
    assert encoder.widths[0] == decoder.widths[-1] == architecture.pixels
    assert encoder.widths[-1] == decoder.widths[0] == 4


def kinds(network):
    return [type(layer) for layer in network.modules()]


def count_linear(*both):
    return sum(kind is Linear for network in both for kind in kinds(network))


def test_a_kernel_as_large_as_the_map_is_a_linear_layer():
    torch.manual_seed(0)
    encoder = Convolutional(SHAPE, width=4, levels=2, readout="whole map").make_encoder(PIXELS, 3)
    maps, layer = nn.Sequential(*list(encoder)[:-2]), encoder[-1]
    last = maps(torch.rand(5, PIXELS))
    assert last.shape == (5, 8, 2, 2)
    kernels = layer.weight.T.view(3, 8, 2, 2)
    expected = F.conv2d(last, kernels, layer.bias).flatten(1)
    torch.testing.assert_close(encoder[-1](encoder[-2](last)), expected)


def test_each_factor_changes_what_it_says():
    def networks(**factors):
        architecture = Convolutional(width=4, **factors)
        return architecture.make_encoder(784, 2), architecture.make_decoder(2, 784)

    encoder, decoder = networks(strided=True)
    assert nn.MaxPool2d not in kinds(encoder) and TransposedConvolution in kinds(decoder)
    encoder, decoder = networks(strided=False)
    assert kinds(encoder).count(nn.MaxPool2d) == kinds(decoder).count(Upsampling) == 3
    linear = {readout: count_linear(*networks(readout=readout)) for readout in READOUTS}
    assert linear == {"dense": 4, "whole map": 1, "average": 0}
    assert Upsampling in kinds(networks(strided=True, upsampling="resize")[1])
    assert Upsampling not in kinds(networks(strided=False, upsampling="transposed")[1])


@pytest.mark.parametrize(
    ("batch_norm", "in_encoder", "in_decoder"),
    [
        ("none", 0, 0), ("hidden", 4, 4), ("hidden and code", 5, 4), ("decoder", 0, 4),
        ("encoder", 5, 0), ("all", 5, 5),
    ],
)  # fmt: skip
def test_batch_norm_goes_where_it_is_asked_for(batch_norm, in_encoder, in_decoder):
    """A dense layer and three maps each, and the outputs."""
    architecture = Convolutional(width=4, readout="dense", batch_norm=batch_norm)
    encoder, decoder = architecture.make_encoder(784, 2), architecture.make_decoder(2, 784)
    for network, count in ((encoder, in_encoder), (decoder, in_decoder)):
        assert sum(isinstance(m, BatchNorm) for m in network) == count
    assert isinstance(encoder[-1], BatchNorm) == (in_encoder == 5)
    assert isinstance(decoder[-3], ChannelNorm) == (batch_norm == "all")


def test_the_discriminator_is_a_perceptron_with_batch_norm_if_asked():
    plain, normed = (
        Convolutional(discriminator_norm=norm).make_discriminator(3) for norm in (False, True)
    )
    assert plain.widths == normed.widths == (3, 500, 500, 1)
    assert BatchNorm not in kinds(plain) and kinds(normed).count(BatchNorm) == 2


def test_the_widths_are_the_numbers_that_each_layer_gives():
    for architecture in CONVOLUTIONAL.values():
        encoder, decoder = architecture.make_encoder(784, 8), architecture.make_decoder(8, 784)
        dense = (128,) if architecture.readout == "dense" else ()
        assert encoder.widths == (784, 16 * 196, 32 * 49, 64 * 16, *dense, 8)
        assert decoder.widths == encoder.widths[::-1]


def test_the_universal_encoder_sees_noise_and_the_gaussian_one_has_a_posterior():
    x = torch.rand(5, 784)
    universal = Convolutional(encoder="universal").make_encoder(784, 8)
    assert not torch.equal(universal(x), universal(x)) and universal.widths[0] == 784
    gaussian = Convolutional(encoder="gaussian").make_encoder(784, 8)
    mean, log_std = gaussian.posterior(x)
    assert mean.shape == log_std.shape == gaussian(x).shape == (5, 8)
    assert gaussian.widths[-1] == 8


def test_the_decoder_can_give_log_odds_or_be_linear():
    z = torch.randn(5, 8)
    decoder = Convolutional().make_decoder(8, 784)
    logits = Convolutional().make_decoder(8, 784, logits=True)
    logits.load_state_dict(decoder.state_dict())
    torch.testing.assert_close(logits(z).sigmoid(), decoder(z))
    assert nn.Sigmoid not in kinds(Convolutional(output="linear").make_decoder(8, 784))


@pytest.mark.parametrize("replicas", [None, 2])
def test_what_a_network_returns_is_fp32_also_under_autocast(replicas):
    for architecture in SMALL.values():
        encoder = architecture.make_encoder(PIXELS, 2, replicas)
        decoder = architecture.make_decoder(2, PIXELS, replicas)
        x = torch.rand(*([replicas] if replicas else []), 5, PIXELS)
        with autocast("bf16", torch.device("cpu")):
            z = encoder(x)
            assert z.dtype == decoder(z).dtype == torch.float32


def test_images_lie_in_the_maps_as_they_do_in_the_data():
    """A kernel with a single one in its middle gives the image back."""
    encoder = Convolutional((1, 8, 9), width=1, levels=1).make_encoder(72, 1)
    convolution = encoder[1]
    convolution.weight.data.zero_()[..., 2, 2] = 1
    x = torch.rand(3, 72)
    expected = x.view(3, 8, 9)[:, ::2, ::2]
    assert torch.equal(convolution(encoder[0](x))[:, 0], expected)


def test_they_are_all_combinations_and_the_reference_is_the_paper_s():
    found = {(a.strided, a.readout, a.batch_norm != "none") for a in CONVOLUTIONAL.values()}
    assert found == set(itertools.product((False, True), READOUTS, (False, True)))
    assert len(CONVOLUTIONAL) == 12
    assert ARCHITECTURES["perceptrons"] == Perceptrons()


def test_they_learn():
    """Bars, upright or level, are told apart by the code; a second's training."""
    torch.manual_seed(0)
    images = torch.zeros(200, 8, 8, dtype=torch.uint8)
    for i, image in enumerate(images):
        place = i // 2 % 8
        image[:, place] = 255 if i % 2 else 0
        image[place] = 0 if i % 2 else 255
    bars = Split(images.flatten(1), torch.arange(200) % 10)
    model = Autoencoder.build(replace(NORMED, width=8), PIXELS, 4)
    settings = Training({"reconstruction": Adam(5e-3)}, epochs=20, batch_size=50)
    history = fit(model, bars, settings, progress=NoProgress())
    curve = history.curve("reconstruction")
    assert curve[-1] < 0.5 * curve[0]


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("name", ["aae", "semi-supervised", "reduction", "aae gaussian"])
def test_architectures_can_be_drawn(name):
    figure = draw_architecture(VARIANTS[name](NORMED))
    words = {text.get_text() for text in figure.axes[0].texts}
    assert {"encoder", "decoder", "64", "96"} <= words  # 6 channels of 4 x 4 after a level


def test_the_memory_of_a_replica_can_be_estimated():
    with torch.device("meta"):
        model = build_aae(NORMED)(None)
    assert replica_bytes(model, training(model)) > 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Convolutional((1, 28, 7)),
            "images of 28 x 7 cannot be halved 3 times: each side must be 8 or more",
        ),
        (lambda: Convolutional((1, 3, 3), levels=2), "each side must be 4 or more"),
        (lambda: Convolutional(width=0), "width 0 and levels 3: both must be 1 or more"),
        (lambda: Convolutional(batch_norm="hiden"), "did you mean 'hidden'"),
        (lambda: Convolutional(readout="mean"), "unknown readout 'mean'"),
        (lambda: Convolutional(upsampling="nearest"), "unknown upsampling 'nearest'"),
        (lambda: Convolutional(encoder="gauss"), "unknown encoder 'gauss'"),
        (lambda: Convolutional(output="tanh"), "unknown output 'tanh'"),
        (
            lambda: Convolutional(initialisation="xavier").make_encoder(784, 2),
            "initialisation is one of paper, kaiming",
        ),
        (lambda: Convolutional(kernel=4).make_encoder(784, 2), "an odd side, not 4"),
        (
            lambda: Convolutional().make_encoder(64, 2),
            r"64 pixels are not images of shape \(1, 28, 28\)",
        ),
        (lambda: Convolutional().make_decoder(2, 64), "64 pixels are not images"),
        (
            lambda: Convolutional(width=4).make_encoder(784, 17),
            "the encoder's last map has 16 channels, too few for the 17 of the code: "
            "choose width=5 or more, or readout='dense'",
        ),
        (
            lambda: Convolutional((1, 8, 8), width=4, readout="whole map").make_encoder(64, 17),
            "the encoder's last map has 16 numbers, too few for the 17 of the code: ",
        ),
        (
            lambda: Convolutional(width=4, encoder="gaussian").make_encoder(784, 9),
            "16 channels, too few for the 18 of the code: choose width=5",
        ),
        (
            lambda: Convolutional((1, 8, 8), width=4).make_decoder(17, 64),
            "the decoder's first map has 16 numbers, too few for the 17 of the code: "
            "choose width=5 or more, or readout='dense'",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_advice_of_a_refusal_holds():
    for encoder, readout in itertools.product(
        ("deterministic", "gaussian"), ("whole map", "average")
    ):
        architecture = Convolutional(SHAPE, width=1, encoder=encoder, readout=readout)
        with pytest.raises(ValueError, match="too few"):
            architecture.make_encoder(PIXELS, 10)
        fits = replace(architecture, width=architecture.smallest_width(10))
        assert fits.make_encoder(PIXELS, 10).widths[-1] == 10
        with pytest.raises(ValueError, match="too few"):
            replace(fits, width=fits.width - 1).make_encoder(PIXELS, 10)
        dense = replace(architecture, readout="dense")
        assert dense.smallest_width(10) == 1 and dense.make_encoder(PIXELS, 10)
