"""What a training step does when it is called for the first time: networks and losses that fail."""

import math

import pytest
import small
import torch
from torch import nn

from aae_course.data.dataset import Split
from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.training.loop import Run, fit
from aae_course.training.optimisation import Adam, Training
from aae_course.training.progress import NoProgress


def training_of(model, **settings):
    return Training({phase: Adam(1e-3) for phase in model.phases}, 1, 10, **settings)


class Detached(nn.Linear):
    def forward(self, x):
        return super().forward(x).detach()


def frozen(network):
    return network.requires_grad_(False)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"encoder": nn.Linear(10, 2)},
            r"reconstruction phase .* \(10, 12\): .*mat1 and mat2",
        ),
        ({"encoder": nn.Linear(small.PIXELS, 3)}, "reconstruction phase .* cannot be multiplied"),
        ({"discriminator": nn.Linear(5, 1)}, "the discriminator phase .* cannot be multiplied"),
        ({"decoder": nn.Linear(2, 1)}, "makes \\(10, 1\\) of images \\(10, 12\\)"),
        ({"encoder": Detached(small.PIXELS, 2)}, "generator loss .* no weight of encoder"),
        (
            {"encoder": frozen(nn.Linear(small.PIXELS, 2))},
            "the generator phase .* nothing to learn",
        ),
        ({"encoder": nn.LazyLinear(2)}, "a layer of the encoder has no weights yet"),
        ({"encoder": nn.Linear(small.PIXELS, 2).double()}, "encoder has weights of .*float64"),
        (
            {"discriminator": nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())},
            "the discriminator ends in a Sigmoid, but the losses take log-odds",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_told_before_the_first_step(parts, message):
    with pytest.raises(ValueError, match=message):
        model = small.plain_aae(**parts)
        Run(model, small.split(), training_of(model), [0], {})


class TwoSums(AdversarialAutoencoder):
    """Its losses are what the test says."""

    phases = {"reconstruction": ("encoder",), "generator": ("encoder",)}

    def training_step(self, batch):
        for phase, shape in self.said:
            x_hat = self.decoder(self.encoder(batch.x))
            yield phase, x_hat.flatten()[: math.prod(shape)].view(shape)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([("reconstruction", (10,))], r"reconstruction loss .* shape \(10,\), not \(\)"),
        ([("generator", ())], "yields 'generator' where its phases have 'reconstruction'"),
        ([("reconstruction", ())], "yields None where its phases have 'generator'"),
        (
            [("reconstruction", ()), ("generator", ()), ("more", ())],
            "yields 'more', which its phases do not have",
        ),
    ],
)
def test_a_step_that_does_not_keep_to_its_phases_is_told(said, message):
    model = TwoSums(
        nn.Linear(small.PIXELS, 2), nn.Linear(2, small.PIXELS), nn.Linear(2, 1), Gaussian(2)
    )
    model.said = said
    with pytest.raises(ValueError, match=message):
        Run(model, small.split(), training_of(model), [0], {})


def test_the_look_at_a_step_changes_nothing():
    torch.manual_seed(3)
    model = small.BUILDERS["aae batch norm in every layer"]()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    run = Run(model, small.split(), small.training(model), [0], {})
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())
    assert all(p.grad is None for p in model.parameters())
    assert model.training and run.step == 0


@pytest.mark.parametrize("settings", [{"batch_size": 1}, {"batch_size": 10, "labelled_batch": 1}])
def test_batch_norm_needs_minibatches_of_two(settings):
    model = small.build_semi_supervised(batch_norm="encoder")()
    optimisers = {phase: Adam(1e-3) for phase in model.phases}
    with pytest.raises(ValueError, match="one image has no spread"):
        Run(
            model,
            small.split(),
            Training(optimisers, 1, **{"labelled_batch": 5} | settings),
            [0],
            {},
        )


def table():
    rows = torch.randn(60, small.PIXELS, generator=torch.Generator().manual_seed(1))
    return Split(3 * rows + 10, measurements=True)


