"""Turns within a time limit: shares of the time, failures, and what finds none."""

import time

import pytest

from aae_course.cli.gpu_check.turns import in_turn, some


def test_a_failure_leaves_the_others_their_turn():
    def halves(name, until):
        if name == "b":
            raise ValueError("not this one\nand more")
        return name.upper()

    turns = in_turn(["a", "b", "c"], halves, time.monotonic() + 60, "letters")
    assert turns.found == {"a": "A", "c": "C"} and not turns.left
    part = turns.summary("two of three", sum=2)
    assert part["good"] is False and part["sum"] == 2
    assert part["found"] == "two of three; failed: b (ValueError: not this one)"
    assert part["failed"] == {"b": "ValueError: not this one"}


def test_what_finds_no_time_is_named():
    turns = in_turn("ab", lambda name, until: name, time.monotonic() - 1, "letters")
    part = turns.summary("none")
    assert (part["good"], part["not_measured"]) == (None, ["a", "b"])
    assert part["found"] == "none; no time was left for a, b"


def test_the_time_that_is_left_is_shared_out(monkeypatch):
    clock, ends = [0.0], []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def measure(name, until):
        ends.append(until)
        clock[0] += 10 if name == "a" else until - clock[0]

    in_turn("abc", measure, 60.0, "letters")
    assert ends == pytest.approx([20, 35, 60])  # 60 / 3; then 50 left for two


def test_long_lists_are_cut():
    assert some(["a", "b"]) == "a, b"
    assert some(list("abcdef")) == "a, b, c, d and 2 more"
