"""The runs that use labels: Figures 4 and 7, Table 2 (notebooks 06 to 08)."""
