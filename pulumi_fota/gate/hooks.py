"""The hooks that guard single resources: one for each gate and set of devices in a run, handed out again.

The SDK refuses a second hook of one name in a run, and in one process many runs may follow each other.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.gate.enforcement import Enforcement
from pulumi_fota.gate.gate_uses import gate_uses_of_run
from pulumi_fota.gate.reporter import Reporter

if TYPE_CHECKING:
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.model.device_set import DeviceSet


def hook_for(gate: Gate, devices: DeviceSet) -> pulumi.ResourceHook:
    """Give the hook of a gate and a set of devices in the present run; judge them and warn when it is made.

    Raises:
        InvalidArgument: No program runs.
        InvalidSetting: A setting of the gates cannot be used.
    """
    uses = gate_uses_of_run()
    if uses is None:
        raise InvalidArgument.hooks_without_run(gate.name)
    use = uses.use_of(gate, devices)
    if use.hook is None:
        reporter = Reporter(gate, use.number)
        enforcement = Enforcement.of(devices, reporter, ahead=True)
        enforcement.warn()

        @cache  # Of the resources that it guards, the first that has a change stops the deployment.
        def report_stop() -> None:
            if enforcement.stop is not None:
                reporter.verdict(enforcement.verdict, enforcement.stop)

        def guard(_resource: pulumi.ResourceHookArgs) -> None:
            report_stop()
            enforcement.enforce()

        name = f"fota:gate:{gate.name}" if use.number == 1 else f"fota:gate:{gate.name}:{use.number}"
        use.hook = pulumi.ResourceHook(name, guard, pulumi.ResourceHookOptions(on_dry_run=True))
    return use.hook
