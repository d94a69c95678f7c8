"""The calls that faults happen at, and how both are written."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import TYPE_CHECKING, TypedDict, cast

from pulumi_fota.simulator.endpoints import KINDS
from pulumi_fota.simulator.faults import parse_fault
from pulumi_fota.simulator.suggestions import unknown_name

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.simulator.faults import Fault


class When(TypedDict, total=False):
    """The calls that a fault happens at: keyword arguments, whose meanings `OPTIONS` has."""

    on: str | None
    times: int | None
    first: int | None
    every: int | None


OPTIONS = {
    "on": ("CALL:", f"CALL is the kind of call: {', '.join(KINDS)}. Without it, all kinds."),
    "times": ("*TIMES", "TIMES is how often the fault happens. Without it, always."),
    "first": ("@FIRST", "FIRST is the first call that it happens at, counted from now. Alone it means that one call."),
    "every": ("~EVERY", "EVERY makes it every 2nd, 3rd … call from there on."),
}
"""How each key of `When` is written in the text of a fault, and what it means."""

_BEFORE, *_AFTER = (f"[{written}]" for written, _ in OPTIONS.values())
SYNTAX = f"{_BEFORE}FAULT[=VALUE]{''.join(_AFTER)}"
"""How a fault is written."""

EXAMPLES = """\
devices:503*2                the first two reads of a list of IMEIs are answered with 503
devices:session-expired@3    the session ends before the third such read
devices:503~2                every second such read fails, beginning with the first
token:429=20*1               429 with Retry-After: 20, once
login:refused                every login is refused, and counts towards the lock
slow=1.5                     every response takes 1.5 s longer"""

_TEXT = re.compile(
    r"(?:(?P<on>[a-z_]+):)?(?P<fault>.+?)"
    + "".join(rf"(?:{re.escape(OPTIONS[name][0][0])}(?P<{name}>\d+))?" for name in ("times", "first", "every"))
)


class Plan:
    """A fault, and the calls that it happens at.

    Args:
        fault: What goes wrong.
        when: The calls (see `OPTIONS`).

    Raises:
        TypeError: There is no such option.
        ValueError: There is no such kind of call, or a number is below 1.
    """

    def __init__(self, fault: Fault, **when: Unpack[When]) -> None:
        for name in when:
            if name not in OPTIONS:
                raise TypeError(unknown_name("option", name, OPTIONS))
        kind, times, first, every = when.get("on"), when.get("times"), when.get("first"), when.get("every")
        if kind is not None and kind not in KINDS:
            raise ValueError(unknown_name("call", kind, KINDS))
        if any(number is not None and number < 1 for number in (times, first, every)):
            raise ValueError("how often a fault happens, and at which calls, is counted from 1")
        if first is not None and times is None and every is None:
            times = 1
        self.fault = fault
        self.is_limited: bool = times is not None
        self._kind = kind
        self._left = times
        self._first = first or 1
        self._every = every or 1
        self._calls = 0

    def counts(self, kind: str) -> bool:
        """Count a call, and return whether the fault is due at it."""
        if self._kind not in (None, kind):
            return False
        self._calls += 1
        since_first = self._calls - self._first
        return self._left != 0 and since_first >= 0 and since_first % self._every == 0

    def use(self) -> Fault:
        """Return the fault, to happen at the call that was counted last."""
        if self._left is not None:
            self._left -= 1
        return self.fault


class Faults:
    """The faults that are in force. At most one of them happens at a call.

    Those that happen a limited number of times come first, in the order in which they were added. Of the others the
    newest happens.

    Attributes:
        fired: How often each fault has happened, by name.
        chaos: Random faults, if there are any.
    """

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self.chaos: Chaos | None = None
        self.fired: Counter[str] = Counter()

    def add(self, plan: Plan) -> None:
        """Put a fault in force."""
        self._plans.append(plan)

    def clear(self) -> None:
        """End all faults, including the random ones."""
        self._plans.clear()
        self.chaos = None

    def at(self, kind: str) -> Fault | None:
        """Count a call of this kind, and return the fault that happens at it, if one does."""
        due = [plan for plan in self._plans if plan.counts(kind)]
        limited = [plan for plan in due if plan.is_limited]
        if due:
            fault: Fault | None = (limited[0] if limited else due[-1]).use()
        else:
            fault = self.chaos.at(kind) if self.chaos else None
        if fault is not None:
            self.fired[fault.name] += 1
        return fault


class Chaos:
    """Random faults at a tenth of the calls, the same for the same seed. None of them refuses a login.

    Args:
        seed: The seed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - The same seed must give the same faults.

    def at(self, kind: str) -> Fault | None:
        """Return the fault that happens at a call of this kind, if one does."""
        if self._random.random() >= 0.1:  # noqa: PLR2004 - A tenth.
            return None
        return parse_fault(self._random.choice(_CHAOS[kind]))


_TRANSIENT = ("500", "502", "503", "504", "429=1", "slow=0.5", "empty", "cut")
_CHAOS = dict.fromkeys(KINDS, (*_TRANSIENT, "bearer-expired", "session-expired")) | {
    "token": _TRANSIENT,
    "login": ("slow=0.5",),
}


def parse_plan(text: str, **when: Unpack[When]) -> Plan:
    """Return the fault, and the calls that it happens at, from their text (`SYNTAX`).

    Args:
        text: The text.
        when: The calls (see `OPTIONS`), as far as the text does not say.

    Raises:
        TypeError: There is no such option.
        ValueError: The text has another form, or there is no such fault or kind of call.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"a fault is written {SYNTAX}, not {text!r}")
    written = {name: match[name] for name in OPTIONS if match[name]}
    when = cast("When", {**when, **{name: text if name == "on" else int(text) for name, text in written.items()}})
    return Plan(parse_fault(match["fault"], on=when.get("on")), **when)
