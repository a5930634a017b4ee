"""Models: phases change their own networks alone, bounds agree with closed forms."""

import itertools
import math

import pytest
import small
import torch
from torch import distributions as D, nn

from aae_course.data.minibatches import Batch, as_pixels
from aae_course.models import AdversarialAutoencoder, VariationalAutoencoder
from aae_course.models.priors import Gaussian, GaussianMixture, SwissRoll
from aae_course.networks.encoders import DeterministicEncoder, GaussianEncoder
from aae_course.networks.layers import MLP
from aae_course.training.loop import Run


def changed_networks(model, before: dict) -> set[str]:
    after = model.state_dict()
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
def test_each_phase_changes_exactly_the_networks_that_it_names(build, monkeypatch):
    torch.manual_seed(0)
    model = build()
    run = Run(model, small.split(), small.training(model), [0], {})
    seen = []
    for phase, optimiser in run.optimisers.items():
        monkeypatch.setattr(optimiser, "step", watched(model, phase, optimiser.step, seen))
    list(itertools.islice(run.steps(), 3))
    assert [phase for phase, _ in seen] == 3 * list(model.phases)
    for phase, networks in seen:
        assert networks == set(model.phases[phase]), phase


def watched(model, phase, step, seen):
    def watched_step():
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        step()
        seen.append((phase, changed_networks(model, before)))

    return watched_step


@pytest.mark.parametrize("build", small.BUILDERS.values(), ids=small.BUILDERS)
def test_a_phase_leaves_no_gradient_in_other_networks(build):
    torch.manual_seed(0)
    model = build()
    run = Run(model, small.split(), small.training(model), [0], {})
    batch = run.minibatches.gather(run.minibatches.order(0)[0])
    for phase, loss in model.training_step(batch):
        model.zero_grad(set_to_none=True)
        loss.sum().backward(inputs=run.parameters[phase])
        others = [
            name.split(".")[0]
            for name, p in model.named_parameters()
            if p.grad is not None and name.split(".")[0] not in model.phases[phase]
        ]
        assert not others


WITHOUT_CODES = {"gan", "labels alone"}
WITH_CODES = {name: build for name, build in small.BUILDERS.items() if name not in WITHOUT_CODES}


@pytest.mark.parametrize("build", WITH_CODES.values(), ids=WITH_CODES)
def test_images_go_through_every_model_with_codes_and_come_back(build):
    split, model = small.split(), build().eval()
    x = as_pixels(split.images)
    x_hat = model.reconstruct(x, split.labels)
    assert x_hat.shape == x.shape
    assert x_hat.min() >= 0 and x_hat.max() <= 1


@pytest.mark.parametrize("name", sorted(WITHOUT_CODES))
def test_a_model_without_codes_does_not_pretend_to_have_them(name):
    model = small.BUILDERS[name]()
    assert not any(hasattr(model, method) for method in ("encode", "decode", "reconstruct"))


@pytest.mark.parametrize("build", [small.build_supervised, small.build_informed_supervised])
def test_a_supervised_model_decodes_the_label_that_it_is_given(build):
    torch.manual_seed(0)
    model, z = build().eval(), torch.randn(4, 3)
    y = torch.tensor([0, 3, 3, 9])
    one_hot = torch.eye(10)[y]
    torch.testing.assert_close(model.decode(z, y), model.decoder(torch.cat([one_hot, z], -1)))
    with pytest.raises(ValueError, match="Autoencoder needs labels beside images or codes"):
        model.reconstruct(torch.rand(4, small.PIXELS))


@pytest.mark.parametrize("std", [1.0, 3.0])
def test_closed_form_divergence_agrees_with_torch(std):
    torch.manual_seed(0)
    model = small.build_vae(lambda: Gaussian(2, std))()
    mean, log_std = torch.randn(40, 2), 0.3 * torch.randn(40, 2)
    q, p = D.Normal(mean, log_std.exp()), D.Normal(0.0, std)
    expected = D.kl_divergence(q, p).sum(-1).mean()
    found = model.divergence(mean, mean, log_std)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_monte_carlo_divergence_converges_to_the_closed_form():
    """A mixture whose components coincide is a Gaussian, so both ways of computing must agree."""
    torch.manual_seed(0)
    single = GaussianMixture(3, radial=1.0, tangential=1.0, distance=0.0)
    model = small.build_vae(lambda: single)()
    mean, log_std = torch.full((400_000, 2), 0.5), torch.full((400_000, 2), -0.7)
    z = mean + log_std.exp() * torch.randn_like(mean)
    expected = D.kl_divergence(D.Normal(0.5, math.exp(-0.7)), D.Normal(0.0, 1.0)).item() * 2
    assert model.divergence(z, mean, log_std).item() == pytest.approx(expected, abs=0.01)