@pytest.mark.parametrize(
    "build", [small.build_aae(), small.build_vae(likelihood="bernoulli"), small.build_autoencoder()]
)
def test_measurements_need_an_output_that_can_reach_them(build):
    model = build()
    with pytest.raises(ValueError, match=r"gives numbers in \[0, 1\] only.*output='linear'"):
        Run(model, table(), training_of(model), [0], {})


def test_measurements_are_learnt_with_a_linear_output():
    torch.manual_seed(0)
    model = small.build_aae(output="linear")()
    settings = Training({phase: Adam(0.01) for phase in model.phases}, 60, 10)
    fit(model, table(), settings, progress=NoProgress())
    with torch.no_grad():
        assert abs(model.reconstruct(table().images).mean() - 10) < 1


class InPlace(nn.Linear):
    def forward(self, x):
        return super().forward(x.mul_(2))


class Sigmoid(nn.Linear):
    def forward(self, x):
        return super().forward(x).sigmoid()


class Constant(nn.Linear):
    """Log-odds that say nothing yet, such as a last layer of zeros gives."""

    def forward(self, x):
        return 0 * super().forward(x)


def broken(network):
    nn.init.constant_(network.weight, torch.nan)
    return network


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"encoder": InPlace(small.PIXELS, 2)}, "changes its images: write 2 . x for x.mul_"),
        ({"encoder": broken(nn.Linear(small.PIXELS, 2))}, "loss .* is nan before the first step"),
        ({"discriminator": nn.Linear(2, 2)}, "gives 2 numbers where one, the log-odds, is needed"),
        ({"discriminator": Sigmoid(2, 1)}, "gives probabilities, but the losses take log-odds"),
    ],
)
def test_what_a_network_does_when_called_is_told(parts, message):
    torch.manual_seed(0)
    model = small.plain_aae(**parts)
    with pytest.raises(ValueError, match=message) as refused:
        Run(model, small.split(), training_of(model), [0], {})
    assert "\n" not in str(refused.value)


def test_log_odds_that_say_nothing_yet_are_no_probabilities():
    model = small.plain_aae(discriminator=Constant(2, 1))
    Run(model, small.split(), training_of(model), [0], {})


class Early(AdversarialAutoencoder):
    """Computes all losses before it yields the first."""

    phases = {"encoding": ("encoder",), "reconstruction": ("encoder", "decoder")}
    shares_codes = False

    def training_step(self, batch):
        z = self.encoder(batch.x)
        again = z if self.shares_codes else self.encoder(batch.x)
        x_hat = self.decoder(nn.functional.relu(again))
        first, second = z.square().mean(), (x_hat - batch.x).square().mean()
        yield "encoding", first
        yield "reconstruction", second


class Deep(Early):
    def __init__(self, encoder, *others):
        super().__init__(nn.Sequential(encoder, nn.Linear(2, 2)), *others)


@pytest.mark.parametrize("shares_codes", [True, False], ids=["one graph", "stale weights"])
def test_a_loss_that_was_computed_too_early_is_told(shares_codes):
    model = small.plain_aae(kind=Deep)
    model.shares_codes = shares_codes
    with pytest.raises(ValueError, match="reconstruction loss of Deep needs what an earlier phase"):
        Run(model, small.split(), training_of(model), [0], {})


def test_a_loss_that_is_no_tensor_is_told():
    model = small.plain_aae(kind=TwoSums)
    model.training_step = lambda batch: iter([("reconstruction", 0.5)])
    with pytest.raises(ValueError, match="has the shape float"):
        Run(model, small.split(), training_of(model), [0], {})


def test_a_generator_of_measurements_needs_an_output_that_can_reach_them():
    model = small.build_gan()
    with pytest.raises(ValueError, match=r"the generator of .* output='linear'"):
        Run(model, table(), training_of(model), [0], {})


def test_batch_norm_counts_the_labelled_images_that_there_are():
    model = small.build_semi_supervised(batch_norm="encoder")()
    one = small.split().labelled_only_at([0])
    with pytest.raises(ValueError, match="one image has no spread"):
        Run(model, one, training_of(model, labelled_batch=5), [0], {})
