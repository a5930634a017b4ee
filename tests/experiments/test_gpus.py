"""Seeds shared out among devices: who gets which, and a share that fails."""

import signal
import sys
import threading
import time

import pytest
import small
import torch

from aae_course.experiments.gpus import share_out, train_in_parallel
from aae_course.training.history import NonFiniteLoss


@pytest.mark.parametrize(("seeds", "devices"), [(1, 1), (1, 4), (3, 2), (10, 4), (8, 8)])
def test_seeds_are_shared_out_evenly_and_in_order(seeds, devices):
    shares = share_out(range(seeds), [torch.device("cpu")] * devices)
    assert sum(shares, ()) == tuple(range(seeds))
    sizes = [len(share) for share in shares]
    assert len(sizes) == min(seeds, devices)
    assert min(sizes) > 0 and max(sizes) - min(sizes) <= 1


def test_shares_run_in_processes_and_what_one_raises_comes_back(tmp_path):
    paths = [tmp_path / "a", tmp_path / "fail"]
    with pytest.raises(NonFiniteLoss, match="the loss is not finite"):
        train_in_parallel(small.write_or_fail, paths, 2)
    assert paths[0].read_text() == "done"


def test_a_share_that_is_killed_is_told(tmp_path):
    with pytest.raises(ChildProcessError, match=r"was killed.*the same command goes on"):
        train_in_parallel(small.write_or_fail, [tmp_path / "killed"], 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to forward")
def test_what_stops_the_parent_stops_the_shares_which_save(tmp_path):
    def interrupt():
        while not (tmp_path / "a").exists():
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a worker of pytest has none
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            train_in_parallel(small.save_when_told, [tmp_path / "a"], 1)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "a").read_text() == "saved"
