"""Looking a name up, with a helpful answer where it is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def check_known(name: str, names: Iterable[str], kind: str) -> str:
    """Return ``name`` if it is one of ``names``.

    Raises:
        ValueError: it is not; the message has the nearest name and all of them.
    """
    names = list(names)
    if name in names:
        return name
    close = difflib.get_close_matches(str(name).lower(), names, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"unknown {kind} {name!r}{hint} (known: {', '.join(names)})")
