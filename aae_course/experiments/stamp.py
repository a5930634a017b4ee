"""A note that all is current, so that asking once more is answered at once.

To compare the records with the source takes seconds, since all of it must be imported. The note
holds a hash of what that comparison depends on: as long as the hash is the same, so is the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from aae_course.settings import PACKAGE


class Stamp:
    """The note in a folder of results, about what was asked for.

    It is made before any work, since the source may be edited while the work goes on.

    Args:
        out: folder of the records.
        asked: scale, seeds and whatever else the answer depends on.
    """

    def __init__(self, out: Path, *asked: object):
        self.out, self.path = out, out / "runs" / "current.txt"
        self.source = digest([repr(asked).encode(), *contents(sorted(PACKAGE.rglob("*.py")))])

    def holds(self) -> bool:
        """Whether all was current when this was noted, and nothing has changed since."""
        try:
            return self.path.read_text(encoding="utf-8") == self.now()
        except (OSError, ValueError):
            return False

    def write(self) -> None:
        """Note that all is current."""
        from aae_course.data.whole_files import write_text  # slow to import

        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_text(self.path, self.now())

    def now(self) -> str:
        """The hash of the source, of the records, and of which pictures are there."""
        records, pictures = sorted(self.out.glob("*.json")), sorted(self.out.glob("*.png"))
        names = [path.name.encode() for path in [*records, *pictures]]
        return digest([self.source.encode(), *names, *contents(records)])


def contents(paths: Iterable[Path]) -> Iterator[bytes]:
    """What is in each file."""
    return (path.read_bytes() for path in paths)


def digest(parts: Iterable[bytes]) -> str:
    """One hash of all, which knows where each ends."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
