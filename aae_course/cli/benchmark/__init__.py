"""How near training comes to the limit of the machine, and how it compares with another library."""
