"""The ablation: its rows, what it measures and on which images, and its picture."""

from dataclasses import replace

import matplotlib.pyplot as plt
import small
import torch

from aae_course.data.dataset import Dataset
from aae_course.experiments.invariance import ablation
from aae_course.experiments.numbers import Metrics, summarise
from aae_course.experiments.trained import Trained
from aae_course.training.history import History

VALIDATION = small.split(60)


class Untouchable:
    """Test images that nobody may look at."""

    def __getattr__(self, name):
        raise AssertionError("the test images were read")


def trained(evaluations, final=True):
    torch.manual_seed(0)
    model = small.BUILDERS["invariant clustering"]().eval()
    data = Dataset("made", small.split(20), VALIDATION, small.split(20), (1, 3, 4))
    object.__setattr__(data, "test", Untouchable())
    return Trained(None, data, (0,), [model], History(evaluations=evaluations), final=final)


def evaluation(epoch, error):
    return {
        "epoch": epoch,
        "validation_error_percent": [error],
        "validation_majority_error_percent": [error - 1],
        "clusters_alive": [14],
    }


def test_numbers_are_those_after_the_last_epoch_of_validation_images():
    run = trained([evaluation(1, 20.0), evaluation(2, 10.0)])
    measured = ablation.measure_without("clusters", "demand", run)
    assert measured["demand", "clusters_error_percent"] == [10.0]
    assert measured["demand", "clusters_alive"] == [14]
    assert 0 <= measured["demand", "clusters_style_told"][0] <= 1
    assert measured["demand", "clusters_reconstruction"][0] > 0
    on_the_way = ablation.measure_without("clusters", "demand", replace(run, final=False))
    assert on_the_way.keys() < measured.keys()
    assert ablation.measure_without("clusters", "demand", trained([])) == {}


def test_every_part_has_a_row_and_a_mark_in_both_panels():
    made = {
        f"{row}.{column.name}": summarise([place + 1.0, place + 2.0], None)
        for task, columns in ablation.COLUMNS.items()
        for place, row in enumerate(ablation.CHANGES[task])
        for column in columns
    }
    table = ablation.table_invariance(Metrics(made))
    assert [row[0] for row in table.rows] == list(ablation.TITLES.values())
    assert all(cell for row in table.rows[:-1] for cell in row)
    assert table.rows[-1][1] == "" and table.rows[-1][4] != ""  # relaxing is of clusters only
    figure = ablation.draw_invariance(Metrics(made))
    points = [[len(line.get_xdata()) for line in ax.lines] for ax in figure.axes]
    assert [sizes.count(2) for sizes in points] == [11, 12]  # seeds, and the line of the whole
    plt.close(figure)
