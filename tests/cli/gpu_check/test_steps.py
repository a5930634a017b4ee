"""Captured steps against eager ones, precisions, and time, with the CPU in place of a GPU."""

import math
import time
import warnings

import pytest
import torch

from aae_course import models
from aae_course.cli.benchmark import report, subjects
from aae_course.cli.gpu_check import steps
from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.invariance.ablation_recipes import PerceptronsWithViews
from aae_course.networks.compact_convolutional import CompactConvolutional
from aae_course.networks.convolutional import Convolutional
from aae_course.networks.dcgan import Convolutions
from aae_course.networks.perceptrons import Perceptrons
from aae_course.training import precision

CPU = torch.device("cpu")


def soon(seconds=60.0):
    return time.monotonic() + seconds


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(subjects, "PAPER_SIZE", Perceptrons((16, 8), initialisation="paper"))
    monkeypatch.setattr(report, "IMAGES", 3000)
    monkeypatch.setattr(steps, "CHUNK", 3)


@pytest.fixture
def only(monkeypatch):
    """Leaves some of the cases."""
    cases = steps.cases

    def some(*names):
        monkeypatch.setattr(steps, "cases", lambda data: {n: cases(data)[n] for n in names})

    return some


def test_every_model_and_kind_of_network_is_among_the_cases():
    kinds = [each for each in vars(models).values() if isinstance(each, type)]
    trainable = {each for each in kinds if issubclass(each, models.Model) and "phases" in dir(each)}
    cases = steps.cases(load("digits"))
    missing = trainable - {type(build(None)) for build, _, _ in cases.values()}
    names = ", ".join(each.__name__ for each in missing)
    assert not missing, f"no recipe trains {names} on digits, so gpu-check leaves it out: add one"
    networks = [recipes.get(name, "smoke").architecture for name in cases if name != "judge"]
    kinds = {Perceptrons, Convolutional, Convolutions, CompactConvolutional, PerceptronsWithViews}
    assert {type(each) for each in networks} == kinds
    encoders = {getattr(each, "encoder", "deterministic") for each in networks}
    assert encoders == {"deterministic", "gaussian", "universal"}


def test_equal_runs_are_not_apart_and_each_is_compared(only):
    only("aae_gaussian", "gan_dcgan", "judge")
    part = steps.captured(CPU, soon())
    assert part["good"] and part["apart"] == {"aae_gaussian": 0.0, "gan_dcgan": 0.0, "judge": 0.0}


def test_a_model_that_trains_otherwise_when_captured_is_told(only, monkeypatch):
    ends = steps.ends
    only("aae_gaussian", "labels_alone_100")
    monkeypatch.setattr(steps, "ends", lambda *a, eager: ends(*a, eager=eager, noise=int(eager)))
    part = steps.captured(CPU, soon())
    assert part["good"] is False and list(part["failed"]) == ["aae_gaussian"]
    assert part["apart"]["aae_gaussian"] > 3 * steps.APART  # what other noise does is far beyond


def test_a_step_that_cannot_be_captured_is_told(only, monkeypatch):
    def warn(run, eager):
        said = "this model's step cannot be captured as a CUDA graph (why): it runs eagerly"
        warnings.warn(said, RuntimeWarning, 2)
        yield

    only("aae_gaussian")
    monkeypatch.setattr(steps.Run, "steps", warn)
    part = steps.captured(CPU, soon())
    assert part["good"] is False and "cannot be captured" in part["failed"]["aae_gaussian"]


def test_precisions_are_compared_with_fp32(tiny, monkeypatch):
    monkeypatch.setattr(precision, "_has_bf16", lambda device: True)
    part = steps.precisions(CPU, soon(3))
    fp32, bf16 = part["precisions"].values()
    assert part["good"] and (fp32["losses_apart"], fp32["times_fp32"]) == (0, 1)
    assert 0 < bf16["losses_apart"] < steps.LOSSES_APART and len(bf16["losses"]) == 3
    assert "bf16" in part["found"]


def test_losses_that_are_far_off_or_not_finite_are_told(tiny, monkeypatch):
    assert steps.beside(
        {"seconds_per_step": 1.0, "losses": [1.0, 2.2]}, {"seconds_per_step": 4.0, "losses": [1, 2]}
    ) == {"times_fp32": 4.0, "losses_apart": pytest.approx(0.1)}
    monkeypatch.setattr(steps, "beside", lambda *rows: {"times_fp32": 1, "losses_apart": math.nan})
    part = steps.precisions(CPU, soon(3))
    assert part["good"] is False and part["failed"]["fp32"] == "its losses"


def test_the_pace_takes_as_many_steps_as_asked_for_or_as_there_is_time(tiny):
    split = report.random_images(CPU)
    seconds, count = steps.pace(subjects.Case().run(split), 30, soon())
    assert count == 30 and 0 < seconds < 1
    assert steps.pace(subjects.Case().run(split), 30, soon(-1))[1] == steps.CHUNK


def test_the_weights_and_running_statistics_are_compared_whole():
    data = load("digits")
    build, *rest = steps.cases(data)["label_informed_mixture"]  # with batch norm
    start, end = steps.ends(data.train, build, *rest, eager=True)
    held = build(2).state_dict()
    assert len(start) == len(end) == sum(value.numel() for value in held.values())
    assert "running_mean" in " ".join(held) and not torch.equal(start, end)


def test_precisions_of_which_none_could_be_tried_are_named(tiny):
    part = steps.precisions(CPU, soon(-1))
    assert part["good"] is None and "fp32" in part["not_measured"]
