"""Shows a piece of the package in a notebook, so that text and code cannot drift apart."""

from __future__ import annotations

import inspect
import textwrap


def show_source(*things):
    """The source of functions, methods or classes, as a code block under the cell."""
    from IPython.display import Markdown  # absent on many servers

    source = "\n".join(textwrap.dedent(inspect.getsource(thing)) for thing in things)
    return Markdown(f"```python\n{source}```")
