"""An answer is compared with the right value, and with what known mistakes give."""

import pytest
import torch

from aae_course.lessons.checks.answers import Expected, Lists, Pair

RIGHT = torch.tensor([1.0, 2.0, 3.0])


@pytest.mark.parametrize("answer", [RIGHT, RIGHT.double(), RIGHT.long(), RIGHT + 1e-6])
def test_a_right_tensor_has_no_fault(answer):
    assert Expected(RIGHT).fault(answer) is None


@pytest.mark.parametrize("answer", [2, 2.0, torch.tensor(2.0), torch.tensor([[2]])])
def test_a_right_number_has_no_fault(answer):
    assert Expected(2.0).fault(answer) is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (2 * RIGHT, "twice"),
        (RIGHT.sum(), "summed"),
        (torch.full((3,), torch.nan), "nan"),
        (torch.zeros(2), "two"),
        (torch.zeros(4), "returns the shape (4,) where (3,) is right"),
        (torch.tensor([1, 2, 4]), "gives 4 in place [2] where 3 is right"),
        (torch.tensor([1, 2, 3.001]), "gives 3.001 in place [2] where 3 is right"),
        ([1, 2, 3], "returns a list: a tensor was asked for"),
        (torch.ones(3, 2).max(1), "as torch.max does: take one of the two"),
    ],
)
def test_a_wrong_tensor_is_told_why(answer, why):
    mistakes = {"twice": 2 * RIGHT, "summed": 6, "nan": torch.full((3,), torch.nan)}
    assert why in Expected(RIGHT, mistakes, {(2,): "two"}).fault(answer)


def test_numbers_that_look_alike_get_more_digits():
    assert Expected(1.10101).fault(1.1014) == "gives 1.1014 where 1.10101 is right"


def test_any_other_mistake_may_have_a_text():
    assert Expected(1.0, {"half": 0.5}, otherwise="else").fault(7) == "else"


PAIR = Pair(size=Expected(1.0), codes=Expected(RIGHT))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((1.0, RIGHT), None),
        (1.0, "does not return a pair: return size, codes"),
        ((RIGHT, 1.0), "returns both in the other order: size comes first"),
        ((7 * RIGHT, 2.0), "returns both in the other order: size comes first"),
        ((2.0, RIGHT), "(size) gives 2 where 1 is right"),
        ((1.0, [1]), "(codes) returns a list: a tensor was asked for"),
    ],
)
def test_a_pair_is_told_which_part_is_wrong(answer, why):
    assert PAIR.fault(answer) == why


WHY = {"red": "it is long", "blue": "it is short"}
LISTS = Lists("lines", {"length": {"red"}, "width": {"red", "blue"}}, {"length": WHY, "width": WHY})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((["red"], ("blue", "red")), None),
        ((["red"],), "two lists were asked for, length first"),
        ((["red"], "blue"), "that is no list of names, as ['red']"),
        ((["red"], ["green"]), "names 'green': the lines are red, blue"),
        ((["blue", "red"], ["red"]), "the other order: length comes first"),
        ((["blue", "red"], ["red", "blue"]), "(length) has 'blue': it is short"),
        ((["red"], ["blue"]), "(width) misses 'red': it is long"),
    ],
)
def test_lists_of_names(answer, why):
    fault = LISTS.fault(answer)
    assert (fault is None) == (why is None)
    assert why is None or why in fault
