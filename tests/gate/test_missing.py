"""The gate's own check of devices that did not come back."""

from __future__ import annotations

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate

GONE = tuple(f"99000000000090{number}" for number in range(3))


def test_a_missing_device_closes_the_gate(fleets):
    """
    Who was asked for and did not come back is in nobody's count of good devices.
    """
    verdict = Gate("meters", rules.licensed()).check(fleets.of(fleets.device(1), missing=GONE[:1]))

    assert not verdict
    assert verdict.message == (
        "Gate 'meters' is closed: 1 of 2 rules failed for 1 device.\n"
        "  missing  1 of 2 did not come back:\n"
        "           990000000000900\n"
        "Check the IMEIs and their account, or allow for missing ones with at_most_missing."
    )


def test_the_words_of_the_service_stand_with_a_missing_device(fleets):
    """
    Where the service said why it gave no facts, the person reads it.
    """
    devices = fleets.of(fleets.device(1), missing=GONE, refusals={GONE[1]: "Device is not on the account"})

    message = Gate("meters").check(devices).message

    assert message.splitlines()[1:3] == [
        "  missing  3 of 4 did not come back:",
        "           990000000000900, 990000000000902; Device is not on the account on 990000000000901",
    ]


@pytest.mark.parametrize(
    ("on_missing", "passed", "warned"), [("fail", False, False), ("warn", True, True), ("pass", True, False)]
)
def test_what_becomes_of_missing_devices_is_the_gates_to_say(fleets, on_missing, passed, warned):
    """
    They stop it, are told, or do not matter.
    """
    gate = Gate("meters", rules.licensed(), on_missing=on_missing)

    verdict = gate.check(fleets.of(fleets.device(1), missing=GONE))

    assert bool(verdict) is passed
    assert any(result.warns for result in verdict.results) is warned


def test_with_a_warning_the_missing_are_an_advisory(fleets):
    """
    An open gate still says who is missing.
    """
    gate = Gate("meters", rules.licensed(), on_missing="warn")

    assert gate.check(fleets.of(fleets.device(1), missing=GONE[:2])).message == (
        "Gate 'meters' is open: 1 of 1 rule passed for 1 device.\n"
        "  advisory  missing: 2 of 3 did not come back:\n"
        "            990000000000900, 990000000000901"
    )


@pytest.mark.parametrize(
    ("at_most", "gone", "passed"),
    [
        (2, 2, True),
        (2, 3, False),
        ("25%", 2, True),
        ("25%", 3, False),
        (0, 1, False),
        ("0%", 1, False),
        ("0%", 0, True),
    ],
)
def test_so_many_may_be_missing(fleets, at_most, gone, passed):
    """
    A number or a share of those asked for is let through, and one more is not.
    """
    gate = Gate("meters", rules.licensed(), at_most_missing=at_most)
    devices = fleets.of(*fleets.alike(6), missing=GONE[:gone])

    assert bool(gate.check(devices)) is passed


def test_more_than_may_be_missing_are_told_with_the_limit(fleets):
    """
    The message counts against all that were asked for.
    """
    gate = Gate("meters", rules.licensed(), at_most_missing=2)

    assert gate.check(fleets.of(fleets.device(1), missing=GONE)).message.splitlines()[1] == (
        "  missing  3 of 4 did not come back, at most 2 may:"
    )


def test_missing_devices_are_counted_once(fleets):
    """
    No rule but the gate's own counts a device that did not come back.
    """
    gate = Gate("meters", rules.licensed(), rules.active())

    verdict = gate.check(fleets.of(fleets.device(1), missing=GONE))

    assert [(result.rule.id, result.passed, result.failed) for result in verdict.results] == [
        ("missing", 1, 3),
        ("licensed", 1, 0),
        ("active", 1, 0),
    ]


def test_where_nobody_was_asked_for_nobody_is_missing(fleets):
    """
    The check holds of nothing, whatever the gate makes of having nothing to check.
    """
    result = Gate("meters", rules.active()).check(fleets.of()).results[0]

    assert (result.rule.id, result.holds, result.why, result.total) == ("missing", True, None, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"on_missing": "ignore"}, "on_missing is 'ignore': use one of fail, warn, pass"),
        ({"on_missing": True}, "on_missing is True: use one of fail, warn, pass"),
        (
            {"on_missing": "pass", "at_most_missing": 3},
            "at_most_missing has no effect with on_missing='pass': leave one of them out",
        ),
        (
            {"at_most_missing": "3"},
            "at_most_missing is '3': use a whole number of devices, or a percentage as text, such as '95%'",
        ),
        (
            {"at_most_missing": -1},
            "at_most_missing is -1: use a whole number of devices, or a percentage as text, such as '95%'",
        ),
        (
            {"at_most_missing": "100%"},
            "at_most_missing is '100%', which every fleet meets: use severity='advisory' for a rule that only warns",
        ),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments, message):
    """
    A gate whose check of missing devices would not do what it says is refused when it is made.
    """
    with pytest.raises(InvalidRule) as refused:
        Gate("meters", rules.licensed(), **arguments)

    assert str(refused.value) == message
