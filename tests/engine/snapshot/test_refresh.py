"""A refresh asks ThingSpace again, and brings state to what it says."""

import pulumi
import pytest
from pulumi import automation as auto

from pulumi_fota.resources import DeviceSnapshot
from pulumi_fota.settings import Connection
from support.fleet import A, B, C

NEW_METER = {"deviceId": "359999000000026", "make": "SEQUANS COMMUNICATIONS", "model": "GM01Q", "firmware": "SR1.2"}
NEXT = "SR1.3.0.0-11000"


@pytest.fixture
def drifting(stack, snapshot, reads):
    """
    Make a stack that has a snapshot of the fleet, so that a refresh can find what changed since.
    """

    def make(*, account_wide=False, connection=None, config=None, **options):
        read = reads(account_wide=account_wide, connection=connection)
        fleet = stack(snapshot(read, **options), config=config)
        fleet.up()
        return fleet

    return make


def shuffle(simulator):
    """Say the same in another order, in other spellings, and at a later time."""
    for imei in (A, B, C):
        row = simulator.device(imei)
        row.update(fotaEligible=str(row["fotaEligible"]).lower(), status="ACTIVE", softwareList=[], filesList=None)
        row.update(refreshTime="2099-01-01 00:00:00 +0000 UTC", make="Sequans Communications")
    for call in ("devices", "account_devices"):
        simulator.alter(lambda body: body["deviceList"].reverse(), on=call)


@pytest.mark.parametrize(("record", "account_wide"), [("devices", False), ("cohorts", False), ("devices", True)])
def test_a_fleet_that_did_not_change_is_no_drift(drifting, record, account_wide, simulator):
    """
    Not a byte of the state moves by order, spelling or time, and neither does the next preview.
    """
    fleet = drifting(record=record, account_wide=account_wide)
    before = fleet.facts()
    shuffle(simulator)

    assert fleet.refresh(expect_no_changes=True) == {"same": 2}
    assert fleet.facts() == before
    assert fleet.preview(expect_no_changes=True) == {"same": 2}


def test_drift_is_one_request_and_one_line(drifting, stored, simulator):
    """
    State holds what ThingSpace says now, as inputs too, so that a program that still sees the old facts would
    change them back.
    """
    fleet = drifting()
    simulator.device(A)["firmware"] = NEXT
    simulator.device(C)["licenseAssigned"] = False
    simulator.remove(B)
    simulator.forget_requests()

    changes = fleet.refresh()

    kept = stored(fleet)
    words = "1 of 3 devices runs another firmware, 1 lost its licence, 1 went missing"
    assert changes == {"same": 1, "update": 1}
    assert simulator.count("devices") == 1
    assert kept["inputs"] == kept["outputs"]
    assert kept["outputs"]["firmware"] == {A: NEXT, C: "SR1.1.0.0-9001"}
    assert kept["outputs"]["unlicensed"] == {C: "no"}
    assert kept["outputs"]["missing"] == {B: "unknown"}
    assert fleet.messages == [f"refresh of snapshot 'meters': {words}\n\n"]
    assert fleet.preview() == {"same": 2}


def test_each_snapshot_that_drifted_is_named(stack, reads, simulator):
    """
    By the resource's name, which is in its state, since a refresh runs no program.
    """

    def program():
        whole = reads()()
        for name, imei in (("east", A), ("west", B)):
            DeviceSnapshot(name, whole.where(imei=imei))

    fleet = stack(program)
    fleet.up()
    simulator.device(A)["firmware"] = simulator.device(B)["firmware"] = NEXT

    fleet.refresh()

    told = [line for message in fleet.messages for line in message.splitlines() if line]
    assert sorted(told) == [
        f"refresh of snapshot '{name}': 1 of 1 device runs another firmware" for name in ("east", "west")
    ]


def test_drift_of_cohorts_is_found_by_the_imeis_in_their_chunks(drifting, stored, simulator):
    """
    No row is in state, and every device is asked for again.
    """
    fleet = drifting(record="cohorts")
    simulator.device(A)["firmware"] = NEXT

    fleet.refresh()

    asked = [each for each in simulator.requests if each.kind == "devices"]
    assert asked[-1].json == {"deviceList": [A, B, C]}
    assert stored(fleet)["outputs"]["cohorts"] == {
        "sequans communications": {"gm01q": {NEXT: 1, "SR1.1.0.0-9001": 1, "SR1.2.0.0-10657": 1}}
    }
    assert fleet.messages == ["refresh of snapshot 'meters': 1 of 3 devices is of another make, model or firmware\n\n"]


