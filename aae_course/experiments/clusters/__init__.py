"""The runs whose code has clusters: Figures 9 and 11, Table 3 (notebooks 09 and 10)."""
