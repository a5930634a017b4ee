"""Widgets to explore a code space by hand, with what a browser runs for them."""

from aae_course.pictures.explorer.explorer import explore_plane, explore_style, plot_style_grid

__all__ = ["explore_plane", "explore_style", "plot_style_grid"]
