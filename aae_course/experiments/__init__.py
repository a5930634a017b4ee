"""The figures and tables, a folder for each family: its recipes, and a file for each result."""
