"""The same devices, said in another order: no drift; and one real change among them: one entry."""

import json

import pytest

A, B, C = "359999000000018", "359999000000026", "359999000000034"


@pytest.fixture
def fleet(fleet):
    """
    Three meters with two pieces of software each.
    """
    software = [{"name": name, "version": "1", "upgradeTime": "N/A"} for name in ("boot", "app")]
    row = {**fleet["deviceList"][0], "firmware": "1.2", "softwareList": software}
    return {**fleet, "deviceList": [{**row, "deviceId": imei} for imei in (A, B, C)]}


@pytest.fixture
def deployed(stack, snapshot, reads, simulator):
    """
    A stack with a snapshot of the fleet, which the service tells of in another order from now on.
    """
    made = stack(snapshot(reads()))
    made.up()
    simulator.alter(turned_round, on="devices")
    return made


def turned_round(value):
    """Reverse every list, and the keys of every object."""
    if isinstance(value, dict):
        return {key: turned_round(value[key]) for key in reversed(value)}
    return [turned_round(each) for each in reversed(value)] if isinstance(value, list) else value


def test_another_order_moves_no_byte_of_the_state(deployed, tmp_path):
    """
    Of devices, software and keys: neither refresh, preview nor up finds a change, and what the state file holds of
    stack and snapshot is the same text.
    """

    def text():
        state = json.loads((tmp_path / "backend/.pulumi/stacks/fleet/dev.json").read_text())
        # A provider's config is encrypted anew each time.
        return [
            json.dumps(each) for each in state["checkpoint"]["latest"]["resources"] if "providers" not in each["type"]
        ]

    before = text()

    assert deployed.refresh(expect_no_changes=True) == {"same": 2}
    assert deployed.preview(expect_no_changes=True) == {"same": 2}
    assert deployed.up(expect_no_changes=True) == {"same": 2}
    assert text() == before


def test_one_change_in_another_order_is_one_entry(deployed, previewed, simulator):
    """
    Named by IMEI and field, with the cohorts it left and joined; found by preview and by refresh alike.
    """
    simulator.device(B)["firmware"] = "1.3"
    cohort = 'cohorts["sequans communications"].gm01q'
    change = [f'{cohort}["1.2"]', f'{cohort}["1.3"]', "digest", f"firmware.{B}"]

    assert previewed(deployed) == {"update": change}
    assert deployed.refresh() == {"same": 1, "update": 1}
    assert deployed.facts()[-1]["outputs"]["firmware"] == {A: "1.2", B: "1.3", C: "1.2"}
