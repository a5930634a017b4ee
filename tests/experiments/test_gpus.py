"""Seeds shared out among devices: who gets which, and that the result is the same."""

import pytest
import small
import torch

from aae_course.data.datasets import load
from aae_course.experiments.gpus import share_out, train_in_parallel
from aae_course.experiments.panel_run import PanelRun, Request
from aae_course.training.history import History, side_by_side


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


def panel_run(out, seeds, devices):
    devices = (torch.device("cpu"),) * devices
    request = Request("try", "smoke", None, seeds, devices, out, "aae-course try")
    return PanelRun("a", "linear_autoencoder", load("digits"), request)


def test_two_devices_give_what_one_gives(tmp_path):
    """This model draws no noise, so its replicas do not depend on who stands beside them."""
    together = panel_run(tmp_path / "one", (0, 1), 1).train()
    apart = panel_run(tmp_path / "two", (0, 1), 2).train()
    assert apart.seeds == (0, 1) and len(apart.models) == 2
    assert (tmp_path / "two" / "try" / "a.1.safetensors").exists()
    for first, second in zip(together.models, apart.models, strict=True):
        for name, value in first.state_dict().items():
            torch.testing.assert_close(second.state_dict()[name], value, atol=1e-4, rtol=1e-3)
    assert len(apart.history.losses["reconstruction"][0]) == 2


def test_histories_side_by_side():
    first = History([1, 2], {"a": [[1.0], [2.0]]}, seconds=3.0)
    second = History([1, 2], {"a": [[5.0, 6.0], [7.0, 8.0]]}, seconds=4.0)
    both = side_by_side([first, second])
    assert both.losses == {"a": [[1.0, 5.0, 6.0], [2.0, 7.0, 8.0]]}
    assert both.seconds == 4.0 and both.steps == [1, 2]
