"""How many devices must pass, or may fail: exact fractions, never floats.

Pure: knows nothing of rules or Pulumi.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from pulumi_fota.errors import InvalidArgument, InvalidRule
from pulumi_fota.model.percentage import parse_percentage

if TYPE_CHECKING:
    from typing_extensions import Self


@attrs.frozen
class Limit:
    """A number of devices, given as a count or as a share of those that count."""

    text: str  #: As a person reads it: `95 %` or `3`.
    share: Fraction | None  #: The share, where it is one.
    count: int = 0

    @classmethod
    def parse(cls, value: str | int, *, what: str) -> Self:
        """Read a limit.

        Args:
            value: A percentage such as `"95%"`, or a number of devices.
            what: The name of the argument, for the error.

        Raises:
            InvalidRule: It is neither.
        """
        if isinstance(value, str):
            try:
                share = parse_percentage(value, what=what)
            except InvalidArgument:
                raise InvalidRule.bad_limit(what, value) from None
            return cls(text=f"{value[:-1]} %", share=share)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidRule.bad_limit(what, value)
        return cls(text=f"{value:,}", share=None, count=value)

    def of(self, total: int) -> Fraction:
        """Tell how many devices of so many that is; it need not be a whole number."""
        return Fraction(self.count) if self.share is None else self.share * total


def parse_at_least(value: str | int | None) -> Limit | None:
    """Read `at_least`: so many must pass. One that nothing can miss is refused."""
    if value is None:
        return None
    limit = Limit.parse(value, what="at_least")
    if limit.of(1) == 0:
        raise InvalidRule.never_trips("at_least", value)
    return limit


def parse_at_most(value: str | int | None, *, what: str = "at_most") -> Limit | None:
    """Read `at_most`: no more may fail. One that nothing can exceed is refused."""
    if value is None:
        return None
    limit = Limit.parse(value, what=what)
    if limit.share == 1:
        raise InvalidRule.never_trips(what, value)
    return limit
