"""Measures of clusters against other libraries and closed forms; Figure 9 and Table 3."""

import math
from itertools import permutations

import pytest
import small
import torch
from made_clusters import blobs, built
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, mutual_info_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from aae_course import metrics
from aae_course.data.labels import one_hot
from aae_course.experiments import measures
from aae_course.experiments.clusters import (
    baselines as clustering_baselines,
    figure_9 as clustering,
)
from aae_course.experiments.clusters.table_3 import METHODS_OF_TABLE_3, QUOTED_ROWS, table_3
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.registry import ARTEFACTS
from aae_course.experiments.trained import Trained
from aae_course.metrics import Labelled
from aae_course.metrics.clustering import Clustered
from aae_course.training.history import History

pytestmark = pytest.mark.usefixtures("closed")

SIZES = [(1, 1, 3), (7, 3, 3), (200, 10, 10), (200, 16, 10), (50, 30, 4), (300, 5, 10)]


def partition(n, clusters, classes, seed=0):
    """Random clusters and labels of n images; some clusters may be empty."""
    generator = torch.Generator().manual_seed(seed)
    assigned = torch.randint(clusters, (n,), generator=generator)
    labels = torch.randint(classes, (n,), generator=generator)
    agree = torch.rand(n, generator=generator) < 0.5
    return torch.where(agree, labels % clusters, assigned), labels


@pytest.fixture(params=[(*size, seed) for size in SIZES for seed in range(3)], ids=str)
def parted(request):
    n, clusters, classes, seed = request.param
    return *partition(n, clusters, classes, seed), clusters


# Against scikit-learn and scipy


def test_contingency_counts_as_scikit_learn(parted):
    assigned, labels, clusters = parted
    ours = metrics.contingency(assigned, labels, clusters)
    assert ours.shape == (clusters, labels.max() + 1)
    in_use = ours[ours.sum(1) > 0][:, ours.sum(0) > 0]
    theirs = contingency_matrix(assigned.numpy(), labels.numpy())
    assert in_use.tolist() == theirs.tolist()


def test_matching_is_that_of_scipy(parted):
    assigned, labels, clusters = parted
    theirs = contingency_matrix(labels.numpy(), assigned.numpy())
    right = theirs[linear_sum_assignment(-theirs)].sum()
    found = metrics.matching_error(assigned, labels, clusters)
    assert found == pytest.approx(100 * (1 - right / len(labels)))


@pytest.mark.parametrize("clusters", range(1, 6))
@pytest.mark.parametrize("classes", [1, 3, 5])
def test_no_permutation_beats_the_matching(clusters, classes):
    assigned, labels = partition(40, clusters, classes)
    table = one_hot(assigned, 5).T @ one_hot(labels, 5)
    right = max(table[range(5), order].sum().item() for order in permutations(range(5)))
    found = metrics.matching_error(assigned, labels, clusters)
    assert found == pytest.approx(100 * (1 - right / 40))


def test_pair_and_information_measures_are_scikit_learns(parted):
    assigned, labels, _ = parted
    pair = labels.numpy(), assigned.numpy()
    ours = metrics.normalised_mutual_information(assigned, labels)
    assert ours == pytest.approx(normalized_mutual_info_score(*pair))
    assert metrics.adjusted_rand_index(assigned, labels) == pytest.approx(
        adjusted_rand_score(*pair)
    )


def entropy(counts):
    p = counts[counts > 0].double() / counts.sum()
    return -(p * p.log()).sum().item()


def test_information_is_over_the_mean_of_the_entropies():
    assigned, labels = partition(200, 6, 4)
    mean = (entropy(assigned.bincount()) + entropy(labels.bincount())) / 2
    expected = mutual_info_score(labels.numpy(), assigned.numpy()) / mean
    assert metrics.normalised_mutual_information(assigned, labels) == pytest.approx(expected)


def pairs(counts):
    return (counts * (counts - 1)).sum().item() / 2


def test_rand_index_is_adjusted_for_chance():
    """(index − expected) / (maximum − expected), counted over pairs (Hubert & Arabie, 1985)."""
    assigned, labels = partition(60, 5, 3)
    both = pairs(metrics.contingency(assigned, labels, 5))
    rows, columns = pairs(assigned.bincount()), pairs(labels.bincount())
    expected = rows * columns / (60 * 59 / 2)
    index = (both - expected) / ((rows + columns) / 2 - expected)
    assert metrics.adjusted_rand_index(assigned, labels) == pytest.approx(index)


