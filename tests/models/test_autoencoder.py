"""The autoencoder: what sparsity costs."""

import small
import torch

from aae_course.data.minibatches import Batch


def test_sparsity_lowers_the_code():
    plain, sparse = (small.build_autoencoder(sparsity=s)() for s in (0.0, 3.0))
    sparse.load_state_dict(plain.state_dict())
    batch = Batch(torch.rand(5, small.PIXELS), torch.zeros(5))
    ((_, a),), ((_, b),) = plain.training_step(batch), sparse.training_step(batch)
    penalty = 3.0 * plain.encoder(batch.x).abs().sum(-1).mean()
    torch.testing.assert_close(b - a, penalty)
