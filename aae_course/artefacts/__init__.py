"""The figures and tables of the paper: what is measured for them, and how they are drawn."""
