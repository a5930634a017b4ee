"""The doctor's report of libraries, device, folders and data, and what it makes of broken ones."""

import subprocess
import sys

import pytest

from aae_course.cli import doctor
from aae_course.cli.doctor import examine
from aae_course.cli.libraries import NEEDED, OPTIONAL, Library


@pytest.fixture
def libraries(monkeypatch):
    """What is found of the libraries: all work, but those that a test breaks."""
    found = {name: Library(name, "1.0") for name in NEEDED | OPTIONAL}
    monkeypatch.setattr(doctor, "tried", lambda lines: [found[name] for name in lines])
    return found


def findings():
    return {finding.what: finding for finding in examine()}


def test_doctor_reports_libraries_device_and_data(aae_course, tmp_path):
    """Here the libraries are tried indeed."""
    shown = aae_course("doctor", AAE_DATA_DIR=str(tmp_path))
    assert shown.returncode == 0
    for word in ("torch", "seaborn", "device", "results", "digits", "mnist", "not here yet"):
        assert word in shown.stdout
    assert "!!" not in shown.stdout and "broken" not in shown.stdout


def test_doctor_names_a_damaged_data_set(libraries, aae_course, tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (folder / f"{name}-ubyte").write_bytes(b"not an image")
    shown = aae_course("doctor", AAE_DATA_DIR=str(tmp_path))
    assert shown.returncode == 1
    assert "damaged" in shown.stdout


def test_a_broken_library_that_is_needed_is_told_and_what_needs_it_is_not_tried(
    libraries, aae_course
):
    libraries["torch"] = Library("torch", "1.0", "OSError: libtorch.so: cannot open")
    libraries["scipy"] = Library("scipy", None)
    shown = aae_course("doctor", COLUMNS="300")
    assert shown.returncode == 1 and shown.stderr == ""
    assert "OSError: libtorch.so: cannot open; pip install --force-reinstall torch" in shown.stdout
    assert "pip install scipy" in shown.stdout
    assert "digits" not in shown.stdout and "results" in shown.stdout


def test_a_library_that_only_some_need_may_be_broken_or_missing(libraries):
    fault = "RuntimeError: operator torchvision::nms does not exist"
    libraries["torchvision"] = Library("torchvision", "1.0", fault)
    libraries["umap-learn"] = Library("umap-learn", None)
    found = findings()
    assert found["torchvision"].good and fault in found["torchvision"].advice
    assert found["umap-learn"].good and "aae-course[notebooks]" in found["umap-learn"].advice
    assert found["digits"].good  # the data do without them


def test_a_wrong_scale_and_a_folder_that_cannot_be_are_told(libraries, monkeypatch, tmp_path):
    monkeypatch.setenv("AAE_SCALE", "tiny")
    monkeypatch.setenv("AAE_DATA_DIR", "~nobody.of.that.name")
    monkeypatch.chdir(tmp_path)
    found = findings()
    assert not found["scale"].good and "unknown scale 'tiny'" in found["scale"].advice
    assert not found["data"].good and "no name of a folder" in found["data"].advice
    assert found["results"].good and not list(tmp_path.iterdir())


def test_folders_that_cannot_be_written_are_told(libraries, monkeypatch, tmp_path):
    (tmp_path / "results").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path / "results" / "data"))
    monkeypatch.chdir(tmp_path)
    found = findings()
    for what, advice in (("results", "--out"), ("data", "AAE_DATA_DIR")):
        assert not found[what].good
        assert found[what].found == "cannot be written" and advice in found[what].advice


def test_an_output_that_lacks_signs_is_no_fault():
    assert doctor._output("UTF-8").advice == "fine"
    for encoding in ("cp1252", "ascii", "ANSI_X3.4-1968"):
        found = doctor._output(encoding)
        assert found.good and "PYTHONUTF8=1" in found.advice


def test_a_gpu_that_cannot_compute_is_told(libraries, monkeypatch):
    def broken():
        raise RuntimeError("no kernel image is available for execution on the device\nmore")

    monkeypatch.setattr(doctor, "_device", broken)
    found = findings()["device"]
    assert not found.good
    assert (found.found, found.advice) == (
        "RuntimeError",
        "no kernel image is available for execution on the device",
    )


STUBBED = """
import sys

from aae_course.cli import commands, libraries

folder, broken = sys.argv[1:]
sys.path.insert(0, folder)
libraries.OPTIONAL.clear()
libraries.NEEDED.clear()
libraries.NEEDED[broken] = f"import sys; sys.path.insert(0, {folder!r}); import {broken}"
sys.argv = ["aae-course", "doctor"]
commands.main()
"""


@pytest.mark.parametrize("broken", ["torch", "rich"])
def test_it_runs_without_the_library_that_is_broken(tmp_path, broken):
    (tmp_path / f"{broken}.py").write_text('raise ImportError("why")\n', encoding="utf-8")
    call = [sys.executable, "-c", STUBBED, str(tmp_path), broken]
    run = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "ImportError: why" in run.stdout and "results" in run.stdout
