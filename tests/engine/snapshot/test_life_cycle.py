"""A snapshot from its creation to its end, on the real engine."""

import pulumi
import pytest

from pulumi_fota.resources import DeviceSnapshot
from pulumi_fota.resources.stored_form import to_stored

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"
OLD = {"firmware": "SR1.1.0.0-9001"}


def test_a_new_snapshot_stores_what_the_program_saw(stack, snapshot, stored, meters, simulator):
    """
    As inputs and as outputs, and it asks nobody for it.
    """
    devices = meters({A: {}, B: OLD, C: {"license_assigned": False}, D: None})
    fleet = stack(snapshot(devices))

    changes = fleet.up()

    kept = stored(fleet)
    assert changes["create"] == 2
    assert kept["inputs"] == kept["outputs"]
    assert {key: value for key, value in kept["inputs"].items() if key != "__provider"} == to_stored(
        devices, name="meters", record="devices"
    )
    assert kept["id"].startswith("snapshot-")
    assert fleet.outputs == {"digest": devices.digest, "firmware": devices.firmware_by_imei}
    assert simulator.count() == 0


def test_a_preview_knows_all_of_a_new_snapshot(stack, meters):
    """
    So what depends on it can be previewed too; numbers are whole, and what is empty is there.
    """
    seen = []

    def program():
        kept = DeviceSnapshot("meters", meters({A: {}, B: None}))
        every = [kept.account, kept.protocol, kept.connection, kept.firmware, kept.ineligible, kept.unlicensed]
        every += [kept.inactive, kept.missing, kept.count, kept.cohorts]
        pulumi.Output.all(*every).apply(seen.append)

    stack(program).preview()

    cohorts = {"sequans communications": {"gm01q": {"SR1.2.0.0-10657": 1}}}
    assert seen == [["0000123456-00001", "", "", {A: "SR1.2.0.0-10657"}, {}, {}, {}, {B: "unknown"}, 1, cohorts]]
    assert repr(seen[0][8]) == "1"


def test_the_same_facts_are_no_change(stack, snapshot, previewed, meters):
    """
    Whatever the order of the devices, the case of their make, and however far their times moved.
    """
    fleet = stack(snapshot(meters({A: {}, B: OLD, C: None})))
    fleet.up()

    moved = {"refresh_time": "2099-01-01T00:00:00Z", "make": "Sequans Communications", "status": "ACTIVE"}
    fleet.program(snapshot(meters({C: None, B: {**OLD, **moved}, A: moved}, read_at="2099-01-01T00:00:00Z")))

    assert previewed(fleet) == {"same": []}
    assert fleet.up() == {"same": 2}
    assert fleet.messages == []


def test_a_change_names_the_device_and_nothing_else(stack, snapshot, previewed, meters):
    """
    One firmware, one licence: two IMEIs, beside the numbers and the digest; and one line of words.
    """
    fleet = stack(snapshot(meters({A: {}, B: {}, C: {}, D: {}})))
    fleet.up()

    fleet.program(snapshot(meters({A: {}, B: OLD, C: {"license_assigned": False}, D: {}})))

    cohort = 'cohorts["sequans communications"].gm01q'
    assert previewed(fleet) == {
        "update": [
            f'{cohort}["SR1.1.0.0-9001"]',
            f'{cohort}["SR1.2.0.0-10657"]',
            "digest",
            f"firmware.{B}",
            f"unlicensed.{C}",
        ]
    }
    assert fleet.up()["update"] == 1
    assert fleet.messages == ["snapshot 'meters': 1 of 4 devices runs another firmware, 1 lost its licence\n\n"]


def test_a_set_that_grows_and_shrinks_names_who_came_and_went(stack, snapshot, previewed, meters):
    """
    The devices that stay are not named.
    """
    fleet = stack(snapshot(meters({A: {}, B: {}, C: {}})))
    fleet.up()

    fleet.program(snapshot(meters({B: {}, C: {}, D: None})))

    cohort = 'cohorts["sequans communications"].gm01q["SR1.2.0.0-10657"]'
    assert previewed(fleet) == {"update": [cohort, "count", "digest", f"firmware.{A}", f"missing.{D}"]}
    assert fleet.up()["update"] == 1
    assert fleet.messages == ["snapshot 'meters': 1 of 3 devices joined the set, 1 left the set\n\n"]


