"""A rule, a waiver or a gate that is invalid, and what is wrong with the scheme of a version."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota._text import safe, shown
from pulumi_fota.errors.arguments import InvalidArgument, brief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self


_LONGEST = 400


def _said(error: Exception) -> str:
    """Return what an exception of others says, to stand after its type."""
    text = str(error)
    return f": {safe(text, longest=_LONGEST)}" if text else ""


def _place(error: Exception) -> str:
    """Return where an exception of others comes from, to stand after it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({safe(frame.filename, longest=_LONGEST)}, line {frame.lineno})"


class InvalidRule(InvalidArgument):
    """A rule, a waiver or a gate is invalid, or a function of the program cannot judge a device."""

    @classmethod
    def not_text(cls, what: str, found: object, *, one_of_many: bool = True) -> Self:
        if isinstance(found, bool):
            reason = "a boolean: quote it where it is written, since YAML makes true of yes"
        elif isinstance(found, int | float):
            reason = "a number: quote it where it is written, since YAML makes 1.1 of 1.10"
        elif isinstance(found, list | tuple | set | frozenset):
            instead = "write a star before it to pass its items" if one_of_many else "one text was expected"
            reason = f"a {type(found).__name__}: {instead}"
        elif isinstance(found, pulumi.Output):
            reason = "an Output: make the rule where its value is known, inside .apply()"
        else:
            reason = f"of type {type(found).__name__}: text was expected"
        shown = "" if isinstance(found, pulumi.Output) else f"{brief(found)}, "
        return cls(f"{what} was given {shown}{reason}")

    @classmethod
    def no_scheme(cls, found: object) -> Self:
        given = "minimum_version was given no scheme" if found is None else f"the scheme is {brief(found)}"
        return cls(
            f"{given}, and no order fits the versions of all vendors: use 'dotted', "
            "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
        )

    @classmethod
    def scheme_repeats(cls, versions: Sequence[str]) -> Self:
        if not versions:
            return cls("the scheme is an empty list: list the versions from oldest to newest")
        twice = next(version for version in versions if list(versions).count(version) > 1)
        return cls(f"the scheme lists {shown(twice)} twice: list each version once, from oldest to newest")

    @classmethod
    def scheme_answered(cls, answer: object, a: str, b: str) -> Self:
        return cls(
            f"the scheme answered a value of type {type(answer).__name__}",
            quoted=f", {brief(answer)}, for {brief(a)} and {brief(b)}",
            rest=(
                ": it must be -1, 0 or 1 as the first is older, equal or newer, or None where they cannot be compared"
            ),
        )

    @classmethod
    def scheme_raised(cls, error: Exception, a: str, b: str) -> Self:
        return cls(
            f"the scheme raised {type(error).__name__}",
            quoted=f"{_said(error)}, for {brief(a)} and {brief(b)}",
            rest=f"{_place(error)}; let it answer None where two versions cannot be compared",
        )
