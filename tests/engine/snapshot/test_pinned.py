"""A pinned snapshot is a baseline: it stays through `up` and refresh until somebody pins anew."""

import pytest
from pulumi import automation as auto

from pulumi_fota.resources import DeviceSnapshot
from support.fleet import NEW, OLD, A, B


def test_a_baseline_stays_through_up_and_refresh(stack, snapshot, meters, simulator):
    """
    Whatever the program sees since; its outputs are those of the baseline, and a refresh calls nobody.
    """
    fleet = stack(snapshot(meters({A: {"firmware": OLD}}), pinned=True))
    fleet.up()
    before = fleet.facts()

    fleet.program(snapshot(meters({A: {}, B: None}), pinned=True))

    assert fleet.up() == {"same": 2}
    assert fleet.refresh() == {"same": 2}
    assert fleet.facts() == before
    assert fleet.outputs["firmware"] == {A: OLD}
    assert fleet.messages == []
    assert simulator.count() == 0


def test_pinning_freezes_what_is_in_state(stack, snapshot, stored, previewed, meters):
    """
    Not today's facts; unpinned, the snapshot catches up.
    """
    fleet = stack(snapshot(meters({A: {"firmware": OLD}})))
    fleet.up()

    fleet.program(snapshot(meters({A: {}}), pinned=True))
    assert previewed(fleet) == {"update": ["pinned"]}
    fleet.up()
    assert stored(fleet)["outputs"]["firmware"] == {A: OLD}

    fleet.program(snapshot(meters({A: {}})))
    fleet.up()
    assert stored(fleet)["outputs"]["firmware"] == {A: NEW}


def test_a_baseline_is_pinned_anew_by_replacing_it(stack, snapshot, stored, meters):
    """
    `pulumi up --replace URN`, or devices of another account, which are another baseline.
    """
    fleet = stack(snapshot(meters({A: {"firmware": OLD}}), pinned=True))
    fleet.up()
    fleet.program(snapshot(meters({A: {}}), pinned=True))

    fleet.up(replace=[stored(fleet)["urn"]])
    assert stored(fleet)["outputs"]["firmware"] == {A: NEW}

    fleet.program(snapshot(meters({B: {}}, account="0000123456-00002"), pinned=True))
    fleet.up()
    assert stored(fleet)["outputs"]["firmware"] == {B: NEW}


def test_drift_from_a_baseline_is_the_programs_to_compute(stack, meters):
    """
    The outputs of a baseline are known in preview, so that a program can compare them with today's facts.
    """
    drift = []

    def program(today):
        def run():
            baseline = DeviceSnapshot("baseline", today, pinned=True)
            baseline.firmware.apply(
                lambda first: drift.append({imei for imei, now in today.firmware_by_imei.items() if first[imei] != now})
            )

        return run

    fleet = stack(program(meters({A: {"firmware": OLD}, B: {}})))
    fleet.up()
    fleet.program(program(meters({A: {}, B: {}})))

    fleet.preview()

    assert drift == [set(), {A}]


def test_a_baseline_that_is_recorded_in_another_way_stops_the_program(stack, snapshot, stored, meters):
    """
    At preview already, since the engine keeps what is in state; as it is there, or pinned anew, it is right.
    """
    fleet = stack(snapshot(meters({A: {}}), pinned=True))
    fleet.up()
    fleet.program(snapshot(meters({A: {}}), pinned=True, record="cohorts"))

    with pytest.raises(auto.CommandError):
        fleet.preview()
    assert any(
        "snapshot 'meters': record= is 'cohorts', but the pinned facts in state are recorded as 'devices': pass "
        "record='devices', that of its state, or pin today's facts with `pulumi up --replace URN`" in message
        for message in fleet.messages
    )

    assert fleet.up(replace=[stored(fleet)["urn"]])["replace"] == 1
    assert stored(fleet)["outputs"]["record"] == "cohorts"
