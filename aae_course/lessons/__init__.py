"""What only the notebooks use: checks of exercises, pictures and measures of one notebook."""
