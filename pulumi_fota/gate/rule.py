"""A rule: a question that is asked of each device, and what counts as enough good answers.

Pure: a rule is made of values and judges values. Knows nothing of gates or Pulumi.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

import attrs

from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.answer import RuleAnswer
from pulumi_fota.gate.judgement import Judgement, judge
from pulumi_fota.gate.threshold import Limit, parse_at_least, parse_at_most
from pulumi_fota.model.device import Device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Self

    from pulumi_fota.gate.wording import Phrase
    from pulumi_fota.model.device_set import DeviceOutcome, DeviceSet

Severity: TypeAlias = Literal["mandatory", "advisory"]
OnUnknown: TypeAlias = Literal["fail", "warn", "pass"]
#: Judges one device; a new one is made for each set of devices, whose `read_at` is "now".
Judge: TypeAlias = Callable[[Device], RuleAnswer]

SEVERITIES: tuple[Severity, ...] = ("mandatory", "advisory")
ON_UNKNOWN: tuple[OnUnknown, ...] = ("fail", "warn", "pass")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CommonOptions(TypedDict, total=False):
    """What every rule takes by keyword, but for its id."""

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


def _all_of(_devices: DeviceSet) -> Callable[[Sequence[Device]], Sequence[Device]]:
    return lambda chosen: chosen


@attrs.frozen(kw_only=True, slots=False)
class RuleCheck:
    """What a rule asks of a device."""

    holds: Phrase  #: What is so of devices that pass: `runs 1.2`.
    judge_of: Callable[[DeviceSet], Judge]
    #: The fields that decide: devices that agree in them get one answer, found once. Empty: each is asked.
    fields: tuple[str, ...] = ()
    #: Where each device is asked: keeps those that may not pass, when that can be told faster than by asking.
    suspects_of: Callable[[DeviceSet], Callable[[Sequence[Device]], Sequence[Device]]] = _all_of


@attrs.frozen(kw_only=True, slots=False)
class Rule:
    """A rule of a gate: made by the functions of `pulumi_fota.rules`, or by `@rules.rule("id")`.

    `devices.split(rule)` sorts the devices that a rule speaks of into passed, failed and unknown.
    """

    id: str = attrs.field()
    #: `"mandatory"` stops the deployment, `"advisory"` warns: Pulumi's words for policies.
    severity: Severity = attrs.field(default="mandatory")
    #: What becomes of devices where the rule cannot tell: they count as not passed (`"fail"`), as passed (`"pass"`),
    #: or are left out of the count and shown (`"warn"`).
    on_unknown: OnUnknown = attrs.field(default="fail")
    make: str | None = attrs.field(default=None)  #: The rule speaks of devices of this make, whatever its case.
    model: str | None = attrs.field(default=None)  #: The rule speaks of devices of this model, whatever its case.
    #: So many must pass: a percentage such as `"95%"` of the devices that the rule speaks of, or a number.
    at_least: str | int | None = attrs.field(default=None)
    at_most: str | int | None = attrs.field(default=None)  #: No more may fail: a percentage or a number.
    min_devices: int = attrs.field(default=0)  #: With fewer devices to count, the whole rule is unknown.
    allow_empty: bool = attrs.field(default=False)  #: Whether it may find no device that it speaks of.
    _check: RuleCheck = attrs.field(alias="check", repr=False)

    def __attrs_post_init__(self) -> None:
        check_name("the id of a rule", self.id)
        check_choice("severity", self.severity, SEVERITIES)
        check_choice("on_unknown", self.on_unknown, ON_UNKNOWN)
        for name, text in (("make", self.make), ("model", self.model)):
            if text is not None:
                check_text(name, text)
        if isinstance(self.min_devices, bool) or not isinstance(self.min_devices, int) or self.min_devices < 0:
            raise InvalidRule.bad_count("min_devices", self.min_devices)
        check_flag("allow_empty=", self.allow_empty)
        _ = self.limits

    @classmethod
    def with_check(cls, check: RuleCheck, default_id: str, options: RuleOptions | CommonOptions) -> Self:
        """Make a rule of a question and what the program gave by keyword."""
        known = RuleOptions.__annotations__
        for name in options:
            if name not in known:
                raise InvalidRule.unknown_option(default_id, name, known=known)
        given: dict[str, Any] = {"id": default_id, **options}
        return cls(check=check, **given)

    @cached_property
    def limits(self) -> tuple[Limit | None, Limit | None]:
        """How many devices must pass and how many may fail, where the rule says so."""
        return parse_at_least(self.at_least), parse_at_most(self.at_most)

    def is_enough(self, good: int, bad: int) -> bool:
        """Tell whether so many devices that pass, and so many that do not, are in order. Without a limit all must."""
        at_least, at_most = self.limits
        if at_least is at_most is None:
            return bad == 0
        total = good + bad
        return (at_least is None or good >= at_least.of(total)) and (at_most is None or bad <= at_most.of(total))

    @property
    def holds(self) -> Phrase:
        """What is so of devices that pass, to be read behind their number."""
        return self._check.holds

    @property
    def selects(self) -> str:
        """The make and model that the rule speaks of, as its author wrote them, or an empty text for all."""
        return " ".join(filter(None, [self.make, self.model]))

    def speaks_of(self, devices: Sequence[Device]) -> Sequence[Device]:
        """Keep the devices that the rule speaks of."""
        kept = devices[:]
        for name, wanted in (("make", self.make), ("model", self.model)):
            if wanted is not None:
                values = list(map(attrgetter(name), kept))
                same = {value for value in set(values) if value is not None and canonical(value) == canonical(wanted)}
                kept = [device for device, value in zip(kept, values, strict=True) if value in same]
        return kept

    def begin(self, devices: DeviceSet) -> Judgement:
        """Begin to ask of a set, whose devices are handed over in parts."""
        return Judgement(self._check, devices, self.speaks_of)

    def outcomes(self, devices: DeviceSet) -> Iterator[tuple[Device, DeviceOutcome]]:
        """Tell of each device that the rule speaks of whether it passes, fails, or is unknown."""
        (judgement,) = judge([self], devices)
        outcome_of = {device.imei: answer.outcome for device, answer in judgement.not_passed}
        return ((device, outcome_of.get(device.imei, "pass")) for device in self.speaks_of(devices))


def canonical(text: str) -> str:
    """Make free text comparable: makes, models and statuses come in mixed case."""
    return text.strip().casefold()


def check_text(what: str, value: Any, *, one_of_many: bool = False) -> str:
    """Check that an argument, or one of many, is text and not empty.

    Raises:
        InvalidRule: It is neither.
    """
    if not isinstance(value, str):
        raise InvalidRule.not_text(what, value, one_of_many=one_of_many)
    if not value.strip():
        raise InvalidRule.empty_text(what)
    return value


def check_texts(what: str, values: Sequence[Any]) -> tuple[str, ...]:
    """Check the texts that a rule was called with.

    Raises:
        InvalidRule: There are none, or one is no text.
    """
    if not values:
        raise InvalidRule.nothing_named(what)
    return tuple(check_text(what, value, one_of_many=True) for value in values)


def check_name(what: str, value: Any) -> None:
    """Check that an argument can be the name of a gate or a rule, which stands in reports and names of files.

    Raises:
        InvalidRule: It can not.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InvalidRule.bad_name(what, value)


def check_flag(what: str, value: Any) -> None:
    """Check that an argument is a boolean: the text `false` of a config would count as true.

    Raises:
        InvalidRule: It is none.
    """
    if not isinstance(value, bool):
        raise InvalidRule.no_flag(what, value)


def check_choice(what: str, value: Any, choices: Sequence[str]) -> None:
    """Check that an argument is one of a few words.

    Raises:
        InvalidRule: It is none of them.
    """
    if value not in choices:
        raise InvalidRule.not_one_of(what, value, choices)
