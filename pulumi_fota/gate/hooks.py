"""The hooks that guard single resources: one for each gate and set of devices in a run, handed out again.

The SDK refuses a second hook of one name in a run, and in one process many runs may follow each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.gate.enforcement import Enforcement

if TYPE_CHECKING:
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.model.device_set import DeviceSet


class _Hooks:
    """The hooks of one run."""

    def __init__(self) -> None:
        # The gates and sets are kept, so that no other ones can come to have their ids.
        self._made: dict[tuple[int, int], tuple[Gate, DeviceSet, pulumi.ResourceHook]] = {}
        self._names: dict[str, int] = {}

    def hook(self, gate: Gate, devices: DeviceSet) -> pulumi.ResourceHook:
        """Give the hook of a gate and a set of devices; judge them and warn when it is made."""
        key = (id(gate), id(devices))
        if key not in self._made:
            enforcement = Enforcement.of(gate, devices)
            enforcement.warn()
            self._made[key] = (gate, devices, self._register(gate.name, enforcement))
        return self._made[key][2]

    def _register(self, gate: str, enforcement: Enforcement) -> pulumi.ResourceHook:
        number = self._names[gate] = self._names.get(gate, 0) + 1
        name = f"fota:gate:{gate}" if number == 1 else f"fota:gate:{gate}:{number}"
        return pulumi.ResourceHook(
            name, lambda _resource: enforcement.enforce(), pulumi.ResourceHookOptions(on_dry_run=True)
        )


#: Each run of a program has a connection to the engine of its own.
_RUNS: WeakKeyDictionary[Any, _Hooks] = WeakKeyDictionary()


def hook_for(gate: Gate, devices: DeviceSet) -> pulumi.ResourceHook:
    """Give the hook of a gate and a set of devices in the present run.

    Raises:
        InvalidArgument: No program runs.
        InvalidSetting: A setting of the gates cannot be used.
    """
    monitor = get_monitor()
    if monitor is None:
        raise InvalidArgument.hooks_without_run(gate.name)
    return _RUNS.setdefault(monitor, _Hooks()).hook(gate, devices)
