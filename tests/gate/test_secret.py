"""What a gate says of devices that are a secret: how many, and nothing of any of them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import GateFailed
from pulumi_fota.gate import Gate, Waiver

if TYPE_CHECKING:
    from pathlib import Path


def stopped(run: Any, gate: Gate, devices: Any) -> str:
    """Return the message with which a gate stops a program for a secret Output."""
    with pytest.raises(GateFailed) as caught:
        run(lambda: gate.require(pulumi.Output.secret(devices)))
    return str(caught.value)


def test_a_stop_counts_and_names_no_device(fleets: Any, run: Any):
    """
    The screen and the logs of CI are no place for a secret: rules and numbers are told, and no IMEI, no version, no
    words of the service.
    """
    gone = fleets.imei(9)
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        rules.active(at_least="95%", id="mostly-active"),
        rules.fota_eligible(severity="advisory"),
    )
    devices = fleets.of(
        fleets.device(1, firmware="1.1", status="Suspended"),
        fleets.device(2, firmware=None, fota_eligible=False),
        fleets.device(3),
        missing=(gone,),
        refusals={gone: "Device is not on the account"},
    )

    message = stopped(run, gate, devices)

    assert message == (
        "Gate 'meters' stopped this deployment: 3 of 3 rules failed for 3 devices.\n"
        "  allowed-versions  1 of 3 runs firmware other than 1.2; 1 does not report its firmware\n"
        "  missing           1 of 4 did not come back\n"
        "  mostly-active     2 of 3 (66.6 %) are active, at least 95 % required\n"
        "  advisory          fota-eligible: 1 of 3 is not eligible for FOTA\n"
        "Check the IMEIs and their account, or allow for missing ones with at_most_missing. "
        "Update the devices, change the rule, or waive them with a reason and a date."
    )


@pytest.mark.parametrize(("numbers", "told"), [((0,), "1 waiver ended"), ((0, 1, 2), "3 waivers ended")])
def test_waivers_that_ended_are_counted(fleets: Any, run: Any, numbers: tuple[int, ...], told: str):
    """
    A waiver names an IMEI, so of secret devices the message says only that some have ended.
    """
    waivers = [
        Waiver(rule="active", imei=fleets.imei(number), reason="on the bench", until=date(2026, 2, 28))
        for number in numbers
    ]

    message = stopped(run, Gate("meters", rules.active(), waivers=waivers), fleets.alike(3, status="Off"))

    assert message.splitlines()[1:3] == ["  active  3 of 3 are not active", f"          {told}"]


def test_a_warning_names_no_device(fleets: Any, run: Any, warned: Any):
    """
    What an advisory rule warns of is told without devices, too.
    """
    gate = Gate("meters", rules.licensed(severity="advisory"))

    run(lambda: gate.require(pulumi.Output.secret(fleets.alike(1, license_assigned=False))))

    said = warned()
    assert "licensed: 1 of 1 has no licence" in said
    assert fleets.imei(0) not in said


def test_the_report_says_what_was_told(fleets: Any, run: Any, tmp_path: Path):
    """
    The report of secret devices holds the message of the stop and the counts, and no device.
    """
    gate = Gate("meters", rules.allowed_versions("1.2"), report_dir=str(tmp_path))

    message = stopped(run, gate, fleets.running("1.1"))

    report = json.loads((tmp_path / "project+stack+meters.json").read_text(encoding="utf-8"))
    assert report["message"] == message
    assert report["rules"][0]["statement"] == "1 of 1 runs firmware other than 1.2"
    assert (report["devices"], report["account"], report["returned"]) == ([], None, 1)
