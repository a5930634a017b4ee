"""The drawing of an architecture: what feeds what, which widths, which phases."""

import pytest
import small
import torch
from traced import trace_wiring

from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.pictures.diagram import draw_architecture

pytestmark = pytest.mark.usefixtures("closed")


@pytest.mark.parametrize("name", small.BUILDERS)
def test_the_wiring_that_a_model_declares_is_that_of_its_training_step(name):
    model = small.BUILDERS[name]()
    declared = [(source, network) for source, network, _ in model.wiring]
    assert len(set(declared)) == len(declared)
    assert set(declared) == set(trace_wiring(model, small.PIXELS))


def test_the_trace_sees_a_label_that_joins_the_code():
    class WithLabel(AdversarialAutoencoder):
        def training_step(self, batch):
            y = torch.nn.functional.one_hot(batch.y, 1).float()
            z = self.encoder(batch.x)[..., :1]
            yield "reconstruction", self.decoder(torch.cat([y, z], -1)).sum()

    model = WithLabel.build(small.networks(), small.PIXELS, Gaussian(2))
    assert ("y", "decoder") in trace_wiring(model, small.PIXELS)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("name", small.BUILDERS)
def test_a_drawing_names_networks_widths_and_phases(name):
    model = small.BUILDERS[name]()
    drawn = " ".join(texts(draw_architecture(model)))
    networks = {network.replace("_", " ") for _, network, _ in model.wiring}
    for word in (*model.phases, *networks, str(small.PIXELS), "8"):
        assert word in drawn


def test_a_drawing_says_what_flows():
    drawn = texts(draw_architecture(small.BUILDERS["semi-supervised"]()))
    assert [drawn.count(label) for label in ("y, z", "y", "z")] == [1, 1, 1]


def test_a_model_with_replicas_is_drawn_like_one_without():
    drawn = [texts(draw_architecture(small.BUILDERS["aae"](n))) for n in (None, 2)]
    assert drawn[0] == drawn[1]