# Closed forms


def test_measures_of_perfect_clusters_in_another_order():
    labels = torch.arange(60) % 6
    assigned = (labels + 2) % 6
    assert metrics.matching_error(assigned, labels, 6) == pytest.approx(0)
    names = metrics.majority_names(assigned, labels, 6)
    assert names.tolist() == [4, 5, 0, 1, 2, 3]
    assert metrics.naming_error(assigned, labels, names) == 0
    assert metrics.normalised_mutual_information(assigned, labels) == pytest.approx(1)
    assert metrics.adjusted_rand_index(assigned, labels) == pytest.approx(1)


def test_a_cluster_for_each_image_has_no_majority_error():
    labels = torch.arange(30) % 3
    names = metrics.majority_names(torch.arange(30), labels, 30)
    assert metrics.naming_error(torch.arange(30), labels, names) == 0
    assert metrics.matching_error(torch.arange(30), labels, 30) == pytest.approx(90)
    assert metrics.adjusted_rand_index(torch.arange(30), labels) == pytest.approx(0)


def test_one_cluster_is_named_by_the_commonest_label():
    labels = torch.tensor([0, 1, 1, 1, 2])
    assigned = torch.zeros(5).long()
    names = metrics.majority_names(assigned, labels, 1)
    assert names.tolist() == [1]
    assert metrics.naming_error(assigned, labels, names) == pytest.approx(40)
    assert metrics.matching_error(assigned, labels, 1) == pytest.approx(40)
    assert metrics.normalised_mutual_information(assigned, labels) == 0
    assert metrics.adjusted_rand_index(assigned, labels) == 0


def test_one_cluster_of_one_label_agrees():
    nothing = torch.zeros(4).long()
    assert metrics.matching_error(nothing, nothing, 1) == 0
    assert metrics.normalised_mutual_information(nothing, nothing) == 1
    assert metrics.adjusted_rand_index(nothing, nothing) == 1


def test_random_clusters_agree_no_better_than_chance():
    generator = torch.Generator().manual_seed(0)
    assigned, labels = torch.randint(10, (2, 20_000), generator=generator)
    assert abs(metrics.adjusted_rand_index(assigned, labels)) < 0.002
    assert metrics.normalised_mutual_information(assigned, labels) < 0.005
    assert metrics.matching_error(assigned, labels, 10) == pytest.approx(90, abs=1.5)


def test_splitting_clusters_never_raises_the_majority_error():
    assigned, labels = partition(300, 8, 5)
    finer = assigned + 8 * (torch.arange(300) % 3)
    errors = [
        metrics.naming_error(each, labels, metrics.majority_names(each, labels, 24))
        for each in (assigned, finer)
    ]
    assert errors[1] <= errors[0]


# Names, empty clusters, few images


