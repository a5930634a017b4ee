"""Which exceptions are told in one line, and which keep their traceback."""

import importlib
import sys

import pytest

from aae_course.cli.mistakes import in_one_line
from aae_course.data.downloads import DataError
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import NonFiniteLoss

DOCTOR = "aae-course doctor looks at every library"


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.delenv("AAE_DEBUG", raising=False)


@pytest.mark.parametrize("kind", [ValueError, OSError, DataError, CheckpointError, NonFiniteLoss])
def test_advice_is_handed_on(kind):
    assert in_one_line(kind("do this")) == "do this"


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, AssertionError])
def test_a_fault_of_ours_keeps_its_traceback(kind):
    with pytest.raises(kind):
        in_one_line(kind("what is this?"))


def test_for_whoever_looks_for_a_fault_all_tracebacks_are_kept(monkeypatch):
    monkeypatch.setenv("AAE_DEBUG", "1")
    with pytest.raises(ValueError, match="do this"):
        in_one_line(ValueError("do this"))
    monkeypatch.setenv("AAE_DEBUG", "")
    assert in_one_line(ValueError("do this")) == "do this"


@pytest.mark.parametrize(
    "source",
    [
        'raise RuntimeError("operator torchvision::nms does not exist")',
        'raise ValueError("numpy.dtype size changed")',
        'raise OSError("libcudart.so: cannot open shared object file")',
        "import no_such_library",
        "1 / 0",
    ],
)
def test_a_library_that_cannot_be_imported_is_told(tmp_path, monkeypatch, source):
    (tmp_path / "broken_library.py").write_text(f"{source}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Exception) as raised:
        importlib.import_module("broken_library")
    assert "broken_library" not in sys.modules
    told = in_one_line(raised.value)
    assert told.startswith(f"{raised.type.__name__}: ") and told.endswith(DOCTOR)
    assert len(told.splitlines()) == 1
