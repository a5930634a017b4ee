"""How signals end the command."""

import os
import signal
import subprocess
import sys

import pytest

from aae_course import settings
from aae_course.cli.stopping import Stopped, stopped_by_signals


def handlers():
    return {each: signal.getsignal(each) for each in settings.stopping_signals()}


@pytest.mark.parametrize("number", settings.stopping_signals())
def test_a_signal_raises_what_says_how_the_command_ends(number):
    before = handlers()
    with pytest.raises(Stopped) as raised, stopped_by_signals():
        signal.raise_signal(number)
        pytest.fail("it goes on")
    assert raised.value.status == 128 + number
    assert handlers() == before


def test_it_is_no_error_that_others_catch():
    with pytest.raises(Stopped, match="terminated"), stopped_by_signals():
        try:
            signal.raise_signal(signal.SIGTERM)
        except (Exception, KeyboardInterrupt):
            pytest.fail("caught")


def test_a_second_sigterm_leaves_time_to_put_things_in_order():
    with stopped_by_signals():
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL  # Ctrl-C ends it at once


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_what_was_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
    try:
        with stopped_by_signals():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


LOADING = """
import sys, time
from aae_course.cli import commands
from aae_course.experiments import reproduce

def load(*args, **more):
    print("loads", flush=True)
    time.sleep(60)

reproduce.load = load
sys.argv = ["aae-course", "reproduce", "fig2", "--scale", "smoke", "--out", sys.argv[1]]
commands.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_outside_training_ends_with_one_line(tmp_path):
    call = [sys.executable, "-c", LOADING, str(tmp_path)]
    child = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "loads\n"
    os.kill(child.pid, signal.SIGHUP)
    said = child.communicate()[1]
    assert child.returncode == 128 + signal.SIGHUP
    assert said.startswith("aae-course: the terminal was closed") and len(said.splitlines()) == 1
    assert not list(tmp_path.iterdir())
