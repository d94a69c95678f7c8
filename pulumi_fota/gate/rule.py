"""A rule: a check of each device, and how many devices must pass it.

Owns what a rule is made of: its thresholds, its answers, and the phrases in which it speaks of devices. Pure: values
in, answers out. Knows nothing of gates, verdicts or Pulumi's engine.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from math import floor
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypedDict

import attrs

from pulumi_fota._text import shown
from pulumi_fota.errors import InvalidArgument, InvalidRule, described
from pulumi_fota.gate.arguments import check_choice, check_count, check_flag, check_name, check_text
from pulumi_fota.model.device import Device
from pulumi_fota.model.percentage import parse_percentage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Self

    from pulumi_fota.model.device_set import DeviceOutcome, DeviceSet

Severity: TypeAlias = Literal["mandatory", "advisory"]
OnUnknown: TypeAlias = Literal["fail", "warn", "pass"]

SEVERITIES: tuple[Severity, ...] = ("mandatory", "advisory")
ON_UNKNOWN: tuple[OnUnknown, ...] = ("fail", "warn", "pass")

_MOST_NAMED = 5  # Items of a list that a phrase writes out; the person who wrote the list knows the rest.


class CommonOptions(TypedDict, total=False):
    """What every rule takes by keyword, except its id."""

    severity: Severity
    on_unknown: OnUnknown
    make: str | None
    model: str | None
    at_least: str | int | None
    at_most: str | int | None
    min_devices: int
    allow_empty: bool


class RuleOptions(CommonOptions, total=False):
    """What every rule takes by keyword."""

    id: str


class Phrase(NamedTuple):
    """A statement about devices that follows their number: `1 … runs old firmware`, `2 … run old firmware`."""

    one: str
    many: str

    @classmethod
    def of(cls, one: str, many: str, rest: str) -> Phrase:
        """Return a phrase with the same rest after both forms of the verb."""
        return cls(f"{one} {rest}", f"{many} {rest}")

    def about(self, count: int) -> str:
        """Return the form for a number of devices."""
        return self.one if count == 1 else self.many


class RuleAnswer(NamedTuple):
    """The outcome for a device; devices that are alike share one answer."""

    outcome: DeviceOutcome
    phrase: Phrase = Phrase("", "")  #: What is true of the device, to follow a number: `runs old firmware`.
    shown: str = ""  #: The reported value, unless the phrase contains it: `1.2`.

    @property
    def reason(self) -> str:
        """What is true of one device, with the value: `runs old firmware: 1.2`."""
        return f"{self.phrase.one}: {self.shown}" if self.shown else self.phrase.one


#: The answer for every device that passes.
PASS = RuleAnswer("pass")

#: Answers for one device.
Judge: TypeAlias = Callable[[Device], RuleAnswer]


@attrs.frozen
class Limit:
    """A number of devices, given as a count or as a share of those that count; exact, never a float."""

    text: str  #: As a person reads it: `95 %` or `3`.
    share: Fraction | None  #: The share, if it is one.
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
                raise _not_a_limit(what, value) from None
            return cls(text=f"{value[:-1]} %", share=share)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise _not_a_limit(what, value)
        return cls(text=f"{value:,}", share=None, count=value)

    def of(self, total: int) -> Fraction:
        """Return the limit for a total; it need not be a whole number."""
        return Fraction(self.count) if self.share is None else self.share * total


def parse_at_least(value: str | int | None) -> Limit | None:
    """Read `at_least`, the minimum that must pass; one that every set of devices meets is refused."""
    if value is None:
        return None
    limit = Limit.parse(value, what="at_least")
    if limit.of(1) == 0:
        raise _never_trips("at_least", value)
    return limit


def parse_at_most(value: str | int | None, *, what: str = "at_most") -> Limit | None:
    """Read `at_most`, the maximum that may fail; one that no set of devices exceeds is refused."""
    if value is None:
        return None
    limit = Limit.parse(value, what=what)
    if limit.share == 1:
        raise _never_trips(what, value)
    return limit


@attrs.frozen(kw_only=True, slots=False)
class Requirement:
    """How many of the devices that are counted must pass, and what follows if fewer do.

    A rule is one; so is what a gate requires of missing devices. Attributes: see `Rule`.
    """

    id: str
    severity: Severity = "mandatory"
    on_unknown: OnUnknown = "fail"
    make: str | None = None
    model: str | None = None
    at_least: str | int | None = None
    at_most: str | int | None = None
    min_devices: int = 0
    allow_empty: bool = False
    holds: Phrase = attrs.field(repr=False)  #: What is true of devices that pass: `runs 1.2`.

    def __attrs_post_init__(self) -> None:
        check_name("the id of a rule", self.id)
        check_choice("severity", self.severity, SEVERITIES)
        check_choice("on_unknown", self.on_unknown, ON_UNKNOWN)
        for name, text in (("make", self.make), ("model", self.model)):
            if text is not None:
                check_text(name, text)
        check_count("min_devices", self.min_devices)
        check_flag("allow_empty=", self.allow_empty)
        _ = self.limits

    @property
    def selects(self) -> str:
        """The make and model of the devices that it is about, as its author wrote them; empty for all devices."""
        return " ".join(filter(None, [self.make, self.model]))

    @cached_property
    def limits(self) -> tuple[Limit | None, Limit | None]:
        """The minimum that must pass and the maximum that may fail, if given."""
        return parse_at_least(self.at_least), parse_at_most(self.at_most)

    def allowance(self, total: int) -> int:
        """Return how many of a number of devices the limits allow not to pass; by default none."""
        at_least, at_most = self.limits
        bounds = [at_most.of(total)] if at_most else []
        if at_least:
            bounds.append(total - at_least.of(total))
        return floor(min(bounds, default=0))

    def is_enough(self, good: int, bad: int) -> bool:
        """Return whether the limits allow these numbers of devices that pass and that do not; by default all must."""
        at_least, at_most = self.limits
        if at_least is at_most is None:
            return bad == 0
        total = good + bad
        return (at_least is None or good >= at_least.of(total)) and (at_most is None or bad <= at_most.of(total))


@attrs.frozen(kw_only=True, slots=False)
class RuleCheck:
    """How a rule judges devices."""

    #: Returns what judges the devices of a set, whose `read_at` is "now".
    judge_of: Callable[[DeviceSet], Judge]
    #: The fields that decide: devices that agree in all of them get one answer.
    fields: tuple[str, ...]

    @classmethod
    def of(cls, judge: Judge, *fields: str) -> Self:
        """Return a check that is the same for every set."""
        return cls(judge_of=lambda _devices: judge, fields=fields)


class Judged(NamedTuple):
    """What a rule found in a set."""

    asked: int  #: The number of devices that the rule is about.
    not_passed: list[tuple[Device, RuleAnswer]]  #: Those that do not pass, in the order of the set.


@attrs.frozen(kw_only=True, slots=False)
class Rule(Requirement):
    """A rule of a gate: made by the functions of `pulumi_fota.rules`, or by `@rules.rule("id")`.

    `devices.split(rule)` sorts the devices that a rule is about into passed, failed and unknown.

    Attributes:
        id: The name of the rule in messages, reports and waivers.
        severity: `"mandatory"` stops the deployment, `"advisory"` warns: Pulumi's words for policies.
        on_unknown: How devices count for which the rule has no answer: as not passed (`"fail"`), as passed (`"pass"`),
            or not at all, with a warning (`"warn"`).
        make: The rule is about devices of this make, ignoring case; `None` is any.
        model: The rule is about devices of this model, ignoring case; `None` is any.
        at_least: The minimum that must pass: a percentage such as `"95%"` of the devices that count, or a number.
        at_most: The maximum that may fail: a percentage or a number.
        min_devices: With fewer devices to count, the whole rule is unknown.
        allow_empty: Whether it may find no device that it is about.
    """

    _check: RuleCheck = attrs.field(alias="check", repr=False)

    @classmethod
    def with_check(cls, check: RuleCheck, holds: Phrase, default_id: str, options: RuleOptions | CommonOptions) -> Self:
        """Return a rule with a check and the options that the program gave by keyword.

        Raises:
            InvalidRule: An option is unknown or invalid.
        """
        known = RuleOptions.__annotations__
        for name in options:
            if name not in known:
                raise InvalidRule(f"rule {default_id!r} has no option {shown(name)}: use one of {', '.join(known)}")
        given: dict[str, Any] = {"id": default_id, **options}
        return cls(check=check, holds=holds, **given)

    def speaks_of(self, devices: Sequence[Device]) -> Sequence[Device]:
        """Return the devices that the rule is about."""
        kept: Sequence[Device] = tuple(devices)
        for name, wanted in (("make", self.make), ("model", self.model)):
            if wanted is not None:
                values = list(map(attrgetter(name), kept))
                same = {value for value in set(values) if value is not None and canonical(value) == canonical(wanted)}
                kept = [device for device, value in zip(kept, values, strict=True) if value in same]
        return kept

    def judge(self, devices: DeviceSet) -> Judged:
        """Judge the devices that the rule is about; the check answers once for each combination of its fields.

        Raises:
            FotaError: A function of the program raised, or returned what is not an answer.
        """
        chosen = self.speaks_of(devices)
        judge, value_of = self._check.judge_of(devices), attrgetter(*self._check.fields)
        answers: dict[Any, RuleAnswer] = {}
        not_passed: list[tuple[Device, RuleAnswer]] = []
        for device, value in zip(chosen, map(value_of, chosen), strict=True):
            answer = answers.get(value)
            if answer is None:
                answer = answers[value] = judge(device)
            if answer is not PASS:
                not_passed.append((device, answer))
        return Judged(len(chosen), not_passed)

    def outcomes(self, devices: DeviceSet) -> Iterator[tuple[Device, DeviceOutcome]]:
        """Return each device that the rule is about with its outcome."""
        outcome_of = {device.imei: answer.outcome for device, answer in self.judge(devices).not_passed}
        return ((device, outcome_of.get(device.imei, "pass")) for device in self.speaks_of(devices))


def canonical(text: str) -> str:
    """Return free text in a form to compare: makes, models and statuses come in mixed case."""
    return text.strip().casefold()


def one_of(texts: Sequence[str]) -> str:
    """Join alternatives: `A`, `A or B`, `A, B or C`, and no more than five of them."""
    named = list(texts[:_MOST_NAMED])
    if len(texts) > _MOST_NAMED:
        named.append(f"{len(texts) - _MOST_NAMED} more")
    return " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _not_a_limit(what: str, value: object) -> InvalidRule:
    advice = "use a whole number of devices, or a percentage as text, such as '95%'"
    return InvalidRule(f"{what} is {described(value)}: {advice}")


def _never_trips(what: str, value: object) -> InvalidRule:
    advice = "use severity='advisory' for a rule that only warns"
    return InvalidRule(f"{what} is {value!r}, which every fleet meets: {advice}")
