"""What every rule takes by keyword."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate

LIMIT = "use a whole number of devices, or a percentage as text, such as '95%'"


def judged(gate: Gate, devices: Any) -> tuple[bool, bool]:
    """Return whether the last rule of a gate stops, and whether it warns."""
    result = gate.check(devices).results[-1]
    return result.stops, result.warns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["1.0", "1.1", "1.2", "1.3", "1.4"]),
        ({"model": "GM01Q"}, ["1.0", "1.1", "1.4"]),
        ({"model": " gm01q "}, ["1.0", "1.1", "1.4"]),
        ({"model": "ME910"}, ["1.2"]),
        ({"make": "sequans"}, ["1.0", "1.1", "1.3", "1.4"]),
        ({"make": "SEQUANS", "model": "GM01Q"}, ["1.0", "1.1", "1.4"]),
        ({"make": "TELIT", "model": "GM01Q"}, []),
        ({"model": "GM01"}, []),
    ],
)
def test_make_and_model_choose_the_devices(fleets, options, expected):
    """
    A rule speaks of the devices of its make and model, whatever case and outer blanks; who does not say is none.
    """
    rule = rules.allowed_versions("9", **options)
    devices = fleets.of(
        fleets.device(0, firmware="1.0"),
        fleets.device(1, firmware="1.1", model=" Gm01q"),
        fleets.device(2, firmware="1.2", make="TELIT", model="ME910"),
        fleets.device(3, firmware="1.3", model=None),
        fleets.device(4, firmware="1.4", make="Sequans "),
    )

    assert [device.firmware for device in rule.speaks_of(devices)] == expected
    assert [device.firmware for device in devices.split(rule).failed] == expected


@pytest.mark.parametrize("fields", [{"make": None}, {"model": None}, {"make": "", "model": ""}])
def test_a_device_that_does_not_say_what_it_is_is_not_spoken_of(fleets, fields):
    """
    A rule for a make and model leaves out devices of which neither is known.
    """
    rule = rules.active(make="SEQUANS", model="GM01Q")

    assert list(rule.speaks_of(fleets.alike(1, **fields))) == []


def test_a_rule_splits_devices_as_it_counts_them(fleets):
    """
    `split` gives the devices that a verdict counts as passed, failed and unknown.
    """
    rule, devices = rules.allowed_versions("1.2"), fleets.running("1.2", "1.1", None, "1.2")

    parts = devices.split(rule)

    result = Gate("meters", rule).check(devices).results[-1]
    assert [len(part) for part in parts] == [2, 1, 1] == [result.passed, result.failed, result.unknown]
    assert parts.failed[0].firmware == "1.1"


@pytest.mark.parametrize(
    ("severity", "expected", "passed"), [("mandatory", (True, False), False), ("advisory", (False, True), True)]
)
def test_severity_says_whether_a_rule_stops_or_warns(fleets, severity, expected, passed):
    """
    A mandatory rule that fails stops the gate, an advisory one lets it stay open.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", severity=severity))
    devices = fleets.running("1.1")

    assert judged(gate, devices) == expected
    assert bool(gate.check(devices)) is passed


@pytest.mark.parametrize(
    ("on_unknown", "severity", "expected"),
    [
        ("fail", "mandatory", (True, False)),
        ("warn", "mandatory", (False, True)),
        ("pass", "mandatory", (False, False)),
        ("fail", "advisory", (False, True)),
        ("warn", "advisory", (False, True)),
        ("pass", "advisory", (False, False)),
    ],
)
def test_unknown_devices_stop_warn_or_pass(fleets, on_unknown, severity, expected):
    """
    What is not known fails unless the rule says otherwise, and an advisory rule only warns of it.
    """
    gate = Gate("meters", rules.licensed(on_unknown=on_unknown, severity=severity))

    assert judged(gate, fleets.alike(2, license_assigned=None)) == expected


@pytest.mark.parametrize(
    ("on_unknown", "note"), [("fail", ""), ("warn", " (not counted)"), ("pass", " (counted as passed)")]
)
def test_a_message_says_how_unknown_devices_are_counted(fleets, on_unknown, note):
    """
    Beside devices that fail, the unknown are told with what they count as.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown=on_unknown))

    message = gate.check(fleets.running("1.2", "1.1", None)).message

    assert message.splitlines()[3] == f"                    1 does not report its firmware{note}:"


@pytest.mark.parametrize(("on_unknown", "counts"), [("fail", (1, 2, 3)), ("warn", (1, 1, 2)), ("pass", (2, 1, 3))])
def test_good_and_bad_add_up_to_what_counts(fleets, on_unknown, counts):
    """
    The unknown are among the bad, left out, or among the good.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", on_unknown=on_unknown))

    result = gate.check(fleets.running("1.2", "1.1", None)).results[-1]

    assert (result.good, result.bad, result.total) == counts
    assert (result.passed, result.failed, result.unknown, result.waived) == (1, 1, 1, 0)


@pytest.mark.parametrize(("options", "expected"), [({}, (True, False)), ({"allow_empty": True}, (False, False))])
def test_a_selection_of_nobody_fails_unless_it_may(fleets, options, expected):
    """
    A rule that finds no device to speak of is not in order by itself.
    """
    gate = Gate("meters", rules.active(model="ME910", **options))

    assert judged(gate, fleets.alike(2)) == expected


