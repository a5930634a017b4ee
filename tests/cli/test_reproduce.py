"""The command `reproduce`: how it stops, goes on, and what it refuses before it trains."""

import signal
import subprocess
import sys

import pytest

FIRST = "runs/smoke/aae_gaussian/seed_0.safetensors"  # the first checkpoint of Figure 2


def test_ctrl_c_leaves_a_checkpoint_and_the_same_command_goes_on(tmp_path):
    words = ["reproduce", "fig2", "--scale", "smoke", "--out", str(tmp_path)]
    call = [sys.executable, "-c", "from aae_course.cli.commands import main; main()", *words]
    child = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    shown = ""
    while "0/1500" not in shown:  # until the bar is there
        shown += child.stderr.read(1)
    child.send_signal(signal.SIGINT)
    rest = child.stderr.read()
    assert child.wait() == 130
    assert rest.strip().splitlines()[-1].endswith("The same command goes on from here.")
    assert (tmp_path / FIRST).exists()


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
