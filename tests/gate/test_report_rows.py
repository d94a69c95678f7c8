"""What a report says of devices and rules, whatever the format."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pulumi_fota import rules
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.reports import DeviceRow, Report, as_markdown

BLANK: dict[str, Any] = {
    "gate": "meters",
    "project": "fleet",
    "stack": "dev",
    "run": "up",
    "ran_at": "2026-03-01T12:00:01.000Z",
    "mode": "mandatory",
    "outcome": "failed",
    "message": "Gate 'meters' is closed",
}


def reported(gate: Gate, devices: Any, *, masked: bool = False) -> Report:
    """Make the report of what a gate finds."""
    return Report(**BLANK).with_verdict(gate.check(devices), masked=masked, secret=False)


def test_a_report_says_what_was_read(fleets):
    """
    Account and time of the read stand in it, and how many were asked for, came back and are missing.
    """
    report = reported(Gate("meters", rules.active()), fleets.of(fleets.device(1), missing=(fleets.imei(2),)))

    assert (report.account, report.read_at) == ("0000123456-00001", "2026-03-01T12:00:00.5Z")
    assert (report.asked, report.returned, report.missing) == (2, 1, 1)


def test_of_a_whole_account_nobody_asked_for_a_number(fleets):
    """
    A set of all devices of an account was not asked for by IMEI.
    """
    report = reported(Gate("meters", rules.active()), fleets.of(fleets.device(1), requested=None))

    assert (report.asked, report.returned) == (None, 1)


@pytest.mark.parametrize(
    ("times", "oldest"),
    [
        ([], None),
        ([None], None),
        ([None, "2026-02-01T00:00:00Z"], "2026-02-01T00:00:00Z"),
        (["2026-02-01T00:00:00.5Z", "2026-02-01T00:00:00Z"], "2026-02-01T00:00:00Z"),
        (["2026-02-01T00:00:00.25Z", "2026-02-01T00:00:00.5Z"], "2026-02-01T00:00:00.25Z"),
    ],
)
def test_the_oldest_fact_is_told(fleets, times, oldest):
    """
    Of all devices the earliest refresh counts, with or without a fraction of a second.
    """
    devices = fleets.of(*(fleets.device(number, refresh_time=time) for number, time in enumerate(times)))

    assert reported(Gate("meters", rules.active()), devices).oldest_refresh == oldest


def test_a_rule_has_the_lines_of_the_message(fleets):
    """
    What is said of a rule that fails or warns stands in its row, and nothing of one that passes.
    """
    gate = Gate("meters", rules.allowed_versions("1.2"), rules.licensed(severity="advisory"), rules.active())

    report = reported(gate, fleets.alike(1, firmware="1.1", license_assigned=False))

    assert {rule.id: rule.statement for rule in report.rules} == {
        "allowed-versions": "1 of 1 runs firmware other than 1.2:\n1.1 on 990000000000000",
        "licensed": "1 of 1 has no licence:\n990000000000000",
        "missing": "",
        "active": "",
    }
    assert [(rule.severity, rule.outcome, rule.counted) for rule in report.rules] == [
        ("mandatory", "failed", 1),
        ("advisory", "warned", 1),
        ("mandatory", "passed", 1),
        ("mandatory", "passed", 1),
    ]


def test_the_worst_rule_comes_first(fleets):
    """
    What stops stands before what warns, in each what every device must pass before what has a limit, and then what
    most devices miss; so do their devices, and so does the message.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("8", id="three-miss-a-limit", at_most="10%"),
        rules.active(severity="advisory", id="two-warn"),
        rules.licensed(id="one-stops"),
        rules.allowed_versions("9", id="three-stop"),
        rules.fota_eligible(id="passes"),
        rules.model_in("X", severity="advisory", id="three-warn"),
    )
    devices = fleets.of(
        fleets.device(0, status="Off", license_assigned=False), fleets.device(1, status="Off"), fleets.device(2)
    )

    report = reported(gate, devices)

    order = ["three-stop", "one-stops", "three-miss-a-limit", "three-warn", "two-warn"]
    assert [rule.id for rule in report.rules][:5] == order
    assert re.findall("(?:one|two|three)-[a-z-]+", gate.check(devices).message) == order
    assert list(dict.fromkeys(row.rule for row in report.devices)) == order


