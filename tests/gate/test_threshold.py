"""How many devices must pass, or may fail."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.message import percent_down
from pulumi_fota.gate.rule import Limit


def fleet_of(fleets, passing: int, failing: int, unknown: int = 0):
    """Make a set of so many devices that pass, fail and do not say."""
    return fleets.running(*["1.2"] * passing, *["1.1"] * failing, *[None] * unknown)


def judged(devices, **options) -> str | bool:
    """Judge devices by one rule: whether it holds, or that it warns."""
    verdict = Gate("meters", rules.allowed_versions("1.2", **options)).check(devices)
    result = verdict.results[-1]
    return "warns" if result.warns else result.holds


@pytest.mark.parametrize(
    ("passing", "failing", "limits", "holds"),
    [
        (95, 5, {"at_least": "95%"}, True),
        (94, 6, {"at_least": "95%"}, False),
        (9496, 504, {"at_least": "95%"}, False),
        (999, 1, {"at_least": "99.9%"}, True),
        (998, 2, {"at_least": "99.9%"}, False),
        (2, 1, {"at_least": "66.666666%"}, True),
        (2, 1, {"at_least": "66.666667%"}, False),
        (3, 0, {"at_least": "100%"}, True),
        (2, 1, {"at_least": "100%"}, False),
        (5, 95, {"at_least": 5}, True),
        (4, 0, {"at_least": 5}, False),
        (96, 4, {"at_most": "4.00%"}, True),
        (95, 5, {"at_most": "4.00%"}, False),
        (0, 3, {"at_most": 3}, True),
        (9, 4, {"at_most": 3}, False),
        (9, 0, {"at_most": 0}, True),
        (9, 1, {"at_most": 0}, False),
        (9, 1, {"at_most": "0%"}, False),
        (90, 10, {"at_least": "90%", "at_most": 10}, True),
        (90, 10, {"at_least": "90%", "at_most": 9}, False),
        (89, 9, {"at_least": 90, "at_most": 9}, False),
        (1, 0, {}, True),
        (1000, 1, {}, False),
    ],
)
def test_enough_is_no_less_and_too_many_is_more(fleets, passing, failing, limits, holds):
    """
    The limit itself is in order, counted exactly; without a limit every device must pass; of two limits both hold.
    """
    assert judged(fleet_of(fleets, passing, failing), **limits) is holds


@pytest.mark.parametrize(
    ("on_unknown", "limit", "expected"),
    [
        ("fail", "90%", False),
        ("pass", "90%", True),
        ("warn", "90%", "warns"),
        ("warn", "95%", False),
        ("fail", "80%", True),
        ("pass", "91%", True),
        ("pass", "91.1%", False),
    ],
)
def test_unknown_devices_count_as_the_rule_says(fleets, on_unknown, limit, expected):
    """
    With 81 that pass, 9 that fail and 10 unknown: the unknown count as failed, as passed, or not at all.
    """
    devices = fleet_of(fleets, 81, 9, 10)

    assert judged(devices, on_unknown=on_unknown, at_least=limit) == expected


@pytest.mark.parametrize(("on_unknown", "expected"), [("fail", False), ("pass", True), ("warn", "warns")])
@pytest.mark.parametrize(
    "limits",
    [{}, {"at_least": "95%"}, {"at_least": 1}, {"at_least": 3, "at_most": 0}, {"at_most": 0}, {"at_most": "5%"}],
)
def test_nothing_but_unknown_devices_is_judged_as_the_rule_says(fleets, on_unknown, expected, limits):
    """
    A rule that leaves the unknown out warns and passes, whatever its limit: there is nothing to count.
    """
    assert judged(fleet_of(fleets, 0, 0, 3), on_unknown=on_unknown, **limits) == expected


@pytest.mark.parametrize(("failing", "expected"), [(2, (True, None)), (3, (False, "limit"))])
def test_a_verdict_says_that_a_limit_is_missed(fleets, failing, expected):
    """
    Whoever looks at a verdict learns why a rule does not hold.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", at_most=2))

    result = gate.check(fleet_of(fleets, 1, failing)).results[-1]

    assert (result.holds, result.why) == expected


