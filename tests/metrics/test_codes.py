"""Metrics against optima that are known in closed form, and against another library."""

import math

import pytest
import small
import torch
from sklearn.neural_network import MLPClassifier
from torch.distributions import Normal

from aae_course.data.dataset import Split
from aae_course.data.minibatches import as_pixels
from aae_course.metrics import (
    Labelled,
    coded,
    codes,
    component_shares,
    components_hit,
    linear_probe_error,
    mlp_probe_error,
    nearest_neighbour_error,
    reconstruction_error,
    two_sample_accuracy,
)
from aae_course.metrics.codes import error_percent, quadratic_probe_error
from aae_course.models import Autoencoder
from aae_course.models.losses import half_squared_error
from aae_course.models.priors import Gaussian, GaussianMixture


def gaussians(distance: float, n: int = 10_000):
    torch.manual_seed(0)
    codes, draws = torch.randn(2, n, 2)
    return codes + torch.tensor([distance, 0.0]), draws


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0, 3.0])
def test_two_sample_accuracy_comes_near_the_optimal_classifier(distance):
    """Two unit Gaussians at this distance are told apart with accuracy Φ(distance / 2) at best."""
    optimum = Normal(0.0, 1.0).cdf(torch.tensor(distance / 2)).item()
    assert two_sample_accuracy(*gaussians(distance)) == pytest.approx(optimum, abs=0.015)


def test_two_sample_accuracy_finds_a_hole():
    """Codes that miss one of ten components: the rest looks alike, so 0.05 is to be gained."""
    torch.manual_seed(0)
    prior = GaussianMixture(10, radial=0.3, tangential=0.1, distance=2.0)
    codes = prior.sample(10_000, labels=torch.randint(9, (10_000,)))
    assert two_sample_accuracy(codes, prior.sample(10_000)) == pytest.approx(0.55, abs=0.015)


def test_two_sample_accuracy_agrees_with_scikit_learn():
    torch.manual_seed(0)
    prior = GaussianMixture()
    codes, draws = prior.sample(6000) * 1.15, prior.sample(6000)
    x, y = torch.cat([codes, draws]).numpy(), [1] * 6000 + [0] * 6000
    half = [i for i in range(12_000) if i % 2]
    rest = [i for i in range(12_000) if not i % 2]
    classifier = MLPClassifier((64, 64), max_iter=60, early_stopping=True, random_state=0)
    theirs = classifier.fit(x[half], [y[i] for i in half]).score(x[rest], [y[i] for i in rest])
    assert two_sample_accuracy(codes, draws) == pytest.approx(theirs, abs=0.03)


@torch.no_grad()
def test_two_sample_accuracy_works_where_gradients_are_off():
    assert two_sample_accuracy(*gaussians(3.0, n=200)) > 0.8


def test_two_sample_accuracy_repeats_and_leaves_the_generator_alone():
    codes, draws = gaussians(0.5, n=200)
    before = torch.get_rng_state()
    assert two_sample_accuracy(codes, draws) == two_sample_accuracy(codes, draws)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("codes", "draws", "message"),
    [
        (torch.zeros(5, 2), torch.zeros(5, 2), "at least 20"),
        (torch.zeros(50, 2), torch.zeros(40, 2), "one shape"),
        (torch.zeros(50, 2), torch.zeros(50, 3), "one shape"),
        (torch.full((50, 2), torch.nan), torch.zeros(50, 2), "not finite"),
    ],
)
def test_two_sample_accuracy_refuses_what_it_cannot_compare(codes, draws, message):
    with pytest.raises(ValueError, match=message):
        two_sample_accuracy(codes, draws)


def test_identical_constant_samples_cannot_be_told_apart():
    same = torch.ones(100, 2)
    assert two_sample_accuracy(same, same) <= 0.5


def test_components_of_draws_have_their_fair_share():
    torch.manual_seed(0)
    prior = GaussianMixture()
    shares = component_shares(prior.sample(50_000), prior)
    torch.testing.assert_close(shares, torch.full((10,), 0.1), atol=0.01, rtol=0)


