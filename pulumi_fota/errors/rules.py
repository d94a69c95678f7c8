"""What is wrong with a rule, a waiver or a gate; and a rule of the program's own that cannot judge a device."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota._text import safe, shown
from pulumi_fota.errors.arguments import InvalidArgument, brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    """A rule, a waiver or a gate is written in a way that cannot be. Nothing was judged."""

    @classmethod
    def bad_name(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {brief(found)}: "
            "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
        )

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
    def empty_text(cls, what: str) -> Self:
        return cls(f"{what} was given an empty text: leave it out, or write what is meant")

    @classmethod
    def nothing_named(cls, what: str) -> Self:
        return cls(f"{what} was called without a value: name at least one, or leave the rule out")

    @classmethod
    def not_one_of(cls, what: str, found: object, choices: Iterable[str]) -> Self:
        return cls(f"{what} is {brief(found)}: use one of {', '.join(choices)}")

    @classmethod
    def unknown_option(cls, rule: str, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"rule {rule!r} has no option {shown(name)}: use one of {', '.join(known)}")

    @classmethod
    def bad_limit(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {brief(found)}: use a whole number of devices, or a percentage as text, such as '95%'")

    @classmethod
    def bad_count(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {brief(found)}: use a whole number of devices")

    @classmethod
    def never_trips(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {found!r}, which no fleet can miss: use severity='advisory' for a rule that only warns")

    @classmethod
    def bad_days(cls, found: object, *, most: int) -> Self:
        return cls(f"days is {brief(found)}: use a whole number from 1 to {most:,}")

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

    @classmethod
    def version_not_in_scheme(cls, version: str) -> Self:
        return cls(
            f"minimum_version was given {shown(version)}, which its scheme does not know: add it, or name another"
        )

    @classmethod
    def check_answered(cls, rule: str, imei: str, found: object) -> Self:
        return cls(
            f"rule {rule!r} answered a value of type {type(found).__name__}",
            quoted=f", {brief(found)},",
            rest=(
                f" for device {imei}: "
                "answer True to pass, False or a text (the reason) to fail, None where it cannot be told"
            ),
        )

    @classmethod
    def check_raised(cls, rule: str, imei: str, error: Exception) -> Self:
        return cls(
            f"{cls.not_judged(rule, imei)}: {type(error).__name__}",
            quoted=_said(error),
            rest=f"{_place(error)}; correct the rule's function",
        )

    @staticmethod
    def not_judged(rule: str, imei: str) -> str:
        return f"rule {rule!r} could not judge device {imei}"

    @classmethod
    def waiver_for_whom(cls, rule: str, *, both: bool) -> Self:
        named = "both an imei and a model" if both else "neither an imei nor a model"
        return cls(f"the waiver of rule {shown(rule)} names {named}: name either an imei or a model")

    @classmethod
    def waiver_without_date(cls, rule: str, found: object) -> Self:
        return cls(
            f"the waiver of rule {shown(rule)} ends on {brief(found)}: "
            "give its last day in UTC as a date, such as until=date(2026, 12, 31)"
        )

    @classmethod
    def waiver_of_no_rule(cls, gate: str, rule: str, ids: Iterable[str]) -> Self:
        return cls(
            f"gate {gate!r} has a waiver of rule {shown(rule)}, which it has not: its rules are {', '.join(ids)}"
        )

    @classmethod
    def waiver_of_missing_model(cls, gate: str, rule: str, model: str) -> Self:
        return cls(
            f"gate {gate!r} has a waiver of rule {shown(rule)} for model {shown(model)}, which waives nothing: "
            "a missing device says no model: name its imei"
        )

    @classmethod
    def waiver_of_other_model(cls, gate: str, rule: str, model: str, *, speaks_of: str) -> Self:
        return cls(
            f"gate {gate!r} has a waiver of rule {shown(rule)} for model {shown(model)}, which waives nothing: "
            f"the rule speaks of model {shown(speaks_of)}: correct one of them, or leave the waiver out"
        )

    @classmethod
    def no_waiver(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a waiver of type {type(found).__name__}: pass Waiver(rule=…, …)")

    @classmethod
    def no_waivers(cls, gate: str, found: object) -> Self:
        return cls(
            f"gate {gate!r}: waivers= is of type {type(found).__name__}: pass a list, such as [Waiver(rule=…, …)]"
        )

    @classmethod
    def no_available_firmware(cls, found: object) -> Self:
        return cls(
            f"no_upgrade_waiting was given a value of type {type(found).__name__}: "
            "pass the AvailableFirmware that get_available_firmware gives"
        )

    @classmethod
    def no_rule(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a rule of type {type(found).__name__}: pass what pulumi_fota.rules makes")

    @classmethod
    def reserved_id(cls, id: str) -> Self:
        return cls(
            f"no rule can be called {shown(id)}: that is the gate's own check of devices that did not come back; "
            "give it another id="
        )

    @classmethod
    def id_twice(cls, gate: str, id: str) -> Self:
        return cls(f"gate {gate!r} has two rules called {shown(id)}: give one of them an id= of its own")

    @classmethod
    def checks_nothing(cls, gate: str) -> Self:
        return cls(
            f"gate {gate!r} checks nothing: it has no rules, and missing devices pass; "
            "give it a rule, or leave on_missing='pass' out"
        )

    @classmethod
    def idle_at_most_missing(cls) -> Self:
        return cls("at_most_missing has no effect with on_missing='pass': leave one of them out")
