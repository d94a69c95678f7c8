"""What the gates of one program run remember: which devices they were asked about.

One gate may be asked about several sets of devices. Each has a number in the run, from which come the names of its
hook and of its reports, so that none takes another's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pulumi_fota._program_run import present_run, remembered

if TYPE_CHECKING:
    import pulumi

    from pulumi_fota.gate.gate import Gate


@attrs.define
class GateUse:
    """A gate and the devices that it was asked about, in one run."""

    gate: Gate
    devices: object  #: A set of devices or an Output of one; kept, so that no other can come to have its id.
    number: int  #: Counted for each name of a gate, from 1.
    hook: pulumi.ResourceHook | None = None  #: The hook that stops for it, once there is one.


class GateUses:
    """The cases of one run."""

    def __init__(self) -> None:
        self._uses: dict[tuple[int, int], GateUse] = {}
        self._counts: dict[str, int] = {}
        self.warned_of_advisory_mode = False  #: Whether the person knows that the gates of the stack stop nothing.

    def use_of(self, gate: Gate, devices: object) -> GateUse:
        """Give the case of a gate and these very devices."""
        key = (id(gate), id(devices))
        if key not in self._uses:
            number = self._counts[gate.name] = self._counts.get(gate.name, 0) + 1
            self._uses[key] = GateUse(gate, devices, number)
        return self._uses[key]


def gate_uses_of_run() -> GateUses | None:
    """Return what the gates of the present run remember, or `None` if no engine runs the program."""
    run = present_run()
    return None if run is None else remembered(run, "gate uses", GateUses)


def number_in_run(gate: Gate, devices: object) -> int:
    """Return the number of these devices in the present run; 1 if no engine runs the program."""
    uses = gate_uses_of_run()
    return 1 if uses is None else uses.use_of(gate, devices).number
