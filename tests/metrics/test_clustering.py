"""Measures of clusters against other libraries, closed forms, and wrong input."""

import math
from itertools import permutations

import pytest
import small
import torch
from made_clusters import built
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, mutual_info_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from aae_course import metrics
from aae_course.data.labels import one_hot
from aae_course.metrics.clustering import Clustered

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


NAMES = torch.tensor([2, 0, 1])
MEASURES = {
    "contingency": lambda assigned, labels: metrics.contingency(assigned, labels, 3).tolist(),
    "majority": lambda assigned, labels: metrics.majority_names(assigned, labels, 3).tolist(),
    "matching": lambda assigned, labels: metrics.matching_error(assigned, labels, 3),
    "naming": lambda assigned, labels: metrics.naming_error(assigned, labels, NAMES),
    "information": metrics.normalised_mutual_information,
    "rand index": metrics.adjusted_rand_index,
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_images_without_a_label_do_not_count(measure):
    assigned, labels = torch.tensor([0, 1, 2, 2, 0, 1, 1]), torch.tensor([2, 0, 1, 1, 0, 0, 2])
    more = torch.cat([assigned, torch.tensor([0, 0, 2])]), torch.cat([labels, torch.full((3,), -1)])
    assert measure(*more) == measure(assigned, labels)
    with pytest.raises(ValueError, match="none of 7 rows has a label"):
        measure(assigned, torch.full((7,), -1))


def test_an_image_without_a_label_names_no_cluster():
    scores = torch.tensor([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])
    assert metrics.most_confident_names(scores, torch.tensor([-1, 4, 6])).tolist() == [4, 6]


@pytest.mark.parametrize(
    ("assigned", "message"),
    [
        (torch.tensor([0, 3]), "clusters are 0 to 2, not 0 to 3"),
        (torch.tensor([-1, 0]), "clusters are 0 to 2, not -1 to 0"),
        (torch.tensor([0.0, 1.0]), "clusters are integers from 0 on, not torch.float32"),
    ],
)
def test_clusters_out_of_range_are_not_counted(assigned, message):
    with pytest.raises(ValueError, match=message):
        metrics.clusters_alive(assigned, 3)
    with pytest.raises(ValueError, match="clusters are"):
        metrics.adjusted_rand_index(assigned - 1, torch.zeros(2).long())


@pytest.mark.parametrize("kind", [torch.uint8, torch.int8, torch.int16])
def test_a_narrow_type_has_room_for_every_place_of_the_table(kind):
    assigned = torch.arange(120) % 30
    assert metrics.matching_error(assigned.to(kind), assigned.to(kind), 30) == 0
    assert metrics.clusters_alive(assigned.to(kind), 30) == 30


def test_arrays_are_as_good_as_tensors():
    labels = torch.arange(20) % 4
    for measure in (metrics.normalised_mutual_information, metrics.adjusted_rand_index):
        assert measure(labels.numpy(), labels.numpy()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: metrics.normalised_mutual_information(n, n - 7), "labels are 0, 1, 2"),
        (lambda n: metrics.normalised_mutual_information(n, n + 0.5), "labels are integers"),
        (lambda n: metrics.matching_error(n, n, 2**40), "1 to 1000000 clusters, not"),
        (lambda n: metrics.matching_error(n, n * 2**40, 20), "numbers them"),
        (lambda n: metrics.clusters_alive(n[:0], 3), "of at least one image"),
        (lambda n: metrics.clusters_alive(n, 0), "1 to 1000000 clusters, not 0"),
        (lambda n: Clustered(torch.full((20, 3), torch.nan), n), "not finite"),
        (lambda n: Clustered(torch.rand(19, 3), n), "with a label for each"),
        (
            lambda n: metrics.score(*(Clustered(torch.rand(20, k), n) for k in (3, 4))),
            "3 clusters of validation images, 4 of test images",
        ),
    ],
)
def test_numbers_that_mean_no_clusters_or_labels_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.arange(20))