def test_another_account_is_another_snapshot(stack, snapshot, previewed, stored, meters):
    """
    It is replaced, once.
    """
    fleet = stack(snapshot(meters({A: {}})))
    fleet.up()
    before = stored(fleet)

    fleet.program(snapshot(meters({A: {}}, account="0000123456-00002")))

    assert previewed(fleet)["replace"] == ["account", "digest"]
    assert fleet.up()["replace"] == 1
    assert stored(fleet)["outputs"]["account"] == "0000123456-00002"
    assert stored(fleet)["id"] != before["id"]
    assert fleet.up() == {"same": 2}


def test_devices_that_a_preview_does_not_know_are_an_update(stack, previewed, meters):
    """
    A set that waits for a resource with a change is unknown until that is made: no failure, no replacement.
    """

    def program(name, devices):
        def run():
            table = pulumi.Stash("table", input=name, opts=pulumi.ResourceOptions(replacement_trigger=name))
            DeviceSnapshot("meters", table.id.apply(lambda _: devices))

        return run

    fleet = stack(program("one", meters({A: {}})))

    assert list(previewed(fleet)) == ["create"]
    fleet.up()
    fleet.program(program("two", meters({A: OLD})))
    assert list(previewed(fleet)) == ["update"]
    assert fleet.up()["update"] == 1


def test_a_secret_set_is_encrypted_in_state(stack, snapshot, meters, tmp_path):
    """
    No IMEI and no version in the files of the state, nor on the screen, neither at creation nor at a change.
    """
    fleet = stack(snapshot(lambda: pulumi.Output.secret(meters({A: {}, B: {}}))), config={})
    fleet.up()

    fleet.program(snapshot(lambda: pulumi.Output.secret(meters({A: {}, B: {"firmware": "0815-sekret"}}))))
    fleet.up()

    written = "".join(path.read_text() for path in (tmp_path / "backend").rglob("*.json*"))
    assert "ciphertext" in written
    assert [text for text in (A, B, "SR1.2.0.0-10657", "0815-sekret", "0000123456") if text in written] == []
    assert fleet.messages == ["snapshot 'meters': 1 of 2 devices runs another firmware\n\n"]


def test_what_no_refresh_could_read_stops_the_program(stack, snapshot, meters):
    """
    Where the set comes late as well; the message stands alone.
    """
    fleet = stack(snapshot(lambda: pulumi.Output.from_input(meters({A: {}}, refreshable=False))))

    with pytest.raises(pulumi.automation.CommandError):
        fleet.preview()

    assert fleet.messages[0].startswith("snapshot 'meters': its devices were read through a Connection without a name")
    assert "Traceback" not in "".join(fleet.messages)


def test_the_end_asks_nobody_and_needs_no_setting(stack, snapshot, meters, simulator):
    """
    A fleet whose credentials are gone can still be taken out of a stack.
    """
    fleet = stack(snapshot(meters({A: {}})), config={})
    fleet.up()

    fleet.destroy()

    assert fleet.facts() == []
    assert simulator.count() == 0


def test_inputs_that_a_transform_spoiled_are_refused_all_at_once(stack, snapshot, meters):
    """
    One line for each, without a traceback, and without the values, which may be secret.
    """
    spoiled = {"count": "0815-sekret", "colour": "0815-sekret"}

    def program():
        pulumi.runtime.register_resource_transform(
            lambda args: (
                pulumi.ResourceTransformResult(props={**args.props, **spoiled}, opts=args.opts)
                if args.type_.endswith("DeviceSnapshot")
                else None
            )
        )
        snapshot(meters({A: {}}))()

    fleet = stack(program)

    with pytest.raises(pulumi.automation.CommandError):
        fleet.preview()

    told = [text for text, urn in zip(fleet.messages, fleet.urns, strict=True) if urn.endswith("::meters")]
    assert [text.split("has a problem: ")[1] for text in told] == [
        f"{problem}: take out the transform or policy that changes what DeviceSnapshot passes\n"
        for problem in ("`count` is not as a snapshot stores it", "`colour` is not a property of a snapshot")
    ]
    assert "sekret" not in "".join(fleet.messages)
