"""Measurements that several figures and tables take."""

from made_clusters import as_trained, built

from aae_course.experiments import measures


def test_every_seed_is_measured():
    models = [built(), built()]
    found = measures.measure_clusters(as_trained(models))
    assert found["test_error_percent"][0] == found["test_error_percent"][1]
    assert set(found) == {
        "matching_error_percent", "majority_error_percent", "test_error_percent",
        "normalised_mutual_information", "adjusted_rand_index", "clusters_alive",
    }  # fmt: skip
