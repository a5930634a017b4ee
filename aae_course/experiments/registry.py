"""The paper's figures: which recipes they need, what is measured on them, how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from aae_course.experiments import recipes
from aae_course.experiments.architectures.draw import draw_effects
from aae_course.experiments.architectures.measure import measures, validation_reconstruction
from aae_course.experiments.architectures.recipes import ARCHITECTURE_RECIPES, BATCH_NORM_RECIPES
from aae_course.experiments.architectures.table import table_architectures, table_batch_norm
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.basic.figure_2 import draw_figure_2
from aae_course.experiments.basic.figure_5 import draw_figure_5
from aae_course.experiments.basic.table_1 import PAPER, measure_digits, measure_faces, table_1
from aae_course.experiments.clusters.baselines import COUNTS as CLUSTERS
from aae_course.experiments.clusters.baselines import measure_baselines
from aae_course.experiments.clusters.figure_9 import PAPER as PAPER_TABLE_3
from aae_course.experiments.clusters.figure_9 import draw_figure_9
from aae_course.experiments.clusters.figure_11 import PAPER as PAPER_FIGURE_11
from aae_course.experiments.clusters.figure_11 import draw_figure_11, measure_reduction
from aae_course.experiments.clusters.table_3 import table_3
from aae_course.experiments.comparison.measure import draw_interpolations, measure_comparison
from aae_course.experiments.comparison.recipes import COMPARISON_RECIPES
from aae_course.experiments.comparison.table import table_comparison
from aae_course.experiments.labels.figure_4 import draw_figure_4, measure_label_informed
from aae_course.experiments.labels.figure_7 import draw_figure_7, measure_supervised
from aae_course.experiments.labels.progress import PAPER as PAPER_PROGRESS
from aae_course.experiments.labels.progress import draw_progress, measure_progress, validation_error
from aae_course.experiments.labels.recipes import COUNTS
from aae_course.experiments.labels.table_2 import PAPER as PAPER_TABLE_2
from aae_course.experiments.labels.table_2 import measure_codes_with_labels, table_2
from aae_course.experiments.measures import measure_clusters, measure_codes, measure_errors
from aae_course.experiments.trained import Trained
from aae_course.pictures.diagram import draw_architecture


def drawing_of(recipe: str, title: str) -> Callable[[Mapping[str, Trained], str], Figure]:
    """Draws the architecture of a recipe's model, from the model itself."""

    def draw(trained: Mapping[str, Trained], scale: str) -> Figure:
        return draw_architecture(recipes.get(recipe, scale).build(784), title)

    return draw


TABLE_2_ROWS = {
    **{f"mnist_{n}": f"semi_supervised_{n}" for n in COUNTS},
    "svhn_1000": "semi_supervised_svhn",
    **{f"network_{n}": f"labels_alone_{n}" for n in COUNTS},
    **{f"dropout_{n}": f"labels_alone_dropout_{n}" for n in COUNTS},
    "codes": "aae_codes",
}

