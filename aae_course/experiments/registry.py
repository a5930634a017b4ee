"""Every figure and table that ``aae-course reproduce`` makes, by name."""

from __future__ import annotations

from aae_course.experiments import diagrams
from aae_course.experiments.architectures import batch_norm, study
from aae_course.experiments.artefact import Artefact
from aae_course.experiments.basic import figure_2, figure_5, table_1
from aae_course.experiments.clusters import figure_9, figure_11, table_3
from aae_course.experiments.comparison import table as comparison
from aae_course.experiments.invariance import ablation, draws
from aae_course.experiments.labels import figure_4, figure_7, progress, table_2

ARTEFACTS: dict[str, Artefact] = {
    "fig1": diagrams.FIGURE_1,
    "fig2": figure_2.ARTEFACT,
    "fig3": diagrams.FIGURE_3,
    "fig4": figure_4.ARTEFACT,
    "fig5": figure_5.ARTEFACT,
    "fig6": diagrams.FIGURE_6,
    "fig7": figure_7.ARTEFACT,
    "fig8": diagrams.FIGURE_8,
    "fig9": figure_9.ARTEFACT,
    "fig10": diagrams.FIGURE_10,
    "fig11": figure_11.ARTEFACT,
    "table1": table_1.ARTEFACT,
    "table2": table_2.ARTEFACT,
    "table3": table_3.ARTEFACT,
    "progress": progress.ARTEFACT,
    "hundred_labels": draws.ARTEFACT,
    "invariance": ablation.ARTEFACT,
    "comparison": comparison.ARTEFACT,
    **study.ARTEFACTS,
    "batch_norm": batch_norm.ARTEFACT,
}
