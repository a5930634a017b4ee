"""The command ``aae-course``."""
