"""The data set that needs no file, for the tests of this folder."""

import pytest

from aae_course.data.datasets import load


@pytest.fixture(scope="module")
def digits():
    return load("digits")
