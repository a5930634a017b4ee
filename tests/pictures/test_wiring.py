"""What a wiring says, and that it is true."""

import pytest
import small
import torch
from traced import trace_wiring

from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.pictures import wiring
from aae_course.pictures.wiring import Vector


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


@pytest.mark.parametrize(
    ("name", "main", "others"),
    [
        (
            "reduction", ["encoder", "heads", "decoder"],
            ["label_discriminator", "style_discriminator"],
        ),
        ("gan", ["generator"], ["discriminator"]),
        ("vae", ["encoder", "decoder"], []),
    ],
)  # fmt: skip
def test_networks_stand_in_the_order_in_which_they_feed_each_other(name, main, others):
    model = small.BUILDERS[name]()
    assert wiring.main_networks(model) == main and wiring.discriminators(model) == others


@pytest.mark.parametrize(
    ("name", "network", "vectors"),
    [
        ("semi-supervised", "encoder", [Vector("y", 10, "softmax"), Vector("z", 3, "linear")]),
        ("aae gaussian", "encoder", [Vector("z", 2)]),
        ("labels alone", "encoder", []),
    ],
)
def test_the_output_of_an_encoder_is_one_vector_or_a_label_and_a_style(name, network, vectors):
    assert list(wiring.outputs(small.BUILDERS[name](), network).values()) == vectors


def test_a_label_takes_the_room_that_the_code_leaves():
    model = small.BUILDERS["supervised informed"]()
    assert wiring.given_label(model, "decoder") == Vector("y", 10, "one-hot")
    beside = wiring.given_label(model, "discriminator")
    assert beside == Vector("y", 11, "one-hot", unlabelled=True)
    assert wiring.given_label(model, "encoder") is None
