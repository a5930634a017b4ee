"""The picture of the draws of labels: its seeds in order, and the commonest mistake."""

from dataclasses import replace

import matplotlib.pyplot as plt
import torch

from aae_course.data.datasets import load
from aae_course.data.labels import one_hot
from aae_course.experiments import recipes
from aae_course.experiments.invariance import draws
from aae_course.experiments.trained import Trained
from aae_course.training.history import History


class Reader:
    """Reads the digits 7 as 2 in its first images, so many of them, and everything else right."""

    def __init__(self, split, wrong):
        self.y = split.labels.clone()
        self.y[(split.labels == 7).nonzero().flatten()[:wrong]] = 2

    def logits(self, x):
        return one_hot(self.y[: len(x)], 10)


def test_seeds_stand_in_order_and_the_worst_is_explained():
    data = load("digits")
    models = [Reader(data.test, wrong) for wrong in (2, 9, 1)]
    recipe = recipes.get(draws.PANEL, "smoke")
    run = Trained(recipe, data, (5, 6, 7), models, History())
    figure = draws.draw_draws({draws.PANEL: run}, "smoke")
    errors, best, worst, misread = figure.axes
    assert [label.get_text() for label in errors.get_xticklabels()] == ["7", "5", "6"]
    heights = errors.lines[0].get_ydata()
    assert list(heights) == sorted(heights)
    assert best.get_title().endswith("seed 7") and worst.get_title().endswith("seed 6")
    assert misread.get_title() == "worst: 7 read as 2,\n9 of 9 mistakes"
    plt.close(figure)
    perfect = replace(run, seeds=(5,), models=[Reader(data.test, 0)])
    plt.close(draws.draw_draws({draws.PANEL: perfect}, "smoke"))
    assert torch.equal(data.test.labels, load("digits").test.labels)
