"""Pictures and measures of notebook 13: standing, clusters side by side, the least error, words."""

import itertools

import pytest
import small
import torch
from solutions import cells, solution

from aae_course.data.labels import one_hot
from aae_course.data.minibatches import Batch
from aae_course.experiments.numbers import Metrics, summarise
from aae_course.lessons import invariance
from aae_course.metrics.clustering import Clustered
from aae_course.models.invariance import relaxed
from aae_course.models.invariant_clustering import InvariantClustering

pytestmark = pytest.mark.usefixtures("closed")

RECORDS = {
    "table2": Metrics(
        {
            "mnist_100.test_error_percent": summarise([7.0, 9.0], 1.9),
            "invariant_100.test_error_percent": summarise([1.0, 1.2, 1.1], None),
        }
    ),
    "table3": Metrics({"clusters_16.test_error_percent": summarise([28.0], 9.55)}),
}


def test_the_standing_is_that_of_the_records():
    errors = invariance.standing(RECORDS)
    assert list(errors) == ["100 labels", "1000 labels", "16 clusters", "30 clusters"]
    papers, ours = errors["100 labels"]
    assert (papers.mean, papers.paper, ours.mean) == (8.0, 1.9, pytest.approx(1.1))
    assert errors["16 clusters"][1].mean is None
    assert errors["30 clusters"][0].paper is None


def test_a_case_has_a_mark_for_the_paper_and_for_each_seed():
    (ax,) = invariance.draw_standing(invariance.standing(RECORDS)).axes
    marks = [(line.get_marker(), list(line.get_xdata())) for line in ax.lines]
    assert ("s", [1.9]) in marks and ("o", [7.0, 9.0]) in marks and ("^", [1.0, 1.2, 1.1]) in marks
    assert [text.get_text() for text in ax.get_yticklabels()] == list(invariance.CASES)


def test_clusters_are_drawn_in_the_order_of_their_names_and_strangers_framed():
    assigned = torch.tensor([0, 0, 0, 1, 1, 2])
    labels = torch.tensor([7, 7, 1, 3, 3, 5])
    found = Clustered(one_hot(assigned, 4).float(), labels)
    images = torch.zeros(6, 12, dtype=torch.uint8)
    figure = invariance.draw_clusters_beside({"a": found, "b": found}, images, (1, 3, 4))
    first, _ = figure.axes
    words = [text.get_text().split() for text in first.texts]
    assert words == [["3", "33.3", "%"], ["5", "16.7", "%"], ["7", "50.0", "%"], ["empty"]]
    (frame,) = first.patches  # the third image of the third row
    assert frame.get_xy() == (2 * 5 - 0.5, 2 * 4 - 0.5)


def test_views_that_are_the_image_itself_agree():
    model = small.BUILDERS["invariant clustering"]().eval()
    x = torch.rand(40, small.PIXELS)
    assert invariance.agreement(model, x, lambda x: x) == 1
    assert invariance.agreement(model, x, torch.rand_like) < 1


def by_search(clusters, digits):
    """The least error over all ways to give digits their numbers of clusters."""
    ways = itertools.product(range(clusters + 1), repeat=digits)
    right = (
        sum(min(1 / digits, m / clusters) for m in way) for way in ways if sum(way) == clusters
    )
    return 100 * (1 - max(right))


@pytest.mark.parametrize("clusters", range(1, 8))
def test_no_way_to_share_out_clusters_has_a_smaller_error(clusters):
    assert invariance.least_error(clusters, 3) == pytest.approx(by_search(clusters, 3))


@pytest.mark.parametrize(("clusters", "error"), [(10, 0), (16, 15), (20, 0), (30, 0), (5, 50)])
def test_least_errors_of_ten_digits(clusters, error):
    assert invariance.least_error(clusters) == pytest.approx(error)


def ablation(without, spread=0.1, seeds=3):
    """An ablation whose every part changes the error of 2 % to ``without``."""

    def around(middle):
        return summarise([middle - spread, middle, middle + spread][:seeds], None)

    rows = {"nothing": 2.0, **dict.fromkeys(invariance.PARTS, without)}
    return Metrics({f"{row}.labels_error_percent": around(mean) for row, mean in rows.items()})


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        (ablation(2.05), "2.00 % becomes 2.05 %. The change of +0.05 is not larger than the"),
        (ablation(1.95), "The change of -0.05 is not larger than the spread over 3 seeds, 0.10"),
        (ablation(2.2), "The error rises by more than the spread over 3 seeds, 0.10."),
        (ablation(1.8), "The error falls by more than the spread over 3 seeds, 0.10."),
        (ablation(9.0, seeds=1), "with one seed, which does not say how far seeds lie apart."),
    ],
)
def test_the_verdict_compares_a_change_with_the_spread(metrics, words):
    with_labels, without = invariance.verdict(metrics)[:3], invariance.verdict(metrics)[3:]
    assert all(words in line for line in with_labels)
    assert [line.partition(", without ")[2].partition(":")[0] for line in with_labels] == list(
        invariance.PARTS.values()
    )
    assert all(line.endswith(": not measured.") for line in without)


def test_the_larger_spread_of_the_two_counts():
    metrics = Metrics(
        {
            "nothing.labels_error_percent": summarise([2.0, 2.01, 1.99], None),
            "reconstruction.labels_error_percent": summarise([2.0, 3.0, 2.5], None),
        }
    )
    (line,) = (line for line in invariance.verdict(metrics) if "not measured" not in line)
    assert "2.00 % becomes 2.50 %. The change of +0.50 is not larger" in line


@pytest.mark.parametrize("progress", [0.0, 0.4, 1.0])
def test_the_notebooks_model_has_the_packages_losses_with_the_shown_solution(progress):
    """The class `Mine`, which trains with the reader's loss."""
    notebook = "13_invariance.ipynb"
    (source,) = (cell for cell in cells(notebook, "code") if "class Mine(" in cell)
    names = {"torch": torch, "InvariantClustering": InvariantClustering, "relaxed": relaxed}
    exec(source, names := names | {"generator_phase": solution(notebook, "generator_phase")})
    batch = Batch(torch.rand(10, small.PIXELS), None, None, torch.tensor(progress))
    losses = []
    for kind in (InvariantClustering, names["Mine"]):
        torch.manual_seed(1)
        losses.append(dict(small.build_invariant(kind)().training_step(batch)))
    assert list(losses[0]) == list(losses[1])
    torch.testing.assert_close(*losses)
