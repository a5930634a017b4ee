"""A prior fitted to codes that exist already: what a plain autoencoder needs to be sampled."""

from __future__ import annotations

import torch
from sklearn import mixture
from torch import Tensor, distributions

from aae_course.models.priors import Prior


class FittedMixture(Prior):
    """Gaussians with full covariances, fitted to codes by expectation maximisation.

    With one component it is the Gaussian of the codes' mean and covariance. The other models of the
    course bend their codes to a prior; this one bends the prior to the codes.

    Args:
        codes: (n, dim).
        components: how many Gaussians.
        seed: of the start of the fit.

    Raises:
        ValueError: fewer codes than components, or codes that are not finite.
    """

    def __init__(self, codes: Tensor, components: int = 1, seed: int = 0):
        super().__init__(codes.shape[1], components=components)
        fitted = mixture.GaussianMixture(components, random_state=seed).fit(codes.cpu().numpy())
        for name in ("weights", "means", "covariances"):
            values = torch.from_numpy(getattr(fitted, f"{name}_")).to(codes)
            self.register_buffer(name, values, persistent=False)
        self.to(codes.device)

    @property
    def distribution(self) -> distributions.Distribution:
        """The same as a distribution of torch."""
        components = distributions.MultivariateNormal(self.means, self.covariances)
        return distributions.MixtureSameFamily(
            distributions.Categorical(self.weights), components, validate_args=False
        )

    def draw(self, shape, labels):
        return self.distribution.sample(shape)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats: (..., dim) -> (...)."""
        return self.distribution.log_prob(z)
