"""What a gate that passes says, and what any gate says of its waivers: one line each, once in a run."""

from __future__ import annotations

from datetime import date
from typing import Any

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import GateFailed
from pulumi_fota.gate import Gate, Waiver

NOBODY = "490154203237518"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """
    What the person is told, by level.
    """
    lines: dict[str, list[str]] = {"info": [], "warn": []}
    for level, kept in lines.items():
        monkeypatch.setattr(pulumi.log, level, kept.append)
    return lines


def waiver(**about: Any) -> Waiver:
    """Make a waiver that is far from its end."""
    return Waiver(**{"rule": "active", "reason": "bench", "until": date(2030, 1, 1), **about})


def test_a_gate_that_passes_says_one_line(fleets: Any, run: Any, said: Any):
    """
    How many rules and devices it is about, its own check of missing devices among the rules.
    """
    run(lambda: Gate("meters", rules.active(), rules.licensed()).require(fleets.alike(1200)))

    assert said == {"info": ["Gate 'meters' passed: 3 rules, 1,200 devices"], "warn": []}


def test_a_gate_that_passes_names_what_is_waived_and_allowed_for(fleets: Any, run: Any, said: Any):
    """
    Each waived device counts once, the waiver that ends first is named, and so is what the limits of all rules allow.
    """
    devices = fleets.of(
        *(fleets.device(number, firmware="1.2" if number > 5 else "1.1") for number in range(2, 100)),
        *(fleets.device(number, firmware="1.1", status="Off") for number in (0, 1)),
        missing=(fleets.imei(100),),
    )
    gate = Gate(
        "meters",
        rules.active(),
        rules.allowed_versions("1.2", at_least="94%"),
        at_most_missing=3,
        waivers=[
            waiver(imei=fleets.imei(0), reason="TICKET-12", until=date(2026, 12, 31)),
            waiver(imei=fleets.imei(1)),
            waiver(imei=fleets.imei(0), rule="allowed-versions"),
            waiver(imei=fleets.imei(50), reason="passes anyway", until=date(2026, 6, 1)),
        ],
    )

    run(lambda: gate.require(devices))

    (line,) = said["info"]
    assert line == (
        "Gate 'meters' passed: 3 rules, 100 devices; 2 waived (the first until 2026-12-31: TICKET-12); "
        "6 failures allowed for, at most 8"
    )


@pytest.mark.parametrize("ways", [("require", "require"), ("hooks", "require"), ("hooks", "hooks")])
def test_it_says_so_once_in_a_run(fleets: Any, run: Any, said: Any, ways: tuple[str, str]):
    """
    Whichever way it is asked, and however often; the next run says it again.
    """
    gate, devices = Gate("meters", rules.active(), waivers=[waiver(imei=NOBODY)]), fleets.alike(1)

    for _ in range(2):
        run(lambda: [getattr(gate, way)(devices) for way in ways])

    assert [len(lines) for lines in said.values()] == [2, 2]


def test_a_gate_that_is_closed_says_no_such_line(fleets: Any, run: Any, said: Any, stack_config: Any):
    """
    It stops, or would have.
    """
    gate = Gate("meters", rules.active())

    with pytest.raises(GateFailed):
        run(lambda: gate.require(fleets.alike(1, status="Off")))
    stack_config(gate="advisory")
    run(lambda: gate.require(fleets.alike(1, status="Off")))

    assert said["info"] == []


def test_check_says_nothing(fleets: Any, run: Any, said: Any):
    """
    What a verdict is worth is for the program to say.
    """
    gate = Gate("meters", rules.active(), waivers=[waiver(imei=NOBODY, until=date(2026, 3, 2))])

    run(lambda: gate.check(fleets.alike(1)))

    assert said == {"info": [], "warn": []}


def test_of_secret_devices_the_line_has_numbers_alone(fleets: Any, run: Any, said: Any):
    """
    A reason may name a device, and a waiver that matches none tells which devices there are not.
    """
    soon = [waiver(imei=fleets.imei(n), reason=f"meter {fleets.imei(n)}", until=date(2026, 3, 4 + n)) for n in (0, 1)]
    gate = Gate("meters", rules.active(), waivers=[*soon, waiver(imei=NOBODY)])

    run(lambda: gate.require(pulumi.Output.secret(fleets.alike(2, status="Off"))))

    assert said["info"] == ["Gate 'meters' passed: 2 rules, 2 devices; 2 waived"]
    assert said["warn"] == ["gate 'meters': 2 waivers end within 7 days, the first on 2026-03-04"]


