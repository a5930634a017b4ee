"""The runs without labels: autoencoders, AAE and VAE over two priors, GANs (notebooks 01 to 05).

`aae-course reproduce fig2`, `fig5` or `table1` runs those that serve it. The numbers are in
figures/fig2.json and figures/table1.json. Autoencoders and GANs are not in the paper, and have no
paper scale.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from aae_course.experiments.recipe import Recipe
from aae_course.experiments.shared_settings import ON_DIGITS, PAPER_AAE, adam
from aae_course.models import (
    AdversarialAutoencoder,
    Autoencoder,
    GenerativeAdversarialNetwork,
    VariationalAutoencoder,
)
from aae_course.models.priors import Gaussian, GaussianMixture
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training.optimisation import Annealed, Training

AAE_ON_DIGITS = {
    **ON_DIGITS,
    "optimisers": adam(reconstruction=2e-3, discriminator=1e-3, generator=5e-4),
}

AUTOENCODER_RECIPES: dict[str, Recipe] = {
    "autoencoder": Recipe(
        title="autoencoder, 2-D code", serves="01_autoencoder",
        model=Autoencoder, options={"dim": 2},
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(adam(reconstruction=2e-3), epochs=8, schedule=Annealed()),
        smoke={**ON_DIGITS, "epochs": 40},
    ),
    "linear_autoencoder": Recipe(
        title="linear autoencoder, 2-D code", serves="01_autoencoder",
        model=Autoencoder, options={"dim": 2},
        data="mnist", architecture=Perceptrons((), initialisation="paper", output="linear"),
        training=Training(adam(reconstruction=2e-2), epochs=3, schedule=Annealed()),
        smoke={**ON_DIGITS, "epochs": 40, "hidden": ()},
    ),
    "denoising_autoencoder": Recipe(
        title="denoising autoencoder, 64-D code", serves="01_autoencoder",
        model=Autoencoder, options={"dim": 64},
        data="mnist", architecture=Perceptrons((500, 500), input_noise=0.5),
        training=Training(adam(reconstruction=1e-3), epochs=4, schedule=Annealed()),
        smoke={**ON_DIGITS, "epochs": 40},
    ),
    "sparse_autoencoder": Recipe(
        title="sparse autoencoder, 64-D code", serves="01_autoencoder",
        model=Autoencoder, options={"dim": 64, "sparsity": 0.1},
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(adam(reconstruction=1e-3), epochs=4, schedule=Annealed()),
        smoke={**ON_DIGITS, "epochs": 40},
    ),
}  # fmt: skip

# The rates at course and smoke scale were chosen over several seeds, by the validation error and by
# how well the codes of validation images (at smoke scale, where those are few, of training images)
# follow the prior. Those of the 8-D code were taken from two settings by the Parzen log-likelihood
# of validation images, one seed; so were its epochs, of 8 and 16.
AAE_RECIPES: dict[str, Recipe] = {
    "aae_gaussian": Recipe(
        title="AAE, Gaussian prior", serves="05_adversarial_autoencoder",
        model=AdversarialAutoencoder, prior=Gaussian,
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=2e-4),
            epochs=8, schedule=Annealed(),
        ),
        smoke=AAE_ON_DIGITS, paper=PAPER_AAE,
    ),
    "aae_mixture": Recipe(
        title="AAE, mixture of 10 Gaussians", serves="05_adversarial_autoencoder",
        model=AdversarialAutoencoder, prior=GaussianMixture,
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(
            adam(reconstruction=1e-3, discriminator=1e-3, generator=1e-3),
            epochs=8, schedule=Annealed(),
        ),
        smoke=AAE_ON_DIGITS, paper=PAPER_AAE,
    ),
    "aae_likelihood": Recipe(
        title="AAE, Gaussian prior in 8-D", serves="table1",
        model=AdversarialAutoencoder, prior=partial(Gaussian, 8, std=5.0),
        data="mnist", architecture=Perceptrons((500, 500)),
        training=Training(
            adam(reconstruction=1e-3, discriminator=5e-4, generator=5e-4),
            epochs=16, schedule=Annealed(),
        ),
        smoke=AAE_ON_DIGITS, paper=PAPER_AAE,
    ),
    # The Toronto Faces, with a linear output. The paper (appendix A.1) standardises every pixel
    # over the training set. Ours stay in [0, 1], where the log-likelihood is measured. Rates and
    # epochs are those of MNIST: we do not have the faces, so nothing was chosen on them.
    "aae_likelihood_tfd": Recipe(
        title="AAE, Gaussian prior in 15-D, faces", serves="table1",
        model=AdversarialAutoencoder, prior=partial(Gaussian, 15, std=10.0),
        data="tfd", architecture=Perceptrons((500, 500), output="linear"),
        training=Training(
            adam(reconstruction=1e-3, discriminator=5e-4, generator=5e-4),
            epochs=16, schedule=Annealed(),
        ),
        smoke={**AAE_ON_DIGITS, "data": "tfd", "hidden": (50, 50), "epochs": 2}, paper=PAPER_AAE,
    ),
}  # fmt: skip

# Beside the AAE of Figure 2: the same widths, data and epochs.
VAE_RECIPES: dict[str, Recipe] = {
    "vae_gaussian": Recipe(
        title="VAE, Gaussian prior", serves="03_variational_autoencoder",
        model=VariationalAutoencoder, prior=Gaussian,
        data="mnist", architecture=Perceptrons((500, 500), encoder="gaussian"),
        training=Training(adam(bound=1e-3), epochs=8, schedule=Annealed()),
        smoke=ON_DIGITS, paper={"hidden": (1000, 1000), "epochs": 500},
    ),
    "vae_mixture": Recipe(
        title="VAE, mixture of 10 Gaussians", serves="03_variational_autoencoder",
        model=VariationalAutoencoder, prior=GaussianMixture,
        data="mnist", architecture=Perceptrons((500, 500), encoder="gaussian"),
        training=Training(adam(bound=1e-3), epochs=8, schedule=Annealed()),
        smoke=ON_DIGITS, paper={"hidden": (1000, 1000), "epochs": 500},
    ),
}  # fmt: skip

# Figure 2: the same four for longer, with averaged weights. The Gaussian is as wide as that of
# Table 1: the validation codes of the AAE followed it more closely then, over seeds 0 to 2.
WIDE = {"prior": partial(Gaussian, std=5.0)}
FIGURE_2_RECIPES: dict[str, Recipe] = {
    f"figure_2{panel}": replace(
        recipe, **changes, serves="fig2",
        training=replace(recipe.training, epochs=20, average=0.998),
        paper={**recipe.paper, "average": 0.0},
    )
    for panel, recipe, changes in (
        ("a", AAE_RECIPES["aae_gaussian"], WIDE),
        ("b", AAE_RECIPES["aae_mixture"], {}),
        ("c", VAE_RECIPES["vae_gaussian"], WIDE),
        ("d", VAE_RECIPES["vae_mixture"], {}),
    )
}  # fmt: skip

# DCGAN's optimiser and noise of its width, with higher rates, as the runs are so short.
GAN_RECIPES: dict[str, Recipe] = {
    "gan_mlp": Recipe(
        title="GAN, perceptrons", serves="04_gan",
        model=GenerativeAdversarialNetwork, prior=partial(Gaussian, 100),
        data="mnist",
        architecture=Perceptrons((500, 500), batch_norm="hidden", initialisation="paper"),
        training=Training(adam(discriminator=5e-4, generator=5e-4), epochs=3),
        smoke={**ON_DIGITS, "epochs": 20},
    ),
    "gan_dcgan": Recipe(
        title="DCGAN", serves="04_gan",
        model=GenerativeAdversarialNetwork, prior=partial(Gaussian, 100),
        data="mnist", architecture=Convolutions(width=32),
        training=Training(adam(discriminator=1e-3, generator=1e-3), epochs=2),
        smoke={"data": "digits", "width": 16, "epochs": 8, "batch_size": 50},
    ),
}  # fmt: skip

BASIC_RECIPES = {
    **AUTOENCODER_RECIPES,
    **AAE_RECIPES,
    **VAE_RECIPES,
    **FIGURE_2_RECIPES,
    **GAN_RECIPES,
}