def test_the_bound_of_a_linear_gaussian_model_agrees_with_its_closed_form():
    """For z ~ N(m, s²) and a linear decoder the expected squared error has a closed form."""
    torch.manual_seed(0)
    encoder = GaussianEncoder((small.PIXELS, 2), initialisation="kaiming")
    decoder = MLP((2, small.PIXELS), initialisation="kaiming")
    model = VariationalAutoencoder(encoder, decoder, Gaussian(2))
    x = torch.rand(5, small.PIXELS)
    mean, log_std = encoder.posterior(x)
    W = decoder[0].weight
    rest = ((decoder(mean) - x).square().sum(-1) + log_std.mul(2).exp() @ W.square().sum(-1)) / 2
    kl = D.kl_divergence(D.Normal(mean, log_std.exp()), D.Normal(0.0, 1.0)).sum(-1)
    found = sum(sum(model.bound_terms(x)).item() for _ in range(4000)) / 4000
    assert found == pytest.approx((rest + kl).mean().item(), rel=5e-3)


def test_with_equal_draws_the_elbo_agrees_with_torch_distributions(monkeypatch):
    torch.manual_seed(0)
    model, x = small.build_vae(GaussianMixture, beta=1.0)(), torch.rand(7, small.PIXELS)
    mean, log_std = model.encoder.posterior(x)
    epsilon = torch.randn(7, 2)
    monkeypatch.setattr(torch, "randn_like", lambda tensor: epsilon)
    z = mean + log_std.exp() * epsilon
    log_q = D.Normal(mean, log_std.exp()).log_prob(z).sum(-1)
    log_x = D.Normal(model.decoder(z), 1.0).log_prob(x).sum(-1)
    constant = 0.5 * small.PIXELS * math.log(2 * math.pi)
    expected = -(log_x + constant + model.prior.log_prob(z) - log_q).mean()
    ((_, bound),) = model.training_step(Batch(x, torch.zeros(7)))
    torch.testing.assert_close(bound, expected, atol=1e-5, rtol=1e-5)


def test_sparsity_lowers_the_code():
    plain, sparse = (small.build_autoencoder(sparsity=s)() for s in (0.0, 3.0))
    sparse.load_state_dict(plain.state_dict())
    batch = Batch(torch.rand(5, small.PIXELS), torch.zeros(5))
    ((_, a),), ((_, b),) = plain.training_step(batch), sparse.training_step(batch)
    penalty = 3.0 * plain.encoder(batch.x).abs().sum(-1).mean()
    torch.testing.assert_close(b - a, penalty)


def test_a_reader_s_own_modules_train():
    torch.manual_seed(0)
    model = AdversarialAutoencoder(
        nn.Sequential(nn.Linear(small.PIXELS, 2)),
        nn.Sequential(nn.Linear(2, small.PIXELS), nn.Sigmoid()),
        nn.Linear(2, 1),
        Gaussian(2),
    )
    before = model.encoder[0].weight.clone()
    run = Run(model, small.split(), small.training(model), [0], {})
    next(run.steps())
    assert not torch.equal(before, model.encoder[0].weight)


def networks_of(dim):
    return (
        DeterministicEncoder((small.PIXELS, 8, dim)),
        MLP((dim, 8, small.PIXELS)),
        MLP((dim, 8, 1)),
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: AdversarialAutoencoder(*networks_of(3), Gaussian(2)),
            "latent dimension 3 of the encoder does not fit the prior: Gaussian has 2",
        ),
        (
            lambda: AdversarialAutoencoder(*networks_of(2)[:2], MLP((5, 8, 1)), Gaussian(2)),
            "latent dimension 5 of the discriminator",
        ),
        (
            lambda: AdversarialAutoencoder(*networks_of(8), GaussianMixture()),
            "GaussianMixture has 2 dimensions",
        ),
        (lambda: small.build_vae(SwissRoll)(), "SwissRoll has none"),
        (lambda: small.build_vae(likelihood="laplace")(), "gaussian or bernoulli"),
        (
            lambda: VariationalAutoencoder(*networks_of(2)[:2], Gaussian(2)),
            "an encoder with a density",
        ),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
