"""Shows a piece of the package in a notebook, so that text and code cannot drift apart."""

from __future__ import annotations

import inspect
import textwrap


def show_source(thing):
    """The source of a function, method or class, as a code block under the cell."""
    from IPython.display import Markdown  # absent on many servers

    return Markdown(f"```python\n{textwrap.dedent(inspect.getsource(thing))}```")
