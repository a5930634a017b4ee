"""Diagnostics and pictures of notebook 08: entropies, calibration, what D_y pays, Table 2."""

import math

import numpy as np
import pytest
import small
import torch
from sklearn.metrics import log_loss

from aae_course import metrics
from aae_course.experiments.labels.table_2 import METHODS_OF_TABLE_2
from aae_course.experiments.numbers import Metrics
from aae_course.lessons import semi_supervised as plot
from aae_course.models.losses import discriminator_loss
from aae_course.models.priors import Categorical
from aae_course.training.history import History

pytestmark = pytest.mark.usefixtures("closed")


def soft(n=400, classes=10):
    return torch.randn(n, classes).mul(2).softmax(-1)


@pytest.mark.parametrize("build", [small.build_semi_supervised(), small.build_labels_alone])
def test_predictions_are_probabilities_of_the_models_own_guess(build):
    model, images = build().eval(), small.split().images
    y = metrics.predictions(model, images)
    torch.testing.assert_close(y.sum(-1), torch.ones(len(images)))
    assert torch.equal(y.argmax(-1), model.logits(images.float() / 255).argmax(-1))
    assert not y.requires_grad


def test_entropies_are_0_for_one_hot_and_log_k_for_no_idea():
    y = torch.stack([Categorical(4).sample(), torch.full((4,), 0.25)])
    torch.testing.assert_close(plot.entropies(y), torch.tensor([0.0, math.log(4)]))


def test_entropy_is_the_log_loss_of_labels_drawn_from_it():
    y = soft(30_000, 3)
    drawn = torch.multinomial(y, 1).flatten()
    assert plot.entropies(y).mean() == pytest.approx(log_loss(drawn, y.numpy()), rel=0.02)