def test_masking_reaches_both_lines(fleets: Any, run: Any, said: Any, stack_config: Any):
    """
    With `fota:maskImeis` a reason or a waiver shows an IMEI as every message does.
    """
    stack_config(maskImeis="true")
    about = waiver(imei=fleets.imei(0), reason=f"see {fleets.imei(0)}", until=date(2026, 3, 4))

    run(lambda: Gate("meters", rules.active(), waivers=[about]).require(fleets.alike(1, status="Off")))

    assert said["info"][0].endswith("1 waived (the first until 2026-03-04: see 99…0000)")
    assert said["warn"] == [
        "gate 'meters': 1 waiver ends within 7 days: active for 99…0000 on 2026-03-04 (see 99…0000)"
    ]


@pytest.mark.parametrize(
    ("until", "warns"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 8), True),
        (date(2026, 3, 9), False),
    ],
)
def test_a_waiver_that_ends_within_seven_days_is_a_warning(
    fleets: Any, run: Any, said: Any, *, until: date, warns: bool
):
    """
    From seven days before its last day to that day, on which it counts; not once it is over.
    """
    gate = Gate("meters", rules.active(), waivers=[waiver(model="GM01Q", until=until)])

    run(lambda: gate.require(fleets.alike(1)))

    expected = f"gate 'meters': 1 waiver ends within 7 days: active for model GM01Q on {until.isoformat()} (bench)"
    assert said["warn"] == ([expected] if warns else [])


def test_waivers_that_match_no_device_are_one_warning(fleets: Any, run: Any, said: Any):
    """
    An IMEI or a model that no device has, whatever the case of the model; one that is over is none of today.
    """
    gate = Gate(
        "meters",
        rules.active(),
        waivers=[
            waiver(imei=NOBODY),
            waiver(model="LAB1"),
            waiver(imei=NOBODY, rule="missing"),
            waiver(model="gm01q "),
            waiver(imei=fleets.imei(0)),
            waiver(imei=fleets.imei(9)),
            waiver(imei=fleets.imei(9), rule="missing"),
            waiver(model="OVER", until=date(2026, 2, 28)),
        ],
    )

    run(lambda: gate.require(fleets.of(fleets.device(0), missing=(fleets.imei(9),))))

    (line,) = said["warn"]
    assert line == (
        f"gate 'meters': 3 waivers match no device: active for {NOBODY}, active for model LAB1, missing for {NOBODY}; "
        "correct or remove them"
    )


def test_many_waivers_are_cut_to_five(fleets: Any, run: Any, said: Any):
    """
    The line stays a line.
    """
    gate = Gate("meters", rules.active(), waivers=[waiver(model=f"LAB{number}") for number in range(1207)])

    run(lambda: gate.require(fleets.alike(1)))

    assert said["warn"] == [
        "gate 'meters': 1,207 waivers match no device: "
        + ", ".join(f"active for model LAB{number}" for number in range(5))
        + " and 1,202 more; correct or remove them"
    ]


@pytest.mark.parametrize("part", ["where", "canary", "split"])
def test_a_selection_of_devices_says_nothing_of_waivers_that_match_none(fleets: Any, run: Any, said: Any, part: str):
    """
    The rest of the set may have them.
    """
    devices = fleets.alike(20)
    gate = Gate("meters", rules.active(), waivers=[waiver(imei=NOBODY)])
    selection = {
        "where": lambda: devices.where(model="GM01Q"),
        "canary": lambda: devices.canary("100%", salt="x"),
        "split": lambda: devices.split(rules.active()).passed,
    }[part]()

    run(lambda: gate.require(selection))

    assert said["warn"] == []


def test_a_closed_gate_says_which_waivers_match_no_device(fleets: Any, run: Any, said: Any):
    """
    A misspelt waiver may be why it is closed.
    """
    gate = Gate("meters", rules.active(), waivers=[waiver(model="GM01")])

    with pytest.raises(GateFailed):
        run(lambda: gate.require(fleets.alike(1, status="Off")))

    assert said["warn"] == ["gate 'meters': 1 waiver matches no device: active for model GM01; correct or remove them"]
