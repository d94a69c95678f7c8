"""The hooks that guard single resources: one for each gate and set of devices in a run, handed out again.

The SDK refuses a second hook of one name in a run, and in one process many runs may follow each other.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.gate.enforcement import Enforcement
from pulumi_fota.gate.record import Record
from pulumi_fota.gate.run import present_run

if TYPE_CHECKING:
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.model.device_set import DeviceSet


def hook_for(gate: Gate, devices: DeviceSet) -> pulumi.ResourceHook:
    """Give the hook of a gate and a set of devices in the present run; judge them and warn when it is made.

    Raises:
        InvalidArgument: No program runs.
        InvalidSetting: A setting of the gates cannot be used.
    """
    run = present_run()
    if run is None:
        raise InvalidArgument.hooks_without_run(gate.name)
    case = run.case(gate, devices)
    if case.hook is None:
        record = Record(gate, case.number)
        enforcement = Enforcement.of(devices, record, ahead=True)
        enforcement.warn()

        @cache  # Of the resources that it guards, the first that has a change stops the deployment.
        def record_stop() -> None:
            if enforcement.stop is not None:
                record.verdict(enforcement.verdict, enforcement.stop)

        def guard(_resource: pulumi.ResourceHookArgs) -> None:
            record_stop()
            enforcement.enforce()

        name = f"fota:gate:{gate.name}" if case.number == 1 else f"fota:gate:{gate.name}:{case.number}"
        case.hook = pulumi.ResourceHook(name, guard, pulumi.ResourceHookOptions(on_dry_run=True))
    return case.hook
