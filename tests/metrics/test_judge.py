"""The classifier that judges samples, and the points between codes."""

from dataclasses import replace

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.metrics import judge


@pytest.fixture(scope="module")
def data():
    return load("digits")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(judge, "SAMPLES", 200)


def test_all_rows_have_one_judge_even_if_the_data_were_moved(data):
    moved = data.to("cpu")
    assert moved is not data
    assert judge.judge_of(data) is judge.judge_of(moved)


def test_midpoints_lie_halfway():
    codes = torch.tensor([[0.0, 2.0], [4.0, 0.0], [1.0, 1.0]])
    assert judge.midpoints(codes).tolist() == [[2.0, 1.0]]


def test_a_data_set_without_validation_images_has_no_judge(data):
    with pytest.raises(ValueError, match="'digits' has no validation split"):
        judge.judge_of(replace(data, validation=None, sha256="without validation"))


class PaintsItsLabel:
    """Decodes label k to an image whose pixel k alone is bright."""

    classes = 10

    def decode(self, z, y):
        return torch.eye(10)[y]


def test_asked_digits_are_counted_as_the_classifier_reads_them():
    z = torch.zeros(7, 15)
    assert judge.asked_accuracy(PaintsItsLabel(), z, lambda x: x) == 1
    assert judge.asked_accuracy(PaintsItsLabel(), z, lambda x: x.roll(1, -1)) == 0
