"""What the gates of one program run remember: which devices they were asked about.

One gate may be asked about several sets of devices. Each has a number in the run, from which come the names of its
hook and of its reports, so that none takes another's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs
from pulumi.runtime.settings import get_monitor

if TYPE_CHECKING:
    import pulumi

    from pulumi_fota.gate.gate import Gate


@attrs.define
class Case:
    """A gate and the devices that it was asked about, in one run."""

    gate: Gate
    devices: object  #: A set of devices or an Output of one; kept, so that no other can come to have its id.
    number: int  #: Counted for each name of a gate, from 1.
    hook: pulumi.ResourceHook | None = None  #: The hook that stops for it, once there is one.


class Run:
    """The cases of one run."""

    def __init__(self) -> None:
        self._cases: dict[tuple[int, int], Case] = {}
        self._counts: dict[str, int] = {}
        self.told_of_rehearsal = False  #: Whether the person knows that the gates of the stack stop nothing.

    def case(self, gate: Gate, devices: object) -> Case:
        """Give the case of a gate and these very devices."""
        key = (id(gate), id(devices))
        if key not in self._cases:
            number = self._counts[gate.name] = self._counts.get(gate.name, 0) + 1
            self._cases[key] = Case(gate, devices, number)
        return self._cases[key]


#: Each run of a program has a connection to the engine of its own.
_RUNS: WeakKeyDictionary[Any, Run] = WeakKeyDictionary()


def present_run() -> Run | None:
    """Give the run that the program is in, or none where no engine runs it."""
    monitor = get_monitor()
    return None if monitor is None else _RUNS.setdefault(monitor, Run())


def number_in_run(gate: Gate, devices: object) -> int:
    """Tell the number of these devices in the present run; without an engine there is nobody to count."""
    run = present_run()
    return 1 if run is None else run.case(gate, devices).number
