"""What a large fleet takes in state, and what warns before it is too much."""

import json
import uuid

import pulumi
import pytest

import pulumi_fota as fota

MIB = 2**20


@pytest.fixture
def fleet(fleet):
    """
    5,000 devices with rows of about 700 bytes: a UUID of its own as firmware of each, every one without a licence.
    """
    row = {**fleet["deviceList"][0], "licenseAssigned": False, "filesList": [{"name": "x" * 60}] * 3}
    versions = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))) for n in range(5000)]
    rows = [{**row, "deviceId": f"35693803{n:07}", "firmware": versions[n]} for n in range(5000)]
    return {**fleet, "deviceList": rows}


@pytest.fixture
def state_file(tmp_path):
    """
    Return the size of the file that holds the stack's state.
    """
    return lambda: (tmp_path / "backend/.pulumi/stacks/fleet/dev.json").stat().st_size


def test_a_fleet_of_five_thousand_is_one_resource_below_a_mebibyte(stack, reads, state_file):
    """
    Inputs and outputs together, and without a warning.
    """
    many = stack(lambda: fota.DeviceSnapshot("meters", reads()()) and None)

    assert many.up() == {"create": 2}

    assert state_file() < MIB
    assert not any("MiB" in message for message in many.messages)


def test_a_snapshot_is_as_small_beside_an_export_of_all_rows(stack, reads):
    """
    The rows are in state once, as the stack's output that the program asked for. No row of theirs gets into the
    snapshot, and no device is a resource.
    """

    def program():
        devices = reads()()
        pulumi.export("devices", devices)
        fota.DeviceSnapshot("meters", devices)

    many = stack(program)
    many.up()

    resources = many.handle.export_stack().deployment["resources"]
    sizes = {each["type"].rpartition(":")[2]: len(json.dumps(each, separators=(",", ":"))) for each in resources}
    (whole,) = [each["outputs"]["devices"] for each in resources if each["type"] == "pulumi:pulumi:Stack"]
    assert sorted(sizes) == ["DeviceSnapshot", "Stack", "pulumi-python"]
    assert len(resources) == 3
    assert len(whole) == 5000
    assert sizes["DeviceSnapshot"] < MIB < 2 * MIB < sizes["Stack"]


def test_cohorts_of_five_thousand_take_next_to_nothing(stack, reads, state_file):
    """
    With a summary for an export, as the guide shows: a thousand cohorts are listed, and the rest is a number.
    """

    def program():
        devices = reads()()
        fota.DeviceSnapshot("meters", devices, record="cohorts")
        pulumi.export("models", devices.count_by("make", "model"))

    many = stack(program)
    many.up()

    assert state_file() < 150_000


def test_a_snapshot_that_grows_too_large_warns_beside_its_name(stack, snapshot, meters):
    """
    Long before a host of Pulumi refuses a message above 4 MiB; the setting that makes it smaller is named.
    """
    many = stack(snapshot(meters({f"35693803{n:07}": {} for n in range(31_000)})))

    many.preview()

    (warning,) = many.messages
    assert warning.startswith("snapshot 'meters': the facts of 31,000 devices take 1.1 MiB")
    assert 'record="cohorts"' in warning
    assert many.urns[0].endswith("DeviceSnapshot::meters")
