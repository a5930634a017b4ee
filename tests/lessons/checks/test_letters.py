"""A choice of letters is right, wrong about a letter, or no choice of letters at all."""

import pytest

from aae_course.lessons.checks.letters import Letters

EVEN = Letters(
    {"A": (False, "1 is odd"), "B": (True, "2 is even"), "C": (False, "3 is odd")},
    none="names none: one is even",
    opposite="names the odd ones",
    everything="names all: two are odd",
)


@pytest.mark.parametrize("answer", [["B"], "b", ("B", "B"), {"B"}])
def test_the_right_letters_have_no_fault_in_whatever_form(answer):
    assert EVEN.fault(answer) is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([], "names none: one is even"),
        ("AC", "names the odd ones"),
        ("ABC", "names all: two are odd"),
        ("AB", "is wrong about A: 1 is odd"),
        ("A", "is wrong about A: 1 is odd"),
        (["D", "E"], "names 'D': the letters are A, B, C"),
        (["AB"], "names 'AB': the letters are A, B, C"),
        (2, "returns no letters"),
        ([2], "returns no letters"),
    ],
)
def test_a_wrong_choice_is_told_why(answer, why):
    assert EVEN.fault(answer).startswith(why)
