"""The command `playground`: page and decoders from what was trained, and what is not, in a line."""

from aae_course.experiments import playground


def test_the_page_is_written_with_what_was_trained(aae_course, quick, monkeypatch, tmp_path):
    monkeypatch.setattr(playground, "DECODERS", ("figure_2a",))
    folder, words = tmp_path / "page", ("--scale", "smoke", "--out", str(tmp_path))
    before = aae_course("playground", str(folder), *words)
    assert before.returncode == 2
    (line,) = before.stderr.strip().splitlines()
    assert "0 of the 25 steps of figure_2a: run aae-course reproduce fig2 --scale smoke" in line
    assert aae_course("reproduce", "fig2", *words).returncode == 0
    shown = aae_course("playground", str(folder), *words)
    assert shown.returncode == 0, shown.stderr
    assert (folder / "index.html").exists()
    decoder = folder / "models" / "figure_2a.safetensors"
    assert f"decoder: {decoder} (" in shown.stdout
    assert shown.stdout.endswith(f"Next: python -m http.server -d {folder}\n")
