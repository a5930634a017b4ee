"""Which numbers stand on the front page and on the dashboard, and what each is, in words.

They stand here and not beside what measures and draws them: a record notes the source of that, and
a word changed here leaves every record current.
"""

from __future__ import annotations

from aae_course.experiments.labels.progress import QUOTED, TEST_ERROR, VALIDATION_ERROR, row_of
from aae_course.experiments.numbers import key_of
from aae_course.pictures.tables import Column

# Artefact -> key of a number in its record -> what it is.
Words = dict[str, dict[str, str]]


def after(epoch: int, error: str = TEST_ERROR) -> dict[str, str]:
    """The error of the run with the paper's settings after so many epochs, if it got there."""
    images = "test error" if error == TEST_ERROR else "error"
    what = f"{images} with 100 labels, the paper's settings, epoch {epoch}"
    return {key_of(row_of(epoch), error): what}


FRONT_PAGE: Words = {
    "fig4": {
        "a.own_component_fraction": "(a) test codes in the component of their own label",
        "c.own_arc_fraction": "(c) test codes in the stretch of the roll of their own label",
    },
    "fig7": {
        "a.asked_digit_accuracy": "the paper's model: decoded digits read as asked for",
        "ours.asked_digit_accuracy": "our variant, discriminator told the label: the same",
    },
    "fig11": {
        "a.test_error_percent": "(a) test error, 2-D codes, 1000 labels",
        "b.test_error_percent": "(b) test error, 2-D codes, 100 labels",
        "c.test_error_percent": "(c) test error, 2-D codes, 20 clusters, without labels",
        "d.test_error_percent": "(d) test error, 10-D codes, 100 labels",
        "a_views.test_error_percent": "(a) ours, with views",
        "b_views.test_error_percent": "(b) ours, with views",
        "c_views.test_error_percent": "(c) ours, with views",
        "d_views.test_error_percent": "(d) ours, with views",
    },
    "table1": {
        "mnist_10k.parzen_nats": "log-likelihood of MNIST, 10K samples",
        "mnist_10m.parzen_nats": "log-likelihood of MNIST, 10M samples",
        "tfd_10k.parzen_nats": "log-likelihood of the Toronto Faces, 10K samples",
        "tfd_10m.parzen_nats": "log-likelihood of the Toronto Faces, 10M samples",
    },
    "table2": {
        "mnist_100.test_error_percent": "test error on MNIST, 100 labels",
        "mnist_1000.test_error_percent": "test error on MNIST, 1000 labels",
        "mnist_all.test_error_percent": "test error on MNIST, all 50,000 labels",
        "svhn_1000.test_error_percent": "test error on SVHN, 1000 labels",
        "invariant_100.test_error_percent": "ours, with views, 100 labels",
        "invariant_1000.test_error_percent": "ours, with views, 1000 labels",
        "invariant_all.test_error_percent": "ours, with views, all labels",
    },
    "table3": {
        "clusters_16.test_error_percent": "test error of 16 clusters, named as in the paper",
        "clusters_30.test_error_percent": "test error of 30 clusters, named as in the paper",
        "invariant_clusters_16.test_error_percent": "ours, with views, 16 clusters",
        "invariant_clusters_30.test_error_percent": "ours, with views, 30 clusters",
        "invariant_clusters_10.matching_error_percent": "ours, with views, 10 clusters, matched",
    },
    "progress": after(50) | after(500) | after(5000),
    "hundred_labels": {
        "invariant_100.test_error_percent": "ours, with views: test error, each seed another "
        "hundred labels",
    },
}
# What the dashboard shows besides: controls, and second measures of the same models.
FURTHER: Words = {
    "fig9": {
        "clusters_16.test_error_percent": "test error of 16 clusters, mean over the figure's seeds"
    },
    "fig11": {"c_views.clusters_alive": "(c) ours, clusters alive of 20"},
    "fig7": {
        "a.label_probe_accuracy": "the paper's model: digits that a probe reads off styles",
        "ours.label_probe_accuracy": "our variant: the same",
        "a.majority_label_fraction": "share of the most frequent digit, which is chance here",
    },
    "table1": {
        "training_images.parzen_nats": "log-likelihood of MNIST, 10K real images as samples",
        "kmeans_centroids.parzen_nats": "log-likelihood of MNIST, k-means centroids as samples",
    },
    "table2": {
        "network_100.test_error_percent": "encoder on the labels only, 100 labels",
        "network_1000.test_error_percent": "encoder on the labels only, 1000 labels",
        "dropout_all.test_error_percent": "encoder with dropout, all labels",
    },
    "table3": {
        "clusters_16.majority_error_percent": "test error of 16 clusters, named by majority",
        "clusters_30.majority_error_percent": "test error of 30 clusters, named by majority",
        "invariant_clusters_16.majority_error_percent": "ours, 16 clusters, named by majority",
        "invariant_clusters_16.clusters_alive": "ours, clusters alive of 16",
        "invariant_clusters_30.majority_error_percent": "ours, 30 clusters, named by majority",
        "invariant_clusters_30.clusters_alive": "ours, clusters alive of 30",
    },
    "progress": {
        **after(1),
        **{key: what for epoch in QUOTED for key, what in after(epoch, VALIDATION_ERROR).items()},
    },
}
PANELS_OF_FIGURE_2 = [
    Column("prior_two_sample_accuracy", "codes told from the prior", form=".3f"),
    Column("prior_hole_fraction", "prior draws in holes", form=".3f"),
    Column("held_out_half_squared_error", "reconstruction error", form=".1f"),
    Column("components_hit", "components hit", form=".0f"),
]


def everything() -> Words:
    """The numbers of the front page, and of each artefact the further ones after them."""
    names = dict.fromkeys([*FRONT_PAGE, *FURTHER])
    return {name: FRONT_PAGE.get(name, {}) | FURTHER.get(name, {}) for name in names}