def test_a_row_has_the_facts_of_its_device_and_the_waiver_that_counts(fleets):
    """
    One that is missing has no facts, and a waiver that has ended is none.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        waivers=[
            Waiver(rule="allowed-versions", imei=fleets.imei(1), reason="ended", until=date(2026, 2, 28)),
            Waiver(rule="allowed-versions", imei=fleets.imei(2), reason="bench", until=date(2026, 3, 1)),
        ],
    )
    devices = fleets.of(fleets.device(1, firmware="1.1"), fleets.device(2, firmware="1.1"), missing=(fleets.imei(3),))

    report = reported(gate, devices)

    there = {"make": "SEQUANS", "model": "GM01Q", "firmware": "1.1", "rule": "allowed-versions"}
    reason = "runs firmware other than 1.2: 1.1"
    failed = {"outcome": "failed", "counts": True, "waived_because": None, "waived_until": None}
    assert report.devices == (
        DeviceRow(
            imei=fleets.imei(3),
            make=None,
            model=None,
            firmware=None,
            rule="missing",
            reason="did not come back",
            **failed,
        ),
        DeviceRow(imei=fleets.imei(1), reason=reason, **there, **failed),
        DeviceRow(
            imei=fleets.imei(2),
            reason=reason,
            outcome="waived",
            counts=False,
            waived_because="bench",
            waived_until="2026-03-01",
            **there,
        ),
    )
    assert [row.explained() for row in report.devices] == [
        "did not come back",
        reason,
        f"{reason} (waived until 2026-03-01: bench)",
    ]


def test_masking_reaches_every_text_of_a_row(fleets):
    """
    A device's IMEI may stand in its own fields, and in the reason of a waiver.
    """
    imei = fleets.imei(1)
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        waivers=[Waiver(rule="allowed-versions", imei=imei, reason=f"{imei} is ours", until=date(2026, 3, 1))],
    )
    devices = fleets.of(fleets.device(1, firmware=imei, make=imei, model=imei))

    report = reported(gate, devices, masked=True)

    (row,) = report.devices
    hidden = "99…0001"
    assert (row.imei, row.make, row.model, row.firmware) == (hidden,) * 4
    assert (row.reason, row.waived_because) == (f"runs firmware other than 1.2: {hidden}", f"{hidden} is ours")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Xx", "`Xx`"),
        ("xX", "`xX`"),
        ("`x", "`` `x ``"),
        ("x`", "`` x` ``"),
        ("a`b", "``a`b``"),
        ("a``b", "```a``b```"),
        (" x", "`  x `"),
        ("x ", "` x  `"),
        ("a|b", "`a\\|b`"),
        ("a\\|b", "`a\\\\x7cb`"),
        ("a\r\nb\rc\nd", "`a b c d`"),
        ("  ", "–"),
    ],
)
def test_a_cell_is_a_code_span(fleets, text, cell):
    """
    A span is fenced by more backticks than the text has, and has blanks inside where the text would touch the fence.
    """
    report = reported(Gate("meters", rules.allowed_versions("1.2")), fleets.alike(1, firmware="1.1", model=text))

    assert f"| `990000000000000` | `SEQUANS` | {cell} | `1.1` |" in as_markdown(report)


@pytest.mark.parametrize(("devices", "cut"), [(3, None), (3000, "showing ")])
def test_a_report_that_has_room_for_all_says_nothing_of_more(fleets, devices, cut):
    """
    Only a table that was cut says how many it shows.
    """
    report = as_markdown(reported(Gate("meters", rules.allowed_versions("9")), fleets.alike(devices)))

    assert ("showing " in report) == (cut is not None)
    assert report.endswith("\n\nAt up, 2026-03-01T12:00:01.000Z, of devices read at 2026-03-01T12:00:00.5Z.\n")
