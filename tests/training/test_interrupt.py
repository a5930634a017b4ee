"""How a run stops without loss: Ctrl-C, a deadline, and saving now and then."""

import signal
import threading
import time
from dataclasses import dataclass
from functools import partial

import pytest
import small
from made_runs import assert_same, run, weights

from aae_course.training import interrupt
from aae_course.training.interrupt import Autosave, OutOfTime, deferred_interrupt


def test_a_run_that_is_out_of_time_is_saved_and_goes_on(tmp_path):
    build, path = small.BUILDERS["aae gaussian"], tmp_path / "run.safetensors"
    straight, _ = run(build)
    with pytest.raises(OutOfTime):
        run(build, path=path, deadline=time.monotonic())
    resumed, _ = run(build, path=path, deadline=time.monotonic() + 60)
    assert_same(weights(straight), weights(resumed))


@dataclass
class Clock:
    """Time that passes only when told to."""

    now: float = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(interrupt, "time", clock)
    return clock


def autosave(calls, deadline=None, interrupted=lambda: False, report=True):
    """One that saves every ten seconds and notes in ``calls`` what it does."""
    tell = partial(calls.append, "report") if report else None
    return Autosave(partial(calls.append, "save"), tell, 10.0, deadline, interrupted)


def test_a_run_is_saved_and_reported_each_time_enough_seconds_have_passed(clock):
    calls = []
    saves = autosave(calls)
    for now, expected in ((105, 0), (110, 0), (111, 1), (115, 1), (121, 1), (122, 2)):
        clock.now = now
        saves.after_step()
        assert calls == expected * ["save", "report"], now


def test_without_a_report_it_is_only_saved(clock):
    calls = []
    saves = autosave(calls, report=False)
    clock.now += 11
    saves.after_step()
    assert calls == ["save"]


def test_a_deadline_stops_the_run_once_it_has_passed_and_it_is_saved(clock):
    calls = []
    saves = autosave(calls, deadline=103.0)
    clock.now = 103.0
    saves.after_step()
    assert calls == []
    clock.now = 103.1
    with pytest.raises(OutOfTime):
        saves.after_step()
    assert calls == ["save"]


def test_ctrl_c_stops_the_run_after_the_step_and_it_is_saved(clock):
    calls = []
    with pytest.raises(KeyboardInterrupt):
        autosave(calls, deadline=0.0, interrupted=lambda: True).after_step()
    assert calls == ["save"]


def test_the_first_ctrl_c_is_noted_and_the_second_interrupts():
    before = signal.getsignal(signal.SIGINT)
    with deferred_interrupt() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_ctrl_c_is_left_to_python():
    before, noted = signal.getsignal(signal.SIGINT), []

    def work():
        with deferred_interrupt() as interrupted:
            noted.append((interrupted(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert noted == [(False, before)]
