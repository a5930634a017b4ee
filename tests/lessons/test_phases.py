"""The loop of notebook 00 does what the package's own loop does with each phase."""

import small
import torch

from aae_course.data.minibatches import Minibatches
from aae_course.lessons.phases import train_phases
from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.training.loop import fit


class Ones(Gaussian):
    """A prior without chance, so that two loops need not share a generator."""

    def sample_like(self, z):
        return torch.ones_like(z)


def build():
    torch.manual_seed(0)
    return AdversarialAutoencoder.build(small.networks(), small.PIXELS, Ones(2))


def test_it_ends_where_the_packages_loop_ends():
    split, own, packages = small.split(), build(), build()
    training = small.training(packages, epochs=1)
    minibatches = Minibatches(split, training.batch_size)
    optimisers = {
        phase: each.build(own.phase_parameters(phase))
        for phase, each in training.optimisers.items()
    }
    losses = train_phases(own, optimisers, map(minibatches.gather, minibatches.order(0)))
    history = fit(packages, split, training)
    for phase in own.phases:
        assert len(losses) == len(history.curve(phase, 0)) > 1
        torch.testing.assert_close([each[phase] for each in losses], history.curve(phase, 0))
    torch.testing.assert_close(own.state_dict(), packages.state_dict())
