"""What a prediction in letters is compared with: those that were asked for, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Letters:
    """The letters that a question asks for, and what to say of other choices.

    Args:
        belongs: letter -> whether it was asked for, and why; the why follows "wrong about B: ".
        none: what to say of an empty choice.
        opposite: of exactly the letters that were not asked for.
        everything: of all letters.
    """

    belongs: Mapping[str, tuple[bool, str]]
    none: str
    opposite: str
    everything: str

    def fault(self, answer) -> str | None:
        """Why ``answer``, such as ["A", "C"] or "ac", is not the right choice; None if it is."""
        if not isinstance(answer, str | list | tuple | set) or not all(
            isinstance(letter, str) for letter in answer
        ):
            return 'returns no letters: return a list, such as ["A"]'
        letters = {letter.upper() for letter in answer}
        if unknown := sorted(letters - self.belongs.keys()):
            return f"names {unknown[0]!r}: the letters are {', '.join(self.belongs)}"
        right = {letter for letter, (belongs, _) in self.belongs.items() if belongs}
        if letters == right:
            return None
        if not letters:
            return self.none
        if letters == self.belongs.keys() - right:
            return self.opposite
        if letters == set(self.belongs):
            return self.everything
        wrong = sorted(letters ^ right)[0]
        return f"is wrong about {wrong}: {self.belongs[wrong][1]}"
