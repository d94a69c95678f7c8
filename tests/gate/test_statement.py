"""What a person reads of one rule: how many devices, what is so of them, and which."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pulumi_fota import rules
from pulumi_fota.gate import Gate, Waiver

IMEI = re.compile("[0-9]{15}")


def lines(gate: Gate, devices: Any) -> list[str]:
    """Return what stands between the headline and the advice."""
    return gate.check(devices).message.splitlines()[1:-1]


def test_the_largest_group_of_devices_comes_first(fleets):
    """
    Within a rule those that fail stand before the unknown, each with the value that most have in front.
    """
    gate = Gate("meters", rules.allowed_versions("9"))

    assert lines(gate, fleets.running(None, "1", "2", "2", None, None, "3", "3", "3")) == [
        "  allowed-versions  6 of 9 run firmware other than 9:",
        (
            "                    3 on 990000000000006, 990000000000007, 990000000000008; "
            "2 on 990000000000002, 990000000000003; 1 on 990000000000001"
        ),
        "                    3 do not report their firmware:",
        "                    990000000000000, 990000000000004, 990000000000005",
    ]


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ([12], [10]),
        ([10], [10]),
        ([9, 3], [9, 1]),
        ([5, 5], [5, 5]),
        ([5, 6], [6, 4]),
        ([30, 20, 10], [8, 1, 1]),
        ([2] * 8, [2, 2, 1, 1, 1, 1, 1, 1]),
        ([1] * 10, [1] * 10),
    ],
)
def test_ten_devices_are_shared_out_among_the_values(fleets, groups, named):
    """
    Each value has one device named where there is room, and what is left goes to those that most have.
    """
    versions = [f"v{number}" for number, size in enumerate(sorted(groups, reverse=True)) for _ in range(size)]
    sizes = sorted(groups, reverse=True)

    told = lines(Gate("meters", rules.allowed_versions("9")), fleets.running(*versions))[1]

    parts = told.strip().split("; ")
    assert sum(named) <= 10
    assert [len(IMEI.findall(part)) for part in parts] == sorted(named, reverse=True)
    for part, size in zip(parts, sizes, strict=True):
        rest = size - len(IMEI.findall(part))
        assert part.endswith(f" and {rest} more") == (rest > 0)


def test_of_more_than_ten_values_the_rest_of_the_devices_is_counted(fleets):
    """
    Values that have no place are told by their number of devices alone.
    """
    devices = fleets.running(*["v0"] * 3, *(f"v{number}" for number in range(1, 12)))

    (told,) = lines(Gate("meters", rules.allowed_versions("9")), devices)[1:]

    assert len(IMEI.findall(told)) == 10
    assert told.strip().startswith("v0 on 990000000000000 and 2 more; v1 on 990000000000003; ")
    assert told.endswith("; v9 on 990000000000011; and 2 more devices")


def test_a_second_sentence_without_room_says_so(fleets):
    """
    Where ten devices are named already, those of the next sentence are counted.
    """
    unknown = lines(
        Gate("meters", rules.allowed_versions("9")), fleets.running(*(f"v{number}" for number in range(10)), None, None)
    )

    assert unknown[-2:] == ["                    2 do not report their firmware:", "                    2 devices"]


def test_one_device_without_room_is_in_the_singular(fleets):
    """
    What is counted is counted in the right form.
    """
    told = lines(
        Gate("meters", rules.allowed_versions("9")), fleets.running(*(f"v{number}" for number in range(10)), None)
    )

    assert told[-1].strip() == "1 device"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"at_most": 1}, ["2 of 4 run firmware other than 1.2, at most 1 may:"]),
        ({"at_most": "25%"}, ["2 of 4 run firmware other than 1.2, at most 25 % may:"]),
        ({"at_least": 3}, ["2 of 4 (50.0 %) run 1.2, at least 3 required", "2 run firmware other than 1.2:"]),
        (
            {"at_least": "75%", "at_most": 0},
            ["2 of 4 (50.0 %) run 1.2, at least 75 % required, at most 0 may fail", "2 run firmware other than 1.2:"],
        ),
        (
            {"at_least": "50%", "at_most": 1},
            ["2 of 4 (50.0 %) run 1.2, at least 50 % required, at most 1 may fail", "2 run firmware other than 1.2:"],
        ),
        (
            {"at_least": 3, "model": "GM01Q"},
            ["2 of 4 GM01Q devices (50.0 %) run 1.2, at least 3 required", "2 run firmware other than 1.2:"],
        ),
        (
            {"at_most": 1, "make": "SEQUANS", "model": "GM01Q"},
            ["2 of 4 SEQUANS GM01Q devices run firmware other than 1.2, at most 1 may:"],
        ),
    ],
)
def test_a_limit_is_told_with_what_it_is_taken_of(fleets, options, told):
    """
    The denominator is printed, with whom it is of, and each limit as it was written.
    """
    gate = Gate("meters", rules.allowed_versions("1.2", **options))

    found = [line.strip() for line in lines(gate, fleets.running("1.2", "1.2", "1.1", "1.1"))]

    assert [found[0].removeprefix("allowed-versions").strip(), *found[1:-1]] == told
    assert found[-1] == "1.1 on 990000000000002, 990000000000003"


def test_of_a_limit_that_many_miss_no_device_is_named(fleets):
    """
    Eleven devices behind a limit are a number; the unknown are told, with how they are counted.
    """
    devices = fleets.running("1.2", *["1.1"] * 8, *[None] * 3)

    assert lines(Gate("meters", rules.allowed_versions("1.2", at_most=1, on_unknown="warn")), devices) == [
        (
            "  allowed-versions  8 of 9 run firmware other than 1.2, at most 1 may; "
            "3 do not report their firmware (not counted)"
        )
    ]
    assert lines(Gate("meters", rules.allowed_versions("1.2", at_least="90%", on_unknown="pass")), devices) == [
        (
            "  allowed-versions  4 of 12 (33.3 %) run 1.2, at least 90 % required; "
            "3 do not report their firmware (counted as passed)"
        )
    ]


def test_an_advisory_names_few_devices_and_counts_many(fleets):
    """
    A warning lists its devices only where all of them can be listed.
    """
    gate = Gate("meters", rules.licensed(severity="advisory"))

    ten = gate.check(fleets.alike(10, license_assigned=False)).message.splitlines()
    eleven = gate.check(fleets.alike(11, license_assigned=False)).message.splitlines()

    assert ten[1:] == [
        "  advisory  licensed: 10 of 10 have no licence:",
        f"            {', '.join(fleets.imei(number) for number in range(10))}",
    ]
    assert eleven[1:] == ["  advisory  licensed: 11 of 11 have no licence"]


def test_waived_devices_are_counted_where_others_fail(fleets):
    """
    How many are waived stands behind those that are not.
    """
    waiver = Waiver(rule="active", imei=fleets.imei(0), reason="bench", until=date(2026, 3, 1))

    assert lines(Gate("meters", rules.active(), waivers=[waiver]), fleets.alike(12, status="Off"))[-1] == (
        "          1 waived"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.0\x00", "1.0\\x00"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nGate 'x' is open", "a\\x0aGate 'x' is open"),
        ("a\r\tb", "a\\x0d\\x09b"),
        ("\u202e2.1", "\\u202e2.1"),
        ("AB\ud800C", "AB\\ud800C"),
        ("\U000e0001", "\\U000e0001"),
        ("::error::x", ":\\x3aerror:\\x3ax"),
        ("##vso[task]", "#\\x23vso[task]"),
        ("Zähler 7 😀", "Zähler 7 😀"),
        ("1.2\ufe0f", "1.2\\ufe0f"),
        ("1.2\u3164\u2003", "1.2\\u3164\\u2003"),
        ("x" * 5000, "x" * 119 + "…"),
    ],
)
def test_what_a_device_says_is_shown_as_it_is_and_made_visible(fleets, text, shown):
    """
    Raw text keeps its letters, and nothing in it is a line, a colour or a command.
    """
    message = Gate("meters", rules.allowed_versions("1.2")).check(fleets.running(text)).message

    assert message.splitlines()[2] == f"                    {shown} on 990000000000000"
    assert len(message.splitlines()) == 4


def test_what_the_program_says_is_made_visible(fleets):
    """
    Names, models, versions and reasons of the program's own may come from a file.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2\n::error::", model="A\nB"),
        rules.active(model="X\n::Y"),
        waivers=[Waiver(rule="allowed-versions", model="A\nB", reason="\x1b[2J", until=date(2026, 1, 1))],
    )

    assert lines(gate, fleets.of(fleets.device(0, model="A\nB", firmware="1.2"))) == [
        "  allowed-versions  1 of 1 A\\x0aB device runs firmware other than 1.2\\x0a:\\x3aerror:\\x3a:",
        "                    1.2 on 990000000000000",
        "                    its waiver for model A\\x0aB ended on 2026-01-01: \\x1b[2J",
        "  active            0 devices checked: none is of X\\x0a:\\x3aY",
    ]


def test_a_long_list_of_the_programs_own_is_cut(fleets):
    """
    A sentence stays readable: five versions are named, and a very long one is cut at 400 characters.
    """
    five = lines(Gate("meters", rules.allowed_versions(*"abcde")), fleets.running("x"))
    short = lines(Gate("meters", rules.allowed_versions(*"abcdefgh")), fleets.running("x"))
    long = lines(Gate("meters", rules.allowed_versions("y" * 1000, at_least=1)), fleets.running("x"))

    assert five[0].endswith("1 of 1 runs firmware other than a, b, c, d or e:")
    assert short[0].endswith("1 of 1 runs firmware other than a, b, c, d, e or 3 more:")
    assert long[0] == ("  allowed-versions  0 of 1 (0.0 %) run " + "y" * 395 + "…, at least 1 required")
    assert long[1].strip() == "1 runs firmware other than " + "y" * 374 + "…:"
