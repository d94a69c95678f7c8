"""The rule about the age of what is known."""

from __future__ import annotations

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate

TIMES = ["create_time", "upgrade_time", "update_time", "status_time", "refresh_time", "last_connection_time"]


def outcome(devices, rule) -> str:
    """Return the outcome of a rule for the first device."""
    return next(outcome for _, outcome in rule.outcomes(devices))


def said(rule, devices) -> list[str]:
    """Return the lines of a gate's message about a rule, without the rule's name."""
    lines = Gate("meters", rule).check(devices).message.splitlines()[1:-1]
    return [line.strip().removeprefix(rule.id).strip() for line in lines]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-03-01T12:00:00.5Z", "pass"),
        ("2026-02-28T00:00:00Z", "pass"),
        ("2026-01-30T12:00:00.5Z", "pass"),
        ("2026-01-30T12:00:00.51Z", "pass"),
        ("2026-01-30T12:00:01Z", "pass"),
        ("2026-01-30T12:00:00.499999Z", "fail"),
        ("2026-01-30T12:00:00Z", "fail"),
        ("2025-12-31T23:59:59Z", "fail"),
        ("2026-03-02T12:00:00Z", "pass"),
        ("2026-03-02T12:00:00.5Z", "pass"),
        ("2026-03-02T12:00:00.500001Z", "unknown"),
        ("2027-01-01T00:00:00Z", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_time_is_fresh_up_to_the_days_counted_back_from_the_read(fleets, time, expected):
    """
    The limit itself is fresh, to the microsecond; a clock may be a day ahead, and beyond that nobody knows.
    """
    devices = fleets.of(fleets.device(1, last_connection_time=time))

    assert outcome(devices, rules.fresh_within(days=30)) == expected


@pytest.mark.parametrize(("time", "expected"), [("2026-02-28T12:00:00Z", "pass"), ("2026-02-28T11:59:59.9Z", "fail")])
def test_a_read_on_the_full_second_has_a_limit_on_the_full_second(fleets, time, expected):
    """
    A moment without a fraction is compared with moments that have one.
    """
    devices = fleets.of(fleets.device(1, last_connection_time=time), read_at="2026-03-01T12:00:00Z")

    assert outcome(devices, rules.fresh_within(days=1)) == expected


@pytest.mark.parametrize("field", TIMES)
def test_each_time_of_a_device_can_be_asked(fleets, field):
    """
    The rule looks at the field that it names, and at no other.
    """
    others = dict.fromkeys(TIMES, "2001-01-01T00:00:00Z")
    fresh = fleets.of(fleets.device(1, **{**others, field: "2026-02-28T00:00:00Z"}))
    stale = fleets.of(
        fleets.device(1, **{**dict.fromkeys(TIMES, "2026-02-28T00:00:00Z"), field: "2001-01-01T00:00:00Z"})
    )

    assert outcome(fresh, rules.fresh_within(days=3, field=field)) == "pass"
    assert outcome(stale, rules.fresh_within(days=3, field=field)) == "fail"


@pytest.mark.parametrize("days", [1, 36_500])
def test_the_smallest_and_the_largest_number_of_days_are_judged(fleets, days):
    """
    A century back is a date like others.
    """
    devices = fleets.alike(1, last_connection_time="2026-03-01T00:00:00Z")

    assert outcome(devices, rules.fresh_within(days=days)) == "pass"


def test_the_last_connection_is_told_in_words(fleets):
    """
    Devices that were not connected for long, never, or in the future have a sentence each.
    """
    devices = fleets.of(
        fleets.device(0, last_connection_time="2026-01-01T08:00:00Z"),
        fleets.device(1, last_connection_time=None),
        fleets.device(2, last_connection_time="2030-01-01T00:00:00Z"),
        fleets.device(3, last_connection_time=None),
    )

    assert said(rules.fresh_within(days=1), devices) == [
        "1 of 4 has not connected within 1 day:",
        "last 2026-01-01 on 990000000000000",
        "2 have never connected:",
        "990000000000001, 990000000000003",
        "1 has a last_connection_time in the future:",
        "2030-01-01T00:00:00Z on 990000000000002",
    ]


def test_other_times_are_told_by_their_name(fleets):
    """
    What is not the last connection is called as the field is.
    """
    devices = fleets.of(
        fleets.device(0, refresh_time="2026-01-01T08:00:00Z"),
        fleets.device(1, refresh_time=None),
        fleets.device(2, refresh_time="2030-01-01T00:00:00Z"),
    )

    assert said(rules.fresh_within(days=30, field="refresh_time"), devices) == [
        "1 of 3 has no refresh_time within 30 days:",
        "last 2026-01-01 on 990000000000000",
        "1 has no refresh_time:",
        "990000000000001",
        "1 has a refresh_time in the future:",
        "2030-01-01T00:00:00Z on 990000000000002",
    ]


@pytest.mark.parametrize(
    ("options", "time", "one", "many"),
    [
        ({}, "2026-01-01T08:00:00Z", "has not connected within 1 day", "have not connected within 1 day"),
        ({}, None, "has never connected", "have never connected"),
        (
            {},
            "2030-01-01T00:00:00Z",
            "has a last_connection_time in the future",
            "have a last_connection_time in the future",
        ),
        (
            {"field": "create_time"},
            "2026-01-01T08:00:00Z",
            "has no create_time within 1 day",
            "have no create_time within 1 day",
        ),
        ({"field": "create_time"}, None, "has no create_time", "have no create_time"),
        (
            {"field": "create_time"},
            "2030-01-01T00:00:00Z",
            "has a create_time in the future",
            "have a create_time in the future",
        ),
    ],
)
def test_one_device_and_many_are_spoken_of_as_such(fleets, options, time, one, many):
    """
    What is so of devices that are not fresh is told in the singular of one and in the plural of two.
    """
    rule = rules.fresh_within(days=1, **options)
    fields = {options.get("field", "last_connection_time"): time}

    single, double = (said(rule, fleets.alike(count, **fields))[0] for count in (1, 2))

    assert single == f"1 of 1 {one}:"
    assert double == f"2 of 2 {many}:"


@pytest.mark.parametrize("field", TIMES)
def test_each_time_may_be_absent_or_ahead(fleets, field):
    """
    A time that is not there, and one that no clock has reached, leave the device unknown.
    """
    rule = rules.fresh_within(days=3, field=field)

    assert outcome(fleets.alike(1, **{field: None}), rule) == "unknown"
    assert outcome(fleets.alike(1, **{field: "2030-01-01T00:00:00Z"}), rule) == "unknown"


@pytest.mark.parametrize(
    ("options", "one", "many"),
    [
        ({"days": 30}, "connected within 30 days", "connected within 30 days"),
        ({"days": 1, "field": "create_time"}, "has a create_time within 1 day", "have a create_time within 1 day"),
    ],
)
def test_the_rule_says_what_is_so_of_devices_that_pass(options, one, many):
    """
    A rule with a limit tells how many devices are fresh, in these words.
    """
    rule = rules.fresh_within(**options)

    assert (rule.id, rule.holds.one, rule.holds.many) == ("fresh-within", one, many)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": 0}, "days is 0: use a whole number from 1 to 36,500"),
        ({"days": -1}, "days is -1: use a whole number from 1 to 36,500"),
        ({"days": 36_501}, "days is 36501: use a whole number from 1 to 36,500"),
        ({"days": 1.5}, "days is 1.5: use a whole number from 1 to 36,500"),
        ({"days": "30"}, "days is '30': use a whole number from 1 to 36,500"),
        ({"days": True}, "days is True: use a whole number from 1 to 36,500"),
        ({"days": 1, "field": "firmware"}, f"field is 'firmware': use one of {', '.join(TIMES)}"),
        ({"days": 1, "field": ["create_time"]}, f"field is ['create_time']: use one of {', '.join(TIMES)}"),
    ],
)
def test_days_that_are_no_number_and_fields_that_are_no_time_are_refused(options, message):
    """
    A limit that cannot be is told when the rule is made.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.fresh_within(**options)

    assert str(refused.value) == message
