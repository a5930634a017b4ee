"""The command `reproduce`: how it stops, goes on, and what it refuses before it trains."""

import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from aae_course.data.datasets import DATASETS
from aae_course.experiments.artefact import Artefact

FIRST = "runs/smoke/figure_2a/seed_0.safetensors"  # the first checkpoint of Figure 2


STOPS = {"SIGINT": "interrupted", "SIGTERM": "terminated"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "word"), STOPS.items())
def test_a_signal_leaves_a_checkpoint_and_the_same_command_goes_on(tmp_path, name, word):
    number = getattr(signal, name)
    words = ["reproduce", "fig2", "--scale", "smoke", "--out", str(tmp_path)]
    call = [sys.executable, "-m", "aae_course", *words]
    child = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    shown = ""
    while "0/750" not in shown:  # until the bar is there
        shown += child.stderr.read(1)
        assert child.poll() is None, shown
    child.send_signal(number)
    if number == signal.SIGTERM:
        child.send_signal(number)  # batch systems send several
    rest = child.stderr.read()
    assert child.wait() == 128 + number
    last = rest.strip().splitlines()[-1]
    assert last.startswith(f"aae-course: {word}; what was trained is saved.")
    assert last.endswith("The same command goes on from here.")
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert written == [Path(FIRST)]


def test_a_signal_while_a_model_is_measured_leaves_what_was_trained(
    aae_course, quick, monkeypatch, tmp_path
):
    def measure(artefact, panel, trained):
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("it goes on")

    monkeypatch.setattr(Artefact, "metrics", measure)
    shown = aae_course("reproduce", "fig2", "fig1", "--scale", "smoke", "--out", str(tmp_path))
    assert shown.returncode == 143
    assert "terminated; what was trained is saved" in shown.stderr
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert written == [Path(FIRST)]


def test_a_signal_while_a_picture_is_written_leaves_no_half(aae_course, monkeypatch, tmp_path):
    def savefig(figure, path, **options):
        path.write_bytes(b"half")
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", savefig)
    shown = aae_course("reproduce", "fig1", "--scale", "smoke", "--out", str(tmp_path))
    assert shown.returncode == 143
    assert not list(tmp_path.iterdir())


def test_help_names_every_data_set(aae_course):
    shown = " ".join(aae_course("reproduce", "--help").stdout.split())
    assert f"Another data set: {', '.join(DATASETS)}." in shown


def test_a_name_that_is_given_twice_is_made_once(aae_course, tmp_path):
    words = ["fig1", "fig1", "--scale", "smoke", "--out", str(tmp_path)]
    shown = aae_course("reproduce", *words)
    assert shown.returncode == 0 and shown.stdout.count("picture: ") == 1


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["fig1", "--cluster"], "local"),
        (["--cluster", "fig1"], "local"),
        (["--cluster", "--seeds", "2", "fig1"], "local"),
        (["--cluster", "10.0.0.1:6379", "fig1"], "10.0.0.1:6379"),
        (["fig1", "--cluster=10.0.0.1:6379"], "10.0.0.1:6379"),
        (["fig1", "--cluster", "auto"], "auto"),
    ],
)
def test_a_cluster_needs_no_address(aae_course, monkeypatch, tmp_path, words, address):
    asked = []

    def trained_by_ray(address, artefacts, request, gpus, say):
        asked.append((address, [*artefacts], len(request.devices), gpus))
        return nullcontext([(request, ValueError("no Ray today"))])

    monkeypatch.setattr("aae_course.experiments.cluster.trained_by_ray", trained_by_ray)
    shown = aae_course("reproduce", *words, "--device", "cpu", "--out", str(tmp_path))
    assert asked == [(address, ["fig1"], 1, False)]
    assert shown.returncode == 2 and "fig1: no Ray today" in shown.stderr


def test_help_shows_examples(aae_course):
    shown = aae_course("reproduce", "--help")
    assert shown.returncode == 0
    assert "aae-course reproduce fig2 --scale smoke" in shown.stdout


