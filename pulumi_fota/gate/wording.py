"""The grammar of what a rule says: singular and plural, lists, numbers.

Plain text. What came from a device or from the program is made visible elsewhere, when it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

_NAMED = 5  # So many of a list are written out; the person who wrote the list knows the rest.


class Phrase(NamedTuple):
    """A statement about devices, to be read behind their number: `1 … runs old firmware`, `2 … run old firmware`."""

    one: str
    many: str

    @classmethod
    def of(cls, one: str, many: str, rest: str) -> Phrase:
        """Put the same rest behind the verb of one and of many."""
        return cls(f"{one} {rest}", f"{many} {rest}")

    def about(self, count: int) -> str:
        """Give the form that fits the number."""
        return self.one if count == 1 else self.many


def one_of(texts: Sequence[str]) -> str:
    """Join alternatives: `A`, `A or B`, `A, B or C`, and no more than five of them."""
    named = list(texts[:_NAMED])
    if len(texts) > _NAMED:
        named.append(f"{len(texts) - _NAMED} more")
    return " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def percent_down(share: Fraction) -> str:
    """Write a share with one decimal, never more than it is: 94.96 % reads `94.9 %`."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"
