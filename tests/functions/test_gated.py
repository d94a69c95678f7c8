"""Gates on devices that are known later, under mocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota as fota
from pulumi_fota import rules
from support.fleet import A, C

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

GATE = fota.Gate("meters", rules.allowed_versions("SR1.2.0.0-10657"))


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("ask", [GATE.require, lambda meters: meters.apply(GATE.require)])
def test_a_gate_whose_result_nobody_uses_fails_the_program(
    run: Callable[..., Any], reachable: Simulator, preview: bool, ask: Callable[..., Any]
):
    """
    Its devices arrive when all else is long done, and its result goes nowhere: what it found still stops the program.
    """
    reachable.latency = 0.2

    def program() -> None:
        ask(fota.get_devices_output([A, C]))

    with pytest.raises(fota.GateFailed, match=f"SR1.1.0.0-9001 on {C}"):
        run(program, preview=preview)


def test_a_gate_that_passes_hands_on_what_it_was_given(run: Callable[..., Any], reachable: Simulator):
    """
    What is fed from the checked Output gets the devices.
    """
    meters = run(lambda: GATE.require(fota.get_devices_output([A])))

    assert [meter.imei for meter in meters] == [A]
    assert reachable.count("devices") == 1
