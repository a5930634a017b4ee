"""Python and the command in a process of their own, as a user starts them."""

import os
import subprocess
import sys

# The command, which must do without the libraries that take seconds to import.
AT_ONCE = """
import sys
from aae_course.cli import commands

sys.argv = ["aae-course", *sys.argv[1:]]
try:
    commands.main()
except SystemExit:
    assert not {"torch", "numpy", "matplotlib", "sklearn"} & set(sys.modules)
    raise
"""


def python(*words, **environment):
    """What Python prints and how it ends."""
    call = [sys.executable, *words]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(
        call, env=environment, capture_output=True, encoding=environment["PYTHONIOENCODING"],
        check=False,
    )  # fmt: skip