def test_the_surest_image_names_a_cluster_also_of_images_elsewhere():
    scores = torch.tensor([[0.9, 0.1, 0.0], [0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    labels = torch.tensor([4, 5, 6])
    assert metrics.most_confident_names(scores, labels).tolist() == [4, 6, 5]


def test_fewer_images_than_clusters_name_several_each():
    scores = torch.rand(2, 9, generator=torch.Generator().manual_seed(0))
    names = metrics.most_confident_names(scores, torch.tensor([3, 8]))
    assert names.shape == (9,)
    assert set(names.tolist()) == {3, 8}
    assert metrics.most_confident_names(scores[:1], torch.tensor([3])).tolist() == [3] * 9


def test_an_empty_cluster_is_called_what_most_of_all_images_show():
    assigned, labels = torch.tensor([0, 0, 2, 2, 2]), torch.tensor([1, 1, 1, 0, 0])
    assert metrics.majority_names(assigned, labels, 4).tolist() == [1, 1, 0, 1]


def test_names_found_on_one_split_serve_another():
    names = torch.tensor([2, 7])
    found = metrics.naming_error(torch.tensor([0, 0, 1, 1]), torch.tensor([2, 7, 7, 7]), names)
    assert found == pytest.approx(25)


def test_a_cluster_is_alive_from_a_tenth_of_its_fair_share():
    sizes = torch.tensor([50, 30, 2, 1, 17, 0])  # a fair share is 16.7, a tenth of it 1.67
    assert metrics.clusters_alive(torch.arange(6).repeat_interleave(sizes), 6) == 4
    assert metrics.clusters_alive(torch.zeros(5).long(), 3) == 1


# Error messages


@pytest.mark.parametrize(
    "call",
    [
        lambda assigned, labels: metrics.contingency(assigned, labels, 3),
        lambda assigned, labels: metrics.majority_names(assigned, labels, 3),
        lambda assigned, labels: metrics.matching_error(assigned, labels, 3),
        lambda assigned, labels: metrics.naming_error(assigned, labels, torch.zeros(3).long()),
    ],
)
def test_what_is_no_partition_is_refused(call):
    one = torch.zeros(1).long()
    for pair in ((one[:0], one[:0]), (one.repeat(2), one), (one[None], one[None])):
        with pytest.raises(ValueError, match="one of each is needed for at least one image"):
            call(*pair)
    for wrong in (3, -1):
        with pytest.raises(ValueError, match=f"clusters are 0 to 2, not {wrong} to {wrong}"):
            call(torch.tensor([wrong]), one)


@pytest.mark.parametrize("shape", [(0, 3), (2, 3), (1,)])
def test_scores_need_a_label_for_each_image(shape):
    with pytest.raises(ValueError, match="1 labels: scores must be"):
        metrics.most_confident_names(torch.zeros(shape), torch.zeros(1).long())


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not finite"):
        metrics.most_confident_names(torch.tensor([[0.0, math.nan]]), torch.zeros(1).long())


# Figure 9 and Table 3


def as_trained(models, **changes):
    return Trained(None, blobs(), tuple(range(len(models))), models, History(), **changes)


def test_images_are_in_the_cluster_of_their_largest_probability():
    model, split = built(), small.split()
    found = metrics.clustering.clustered(model, split)
    assert (found.clusters, found.scores.shape) == (6, (60, 6))
    torch.testing.assert_close(found.scores.sum(1), torch.ones(60))
    assert torch.equal(found.assigned, model.logits(split.images / 255).argmax(1))
    assert not found.scores.requires_grad


def test_names_come_from_validation_and_errors_from_test_images():
    """Cluster 0 is named 1 by its surest image and 0 by most; the test image in it shows a 0."""
    scores = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.1, 0.9]])
    validation = Clustered(scores, torch.tensor([1, 0, 0, 1]))
    test = Clustered(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1]))
    found = metrics.clustering.score(validation, test)
    assert found == {
        "test_error_percent": 50.0,
        "majority_error_percent": 0.0,
        "matching_error_percent": 0.0,
        "normalised_mutual_information": 1.0,
        "adjusted_rand_index": 1.0,
        "clusters_alive": 2,
    }


def test_every_seed_is_measured():
    models = [built(), built()]
    found = measures.measure_clusters(as_trained(models))
    assert found["test_error_percent"][0] == found["test_error_percent"][1]
    assert set(found) == {
        "matching_error_percent", "majority_error_percent", "test_error_percent",
        "normalised_mutual_information", "adjusted_rand_index", "clusters_alive",
    }  # fmt: skip


def test_heads_are_decoded_with_style_0():
    model = built()
    code = torch.cat([torch.eye(6), torch.zeros(6, 3)], 1)
    torch.testing.assert_close(clustering.heads_of(model), model.decode(code))


def pixels_of(figure):
    """The dark and light squares that the panels of a figure show."""
    return [ax.images[0].get_array() for ax in figure.axes]


