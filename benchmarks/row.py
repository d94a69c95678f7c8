"""One number that was measured, and what it must be."""

from __future__ import annotations

import attrs


@attrs.frozen
class Row:
    """A row of the table: what was measured, how much it was, and the most that it may be."""

    what: str
    measured: float
    most: float
    unit: str = "×"  # noqa: RUF001 (the sign of a ratio)

    @property
    def holds(self) -> bool:
        """Whether the number keeps to its bound."""
        return self.measured <= self.most

    def __str__(self) -> str:
        verdict = "yes" if self.holds else "**no**"
        return f"| {self.what} | {self.measured:,.3g} {self.unit} | ≤ {self.most:,.3g} {self.unit} | {verdict} |"
