"""Faults that are put in on purpose: what goes wrong, and at which calls.

A fault either changes what the simulator knows before it answers (the session ends), answers in its place (503), or
spoils the answer on its way out (cut off, packed, another account's). Bytes below HTTP are out of reach here.
"""

from __future__ import annotations

import difflib
import gzip
import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.simulator.exchange import KINDS, Answer
from pulumi_fota.simulator.refusals import REFUSALS, Refused, usual_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator.access import Access

GRAMMAR = """\
[CALL:]FAULT[=VALUE][*TIMES][@FIRST][~EVERY]

CALL is token, login, devices, account_devices, firmware or other; without it every call is meant.
*TIMES counts how often it happens (always, unless given). @FIRST is the call that it begins at (1, unless given);
@FIRST alone is that one call. ~EVERY makes it every 2nd, 3rd … call from there on.

    devices:503*2                the first two reads of an IMEI list are answered with 503
    devices:session-expired@3    the session ends just before the third such read
    devices:503~2                every second such read fails, beginning with the first
    token:429=20*1               429 with Retry-After: 20, once
    login:refused                every login is refused, and counts towards the lock
    slow=1.5                     every answer takes 1.5 s longer"""

ELSEWHERE = "https://elsewhere.invalid/"
"""Where a redirect points unless it is told."""

_HOUR = 3600.0
_SPEC = re.compile(r"(?:(?P<on>[a-z_]+):)?(?P<what>.+?)(?:\*(?P<times>\d+))?(?:@(?P<first>\d+))?(?:~(?P<every>\d+))?")


@attrs.frozen(kw_only=True)
class Fault:
    """What goes wrong at one call."""

    name: str
    delay: float = 0
    event: Callable[[Access], None] | None = None
    answer: Answer | None = None
    spoil: Callable[[Answer], Answer] | None = None

    def happen(self, access: Access) -> Answer | None:
        """Let the fault happen before the call is answered; give the answer in its place, if there is one."""
        try:
            if self.event is not None:
                self.event(access)
        except Refused as refused:
            return refused.answer
        return self.answer


@attrs.define(kw_only=True)
class Plan:
    """A fault, and the calls that it happens at."""

    fault: Fault
    on: str | None = None
    times: int | None = None
    first: int = 1
    every: int = 1
    seen: int = 0
    fired: int = 0

    @classmethod
    def of(
        cls,
        fault: Fault,
        *,
        on: str | None = None,
        times: int | None = None,
        first: int | None = None,
        every: int | None = None,
    ) -> Plan:
        """Plan a fault.

        Args:
            fault: What goes wrong.
            on: The kind of call; all kinds unless given.
            times: How often it happens; always unless given.
            first: The call that it begins at, counted from now; alone it means that one call.
            every: At every 2nd, 3rd … call from there on.

        Raises:
            ValueError: There is no such kind of call, or a number is below 1.
        """
        if on is not None and on not in KINDS:
            raise ValueError(f"no such call: {on!r}; there are {', '.join(KINDS)}")
        if any(number is not None and number < 1 for number in (times, first, every)):
            raise ValueError("how often a fault happens, and at which calls, is counted from 1")
        if first is not None and times is None and every is None:
            times = 1
        return cls(fault=fault, on=on, times=times, first=first or 1, every=every or 1)

    def is_due(self) -> bool:
        """Tell whether the fault happens at the call that was counted last."""
        if self.times is not None and self.fired >= self.times:
            return False
        return self.seen >= self.first and (self.seen - self.first) % self.every == 0


class Faults:
    """The faults in force. At each call one of them happens at most.

    Those that happen a number of times go first, in the order they were added; of those that go on for ever the
    newest holds. `fired` counts by name how often each has happened.
    """

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self.chaos: Chaos | None = None
        self.fired: Counter[str] = Counter()

    def add(self, plan: Plan) -> None:
        """Put a fault in force."""
        self._plans.append(plan)

    def clear(self) -> None:
        """End all faults, chaos too."""
        self._plans.clear()
        self.chaos = None

    def at(self, kind: str) -> Fault | None:
        """Count a call of this kind, and give the fault that happens at it."""
        fault = self._due(kind) or (self.chaos.at(kind) if self.chaos else None)
        if fault is not None:
            self.fired[fault.name] += 1
        return fault

    def _due(self, kind: str) -> Fault | None:
        plans = [plan for plan in self._plans if plan.on in (None, kind)]
        for plan in plans:
            plan.seen += 1
        due = [plan for plan in plans if plan.is_due()]
        if not due:
            return None
        bounded = [plan for plan in due if plan.times is not None]
        plan = bounded[0] if bounded else due[-1]
        plan.fired += 1
        return plan.fault


