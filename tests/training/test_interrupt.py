"""How a run stops without loss: signals, a deadline, and saving now and then."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import small
from made_runs import assert_same, run, weights

from aae_course import settings
from aae_course.training import interrupt
from aae_course.training.interrupt import Autosave, Deferred, OutOfTime, deferred_interrupt

ENDINGS = [each for each in settings.stopping_signals() if each != signal.SIGINT]  # but Ctrl-C


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


def autosave(calls, deadline=None, signals=None, report=True):
    """One that saves every ten seconds and notes in ``calls`` what it does."""
    tell = partial(calls.append, "report") if report else None
    return Autosave(partial(calls.append, "save"), tell, 10.0, deadline, signals or Deferred())


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


@pytest.fixture
def handled():
    """Handlers of all signals that stop, which only note them; and what they noted."""
    noted = []
    before = {each: signal.getsignal(each) for each in settings.stopping_signals()}
    for each in before:
        signal.signal(each, lambda number, frame: noted.append(number))
    yield noted
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("number", settings.stopping_signals())
def test_a_signal_stops_the_run_after_the_step_and_it_is_saved(clock, handled, number):
    calls = []
    with pytest.raises(KeyboardInterrupt), deferred_interrupt() as signals:
        saves = autosave(calls, deadline=200.0, signals=signals)
        saves.after_step()
        signal.raise_signal(number)
        assert (calls, handled) == ([], [])  # the step goes on
        saves.after_step()
        pytest.fail("the run goes on")
    assert (calls, handled) == (["save"], [number])


def test_ctrl_c_is_python_s_own_interrupt_once_the_run_is_saved(clock):
    calls = []
    with pytest.raises(KeyboardInterrupt) as raised, deferred_interrupt() as signals:
        signal.raise_signal(signal.SIGINT)
        autosave(calls, signals=signals).after_step()
    assert calls == ["save"]
    assert raised.value.__context__ is None  # a notebook shows one exception, not two


def test_a_signal_that_comes_after_the_last_step_acts_at_the_end(handled):
    with pytest.raises(KeyboardInterrupt), deferred_interrupt() as signals:
        signal.raise_signal(signal.SIGTERM)
        assert signals.came == signal.SIGTERM and not handled
    assert handled == [signal.SIGTERM]


def test_the_first_ctrl_c_is_noted_and_the_second_interrupts():
    before = signal.getsignal(signal.SIGINT)
    with deferred_interrupt() as signals:
        assert signals.came is None
        signal.raise_signal(signal.SIGINT)
        assert signals.came == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", ENDINGS)
def test_more_signals_of_a_batch_system_wait_like_the_first(handled, number):
    with pytest.raises(KeyboardInterrupt), deferred_interrupt() as signals:
        for each in (number, number, signal.SIGTERM):
            signal.raise_signal(each)
        assert signals.came == number and not handled
    assert handled == [number]


def test_a_signal_that_was_ignored_stays_so(handled):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with deferred_interrupt() as signals:
        signal.raise_signal(signal.SIGTERM)
        assert signals.came is None
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN


TRAINING = """
import signal, sys
from pathlib import Path

import small
from made_runs import StopAt, run

run(small.BUILDERS["aae gaussian"], path=Path(sys.argv[1]), progress=StopAt(7, signal.SIGTERM))
print("went on")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is of Unix")
def test_a_script_without_handlers_dies_of_sigterm_after_its_run_is_saved(tmp_path):
    """Nothing swallows the signal, as a notebook's kernel would swallow an exception."""
    build, path = small.BUILDERS["aae gaussian"], tmp_path / "run.safetensors"
    tests = str(Path(small.__file__).parent)
    child = subprocess.run(
        [sys.executable, "-c", TRAINING, str(path)], env={**os.environ, "PYTHONPATH": tests},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (child.returncode, child.stdout) == (-signal.SIGTERM, ""), child.stderr
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    resumed, _ = run(build, path=path)
    straight, _ = run(build)
    assert_same(weights(straight), weights(resumed))


def test_outside_the_main_thread_signals_are_left_to_python():
    before, noted = signal.getsignal(signal.SIGINT), []

    def work():
        with deferred_interrupt() as signals:
            noted.append((signals.came, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert noted == [(None, before)]
