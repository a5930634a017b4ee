"""The checks of notebook 01 tell typical mistakes apart."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import autoencoder as checks


def half_sum(x_hat, x):
    return 0.5 * (x_hat - x).square().sum(-1).mean()


def white(x, std):
    return std * torch.randn_like(x)


def denoiser(noise=white, loss=half_sum, noisy_target=False):
    def answer(encoder, decoder, x, std):
        noisy = x + noise(x, std)
        return loss(decoder(encoder(noisy)), noisy if noisy_target else x)

    return answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (denoiser(noisy_target=True), "the target is the clean one"),
        (denoiser(loss=F.mse_loss), "mean over the pixels: a sum"),
        (denoiser(loss=F.mse_loss, noisy_target=True), "noisy image and averages"),
        (denoiser(loss=lambda a, b: 2 * half_sum(a, b)), "forgets the half"),
        (denoiser(loss=lambda a, b: half_sum(a, b).item()), "returns a float"),
        (denoiser(loss=lambda a, b: half_sum(a, b).detach()), "without a gradient"),
        (denoiser(loss=lambda a, b: (a - b).square().sum(-1)), "average over the minibatch"),
        (denoiser(loss=lambda a, b: 0.5 * (a - b).square().sum()), "sums over the minibatch"),
        (denoiser(loss=lambda a, b: (a - b).abs().sum()), "is right"),
        (denoiser(noise=lambda x, std: 0 * x), "clean image: add the noise"),
        (denoiser(noise=lambda x, std: (x + white(x, std)).clamp(0, 1) - x), "leave it as it is"),
        (denoiser(noise=lambda x, std: white(x[:1], std)), "all images the same noise"),
        (denoiser(noise=lambda x, std: white(x[:, :1], std)), "all pixels of an image"),
        (denoiser(noise=lambda x, std: std * torch.rand_like(x)), "randn, not rand"),
        (denoiser(noise=lambda x, std: white(x, std**2)), "scales the noise by the variance"),
        (denoiser(noise=lambda x, std: white(x, 1.0)), "where 0.3 was asked for"),
        (
            denoiser(noise=lambda x, std: 3**0.5 * std * (2 * torch.rand_like(x) - 1)),
            "not Gaussian",
        ),
        (
            denoiser(
                noise=lambda x, std: torch.distributions.Laplace(0, std / 2**0.5).sample(x.shape)
            ),
            "not Gaussian",
        ),
        (
            lambda encoder, decoder, x, std: half_sum(
                decoder(encoder(x) + white(x, std)[:, :3]), x
            ),
            "clean image: add the noise",
        ),
        (
            lambda encoder, decoder, x, std: half_sum(x + white(x, std), x),
            "calls the encoder 0 times",
        ),
        (
            lambda encoder, decoder, x, std: (
                half_sum(decoder(encoder(x)), x) + half_sum(decoder(encoder(x)), x)
            ),
            "calls the encoder 2 times",
        ),
        (
            lambda encoder, decoder, x, std: half_sum(decoder(encoder(x[:1])), x),
            "gives the encoder the shape",
        ),
    ],
)
def test_wrong_denoising_is_told_why(answer, why, capsys):
    assert not checks.denoising_loss(answer)
    assert why in capsys.readouterr().out


def root(z):
    return torch.linalg.cholesky(z.T.cov())


def uniform(count, dim):
    return 3**0.5 * (2 * torch.rand(count, dim) - 1)


def symmetric_root(z):
    values, vectors = torch.linalg.eigh(z.T.cov())
    return vectors @ values.sqrt().diag() @ vectors.T


@pytest.mark.parametrize(
    "answer",
    [
        lambda z, n: z.mean(0) + torch.randn(n, 3) @ symmetric_root(z),
        lambda z, n: torch.distributions.MultivariateNormal(z.mean(0), z.T.cov()).sample((n,)),
    ],
)
def test_other_right_draws_pass(answer):
    assert checks.draw_like(answer)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda z, n: torch.randn(n, 3) @ torch.linalg.cholesky(z.cov()).T, "write z.T.cov()"),
        (lambda z, n: z.mean(0) + torch.randn(n, 3) @ root(z), "rows need epsilon @ L.T"),
        (lambda z, n: torch.randn(n, 3) @ root(z).T, "mean of the codes: add it"),
        (lambda z, n: 1.0 + torch.randn(n, 3) @ root(z).T, "does not have the mean of the codes"),
        (lambda z, n: z.mean(0) + z.std(0) * torch.randn(n, 3), "correlations are lost"),
        (lambda z, n: z.mean(0) + z.var(0) * torch.randn(n, 3), "scaled by the variances"),
        (lambda z, n: z.mean(0) + torch.randn(n, 3) @ z.T.cov(), "covariance itself"),
        (lambda z, n: z.mean(0) + torch.randn(n, 3), "not scaled at all"),
        (lambda z, n: z[torch.randint(len(z), (n,))], "codes themselves"),
        (lambda z, n: z.mean(0) + uniform(n, 3) @ root(z).T, "not Gaussian"),
        (lambda z, n: z.mean(0) + torch.randn(3) @ root(z).T, "is right, (count, dim)"),
        (lambda z, n: (z.mean(0) + torch.randn(n, 3) @ root(z).T).numpy(), "returns a ndarray"),
        (lambda z, n: torch.full((n, 3), torch.nan), "not finite"),
        (lambda z, n: z.mean(0).expand(n, 3), "same draws twice"),
    ],
)
def test_wrong_draws_are_told_why(answer, why, capsys):
    assert not checks.draw_like(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("answer", [["A", "B"], "ba", {"B", "A"}, ("A", "B")])
def test_the_measures_that_shrink_with_the_code_pass(answer, capsys):
    assert checks.shrinks(lambda: answer)
    assert capsys.readouterr().out == "passed: shrinks\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (["A"], "wrong about B: the mean of z² is divided by 10,000"),
        (["B"], "wrong about A"),
        (["A", "B", "C"], "wrong about C: a number that is not 0"),
        (["A", "B", "D"], "wrong about D: the standard deviation is divided by 100 too"),
        (["A", "B", "E"], "wrong about E: z⁴"),
        (["C", "D", "E"], "those that stay as they are"),
        ("ABCDE", "names all of them"),
        ([], "names none"),
        (["F"], "names 'F'"),
        ([1, 2], "returns no letters"),
    ],
)
def test_wrong_predictions_of_what_shrinks_are_told_why(answer, why, capsys):
    assert not checks.shrinks(lambda: answer)
    assert why in capsys.readouterr().out