def test_all_of_an_account_sees_what_joined_it(drifting, stored, simulator):
    """
    A list would not, and its refresh asks for its own devices alone.
    """
    fleet = drifting(account_wide=True)
    simulator.add(NEW_METER)
    simulator.forget_requests()

    fleet.refresh()

    assert stored(fleet)["outputs"]["count"] == 4
    assert stored(fleet)["outputs"]["firmware"]["359999000000026"] == "SR1.2"
    assert simulator.count("account_devices") == 1
    assert simulator.count("devices") == 0


def test_an_empty_answer_is_drift_and_never_gone(drifting, stored, simulator):
    """
    Every device is missing; the snapshot stays in state, and shows them again when they are back.
    """
    fleet = drifting()
    before = fleet.facts()
    rows = [simulator.device(imei) for imei in (A, B, C)]
    for row in rows:
        simulator.remove(row["deviceId"])

    fleet.refresh()

    assert stored(fleet)["outputs"]["missing"] == {A: "unknown", B: "unknown", C: "unknown"}
    assert stored(fleet)["outputs"]["count"] == 0
    for row in rows:
        simulator.add(row)
    fleet.refresh()
    assert fleet.facts() == before


def test_a_secret_set_is_secret_after_a_refresh(stack, snapshot, reads, simulator, tmp_path):
    """
    The engine marks what comes back as it was marked.
    """
    fleet = stack(snapshot(lambda: pulumi.Output.secret(reads()())))
    fleet.up()
    simulator.device(A)["firmware"] = "0815-sekret"

    fleet.refresh()

    written = (tmp_path / "backend/.pulumi/stacks/fleet/dev.json").read_text()
    assert [text for text in (A, B, C, "0815-sekret") if text in written] == []
    assert fleet.outputs["firmware"][A] == "SR1.2.0.0-10657"  # The stack's outputs are the program's matter.
    assert fleet.messages == ["refresh of snapshot 'meters': 1 of 3 devices runs another firmware\n\n"]


def test_a_named_connection_is_found_again_by_its_name(drifting, stored, simulator, thingspace_settings, monkeypatch):
    """
    State holds the name; the credentials are those that stand under it when the refresh runs.
    """
    east = {"fota:connections": '{"east": {"account": "0000123456-00001"}}', "fota:baseUrl": simulator.url}
    for setting in ("key", "secret", "username", "password"):
        monkeypatch.setenv(f"FOTA_CONNECTION_EAST_{setting.upper()}", thingspace_settings[f"fota:{setting}"])
    fleet = drifting(connection=Connection.named("east"), config=east)
    simulator.device(A)["firmware"] = NEXT

    fleet.refresh()

    assert stored(fleet)["outputs"]["connection"] == "east"
    assert stored(fleet)["outputs"]["firmware"][A] == NEXT
    assert "sim-" not in str(fleet.facts())


def test_the_filter_of_the_read_is_that_of_the_refresh(drifting, simulator):
    """
    A filter that was set since belongs to the next read of the program.
    """
    fleet = drifting()
    fleet.set_config({"fota:protocol": "HTTP"})
    fleet.preview()  # The program's own read obeys it.
    simulator.forget_requests()

    fleet.refresh()

    assert [each.query for each in simulator.requests if each.kind == "devices"] == [{}]


def test_a_rotated_secret_reaches_a_refresh_through_the_environment(drifting, simulator, monkeypatch):
    """
    A plain refresh is given the config of the last update; the environment goes before it. The failure says so.
    """
    fleet = drifting()
    before = fleet.facts()
    simulator.change_password("sim-rotated")
    simulator.expire_session()
    fleet.set_config({"fota:password": "sim-rotated"})

    with pytest.raises(auto.CommandError):
        fleet.refresh()
    told = "".join(fleet.messages)
    monkeypatch.setenv("FOTA_USERNAME", "sim-user")
    monkeypatch.setenv("FOTA_PASSWORD", "sim-rotated")

    assert fleet.facts() == before
    assert (
        "A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
        "environment, which goes first here, or run `pulumi refresh --run-program`."
    ) in told
    assert fleet.refresh() == {"same": 2}
