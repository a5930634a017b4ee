"""Widgets to explore a code space by hand: each stands last in a notebook's cell.

A widget needs a running kernel, so a picture stands beside it for readers without one: a grid from
`plots.plot_latent_grid` beside `explore_plane`, `plot_style_grid` beside `explore_style`.
"""

from aae_course.pictures.explorer.plane import explore_plane
from aae_course.pictures.explorer.style import explore_style, plot_style_grid

__all__ = ["explore_plane", "explore_style", "plot_style_grid"]