def test_a_selection_of_nobody_is_told(fleets):
    """
    The message says of whom there is none, and what to do.
    """
    verdict = Gate("meters", rules.active(make="TELIT", model="ME910")).check(fleets.alike(2))

    assert (verdict.results[-1].why, verdict.results[-1].holds) == ("empty", False)
    assert verdict.message == (
        "Gate 'meters' is closed: 1 of 2 rules failed for 2 devices.\n"
        "  active  0 devices checked: none is of TELIT ME910\n"
        "Check the make and model that the rule names, or pass allow_empty=True."
    )


@pytest.mark.parametrize(
    ("count", "least", "told"),
    [
        (1, 2, "1 GM01Q device to count, at least 2 needed"),
        (2, 3_000, "2 GM01Q devices to count, at least 3,000 needed"),
    ],
)
def test_too_few_devices_are_told(fleets, count, least, told):
    """
    A rule without enough devices to count says how many there are, and of whom.
    """
    gate = Gate("meters", rules.active(model="GM01Q", min_devices=least))

    assert gate.check(fleets.alike(count)).message.splitlines()[1] == f"  active  {told}"


def test_unknown_devices_that_are_left_out_do_not_make_enough(fleets):
    """
    `min_devices` counts what the limits are taken of.
    """
    devices = fleets.running("1.2", "1.2", None)

    assert judged(Gate("meters", rules.allowed_versions("1.2", min_devices=3, on_unknown="pass")), devices) == (
        False,
        False,
    )
    result = Gate("meters", rules.allowed_versions("1.2", min_devices=3, on_unknown="warn")).check(devices).results[-1]
    assert (result.why, result.holds, result.warns) == ("few", True, True)


@pytest.mark.parametrize("id_", ["a", "A-1", "minimum.version_2", "9" * 64])
def test_an_id_is_a_short_name(id_):
    """
    Letters, digits, dots, dashes and underscores, up to 64, beginning with a letter or a digit.
    """
    assert rules.active(id=id_).id == id_


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"severity": "warning"}, "severity is 'warning': use one of mandatory, advisory"),
        ({"severity": None}, "severity is None: use one of mandatory, advisory"),
        ({"on_unknown": "ignore"}, "on_unknown is 'ignore': use one of fail, warn, pass"),
        ({"make": ""}, "make was given an empty text: leave it out, or write what is meant"),
        ({"model": " "}, "model was given an empty text: leave it out, or write what is meant"),
        (
            {"model": 910},
            "model was given 910, a number: quote it where it is written, since YAML makes 1.1 of 1.10",
        ),
        (
            {"make": True},
            "make was given True, a boolean: quote it where it is written, since YAML makes true of yes",
        ),
        ({"model": b"GM01Q"}, "model was given b'GM01Q', of type bytes: text was expected"),
        (
            {"model": ("GM01Q",)},
            "model was given ('GM01Q',), a tuple: one text was expected",
        ),
        ({"min_devices": -1}, "min_devices is -1: use a whole number of devices"),
        ({"min_devices": 1.5}, "min_devices is 1.5: use a whole number of devices"),
        ({"min_devices": True}, "min_devices is True: use a whole number of devices"),
        ({"at_least": "95"}, f"at_least is '95': {LIMIT}"),
        ({"at_most": 0.5}, f"at_most is 0.5: {LIMIT}"),
        (
            {"models": "GM01Q"},
            (
                "rule 'active' has no option 'models': use one of severity, on_unknown, make, model, at_least, "
                "at_most, min_devices, allow_empty, id"
            ),
        ),
        *(
            (
                {"id": id_},
                (
                    f"the id of a rule is {id_!r}: use up to 64 letters, digits, dots, dashes and underscores, "
                    "beginning with a letter or a digit"
                ),
            )
            for id_ in ("", "-a", ".a", "a b", "ä", "a\n", "a" * 65, 7)
        ),
    ],
)
def test_a_keyword_that_cannot_be_is_refused_when_the_rule_is_made(options, message):
    """
    A rule that would not do what it says is an error of the program, before any device is judged.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.active(**options)

    assert str(refused.value) == message


def test_an_output_for_a_keyword_is_refused_with_the_way_out(loop):
    """
    A rule needs the value itself, which an Output may not have yet.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.active(model=pulumi.Output.from_input("GM01Q"))

    assert str(refused.value) == "model was given an Output: make the rule where its value is known, inside .apply()"


def test_a_long_value_is_cut_in_the_error():
    """
    An error stays a line, whatever was passed.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.active(severity="x" * 500)

    assert str(refused.value) == f"severity is '{'x' * 77}…': use one of mandatory, advisory"


def test_a_rule_shows_what_was_said_of_it():
    """
    The repr of a rule names its keywords, and not how it judges.
    """
    assert repr(rules.active(model="GM01Q")) == (
        "Rule(id='active', severity='mandatory', on_unknown='fail', make=None, model='GM01Q', at_least=None, "
        "at_most=None, min_devices=0, allow_empty=False)"
    )
