"""Pictures that several notebooks and figures share; each takes tensors or a trained model."""

from aae_course.pictures.diagram import draw_architecture
from aae_course.pictures.tables import markdown_table

__all__ = ["draw_architecture", "markdown_table"]
