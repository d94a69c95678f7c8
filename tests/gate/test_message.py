"""What a person reads of a verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota import rules
from pulumi_fota.gate import Gate
from pulumi_fota.gate.message import message_of

if TYPE_CHECKING:
    from pulumi_fota.model import Device

WAY_OUT = "Update the devices, change the rule, or waive them with a reason and a date."


def lines(gate: Gate, devices: Any) -> list[str]:
    """Return what stands between the headline and the advice."""
    return gate.check(devices).message.splitlines()[1:-1]


def test_a_stop_reads_as_it_does_in_the_documents(fleets):
    """
    A fleet of 1,000, of which two rules out of four find too many and an advisory one finds some.
    """
    gate = Gate(
        "meters",
        rules.fota_eligible(),
        rules.allowed_versions("SR1.2.0.0-10657", model="GM01Q"),
        rules.fresh_within(days=30, at_least="95%"),
        rules.licensed(severity="advisory"),
    )

    def device(number: int) -> Device:
        return fleets.device(
            number,
            model="GM01Q" if number < 740 else "ME910",
            firmware="SR1.1.0.0-9001" if number < 17 else "SR1.0.0.0-1" if number == 17 else "SR1.2.0.0-10657",
            license_assigned=number >= 12,
            last_connection_time=None
            if number < 3
            else "2026-01-01T00:00:00Z"
            if number < 88
            else "2026-02-28T00:00:00Z",
        )

    verdict = gate.check(fleets.of(*map(device, range(1000))))

    assert message_of(verdict, "stopped this deployment") == (
        "Gate 'meters' stopped this deployment: 2 of 4 rules failed for 1,000 devices.\n"
        "  allowed-versions  18 of 740 GM01Q devices run firmware other than SR1.2.0.0-10657:\n"
        "                    SR1.1.0.0-9001 on 990000000000000, 990000000000001, 990000000000002, 990000000000003, "
        "990000000000004, 990000000000005, 990000000000006, 990000000000007, 990000000000008 and 8 more; "
        "SR1.0.0.0-1 on 990000000000017\n"
        "  fresh-within      912 of 1,000 (91.2 %) connected within 30 days, at least 95 % required; "
        "3 have never connected\n"
        "  advisory          licensed: 12 of 1,000 have no licence\n"
        "Update the devices, change the rule, or waive them with a reason and a date."
        " The reports of fota:reportDir list every device."
    )


def test_one_device_is_spoken_of_in_the_singular(fleets):
    """
    Of one device the verbs, the nouns and the way out are singular.
    """
    message = Gate("meters", rules.allowed_versions("1.2", model="GM01Q")).check(fleets.running("1.1")).message

    assert message == (
        "Gate 'meters' is closed: 1 of 2 rules failed for 1 device.\n"
        "  allowed-versions  1 of 1 GM01Q device runs firmware other than 1.2:\n"
        "                    1.1 on 990000000000000\n"
        "Update the device, change the rule, or waive it with a reason and a date."
    )


def test_a_hundred_thousand_devices_fit_in_a_few_lines(fleets):
    """
    Of a large fleet the numbers have commas, ten devices are named, and the rest is counted.
    """
    gate = Gate("meters", rules.allowed_versions("1.2"), rules.licensed(at_most="1%"))

    message = gate.check(fleets.alike(100_000, firmware="1.1", license_assigned=None)).message

    named = ", ".join(fleets.imei(number) for number in range(10))
    assert message == (
        "Gate 'meters' is closed: 2 of 3 rules failed for 100,000 devices.\n"
        "  allowed-versions  100,000 of 100,000 run firmware other than 1.2:\n"
        f"                    1.1 on {named} and 99,990 more\n"
        "  licensed          100,000 of 100,000 do not report whether there is a licence, at most 1 % may\n"
        f"{WAY_OUT} The reports of fota:reportDir list every device."
    )


@pytest.mark.parametrize(
    ("gate", "devices", "message"),
    [
        (Gate("one", rules.active()), 1, "Gate 'one' is open: 2 of 2 rules passed for 1 device."),
        (Gate("one"), 1, "Gate 'one' is open: 1 of 1 rule passed for 1 device."),
        (Gate("one", rules.active()), 1000, "Gate 'one' is open: 2 of 2 rules passed for 1,000 devices."),
        (
            Gate("one", rules.active(severity="advisory"), on_missing="pass"),
            2,
            "Gate 'one' is open: 1 of 1 advisory rule passed for 2 devices.",
        ),
    ],
)
def test_an_open_gate_says_how_things_stand(fleets, gate, devices, message):
    """
    Where all is in order there is one line; advisory rules are no reason to be closed, and count where no other is.
    """
    assert gate.check(fleets.alike(devices)).message == message


def test_the_verb_says_what_the_gate_did(fleets):
    """
    The same text stands behind what was done with it.
    """
    verdict = Gate("meters", rules.active()).check(fleets.alike(1, status="Off"))

    told, stopped = verdict.message, message_of(verdict, "stopped this deployment")

    assert told.replace("is closed", "stopped this deployment") == stopped


def test_the_worst_comes_first(fleets):
    """
    First what every device must pass, then what has a limit; in each, what most devices miss; advisories last.
    """
    gate = Gate(
        "meters",
        rules.licensed(severity="advisory", id="a1"),
        rules.fota_eligible(at_most=0, id="l1"),
        rules.active(at_least="99%", id="l2"),
        rules.allowed_versions("1.2", id="m1"),
        rules.model_in("GM01Q", id="m2"),
        rules.protocol_in("LWM2M", severity="advisory", id="a2"),
    )
    devices = fleets.of(
        fleets.device(0, firmware="1.1", model="ME910", license_assigned=False, status="Off", fota_eligible=False),
        fleets.device(1, model="ME910", status="Off", protocol="HTTP"),
        fleets.device(2, model="ME910", protocol="HTTP"),
    )

    entries = [line.split()[0] for line in lines(gate, devices) if line[2] != " "]
    advisories = re.findall("advisory +([a-z0-9]+):", gate.check(devices).message)

    assert entries == ["m2", "m1", "l2", "l1", "advisory", "advisory"]
    assert advisories == ["a2", "a1"]


def test_an_open_gate_tells_what_it_warns_of(fleets):
    """
    Unknown devices that a rule leaves out are told though nothing fails.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown="warn", at_least="90%"))

    assert gate.check(fleets.running("1.2", None)).message == (
        "Gate 'meters' is open: 2 of 2 rules passed for 2 devices.\n"
        "  advisory  allowed-versions: 1 does not report its firmware (not counted):\n"
        "            990000000000001"
    )