class Chaos:
    """Faults at a tenth of the calls, drawn from a seed; never one that refuses a login."""

    def __init__(self, seed: int, *, share: float = 0.1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - The same faults again for the same seed.
        self._share = share

    def at(self, kind: str) -> Fault | None:
        """Draw whether a fault happens at a call of this kind, and which."""
        if self._random.random() >= self._share:
            return None
        return fault(self._random.choice(_CHAOS[kind]))


_TRANSIENT = ("500", "502", "503", "504", "429=1", "slow=0.5", "empty", "cut")
_CHAOS = dict.fromkeys(KINDS, (*_TRANSIENT, "bearer-expired", "session-expired")) | {
    "token": _TRANSIENT,
    "login": ("slow=0.5",),
}


def parse(
    spec: str, *, on: str | None = None, times: int | None = None, first: int | None = None, every: int | None = None
) -> Plan:
    """Read a fault as the command line takes it (`GRAMMAR`); what the text leaves out may be given beside it.

    Raises:
        ValueError: The text is no fault; the message says what is wrong with it.
    """
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ValueError(f"no such fault: {spec!r}")
    numbers = {name: int(match[name]) for name in ("times", "first", "every") if match[name]}
    on = match["on"] or on
    given = {"times": times, "first": first, "every": every} | numbers
    return Plan.of(fault(match["what"], on=on), on=on, **given)


def fault(what: str, *, on: str | None = None) -> Fault:
    """Make a fault by its name, with a value after `=` where it takes one.

    Raises:
        ValueError: No fault has this name.
    """
    name, _, value = what.partition("=")
    if name == "refused":
        name = {"login": "login-refused", "token": "client-refused"}.get(on or "", "900901")
    if value and (name in EVENTS or name in SPOILS or name in REFUSALS):
        raise ValueError(f"{what!r} takes no value")
    if name in EVENTS:
        return Fault(name=name, event=EVENTS[name])
    if name in SPOILS:
        return Fault(name=name, spoil=SPOILS[name])
    if name in REFUSALS:
        return Fault(name=name, answer=REFUSALS[name])
    if name == "slow":
        return Fault(name=name, delay=_seconds(what, value))
    if name == "redirect":
        return Fault(name=name, answer=with_headers(usual_answer(302), {"Location": value or ELSEWHERE}))
    if re.fullmatch(r"[2-5]\d\d", name):
        headers = {"Retry-After": value} if value else {}
        return Fault(name=name, answer=with_headers(usual_answer(int(name)), headers))
    like = difflib.get_close_matches(name, NAMES, n=1)
    raise ValueError(f"no such fault: {name!r}" + (f"; did you mean {like[0]!r}?" if like else f"; there is {names()}"))


def names() -> str:
    """List the names of all faults for a reader: the gateway's codes as a range."""
    return ", ".join(name for name in NAMES if not name[0].isdigit()) + ", 900800 … 900910, 900800-bare … 900910-bare"


def _seconds(what: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= _HOUR:  # NaN is not, either.
        raise ValueError(f"{what!r} says no seconds, such as slow=1.5")
    return seconds


def with_headers(answer: Answer, headers: dict[str, str]) -> Answer:
    """Add headers to an answer; one that it has already is replaced."""
    named = {name.lower() for name in headers}
    kept = [item for item in answer.headers if item[0].lower() not in named]
    return attrs.evolve(answer, headers=(*kept, *headers.items()))


def _with_body(answer: Answer, body: bytes) -> Answer:
    return with_headers(attrs.evolve(answer, body=body), {"Content-Length": str(len(body))})


def altered(change: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    """Make a spoiler of a function that changes the JSON of an answer: in place, or by what it returns."""

    def spoil(answer: Answer) -> Answer:
        if answer.status >= 300:  # noqa: PLR2004 - Only data is changed, a refusal is not.
            return answer
        value = json.loads(answer.body)
        result = change(value)
        return _with_body(answer, json.dumps(value if result is None else result).encode("utf-8", "surrogatepass"))

    return spoil


def _packed(answer: Answer) -> Answer:
    return with_headers(_with_body(answer, gzip.compress(answer.body)), {"Content-Encoding": "gzip"})


def _cut(answer: Answer) -> Answer:
    return attrs.evolve(answer, body=answer.body[: len(answer.body) // 2])


def _replaced(body: bytes, content_type: str | None = None) -> Callable[[Answer], Answer]:
    def spoil(answer: Answer) -> Answer:
        changed = _with_body(answer, body)
        return with_headers(changed, {"Content-Type": content_type}) if content_type else changed

    return spoil


def _refuse_login(access: Access) -> None:
    access.refuse_login()


def _in_rows(change: Callable[[list[Any]], None]) -> Callable[[Answer], Answer]:
    def alter(body: Any) -> None:
        if isinstance(body, dict) and isinstance(body.get("deviceList"), list) and body["deviceList"]:
            change(body["deviceList"])

    return altered(alter)


def _foreign(rows: list[Any]) -> None:
    rows.append({**rows[-1], "deviceId": "990000999999990"})


def _other_account(body: Any) -> None:
    if isinstance(body, dict):
        body["accountName"] = "0000999999-00009"


def _stuck(body: Any) -> None:
    if isinstance(body, dict):
        body["hasMoreData"] = True
        body["lastSeenDeviceId"] = "000000000000001"


EVENTS: dict[str, Callable[[Access], None]] = {
    "session-expired": lambda access: access.expire_sessions(),
    "bearer-expired": lambda access: access.expire_bearer(),
    "locked": lambda access: access.lock(),
    "login-refused": _refuse_login,
}
"""Faults that happen to the account before the call is answered as usual."""

SPOILS: dict[str, Callable[[Answer], Answer]] = {
    "gzip": _packed,
    "cut": _cut,
    "empty": _replaced(b""),
    "html": _replaced(b"<html><body>maintenance</body></html>", "text/html"),
    "bad-json": _replaced(b'{"deviceList": [{"deviceId": '),
    "row-missing": _in_rows(lambda rows: rows.pop(0)),
    "row-doubled": _in_rows(lambda rows: rows.append(rows[0])),
    "row-foreign": _in_rows(_foreign),
    "other-account": altered(_other_account),
    "cursor-stuck": altered(_stuck),
}
"""Faults that spoil the answer on its way out."""

NAMES = ("refused", "redirect", "slow", *EVENTS, *SPOILS, *(name for name in REFUSALS if name not in EVENTS))
"""Every fault that is called by a name; `refused` is what a login, a token or a read is usually refused with."""
