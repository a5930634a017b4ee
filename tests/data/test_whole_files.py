"""Files that are written whole or not at all, and what is left of a process that was killed."""

import subprocess
import sys

import pytest

from aae_course.data.whole_files import write_text, written_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_when_its_block_has_ended(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with written_whole(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
        assert temporary.suffix == path.suffix  # which tells a picture's format
    assert path.read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt, SystemExit])
def test_a_block_that_fails_leaves_all_as_it_was(tmp_path, fault):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(fault), written_whole(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise fault
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_text_is_the_same_on_every_system(tmp_path):
    write_text(tmp_path / "a.md", "4 ± 1\nβ\n")
    assert (tmp_path / "a.md").read_bytes() == "4 ± 1\nβ\n".encode()


KILLED = """
import os, sys
from pathlib import Path
from aae_course.data.whole_files import written_whole

with written_whole(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os._exit(9)
"""


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    path = tmp_path / "a.txt"
    for name in ("a.txt", "b.a.txt"):
        call = [sys.executable, "-c", KILLED, str(tmp_path / name)]
        assert subprocess.run(call, check=False).returncode == 9
    of_a, of_b = names(tmp_path)
    with written_whole(path) as living:
        living.write_text("first", encoding="utf-8")
        assert names(tmp_path) == sorted([living.name, of_b])
        assert of_a != living.name
        with pytest.raises(ValueError), written_whole(path.with_name("c.txt")):
            raise ValueError
        assert living.exists()
    assert names(tmp_path) == sorted([of_b, "a.txt"])
