"""Waivers: who may fail which rule, why, and until when."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidImei, InvalidRule
from pulumi_fota.gate import Gate, Waiver

TODAY = date(2026, 3, 1)  # The day on which the sets of these tests are read.


def waiver(**fields: Any) -> Waiver:
    """Make a waiver of a rule about versions that is good for years."""
    given = {"rule": "allowed-versions", "reason": "on the bench", "until": date(2030, 12, 31)}
    return Waiver(**{**given, **fields})


def gate(*waivers: Waiver, **options: Any) -> Gate:
    """Make a gate that asks for version 1.2."""
    return Gate("meters", rules.allowed_versions("1.2", **options), waivers=waivers)


def test_a_waived_device_lets_the_gate_stay_open_and_is_counted_apart(fleets):
    """
    A device that fails and is waived is neither passed nor failed, and leaves the count.
    """
    devices = fleets.running("1.2", "1.1", "1.1")

    verdict = gate(*(waiver(imei=fleets.imei(number)) for number in (1, 2))).check(devices)

    result = verdict.results[-1]
    assert verdict
    assert (result.passed, result.failed, result.unknown, result.waived) == (1, 0, 0, 2)
    assert result.total == 1
    assert result.imeis("waived") == [fleets.imei(1), fleets.imei(2)]


def test_a_waiver_covers_a_device_where_the_rule_cannot_tell(fleets):
    """
    Unknown devices can be waived like those that fail.
    """
    verdict = gate(waiver(imei=fleets.imei(0))).check(fleets.running(None))

    assert verdict
    assert (verdict.results[-1].unknown, verdict.results[-1].waived) == (0, 1)


def test_a_waived_device_that_passes_is_counted_as_passed(fleets):
    """
    A waiver that is not needed changes nothing.
    """
    verdict = gate(waiver(imei=fleets.imei(0))).check(fleets.running("1.2"))

    assert (verdict.results[-1].passed, verdict.results[-1].waived) == (1, 0)


def test_a_waiver_of_a_model_covers_its_devices_whatever_the_case(fleets):
    """
    All devices of the model are waived, and those of another one are not.
    """
    devices = fleets.of(
        fleets.device(0, firmware="1.1", model=" gm01Q"),
        fleets.device(1, firmware="1.1"),
        fleets.device(2, firmware="1.1", model="ME910"),
        fleets.device(3, firmware="1.1", model=None),
    )

    result = gate(waiver(model="GM01q ")).check(devices).results[-1]

    assert result.imeis("waived") == [fleets.imei(0), fleets.imei(1)]
    assert result.imeis("fail") == [fleets.imei(2), fleets.imei(3)]


def test_a_waiver_is_of_one_rule(fleets):
    """
    Another rule that the device fails still stops the gate.
    """
    both = Gate("meters", rules.allowed_versions("1.2"), rules.active(), waivers=[waiver(imei=fleets.imei(0))])

    verdict = both.check(fleets.alike(1, firmware="1.1", status="Off"))

    assert [(result.rule.id, result.stops) for result in verdict.results] == [
        ("missing", False),
        ("allowed-versions", False),
        ("active", True),
    ]


def test_a_missing_device_can_be_waived(fleets):
    """
    The gate's own check has waivers, too.
    """
    gone = fleets.imei(7)
    one = Gate("meters", rules.active(), waivers=[waiver(rule="missing", imei=gone)])

    assert one.check(fleets.of(fleets.device(1), missing=(gone,)))
    assert not one.check(fleets.of(fleets.device(1), missing=(fleets.imei(8),)))


@pytest.mark.parametrize(
    ("until", "read_at", "passed"),
    [
        (TODAY, "2026-03-01T23:59:59.999Z", True),
        (TODAY, "2026-03-01T00:00:00Z", True),
        (TODAY, "2026-03-02T00:00:00Z", False),
        (date(2026, 2, 28), "2026-03-01T00:00:00Z", False),
        (date(2026, 12, 31), "2027-01-01T00:00:00Z", False),
        (date(2030, 1, 1), "2026-12-31T00:00:00Z", True),
    ],
)
def test_the_last_day_counts_in_utc(fleets, until, read_at, passed):
    """
    A waiver holds up to the end of its last day, by the clock of the read.
    """
    devices = fleets.of(fleets.device(0, firmware="1.1"), read_at=read_at)

    assert bool(gate(waiver(imei=fleets.imei(0), until=until)).check(devices)) is passed


def test_waived_devices_leave_the_denominator(fleets):
    """
    Of four devices with two waived, one of two that count passes: 50 %.
    """
    waivers = [waiver(imei=fleets.imei(number)) for number in (2, 3)]
    devices = fleets.running("1.2", "1.1", "1.1", "1.1")

    assert gate(*waivers, at_least="50%").check(devices)
    message = gate(*waivers, at_least="51%").check(devices).message
    assert message.splitlines()[1:-1] == [
        "  allowed-versions  1 of 2 (50.0 %) runs 1.2, at least 51 % required",
        "                    1 runs firmware other than 1.2:",
        "                    1.1 on 990000000000001",
        "                    2 waived",
    ]


def test_nothing_but_waived_devices_is_no_share_of_anything(fleets):
    """
    Where all are waived a number that must pass is missed, and the message divides by nothing.
    """
    one = gate(waiver(imei=fleets.imei(0)), at_least=1)

    assert one.check(fleets.running("1.1")).message.splitlines()[1:] == [
        "  allowed-versions  0 of 0 run 1.2, at least 1 required",
        "                    1 waived",
        "Give the gate more devices that count, or change at_least.",
    ]


def test_an_expired_waiver_is_named_where_its_device_fails(fleets):
    """
    The person reads who was waived, until when and why, once for each waiver.
    """
    ended = [
        waiver(imei=fleets.imei(0), until=date(2026, 2, 28)),
        waiver(model="ME910", until=date(2025, 12, 31), reason="waits for\nthe supplier"),
        waiver(imei=fleets.imei(3), until=date(2026, 2, 28)),
    ]
    devices = fleets.of(
        fleets.device(0, firmware="1.1"),
        fleets.device(1, firmware="1.1", model="ME910"),
        fleets.device(2, firmware=None, model="ME910"),
        fleets.device(3),
    )

    assert gate(*ended).check(devices).message.splitlines()[1:-1] == [
        "  allowed-versions  2 of 4 run firmware other than 1.2:",
        "                    1.1 on 990000000000000; 1.1 on 990000000000001",
        "                    1 does not report its firmware:",
        "                    990000000000002",
        "                    its waiver for 990000000000000 ended on 2026-02-28: on the bench",
        "                    its waiver for model ME910 ended on 2025-12-31: waits for\\x0athe supplier",
    ]


def test_many_expired_waivers_are_counted(fleets):
    """
    Two are named, and of more only how many there are.
    """
    ended = [waiver(imei=fleets.imei(number), until=date(2026, 2, 28)) for number in range(4)]

    lines = gate(*ended).check(fleets.running(*["1.1"] * 4)).message.splitlines()

    assert [line.strip() for line in lines[3:-1]] == [
        "its waiver for 990000000000000 ended on 2026-02-28: on the bench",
        "its waiver for 990000000000001 ended on 2026-02-28: on the bench",
        "2 more waivers ended",
    ]


def test_of_three_expired_waivers_one_is_counted(fleets):
    """
    The rest is in the singular where it is one.
    """
    ended = [waiver(imei=fleets.imei(number), until=date(2026, 2, 28)) for number in range(3)]

    assert gate(*ended).check(fleets.running(*["1.1"] * 3)).message.splitlines()[-2].strip() == "1 more waiver ended"


def test_an_expired_waiver_of_a_device_that_passes_is_not_named(fleets):
    """
    Nobody has to tidy up before the deployment goes on.
    """
    ended = waiver(imei=fleets.imei(0), until=date(2026, 2, 28))

    message = gate(ended, at_most=1).check(fleets.running("1.1", "1.2")).message
    stopped = gate(ended).check(fleets.running("1.2", "1.1")).message

    assert message == "Gate 'meters' is open: 2 of 2 rules passed for 2 devices."
    assert "waiver for" not in stopped


def test_a_renewed_waiver_goes_before_an_expired_one(fleets):
    """
    Whoever writes a new waiver need not take out the old one, and a device's own or its model's is enough.
    """
    old, new = waiver(imei=fleets.imei(0), until=date(2026, 2, 28)), waiver(imei=fleets.imei(0), until=TODAY)
    model = waiver(model="GM01Q", until=TODAY)

    for waivers in ([old, new], [new, old], [old, model], [model, old]):
        verdict = gate(*waivers).check(fleets.running("1.1"))
        assert verdict
        assert verdict.results[-1].findings[0].waiver in (new, model)


def test_a_waiver_of_a_device_goes_before_that_of_its_model(fleets):
    """
    The report gives the reason that was written for the device.
    """
    own, model = waiver(imei=fleets.imei(0), reason="own"), waiver(model="GM01Q", reason="model")

    (finding,) = gate(model, own).check(fleets.running("1.1")).results[-1].findings

    assert finding.waiver is own


def test_the_imei_of_a_waiver_is_read_as_any_other(fleets):
    """
    Blanks and dashes around the digits are no part of it.
    """
    assert waiver(imei=" 99-000000-000000-0 ").imei == fleets.imei(0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": ""}, "the reason of a waiver was given an empty text: leave it out, or write what is meant"),
        ({"reason": " "}, "the reason of a waiver was given an empty text: leave it out, or write what is meant"),
        ({"reason": None}, "the reason of a waiver was given None, of type NoneType: text was expected"),
        ({"rule": ""}, "the rule of a waiver was given an empty text: leave it out, or write what is meant"),
        (
            {"imei": None},
            "the waiver of rule 'active' names neither an imei nor a model: name either an imei or a model",
        ),
        (
            {"model": "GM01Q"},
            "the waiver of rule 'active' names both an imei and a model: name either an imei or a model",
        ),
        (
            {"imei": None, "model": " "},
            "the model of a waiver was given an empty text: leave it out, or write what is meant",
        ),
        *(
            (
                {"until": until},
                (
                    f"the waiver of rule 'active' ends on {shown}: "
                    "give its last day in UTC as a date, such as until=date(2026, 12, 31)"
                ),
            )
            for until, shown in (
                (None, "None"),
                ("2026-12-31", "'2026-12-31'"),
                (
                    datetime(2026, 12, 31, tzinfo=timezone.utc),
                    "datetime.datetime(2026, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)",
                ),
            )
        ),
    ],
)
def test_a_waiver_without_a_reason_a_date_or_a_device_is_refused(fleets, fields, message):
    """
    Whoever waives says whom, why, and until when.
    """
    given = {"rule": "active", "imei": fleets.imei(0), "reason": "on the bench", "until": TODAY}

    with pytest.raises(InvalidRule) as refused:
        Waiver(**{**given, **fields})

    assert str(refused.value) == message


def test_a_waiver_of_what_is_no_imei_is_refused():
    """
    A typing error would waive nobody.
    """
    with pytest.raises(InvalidImei):
        waiver(imei="12")


def test_a_waiver_of_a_rule_that_the_gate_has_not_is_refused(fleets):
    """
    It would waive nothing, and is told with the rules that there are.
    """
    with pytest.raises(InvalidRule) as refused:
        gate(waiver(rule="allowed_versions", imei=fleets.imei(0)))

    assert str(refused.value) == (
        "gate 'meters' waives rule 'allowed_versions', but has no such rule: its rules are missing, allowed-versions"
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("missing", "a missing device has no model: name its imei"),
        ("allowed-versions", "the rule is about model ' gm01q': correct one of them, or leave the waiver out"),
    ],
)
def test_a_waiver_that_no_device_can_need_is_refused(rule, message):
    """
    A missing device is of no model, and a rule of one model asks no device of another.
    """
    with pytest.raises(InvalidRule) as refused:
        gate(waiver(rule=rule, model="ME910"), model=" gm01q")

    assert str(refused.value) == (
        f"gate 'meters' has a waiver of rule '{rule}' for model 'ME910', which waives nothing: {message}"
    )


def test_a_rule_of_one_model_may_have_it_waived(fleets):
    """
    The waiver may name the model that the rule names, whatever the case.
    """
    assert gate(waiver(model="GM01Q "), model=" gm01q").check(fleets.running("1.1"))


def test_what_is_no_waiver_is_refused():
    """
    The gate says what it was given, and what to pass.
    """
    something: Any = {"rule": "active"}

    with pytest.raises(InvalidRule) as refused:
        gate(something)

    assert str(refused.value) == "gate 'meters' was given a waiver of type dict: pass Waiver(rule=…, …)"