@pytest.mark.parametrize(("count", "told", "more"), [(19, 19, None), (20, 18, "… and 2 more rules")])
def test_forty_lines_are_enough(fleets, count, told, more):
    """
    Rules that have no room are counted, whole, and the way out still stands below them.
    """
    gate = Gate("meters", *(rules.allowed_versions("9", id=f"rule-{number}") for number in range(count)))

    message = gate.check(fleets.running("1.1")).message.splitlines()

    assert len(message) <= 40
    assert sum("run" in line and line.startswith("  rule-") for line in message) == told
    assert (message[-2].strip() if more else None) == more
    assert message[-1].startswith("Update the device")


def test_a_single_rule_without_room_is_in_the_singular(fleets):
    """
    A gate whose last rule does not fit says that there is one more.
    """
    gate = Gate(
        "meters", *(rules.active(id=f"rule-{number}") for number in range(18)), rules.licensed(at_most=0, id="last")
    )
    devices = fleets.of(fleets.device(0, status="Off", license_assigned=False), fleets.device(1, license_assigned=None))

    assert lines(gate, devices)[-1] == "  … and 1 more rule"


@pytest.mark.parametrize(
    ("gate", "fields", "missing", "advice"),
    [
        (
            Gate("m"),
            [],
            [],
            "Check the IMEIs, or what selects the devices; if the gate may find none, pass allow_empty=True.",
        ),
        (
            Gate("m"),
            [],
            [1],
            (
                "Check the IMEIs, or what selects the devices; if the gate may find none, pass allow_empty=True. "
                "Check the IMEIs and their account, or allow for missing ones with at_most_missing."
            ),
        ),
        (
            Gate("m", rules.active(), rules.licensed(model="ME910")),
            [{"status": "Off"}, {"status": None}],
            [5],
            (
                "Check the IMEIs and their account, or allow for missing ones with at_most_missing. "
                "Check the make and model that the rule names, or pass allow_empty=True. " + WAY_OUT
            ),
        ),
        (
            Gate("m", rules.active(), rules.licensed(severity="advisory")),
            [{"status": "Off", "license_assigned": False}, {"license_assigned": False}],
            [],
            "Update the device, change the rule, or waive it with a reason and a date.",
        ),
        (
            Gate("m", rules.active(), rules.licensed()),
            [{"status": "Off", "license_assigned": False}],
            [],
            "Update the device, change the rule, or waive it with a reason and a date.",
        ),
        (
            Gate("m", rules.active(), rules.licensed()),
            [{"status": "Off"}, {"license_assigned": None}],
            [],
            WAY_OUT,
        ),
    ],
)
def test_the_way_out_fits_what_was_found(fleets, gate, fields, missing, advice):
    """
    The last line names what can be done about what stops, and nothing else.
    """
    devices = fleets.of(
        *(fleets.device(number, **each) for number, each in enumerate(fields)),
        missing=tuple(fleets.imei(number) for number in missing),
    )

    assert gate.check(devices).message.splitlines()[-1] == advice