def test_figure_9_has_a_row_for_each_cluster_and_room_for_dead_ones():
    figure = clustering.draw_figure_9({"clusters": as_trained([built(7)])}, "smoke")
    left, right = pixels_of(figure)
    height, width = 3, 4
    assert left.shape[:2] == (4 * (height + 1) - 1, 15 * (width + 1) - 1)
    assert right.shape[0] == 3 * (height + 1) - 1
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert [word.partition(":")[0] for word in words] == list("1234567")
    shares = [float(word.partition(": ")[2].removesuffix(" %")) for word in words]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    dead = shares.index(0.0)
    sheet = (left, right)[dead // 4][dead % 4 * (height + 1) :][:height]
    assert (sheet[:, width + 1 :] == 1).all() and not (sheet[:, :width] == 1).all()


def test_figure_9_is_the_same_each_time():
    model, data = built(), blobs()
    first, again = (pixels_of(clustering.draw_clusters(model, data)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    other = pixels_of(clustering.draw_clusters(model, data, seed=1))
    assert not all((a == b).all() for a, b in zip(first, other, strict=True))


def as_points(data):
    """The images of the three splits in [0, 1], for methods that know no bytes."""
    splits = (data.train, data.validation, data.test)
    return [Labelled(split.images / 255, split.labels) for split in splits]


@pytest.mark.parametrize(
    "method", [clustering_baselines.k_means, clustering_baselines.gaussian_mixture]
)
def test_clear_clusters_are_found_in_new_images(method):
    found = clustering_baselines.scored(method, as_points(blobs()), 3, seed=0)
    assert found["test_error_percent"] == found["majority_error_percent"] == 0
    assert found["adjusted_rand_index"] == pytest.approx(1)
    assert found["clusters_alive"] == 3


NOT_CONNECTED = "ignore:Graph is not fully connected"  # as clear clusters are not


@pytest.mark.filterwarnings(NOT_CONNECTED)
def test_spectral_clustering_has_no_surest_image():
    found = clustering_baselines.spectral(as_points(blobs()), 3, seed=0)
    assert "test_error_percent" not in found
    assert found["majority_error_percent"] == 0


def test_scores_of_k_means_are_larger_nearer_to_a_centre():
    x = torch.tensor([[0.0], [0.1], [5.0], [5.1]])
    scores = clustering_baselines.k_means(x, 2, seed=0)(torch.tensor([[0.0], [5.05], [2.0]]))
    near, far = scores[0].argmax(), scores[1].argmax()
    assert near != far
    assert scores[1, far] == pytest.approx(0, abs=1e-5)
    assert scores[2].tolist() == pytest.approx([-1.95, -3.05] if near == 0 else [-3.05, -1.95])


@pytest.mark.filterwarnings(NOT_CONNECTED)
def test_baselines_have_a_row_for_each_method_number_and_seed(monkeypatch):
    monkeypatch.setattr(clustering_baselines, "CLUSTER_COUNTS", (2, 3))
    models = [small.build_aae()().eval() for _ in range(2)]
    found = clustering_baselines.measure_baselines(as_trained(models))
    rows = {row for row, _ in found}
    methods = {"kmeans_pixels", "kmeans_codes", "mixture_codes", "spectral_pixels"}
    assert rows == {f"{method}_{count}" for method in methods for count in (2, 3)}
    assert all(len(values) == 2 for values in found.values())
    assert found["kmeans_pixels_3", "majority_error_percent"] == [0, 0]
    assert clustering_baselines.measure_baselines(as_trained(models, final=False)) == {}


def entry(mean, std=None):
    return {"mean": mean, "std": std, "per_seed": [mean], "paper": None}


def test_table_3_has_a_row_for_each_method_and_number():
    measured = {
        "clusters_10.matching_error_percent": entry(20.0, 1.5),
        "clusters_16.matching_error_percent": entry(40.0),
        "clusters_16.test_error_percent": entry(24.123),
        "clusters_16.clusters_alive": entry(15.66, 0.58),
    }
    heading, *rows = table_3(Metrics(measured))
    assert heading[2:4] == ["paper's naming, error %", "majority naming, error %"]
    assert all(len(row) == len(heading) for row in rows)
    assert [row[:3] for row in rows[: len(QUOTED_ROWS)]] == [
        ["CatGAN (paper)", "20", "9.70"],
        ["AAE (paper)", "16", "9.55 ± 2.05"],
        ["AAE, more clusters (paper)", "30", "4.10 ± 1.13"],
    ]
    numbers = clustering_baselines.CLUSTER_COUNTS
    assert len(rows) == len(QUOTED_ROWS) + len(METHODS_OF_TABLE_3) * len(numbers)
    ten, sixteen, thirty = rows[-3:]
    assert ten == ["clustering AAE (ours)", "10", "", "", "20.00 ± 1.50", "", "", ""]
    assert sixteen[2:] == ["24.12", "", "", "", "", "15.7 ± 0.6"]
    assert thirty[2:] == [""] * 6


def test_matching_is_shown_where_there_are_as_many_clusters_as_labels():
    measured = {f"clusters_{k}.matching_error_percent": entry(30.0) for k in (10, 16)}
    ten, sixteen, _ = table_3(Metrics(measured))[-3:]
    assert "30.00" in ten and "30.00" not in sixteen


def test_the_papers_numbers_stand_beside_panels_of_figure_9_and_table_3():
    figure, table = ARTEFACTS["fig9"], ARTEFACTS["table3"]
    for artefact in (figure, table):
        assert {row for row, _ in artefact.paper} <= set(artefact.panels)
    assert figure.paper.items() <= table.paper.items()
