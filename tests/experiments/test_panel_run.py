"""The training behind a panel: seeds that diverge, and shares of several devices."""

from dataclasses import replace

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments.panel_run import PanelRun, Request
from aae_course.experiments.trained import Trained
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import History, NonFiniteLoss, side_by_side


@pytest.fixture
def panel_run(tmp_path):
    request = Request("x", "smoke", None, (0, 1, 2), (torch.device("cpu"),), tmp_path, "a command")
    return PanelRun("panel", "perceptrons_generation", load("digits"), request, survives=True)


def diverges(*broken):
    def train_together(panel_run, report=None):
        if set(panel_run.request.seeds) & set(broken):
            raise NonFiniteLoss("the loss is not finite")
        history = History(
            [1], {"reconstruction": [[float(seed) for seed in panel_run.request.seeds]]}
        )
        return Trained(
            panel_run.recipe, panel_run.data, panel_run.request.seeds, [panel_run.build()], history
        )

    return train_together


def test_seeds_that_diverge_are_named_and_the_others_go_on(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(1))
    found = panel_run.train()
    assert found.seeds == (0, 2) and found.lost == (1,) and len(found.models) == 2
    assert found.history.losses == {"reconstruction": [[0.0, 2.0]]}


def test_all_seeds_may_diverge(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(0, 1, 2))
    found = panel_run.train()
    assert found.seeds == () and found.lost == (0, 1, 2) and found.models == []


def test_elsewhere_a_seed_that_diverges_stops_the_run(panel_run, monkeypatch):
    monkeypatch.setattr(PanelRun, "train_together", diverges(1))
    with pytest.raises(NonFiniteLoss):
        replace(panel_run, survives=False).train()


def run_on(out, seeds, devices):
    devices = (torch.device("cpu"),) * devices
    request = Request("try", "smoke", None, seeds, devices, out, "aae-course try")
    return PanelRun("a", "linear_autoencoder", load("digits"), request)


def test_two_devices_give_what_one_gives(tmp_path):
    """This model draws no noise, so its replicas do not depend on who stands beside them."""
    together = run_on(tmp_path / "one", (0, 1), 1).train()
    apart = run_on(tmp_path / "two", (0, 1), 2).train()
    assert apart.seeds == (0, 1) and len(apart.models) == 2
    assert (tmp_path / "two" / "try" / "a.1.safetensors").exists()
    for first, second in zip(together.models, apart.models, strict=True):
        for name, value in first.state_dict().items():
            torch.testing.assert_close(second.state_dict()[name], value, atol=1e-4, rtol=1e-3)
    assert len(apart.history.losses["reconstruction"][0]) == 2


def test_two_devices_refuse_a_checkpoint_of_another_run_in_one_line(tmp_path):
    run_on(tmp_path, (0, 1), 2).train()
    with pytest.raises(CheckpointError, match=r"a.0.safetensors belongs to another run: its seeds"):
        run_on(tmp_path, (5, 6), 2).train()


def test_seeds_of_several_devices_say_where_they_come_from(tmp_path):
    found = run_on(tmp_path, (0, 1), 2).train().origins
    assert [(each["seeds"], each["from_step"]) for each in found] == [([0], 0), ([1], 0)]


def files(folder):
    return sorted(path.name for path in (folder / "try").iterdir())


@pytest.mark.parametrize("survives", [False, True])
def test_a_run_forgets_its_own_checkpoints_and_no_others(tmp_path, survives):
    (tmp_path / "try").mkdir()
    names = ["a", "a.0", "a.1", "a.2", "a.10", "b", "ab", "a.b"]
    for name in names:
        (tmp_path / "try" / f"{name}.safetensors").touch()
    replace(run_on(tmp_path, (1, 2), 1), survives=survives).forget()
    gone = {"a", "a.1", "a.2"} if survives else {"a"}
    assert files(tmp_path) == sorted(f"{name}.safetensors" for name in names if name not in gone)


def test_shares_are_forgotten_too(tmp_path):
    run = run_on(tmp_path, (0, 1), 2)
    run.train()
    assert files(tmp_path) == ["a.0.safetensors", "a.1.safetensors"]
    run.forget()
    assert files(tmp_path) == []


def test_histories_side_by_side():
    first = History([1, 2], {"a": [[1.0], [2.0]]}, seconds=3.0)
    second = History([1, 2], {"a": [[5.0, 6.0], [7.0, 8.0]]}, seconds=4.0)
    both = side_by_side([first, second])
    assert both.losses == {"a": [[1.0, 5.0, 6.0], [2.0, 7.0, 8.0]]}
    assert both.seconds == 4.0 and both.steps == [1, 2]