ARTEFACTS: dict[str, Artefact] = {
    "fig1": Artefact(
        "Figure 1: architecture of the adversarial autoencoder",
        {},
        drawing_of("aae_gaussian", "An adversarial autoencoder"),
    ),
    "fig2": Artefact(
        "Figure 2: codes of AAE and VAE over a Gaussian and a mixture",
        {"a": "aae_gaussian", "b": "aae_mixture", "c": "vae_gaussian", "d": "vae_mixture"},
        draw_figure_2,
        measure_codes,
    ),
    "fig3": Artefact(
        "Figure 3: architecture of the AAE whose discriminator sees labels",
        {},
        drawing_of("label_informed_mixture", "An adversarial autoencoder with labels in its prior"),
    ),
    "fig4": Artefact(
        "Figure 4: codes in the parts of a prior that belong to their labels",
        {"a": "label_informed_mixture", "c": "label_informed_roll"},
        draw_figure_4,
        measure_label_informed,
    ),
    "fig5": Artefact(
        "Figure 5: samples, and the training images nearest to some of them",
        {"a": "aae_likelihood", "b": "aae_likelihood_tfd"},
        draw_figure_5,
        optional={"b": ()},
    ),
    "fig6": Artefact(
        "Figure 6: architecture of the supervised AAE",
        {},
        drawing_of("supervised", "A supervised adversarial autoencoder"),
    ),
    "fig7": Artefact(
        "Figure 7: one style, ten digits",
        {"a": "supervised_informed", "a_paper": "supervised", "b": "supervised_svhn"},
        draw_figure_7,
        measure_supervised,
        optional={"b": ("b.asked_digit_accuracy", "b.label_probe_accuracy")},
    ),
    "fig8": Artefact(
        "Figure 8: architecture of the semi-supervised AAE",
        {},
        drawing_of("semi_supervised_100", "A semi-supervised adversarial autoencoder"),
    ),
    "fig9": Artefact(
        "Figure 9: clusters, a row each",
        {"clusters_16": "clusters_16"},
        draw_figure_9,
        measure_clusters,
        paper=PAPER_TABLE_3,
    ),
    "fig10": Artefact(
        "Figure 10: architecture of the AAE for dimensionality reduction",
        {},
        drawing_of("reduction_100", "An adversarial autoencoder for dimensionality reduction"),
    ),
    "fig11": Artefact(
        "Figure 11: codes around their cluster heads",
        {"a": "reduction_1000", "b": "reduction_100", "c": "reduction_0", "d": "reduction_fixed"},
        draw_figure_11,
        measure_reduction,
        paper=PAPER_FIGURE_11,
    ),
    "table1": Artefact(
        "Table 1: Parzen-window log-likelihood",
        {"mnist": "aae_likelihood", "tfd": "aae_likelihood_tfd"},
        measure={"mnist": measure_digits, "tfd": measure_faces},
        paper=PAPER,
        table=table_1,
        optional={"tfd": ("tfd_10k.parzen_nats", "tfd_10m.parzen_nats")},
    ),
    "table2": Artefact(
        "Table 2: test error with few labels",
        TABLE_2_ROWS,
        measure={
            panel: measure_codes_with_labels if panel == "codes" else measure_errors
            for panel in TABLE_2_ROWS
        },
        paper=PAPER_TABLE_2,
        table=table_2,
        optional={"svhn_1000": ("svhn_1000.test_error_percent",)},
    ),
    "table3": Artefact(
        "Table 3: error of clusters that were found without labels",
        {**{f"clusters_{n}": f"clusters_{n}" for n in CLUSTERS}, "codes": "aae_codes"},
        measure={
            **{f"clusters_{n}": measure_clusters for n in CLUSTERS},
            "codes": measure_baselines,
        },
        paper=PAPER_TABLE_3,
        table=table_3,
    ),
    "progress": Artefact(
        "Error with 100 labels over the epochs, with the settings of the paper (appendix A.2.1)",
        {"mnist_100": "semi_supervised_progress"},
        draw_progress,
        measure_progress,
        paper=PAPER_PROGRESS,
        evaluate=validation_error,
    ),
    "comparison": Artefact(
        "AAE, VAE, WAE and plain autoencoder on equal terms (not in the paper)",
        {name: name for name in COMPARISON_RECIPES},
        draw_interpolations,
        measure_comparison,
        table=table_comparison,
    ),
    "architectures": Artefact(
        "Strides, no dense layer, batch norm: eight convolutional architectures (not in the paper)",
        {name: name for name in ARCHITECTURE_RECIPES},
        measure=measures(ARCHITECTURE_RECIPES),
        table=table_architectures,
        plot=draw_effects,
        evaluate=validation_reconstruction,
        survives=True,
    ),
    "batch_norm": Artefact(
        "Where batch norm stands, and what comes of it (not in the paper)",
        {name: name for name in BATCH_NORM_RECIPES},
        measure=measures(BATCH_NORM_RECIPES),
        table=table_batch_norm,
        survives=True,
    ),
}