def test_components_hit_counts_those_with_a_tenth_of_their_share():
    torch.manual_seed(0)
    prior = GaussianMixture(10, radial=0.3, tangential=0.1, distance=3.0)
    assert components_hit(prior.sample(1000), prior) == 10
    assert components_hit(prior.sample(1000, labels=torch.randint(7, (1000,))), prior) == 7
    assert components_hit(torch.full((1000, 2), 50.0), prior) == 0
    few = torch.cat([prior.sample(995, labels=torch.zeros(995).long()), prior.centres[[1] * 5]])
    assert components_hit(few, prior) == 1  # half a percent is below a tenth of ten percent


def test_reconstruction_error_is_half_the_squared_distance_a_mean_over_images():
    torch.manual_seed(0)
    model, x = small.BUILDERS["autoencoder"](), as_pixels(small.split().images)
    expected = sum(0.5 * ((model.reconstruct(row[None]) - row) ** 2).sum() for row in x) / len(x)
    assert reconstruction_error(model, x) == pytest.approx(expected.item(), rel=1e-5)


def test_draws_of_the_prior_itself_are_at_chance():
    torch.manual_seed(0)
    prior = Gaussian(8, std=5)
    accuracy = two_sample_accuracy(prior.sample(5000), prior.sample(5000))
    assert accuracy == pytest.approx(0.5, abs=0.02)


