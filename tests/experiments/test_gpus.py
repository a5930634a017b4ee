"""Seeds shared out among devices: who gets which, and a share that fails."""

import pytest
import small
import torch

from aae_course.experiments.gpus import share_out, train_in_parallel


@pytest.mark.parametrize(("seeds", "devices"), [(1, 1), (1, 4), (3, 2), (10, 4), (8, 8)])
def test_seeds_are_shared_out_evenly_and_in_order(seeds, devices):
    shares = share_out(range(seeds), [torch.device("cpu")] * devices)
    assert sum(shares, ()) == tuple(range(seeds))
    sizes = [len(share) for share in shares]
    assert len(sizes) == min(seeds, devices)
    assert min(sizes) > 0 and max(sizes) - min(sizes) <= 1


def test_shares_run_in_processes_and_a_failure_is_told(tmp_path):
    paths = [tmp_path / "a", tmp_path / "fail"]
    with pytest.raises(ChildProcessError, match="1 of 2 shares of the seeds failed"):
        train_in_parallel(small.write_or_fail, paths)
    assert paths[0].read_text() == "done"