@pytest.mark.parametrize("status", ["Active", "Off"])
def test_where_too_few_devices_count_more_are_asked_for(fleets, status):
    """
    However the devices are, none is to be updated, and none waived: fewer would count then.
    """
    message = Gate("meters", rules.active(min_devices=3)).check(fleets.alike(1, status=status)).message

    assert message.splitlines() == [
        "Gate 'meters' is closed: 1 of 2 rules failed for 1 device.",
        "  active  1 device to count, at least 3 needed",
        "Give the gate more devices that count, or lower min_devices.",
    ]


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"at_least": "75%"}, WAY_OUT),
        ({"at_most": 1}, WAY_OUT),
        ({"at_least": 3}, "Update the devices, or change the rule."),
        ({"at_least": 2, "at_most": 1}, WAY_OUT),
        ({"at_least": "75%", "min_devices": 3}, "Update the devices, or change the rule."),
        ({"at_least": "75%", "min_devices": 2}, WAY_OUT),
        ({"at_least": "75%", "min_devices": 3, "on_unknown": "warn"}, WAY_OUT),
        ({"at_least": 4}, "Update the devices, or change the rule."),
        ({"at_least": 5}, "Give the gate more devices that count, or change at_least."),
    ],
)
def test_a_waiver_is_advised_where_it_leads_out(fleets, options, advice):
    """
    A waived device leaves the count, so that it helps a share, and no number that must pass. Where not even an
    upgrade of all is enough, more devices are asked for.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", **options))

    verdict = gate.check(fleets.running("1.2", "1.2", "1.1", "1.1"))

    assert verdict.message.splitlines()[-1] == advice


def test_devices_that_are_not_counted_are_not_to_be_updated(fleets):
    """
    Where unknown devices are left out and too few others remain, more are asked for.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown="warn", at_least=3))

    message = gate.check(fleets.running("1.2", None, None)).message

    assert message.splitlines()[1].strip() == "allowed-versions  1 of 1 (100.0 %) runs 1.2, at least 3 required"
    assert message.splitlines()[-1] == "Give the gate more devices that count, or change at_least."


def test_each_way_out_of_several_rules_is_told_once(fleets):
    """
    What may be done about rules of different kinds stands in one line.
    """
    gate = Gate(
        "meters",
        rules.active(at_least=1, id="updates"),
        rules.licensed(at_least="50%"),
        rules.allowed_versions("1.2", at_least=5),
        rules.model_in("GM01Q", min_devices=5),
    )

    message = gate.check(fleets.alike(1, status="Off", license_assigned=False)).message

    assert message.splitlines()[-1] == (
        "Update the device, change the rule, or waive it with a reason and a date. "
        "Give the gate more devices that count, or change at_least and lower min_devices."
    )


@pytest.mark.parametrize(
    ("licensed", "outcome"), [(True, "1 of 1 advisory rule passed"), (False, "1 of 1 advisory rule failed")]
)
def test_a_gate_of_advisory_rules_alone_counts_those(fleets, licensed, outcome):
    """
    Where no rule is mandatory the headline speaks of the advisory ones.
    """
    gate = Gate("meters", rules.licensed(severity="advisory"), on_missing="pass")

    headline = gate.check(fleets.alike(3, license_assigned=licensed)).message.splitlines()[0]

    assert headline == f"Gate 'meters' is open: {outcome} for 3 devices."
