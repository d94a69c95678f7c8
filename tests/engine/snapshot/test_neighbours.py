"""A snapshot among other resources: what it triggers, whose child it is, what it is called."""

import pulumi

import pulumi_fota as fota
from pulumi_fota.resources import DeviceSnapshot
from support.fleet import A

OLD = {"firmware": "SR1.1.0.0-9001"}


class Meters(DeviceSnapshot):
    """A user's subclass."""


def test_the_digest_triggers_other_resources_when_the_facts_change(stack, meters):
    """
    Once, and known in preview; another time stamp triggers nothing.
    """

    def program(found):
        def run():
            kept = DeviceSnapshot("meters", found)
            pulumi.Stash("rollout", input="x", opts=pulumi.ResourceOptions(replacement_trigger=kept.digest))

        return run

    fleet = stack(program(meters({A: {}})))
    fleet.up()

    fleet.program(program(meters({A: {"refresh_time": "2099-01-01T00:00:00Z"}})))
    assert fleet.preview() == {"same": 3}

    fleet.program(program(meters({A: OLD})))
    assert fleet.preview() == {"same": 1, "update": 1, "replace": 1}
    fleet.up()
    assert fleet.preview() == {"same": 3}


def test_a_snapshot_that_moves_into_a_component_keeps_its_state(stack, snapshot, stored, meters):
    """
    A subclass has the type of a snapshot, so an alias finds it under another name and parent.
    """
    fleet = stack(snapshot(meters({A: {}})))
    fleet.up()
    before = stored(fleet)

    def program():
        site = pulumi.ComponentResource("acme:index:Site", "site")
        alias = pulumi.Alias(name="meters", parent=pulumi.ROOT_STACK_RESOURCE)
        Meters("gauges", meters({A: {}}), opts=pulumi.ResourceOptions(parent=site, aliases=[alias]))

    fleet.program(program)
    fleet.up()

    after = stored(fleet)
    assert after["urn"].endswith("acme:index:Site$pulumi-python:dynamic/fota:DeviceSnapshot::gauges")
    assert {**after, "urn": before["urn"]} == before


def test_a_snapshot_that_was_renamed_is_called_by_its_new_name_from_the_next_change(stack, snapshot, stored, meters):
    """
    Until then its name in state is the old one, so that a rename by an alias is no change.
    """

    def renamed(fields):
        def program():
            opts = pulumi.ResourceOptions(aliases=[pulumi.Alias("meters")])
            DeviceSnapshot("gauges", meters({A: fields}), opts=opts)

        return program

    fleet = stack(snapshot(meters({A: {}})))
    fleet.up()

    fleet.program(renamed({}))
    assert fleet.up() == {"same": 2}
    assert stored(fleet)["outputs"]["more"] == {"name": "meters"}
    fleet.program(renamed(OLD))
    fleet.up()

    assert stored(fleet)["outputs"]["more"] == {"name": "gauges"}
    assert fleet.messages == ["snapshot 'gauges': 1 of 1 device runs another firmware\n\n"]


def test_two_hundred_snapshots_ask_for_one_read(stack, meters, simulator):
    """
    The program reads once and divides; no snapshot asks, however many there are, and none changes by itself.
    """
    imeis = [f"35693803{n:07}" for n in range(1000)]
    whole = meters({imei: {} for imei in imeis})

    def program():
        for first in range(0, 1000, 5):
            part = set(imeis[first : first + 5])
            DeviceSnapshot(f"site-{first // 5}", whole.where(lambda device, part=part: device.imei in part))

    fleet = stack(program)

    assert fleet.up() == {"create": 201}
    assert fleet.up() == {"same": 201}
    assert simulator.count() == 0


def test_the_refresh_of_many_snapshots_joins_their_reads(stack, simulator, fleet):
    """
    The SDK answers the engine in four threads, so four snapshots share a request.
    """
    row = fleet["deviceList"][0]
    imeis = [f"35693803{n:07}" for n in range(200)]
    for imei in imeis:
        simulator.add({**row, "deviceId": imei})

    def program():
        whole = fota.get_devices(imeis)
        for first in range(0, 200, 5):
            part = set(imeis[first : first + 5])
            DeviceSnapshot(f"site-{first // 5}", whole.where(lambda device, part=part: device.imei in part))

    many = stack(program)
    many.up()
    simulator.forget_requests()

    assert many.refresh() == {"same": 41}
    assert simulator.count("devices") <= 20
    assert simulator.count("token") == simulator.count("login") == 1