@pytest.mark.parametrize("used", [1, 2, 5, 10])
def test_no_label_discriminator_pays_less_than_the_best(used):
    """On draws in their exact proportions, gradient descent on D_y's log-odds ends there."""
    real, fake = torch.arange(10), torch.arange(used)
    logits = torch.zeros(10, requires_grad=True)
    optimiser = torch.optim.LBFGS([logits], max_iter=500, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = discriminator_loss(logits[real, None], logits[fake, None])
        value.backward()
        return value

    optimiser.step(loss)
    assert loss().item() == pytest.approx(plot.best_label_loss(used), abs=1e-3)


def test_all_labels_in_use_leave_nothing_to_see():
    assert plot.best_label_loss(10) == pytest.approx(plot.CANNOT_TELL)
    assert plot.best_label_loss(7, classes=7) == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("used", [0, 11])
def test_labels_in_use_are_some_of_all(used):
    with pytest.raises(ValueError, match=f"1 to 10 labels can be in use, not {used}"):
        plot.best_label_loss(used)


def test_labels_drawn_from_their_probabilities_are_calibrated():
    y = soft(40_000)
    drawn = torch.multinomial(y, 1).flatten()
    assert plot.calibration_error(y, drawn) < 0.01


def test_calibration_error_of_sure_guesses_is_their_error():
    labels = torch.arange(10) % 5
    y = torch.eye(5)[labels]
    y[:3] = y[:3].roll(1, -1)
    assert plot.calibration_error(y, labels) == pytest.approx(0.3)


def test_calibration_error_weighs_bins_by_their_images_and_forgets_the_sign():
    """Three images of confidence 0.95, all wrong, and one of 0.55, right: gaps 0.95 and 0.45."""
    y = torch.tensor([[0.95, 0.05]] * 3 + [[0.55, 0.45]])
    found = plot.calibration_error(y, torch.tensor([1, 1, 1, 0]))
    assert found == pytest.approx((3 * 0.95 + 0.45) / 4)


HISTORY = History(
    [1, 2],
    {
        "reconstruction": [[30.0], [20.0]],
        "label discriminator": [[1.3], [1.2]],
        "style discriminator": [[1.0], [0.9]],
        "generator": [[1.5], [1.6]],
        "classification": [[0.5], [1e-4]],
    },
)


def levels(ax):
    """Heights of the horizontal lines that span a panel."""
    return {round(line.get_ydata()[0], 3) for line in ax.lines if len(set(line.get_ydata())) == 1}


def test_phases_are_drawn_with_the_lines_to_compare_with():
    figure = plot.draw_phases({"a run": HISTORY, "another": HISTORY})
    panels = {ax.get_title(): ax for ax in figure.axes}
    assert list(panels) == list(HISTORY.losses)
    for phase in ("style discriminator", "generator"):
        assert levels(panels[phase]) == {1.386}
    assert levels(panels["label discriminator"]) == {1.386, 0.335}
    assert not levels(panels["reconstruction"])
    assert {ax.get_yscale() for ax in panels.values()} == {"log"}
    np.testing.assert_allclose(panels["generator"].lines[1].get_ydata(), [1.5, 1.6])


def test_a_long_run_is_drawn_by_the_means_of_stretches():
    losses = {phase: [[float(i % 2)] for i in range(400)] for phase in HISTORY.losses}
    figure = plot.draw_phases({"a run": History(list(range(1, 401)), losses)})
    line = figure.axes[0].lines[0]
    np.testing.assert_allclose(line.get_ydata(), [0.5] * 59, atol=0.08)
    assert line.get_xdata()[[0, -1]].tolist() == [14, 400]  # the first stretch is not drawn


def test_a_peak_does_not_hide_the_rest_of_a_run():
    steps = list(range(100))
    losses = {phase: [[1.0]] * 99 + [[500.0]] for phase in HISTORY.losses}
    tops = [ax.get_ylim()[1] for ax in plot.draw_phases({"a run": History(steps, losses)}).axes]
    assert max(tops[:4]) < 3


def test_predictions_are_drawn_for_every_model():
    labels = torch.arange(400) % 10
    sure = torch.eye(10)[labels]
    figure = plot.draw_predictions({"soft": soft(), "sure": sure}, labels)
    entropy, marginal, reliability = figure.axes
    named = {line.get_label(): line for line in marginal.lines}
    np.testing.assert_allclose(named["sure"].get_ydata(), [0.1] * 10, rtol=1e-5)
    largest = {line.get_label(): max(line.get_xdata()) for line in entropy.lines}
    assert largest["sure"] == 0 < largest["soft"] <= math.log(10)
    curves = {line.get_label(): line for line in reliability.lines}
    assert curves["sure"].get_xydata().tolist() == [[1.0, 1.0]]
    np.testing.assert_allclose(marginal.collections[0].get_offsets()[:, 1], 0.1)


def test_a_collapsed_marginal_stays_in_view():
    labels = torch.arange(100) % 10
    one_for_all = torch.eye(10)[torch.full((100,), 3)]
    _, marginal, _ = plot.draw_predictions({"collapsed": one_for_all}, labels).axes
    assert marginal.get_ylim()[0] == 0 and marginal.get_ylim()[1] > 1


def entry(mean, std=None, paper=None):
    return {"mean": mean, "std": std, "paper": paper, "per_seed": [mean]}


TABLE = {
    **{f"mnist_{n}.test_error_percent": entry(4.0, 0.5, 1.9) for n in ("100", "1000", "all")},
    "network_100.test_error_percent": entry(20.0),
    "spreading_codes_100.test_error_percent": entry(None),
}


def test_the_table_is_drawn_as_far_as_it_was_measured():
    figure = plot.draw_table_2(Metrics(TABLE))
    few, _, everything = figure.axes
    assert len(few.get_yticklabels()) == len(METHODS_OF_TABLE_2) + len(plot.PUBLISHED)
    ours = [bars.lines[0].get_xdata()[0] for bars in few.containers]
    assert ours == [20.0, 4.0]
    assert len(everything.containers) == 1
    theirs = [line.get_xdata().tolist() for line in few.lines if line.get_marker() == "x"]
    assert theirs[0] == [21.81, 26.62]
    assert theirs[2:] == [[23.5], [15.0], [5.0]]


def seeds(*errors, paper=None):
    mean = sum(errors) / len(errors)
    return {"mean": mean, "std": None, "paper": paper, "per_seed": list(errors)}


def test_the_words_say_what_the_numbers_say():
    rows = {f"mnist_{n}": seeds(4.0, 4.1, 3.9, paper=2.0) for n in ("1000", "all")}
    rows |= {
        "mnist_100": seeds(1.4, 1.5, 1.6, paper=1.9),
        "network_100": seeds(20.0, 21.0, 22.0),
        "dropout_100": seeds(1.5, 1.6, 1.7),
        "logistic_codes_100": seeds(1.0, 1.1, 1.2),
        "spreading_codes_100": entry(None),
        "nearest_codes_1000": seeds(5.0),
    }
    table = {f"{row}.test_error_percent": found for row, found in rows.items()}
    found = plot.table_2_in_words(Metrics(table))
    assert found[0] == "- **100 labels**: 1.50 %; the paper's 1.90 % reached."
    assert [line.partition("%): ")[2] for line in found[1:4]] == [
        "the AAE's differs by -19.50 (-21.95 to -17.05), told apart.",
        "the AAE's differs by -0.10 (-0.33 to +0.13), not told apart.",
        "the AAE's differs by +0.40 (+0.17 to +0.63), told apart.",
    ]
    assert found[4].endswith("below it: none.")
    assert found[5] == "- **1000 labels**: 4.00 %; the paper's 2.00 % not reached, by a factor 2.0."
    assert found[6].endswith("not compared, for want of seeds.")
    assert found[-1].endswith("below it: flatala.")


def test_a_difference_of_many_has_to_be_clearer_than_one_of_its_own():
    """Welch's p of a single comparison is 0.04; of five equal ones none is told apart."""
    ours, theirs = seeds(4.0, 4.1, 3.9, paper=2.0), seeds(4.22, 4.36, 4.16)
    rows = {f"mnist_{n}": ours for n in ("100", "1000", "all")} | {"network_100": theirs}
    alone = Metrics({f"{row}.test_error_percent": found for row, found in rows.items()})
    rows |= {f"{name}_100": theirs for name in METHODS_OF_TABLE_2 if name != "aae"}
    many = Metrics({f"{row}.test_error_percent": found for row, found in rows.items()})
    assert ", told apart" in plot.table_2_in_words(alone)[1]
    assert "not told apart" in plot.table_2_in_words(many)[1]
