"""The command `bench`: what it refuses before it measures."""


def test_bench_names_a_folder_that_it_cannot_write_before_it_measures(aae_course, tmp_path):
    (tmp_path / "file").write_text("in the way")
    shown = aae_course("bench", "--out", str(tmp_path / "file" / "out"))
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1 and "cannot write to" in shown.stderr
