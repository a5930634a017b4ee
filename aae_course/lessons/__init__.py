"""What only the notebooks use: checks of exercises, pictures and measures of one notebook."""

from aae_course.lessons.setup import FIGURES, prepare, record
from aae_course.lessons.source import show_source

__all__ = ["FIGURES", "prepare", "record", "show_source"]
