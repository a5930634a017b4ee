"""What the environment decides: folder, scale, device, and names that are not known."""

import signal
from pathlib import Path

import pytest
import torch

from aae_course import settings


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """Nothing said in the environment."""
    for name in ("AAE_DATA_DIR", "AAE_SCALE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def gpus(monkeypatch):
    """Sets how many NVIDIA GPUs there seem to be."""

    def pretend(count, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return pretend


def test_data_lie_beside_the_package_unless_the_environment_says_where(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert settings.data_folder() == Path(__file__).parents[1] / "data"
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    assert settings.data_folder() == tmp_path
    monkeypatch.setenv("AAE_DATA_DIR", str(Path("~", "pictures")))
    assert settings.data_folder() == Path.home() / "pictures"


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "~nobody.of.that.name/data"])
def test_what_is_no_name_of_a_folder_is_told(name):
    with pytest.raises(ValueError, match="is no name of a folder"):
        settings.folder(name)


def test_a_tilde_in_the_environment_that_stands_for_no_folder_is_told(monkeypatch):
    monkeypatch.setenv("AAE_DATA_DIR", "~nobody.of.that.name/data")
    with pytest.raises(ValueError, match=r"'~nobody.of.that.name/data' is no name of a folder"):
        settings.data_folder()


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_empty_variable_counts_as_unset(monkeypatch, nothing):
    for name in ("AAE_DATA_DIR", "AAE_SCALE"):
        monkeypatch.setenv(name, nothing)
        assert settings.variable(name) is None
    assert settings.scale() == "course"
    assert settings.data_folder() == Path(__file__).parents[1] / "data"


def test_a_signal_that_is_ignored_does_not_stop_us(monkeypatch):
    assert signal.SIGTERM in settings.stopping_signals()
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        assert settings.stopping_signals()
        assert signal.SIGTERM not in settings.stopping_signals()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_scale_is_the_one_named_else_the_environment_s_else_course(monkeypatch):
    assert settings.scale() == "course"
    monkeypatch.setenv("AAE_SCALE", "smoke")
    assert settings.scale() == "smoke"
    assert settings.scale("paper") == "paper"
    monkeypatch.setenv("AAE_SCALE", "tiny")
    with pytest.raises(ValueError, match="unknown scale 'tiny'"):
        settings.scale()


@pytest.mark.parametrize(
    ("count", "mps", "kind"),
    [(2, True, "cuda"), (1, False, "cuda"), (0, True, "mps"), (0, False, "cpu")],
)
def test_auto_takes_a_gpu_where_there_is_one(gpus, count, mps, kind):
    gpus(count, mps)
    assert settings.device() == torch.device(kind)


def test_a_device_that_is_not_here_is_refused(gpus):
    gpus(2)
    assert settings.device("cuda:1") == torch.device("cuda:1")
    for name in ("cuda:2", "cuda:x", "cuda:", "cuda:-1", "cuda:01", "cuda:1 "):
        with pytest.raises(ValueError, match="this machine has cuda:0 to cuda:1"):
            settings.device(name)
    with pytest.raises(ValueError, match="no mps device that torch can use: try --device cpu"):
        settings.device("mps")
    with pytest.raises(ValueError, match="unknown device 'tpu'"):
        settings.device("tpu")
    for name, meant in (("CUDA", "cuda"), (" cpu", "cpu"), ("cpu:0", "cpu")):
        with pytest.raises(ValueError, match=f"unknown device '{name}', did you mean '{meant}'"):
            settings.device(name)


@pytest.mark.parametrize(
    ("name", "most", "expected"),
    [
        ("auto", 1, ["cuda:0"]),
        ("auto", 2, ["cuda:0", "cuda:1"]),
        ("cuda", 5, ["cuda:0", "cuda:1", "cuda:2"]),
        ("cuda:1", 5, ["cuda:1"]),
        ("cpu", 5, ["cpu"]),
    ],
)
def test_several_seeds_may_have_several_gpus(gpus, name, most, expected):
    gpus(3)
    assert settings.devices(name, most) == tuple(map(torch.device, expected))


def test_an_unknown_name_is_told_with_the_nearest():
    assert settings.check_known("mnist", ("digits", "mnist"), "data set") == "mnist"
    message = r"unknown data set 'MNITS', did you mean 'mnist'\? \(known: digits, mnist\)"
    with pytest.raises(ValueError, match=message):
        settings.check_known("MNITS", iter(("digits", "mnist")), "data set")
    with pytest.raises(ValueError, match=r"unknown data set 'faces' \(known"):
        settings.check_known("faces", ("digits", "mnist"), "data set")
