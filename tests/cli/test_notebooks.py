"""The notebooks are written whole, a person's own changes are kept, and a bad folder is named."""

from pathlib import Path

import pytest

from aae_course.cli.notebooks import write_notebooks

NOTEBOOKS = {path.name: path for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb")}


def written_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_are_written_and_the_next_step_is_said(aae_course, tmp_path):
    folder = tmp_path / "a" / "course"
    shown = aae_course("notebooks", str(folder))
    assert shown.returncode == 0
    assert written_in(folder) == {name: path.read_bytes() for name, path in NOTEBOOKS.items()}
    assert f"jupyter lab {folder}" in shown.stdout
    assert "--force" not in shown.stdout


def test_a_changed_notebook_is_kept_and_named_and_missing_ones_are_written(aae_course, tmp_path):
    write_notebooks(tmp_path)
    (tmp_path / "05_adversarial_autoencoder.ipynb").write_text("my own work")
    (tmp_path / "02_kl_divergence.ipynb").unlink()
    shown = aae_course("notebooks", str(tmp_path))
    assert shown.returncode == 0
    assert "(--force replaces them): 05_adversarial_autoencoder.ipynb\n" in shown.stdout
    assert (tmp_path / "05_adversarial_autoencoder.ipynb").read_text() == "my own work"
    assert written_in(tmp_path).keys() == NOTEBOOKS.keys()


def test_force_replaces_it(aae_course, tmp_path):
    (tmp_path / "04_gan.ipynb").write_text("my own work")
    shown = aae_course("notebooks", str(tmp_path), "--force")
    assert "kept" not in shown.stdout
    assert (tmp_path / "04_gan.ipynb").read_bytes() == NOTEBOOKS["04_gan.ipynb"].read_bytes()


def test_other_files_of_the_folder_stay(tmp_path):
    (tmp_path / "my_notes.ipynb").write_text("notes")
    write_notebooks(tmp_path, force=True)
    assert (tmp_path / "my_notes.ipynb").read_text() == "notes"


def test_a_full_disk_leaves_no_notebook_cut_short(monkeypatch, tmp_path):
    write = Path.write_bytes

    def fill(path, content):
        write(path, content[:100])
        raise OSError(28, "No space left on device")

    (tmp_path / "04_gan.ipynb").write_text("my own work")
    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match=r"cannot write to the folder .*No space left on device"):
        write_notebooks(tmp_path, force=True)
    assert written_in(tmp_path) == {"04_gan.ipynb": b"my own work"}


@pytest.mark.parametrize("way", ["file", "file/course"])
def test_a_folder_that_cannot_be_made_is_named(aae_course, tmp_path, way):
    (tmp_path / "file").write_text("in the way")
    shown = aae_course("notebooks", str(tmp_path / way))
    assert shown.returncode == 2
    assert f"cannot write to the folder {tmp_path / way}" in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1