def test_a_precision_that_the_device_lacks_is_refused_before_training(aae_course, tmp_path):
    words = ["--scale", "smoke", "--device", "cpu", "--precision", "tf32", "--out", str(tmp_path)]
    shown = aae_course("reproduce", "fig2", *words)
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1 and "tf32 is for NVIDIA" in shown.stderr


def test_too_many_seeds_for_the_memory_are_refused_before_training(aae_course, tmp_path):
    words = ["--scale", "smoke", "--device", "cpu", "--seeds", "900000", "--out", str(tmp_path)]
    shown = aae_course("reproduce", "fig2", *words)
    assert shown.returncode == 2
    assert "fit, so use --seeds" in shown.stderr and "Traceback" not in shown.stderr


def test_a_time_limit_stops_with_its_own_status_and_a_checkpoint(aae_course, tmp_path):
    words = ["--scale", "smoke", "--minutes", "0", "--out", str(tmp_path)]
    shown = aae_course("reproduce", "fig2", *words)
    assert shown.returncode == 3
    assert shown.stderr.strip().splitlines()[-1].endswith("The same command goes on from here.")
    assert (tmp_path / FIRST).exists()


def test_a_figure_that_fails_does_not_keep_the_next_from_its_turn(aae_course, tmp_path):
    (tmp_path / FIRST).parent.mkdir(parents=True)
    (tmp_path / FIRST).write_bytes(b"cut short")
    shown = aae_course("reproduce", "fig2", "fig1", "--scale", "smoke", "--out", str(tmp_path))
    assert shown.returncode == 2
    assert "fig2: " in shown.stderr and "seed_0.safetensors is truncated" in shown.stderr
    assert (tmp_path / "fig1.json").exists() and not (tmp_path / "fig2.json").exists()


@pytest.mark.parametrize("count", ["0", "-1", "x"])
def test_a_bad_number_of_seeds_is_refused(aae_course, count):
    shown = aae_course("reproduce", "fig2", "--seeds", count)
    assert shown.returncode == 2 and "--seeds" in shown.stderr and "Traceback" not in shown.stderr


def test_a_folder_that_cannot_be_written_is_named(aae_course, tmp_path):
    (tmp_path / "file").write_text("in the way")
    shown = aae_course("reproduce", "fig1", "--out", str(tmp_path / "file" / "out"))
    assert shown.returncode == 2
    assert f"cannot write to the folder {tmp_path / 'file' / 'out'}" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_damaged_data_file_is_named(aae_course, tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(bytes(100))
    shown = aae_course(
        "reproduce", "fig2", "--out", str(tmp_path / "out"), AAE_DATA_DIR=str(tmp_path)
    )
    assert shown.returncode == 2
    assert "train-images-idx3-ubyte" in shown.stderr and "Traceback" not in shown.stderr


def test_a_truncated_checkpoint_is_named(aae_course, tmp_path):
    (tmp_path / FIRST).parent.mkdir(parents=True)
    (tmp_path / FIRST).write_bytes(b"cut short")
    shown = aae_course("reproduce", "fig2", "--scale", "smoke", "--out", str(tmp_path))
    assert shown.returncode == 2
    assert "seed_0.safetensors is truncated or not a checkpoint" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_force_trains_anew_and_says_that_it_is_not_needed_again(aae_course, tmp_path):
    (tmp_path / FIRST).parent.mkdir(parents=True)
    (tmp_path / FIRST).write_bytes(b"cut short")
    words = ["--scale", "smoke", "--force", "--minutes", "0", "--out", str(tmp_path)]
    shown = aae_course("reproduce", "fig2", "fig5", *words)
    assert shown.returncode == 3
    assert (tmp_path / FIRST).stat().st_size > 1000
    last = shown.stderr.strip().splitlines()[-1]
    assert last.endswith("The same command without --force goes on from here.")


def test_force_and_keep_are_refused_together(aae_course, tmp_path):
    shown = aae_course("reproduce", "fig2", "--force", "--keep", "--out", str(tmp_path / "out"))
    assert shown.returncode == 2
    assert shown.stderr.count("\n") == 1 and "give one of them" in shown.stderr
    assert not (tmp_path / "out").exists()
