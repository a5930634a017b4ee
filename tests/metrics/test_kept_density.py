"""Sums that are kept in a file: taken up where they are about the same, and never half written."""

import pytest
import torch

from aae_course.metrics.kept_density import KeptDensity


@pytest.fixture
def kept(tmp_path):
    return KeptDensity(tmp_path / "parzen", "weights a").of("test")


def test_what_was_saved_comes_back(kept):
    density, empty = torch.randn(2, 5, dtype=torch.double), torch.zeros(2, 5, dtype=torch.double)
    assert kept.load(empty) == 0 and not empty.any()
    kept.save(density, 300)
    assert kept.load(empty) == 300 and torch.equal(empty, density)


@pytest.mark.parametrize("content", [b"", b"half", None])
def test_a_file_that_is_damaged_or_about_something_else_is_begun_anew(kept, content):
    kept.save(torch.ones(1, 3, dtype=torch.double), 300)
    other = KeptDensity(kept.path, "weights b")
    if content is not None:
        kept.path.write_bytes(content)
        other = kept
    density = torch.zeros(1, 3, dtype=torch.double)
    assert other.load(density) == 0 and not density.any()


def test_parts_have_files_of_their_own(kept, tmp_path):
    whole = KeptDensity(tmp_path / "parzen", "weights a")
    assert kept.path.name == "parzen_test.safetensors"
    assert whole.of("validation").path != kept.path
