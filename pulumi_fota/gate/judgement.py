"""Rules that go through a set of devices: how many each speaks of, and which do not pass.

A large fleet is looked at in the interpreter's C code where that can be done, and in parts that stay in the
processor's cache while all rules go over them. Pure: knows nothing of Pulumi.
"""

from __future__ import annotations

from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pulumi_fota.gate.answer import PASS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pulumi_fota.gate.answer import RuleAnswer
    from pulumi_fota.gate.rule import Rule, RuleCheck
    from pulumi_fota.model.device import Device
    from pulumi_fota.model.device_set import DeviceSet

_PART = 1000


def judge(rules: Iterable[Rule], devices: DeviceSet) -> list[Judgement]:
    """Let rules go through a set, side by side."""
    judgements = [rule.begin(devices) for rule in rules]
    for start in range(0, len(devices), _PART):
        part = devices[start : start + _PART]
        for judgement in judgements:
            judgement.look_at(part)
    return judgements


class Judgement:
    """What one rule finds.

    Args:
        check: What the rule asks.
        devices: The whole set.
        speaks_of: Chooses the devices that it asks.
    """

    def __init__(
        self, check: RuleCheck, devices: DeviceSet, speaks_of: Callable[[Sequence[Device]], Sequence[Device]]
    ) -> None:
        self.asked: int = 0  #: The devices that the rule speaks of.
        self.not_passed: list[tuple[Device, RuleAnswer]] = []  #: Those that do not pass, in their order.
        self._speaks_of = speaks_of
        self._judge = check.judge_of(devices)
        self._suspects = check.suspects_of(devices)
        self._value = attrgetter(*check.fields) if check.fields else None
        self._seen: set[Any] = set()  # Values that were judged,
        self._bad: dict[Any, RuleAnswer] = {}  # and those of them that do not pass.

    def look_at(self, part: Sequence[Device]) -> None:
        """Ask of some more devices."""
        chosen = self._speaks_of(part)
        self.asked += len(chosen)
        if self._value is None:
            suspects = self._suspects(chosen)
            self.not_passed.extend(
                (device, answer) for device in suspects if (answer := self._judge(device)) is not PASS
            )
            return
        values = list(map(self._value, chosen))
        distinct = set(values)
        if not distinct <= self._seen:
            self._learn(dict(zip(values, chosen, strict=True)))
        if not distinct.isdisjoint(self._bad):
            pairs = compress(zip(chosen, values, strict=True), map(self._bad.__contains__, values))
            self.not_passed.extend((device, self._bad[value]) for device, value in pairs)

    def _learn(self, examples: dict[Any, Device]) -> None:
        """Judge each new value by a device that has it."""
        for value in examples.keys() - self._seen:
            answer = self._judge(examples[value])
            if answer is not PASS:
                self._bad[value] = answer
        self._seen |= examples.keys()
