"""What a teacher needs: editions of the notebooks, slides, and grades."""
