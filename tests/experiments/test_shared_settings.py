"""The optimisers that recipes share."""

from aae_course.experiments.shared_settings import adam
from aae_course.training.optimisation import Adam


def test_adversaries_have_a_small_beta_and_underscores_stand_for_spaces():
    assert adam(reconstruction=1e-3, label_discriminator=2e-4, generator=5e-4) == {
        "reconstruction": Adam(1e-3, beta1=0.9),
        "label discriminator": Adam(2e-4, beta1=0.5),
        "generator": Adam(5e-4, beta1=0.5),
    }
