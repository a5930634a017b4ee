"""Watches a training step at the level of dispatch: which operations, on which shapes."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

ASKS_THE_HOST = {"_local_scalar_dense", "nonzero", "is_nonzero", "equal", "unique", "item"}


class Watch(TorchDispatchMode):
    """Notes every operation with the shapes of its result."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        leaves = result if isinstance(result, (list, tuple)) else [result]
        shapes = [tuple(leaf.shape) for leaf in leaves if isinstance(leaf, torch.Tensor)]
        self.seen.append((function.overloadpacket.__name__, shapes))
        return result


def watched_step(job):
    with Watch() as watch:
        job.train_step()
    return watch.seen
