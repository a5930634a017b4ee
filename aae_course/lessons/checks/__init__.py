"""Checks of the exercises, a module for each notebook: one line that says how it stands, and why.

A check takes the reader's function, tries it on random inputs, and prints "not yet" while it
returns None, "not right" with the reason while it is wrong, and "passed" when it is right. It
never raises, so a notebook runs from top to bottom.
"""