def labelled(n, apart, seed=0):
    """Codes of two classes, unit Gaussians this far apart."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    codes = torch.randn(n, 2, generator=generator)
    codes[:, 0] += apart * labels
    return Labelled(codes, labels)


PROBES = [linear_probe_error, nearest_neighbour_error, quadratic_probe_error]


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_comes_near_the_best_error(probe):
    """Two unit Gaussians at distance d: the best classifier is wrong with probability Φ(−d / 2)."""
    best = 100 * Normal(0.0, 1.0).cdf(torch.tensor(-1.0)).item()
    found = probe(labelled(4000, 2.0), labelled(4000, 2.0, seed=1))
    assert best - 1 < found < best + 4
    assert probe(labelled(200, 50.0), labelled(200, 50.0, seed=1)) == 0


def test_the_quadratic_probe_reads_what_no_straight_line_separates():
    torch.manual_seed(0)
    z = torch.randn(3000, 3)
    ring = Labelled(z, (z.norm(dim=1) > 1.5).long())
    train, test = Labelled(ring.x[:2000], ring.y[:2000]), Labelled(ring.x[2000:], ring.y[2000:])
    assert quadratic_probe_error(train, test) < 15


def test_the_quadratic_probe_reads_noise_at_chance():
    torch.manual_seed(0)
    noise, fresh = (Labelled(torch.randn(3000, 15), torch.randint(10, (3000,))) for _ in range(2))
    assert quadratic_probe_error(noise, fresh) > 87


def test_probes_tell_what_they_cannot_use():
    good, one_label = labelled(20, 1.0), Labelled(torch.randn(20, 2), torch.zeros(20).long())
    with pytest.raises(ValueError, match="at least two labels"):
        linear_probe_error(one_label, good)
    with pytest.raises(ValueError, match="5 neighbours among 3 training codes"):
        nearest_neighbour_error(labelled(3, 1.0), good)
    with pytest.raises(ValueError, match="not finite"):
        linear_probe_error(Labelled(good.x * float("nan"), good.y), good)


def test_coded_gives_codes_with_their_labels():
    model = small.BUILDERS["aae"]()
    x, labels = torch.rand(7, small.PIXELS), torch.arange(7)
    points = coded(model, x, labels)
    torch.testing.assert_close(points.x, model.encode(x).detach())
    assert torch.equal(points.y, labels)


class SeesLabels(Autoencoder):
    """Encoder and decoder add the label to what they see."""

    needs_labels = True

    def encode(self, x, y):
        return self.encoder(x + y.unsqueeze(-1))

    def decode(self, z, y):
        return self.decoder(z + y.unsqueeze(-1))


def test_a_model_that_needs_labels_is_given_them_by_every_measure(monkeypatch):
    torch.manual_seed(0)
    monkeypatch.setattr(codes, "PART", 4)  # so that they go through in parts
    model = SeesLabels.build(small.networks(), small.PIXELS, 2).eval()
    x, y = torch.rand(10, small.PIXELS), torch.arange(10)
    with torch.no_grad():
        z = model.encode(x, y)
        error = half_squared_error(model.decode(z, y), x)
    torch.testing.assert_close(coded(model, x, y).x, z)
    assert reconstruction_error(model, x, y) == pytest.approx(error.item(), rel=1e-5)
    with pytest.raises(ValueError, match="SeesLabels needs labels"):
        reconstruction_error(model, x)


def test_the_mlp_probe_refuses_what_cannot_be_learnt():
    one = Labelled(torch.randn(50, 2), torch.zeros(50).long())
    with pytest.raises(ValueError, match="at least two labels"):
        mlp_probe_error(one, one)
    with pytest.raises(ValueError, match="not finite"):
        mlp_probe_error(Labelled(one.x * torch.nan, one.y), one)


class SaysItsPixels:
    """Its logits are the first ten pixels."""

    def logits(self, x):
        return x[:, :10]


def test_error_is_the_share_of_images_whose_likeliest_label_is_another():
    images = (255 * torch.eye(10)[:, torch.arange(12) % 10]).to(torch.uint8)
    split = Split(images, torch.tensor([0, 1, 2, 3, 4, 5, 6, 7, 9, 8]))
    assert error_percent(SaysItsPixels(), split) == pytest.approx(20)


class Sure(torch.nn.Module):
    """Its logits are the pixels."""

    def logits(self, x):
        return x * self.factor


def test_images_without_a_label_do_not_count_as_errors():
    model = Sure()
    model.factor = 1.0
    images = torch.eye(4)
    assert error_percent(model, Split(images, [0, 1, -1, 0])) == pytest.approx(100 / 3)
    with pytest.raises(ValueError, match="none of 4 rows has a label"):
        error_percent(model, Split(images))
    model.factor = math.nan
    with pytest.raises(ValueError, match="Sure gives logits that are not finite"):
        error_percent(model, Split(images, [0, 1, 2, 0]))


def test_points_without_a_label_do_not_teach_a_probe():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(200, 2, generator=generator), torch.arange(200) % 2
    x = x + 4 * y.unsqueeze(1)
    known = Labelled(x[:150], y[:150])
    more = Labelled(x, torch.cat([y[:150], torch.full((50,), -1)]))
    for probe in (linear_probe_error, nearest_neighbour_error, mlp_probe_error):
        assert probe(more, known) == probe(known, known) == probe(known, more)


def test_reconstructions_that_are_not_finite_have_no_error():
    model = small.build_autoencoder()()
    with torch.no_grad():
        model.decoder[0].weight.fill_(math.nan)
        model.decoder[-1] = torch.nn.Identity()
    with pytest.raises(ValueError, match="not finite"):
        reconstruction_error(model, torch.rand(3, small.PIXELS))


@pytest.mark.parametrize(("shape", "kind"), [
    ((0, 12), torch.float32), ((3, 12), torch.uint8), ((3, 12), torch.double),
    ((3, 1, 12), torch.float32),
])  # fmt: skip
def test_images_that_are_no_rows_of_pixels_are_told(shape, kind):
    model, x = small.build_autoencoder()(), torch.zeros(shape, dtype=kind)
    for measure in (reconstruction_error, lambda model, x: coded(model, x, torch.zeros(len(x)))):
        with pytest.raises(ValueError, match=r"pixels \(n, pixels\) in float32, not .*as_pixels"):
            measure(model, x)


def test_neighbours_are_counted_among_those_that_have_labels():
    few = Labelled(torch.randn(20, 2), torch.tensor([0, 1, 0, 1] + 16 * [-1]))
    with pytest.raises(ValueError, match="5 neighbours among 4 training codes with labels"):
        nearest_neighbour_error(few, few)


def test_a_model_that_says_nothing_of_labels_is_told():
    with pytest.raises(TypeError, match="Autoencoder says nothing of labels"):
        error_percent(small.build_autoencoder()(), small.split())