def test_nothing_but_unknown_devices_is_told_with_a_number_that_must_pass(fleets):
    """
    Asked for three devices that pass, a fleet that does not say anything is shown and not stopped.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown="warn", at_least=3))

    verdict = gate.check(fleet_of(fleets, 0, 0, 2))

    assert verdict
    assert verdict.message.splitlines()[1:] == [
        "  advisory  allowed-versions: 2 do not report their firmware (not counted):",
        "            990000000000000, 990000000000001",
    ]


@pytest.mark.parametrize(("waived", "holds", "warns"), [(0, True, True), (1, True, True), (2, False, False)])
def test_a_number_that_must_pass_is_missed_where_all_devices_are_waived(fleets, waived, holds, warns):
    """
    A waiver lets a device fail, and lowers no number that must pass; what warns is a device that is still unknown.
    """
    waivers = [
        Waiver(rule="allowed-versions", imei=fleets.imei(number), reason="on the bench", until=date(2030, 12, 31))
        for number in range(waived)
    ]
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown="warn", at_least=1), waivers=waivers)

    result = gate.check(fleet_of(fleets, 0, 0, 2)).results[-1]

    assert (result.holds, result.warns) == (holds, warns)


@pytest.mark.parametrize(
    ("on_unknown", "expected"), [("fail", (False, False)), ("warn", (True, True)), ("pass", (True, False))]
)
def test_with_too_few_devices_the_rule_is_unknown_as_a_whole(fleets, on_unknown, expected):
    """
    Below `min_devices` the good devices prove nothing: the rule stops, warns or is silent as for the unknown.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", min_devices=3, on_unknown=on_unknown))

    few = gate.check(fleet_of(fleets, 2, 0)).results[-1]
    enough = gate.check(fleet_of(fleets, 3, 0)).results[-1]

    assert (few.holds, few.warns) == expected
    assert few.why == "few"
    assert (enough.holds, enough.warns, enough.why) == (True, False, None)


@pytest.mark.parametrize(
    ("value", "text", "of_200"),
    [
        ("95%", "95 %", 190),
        ("99.5%", "99.5 %", 199),
        ("0.25%", "0.25 %", Fraction(1, 2)),
        (3, "3", 3),
        (1000, "1,000", 1000),
    ],
)
def test_a_limit_is_read_exactly(value, text, of_200):
    """
    A share stays a fraction, and a count is the same of every fleet.
    """
    limit = Limit.parse(value, what="at_least")

    assert limit.text == text
    assert limit.of(200) == of_200


@pytest.mark.parametrize("value", ["95", "95 %", "95,5%", "150%", "-1%", "", "all", 0.95, -1, True, False, [1]])
@pytest.mark.parametrize("what", ["at_least", "at_most"])
def test_what_is_no_limit_is_refused_when_the_rule_is_made(value, what):
    """
    A malformed limit never becomes one that nothing trips.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.licensed(**{what: value})

    assert str(refused.value) == (
        f"{what} is {value!r}: use a whole number of devices, or a percentage as text, such as '95%'"
    )


@pytest.mark.parametrize(
    ("what", "value"), [("at_least", 0), ("at_least", "0%"), ("at_least", "0.00%"), ("at_most", "100%")]
)
def test_a_limit_that_no_fleet_can_miss_is_refused(what, value):
    """
    Whoever wants a rule that never stops says so by its severity.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.licensed(**{what: value})

    assert str(refused.value) == (
        f"{what} is {value!r}, which every fleet meets: use severity='advisory' for a rule that only warns"
    )


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(9496, 10000), "94.9 %"),
        (Fraction(95, 100), "95.0 %"),
        (Fraction(0), "0.0 %"),
        (Fraction(1), "100.0 %"),
        (Fraction(999_999, 1_000_000), "99.9 %"),
        (Fraction(1, 1_000_000), "0.0 %"),
    ],
)
def test_a_shown_percentage_is_rounded_towards_failure(share, shown):
    """
    What must pass is shown no larger than it is.
    """
    assert percent_down(share) == shown


@given(st.fractions(0, 1))
def test_a_share_is_less_than_a_tenth_above_what_is_shown_of_it(share):
    """
    Nothing but what lies behind the last digit is cut off.
    """
    shown = Fraction(percent_down(share)[:-2]) / 100

    assert shown <= share < shown + Fraction(1, 1000)


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        ({}, 0),
        ({"at_most": 3}, 3),
        ({"at_most": "5%"}, 14),
        ({"at_least": "95%"}, 14),
        ({"at_least": 280}, 19),
        ({"at_least": "95%", "at_most": 3}, 3),
        ({"at_least": 298, "at_most": "5%"}, 1),
    ],
)
def test_a_rule_knows_how_many_it_allows_not_to_pass(limits, allowed):
    """
    Of 299 devices: without limits none, else the stricter of both, in whole devices; one more is too many.
    """
    rule = rules.active(**limits)

    assert rule.allowance(299) == allowed
    assert rule.is_enough(299 - allowed, allowed)
    assert not rule.is_enough(298 - allowed, allowed + 1)
