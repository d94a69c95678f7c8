"""How much a snapshot stores, and what to do where it is much."""

import json
import uuid

import pytest

from pulumi_fota.resources.facts import to_stored
from pulumi_fota.resources.size import warning


def imeis(count):
    return [f"35693803{n:07}" for n in range(count)]


@pytest.mark.parametrize(("record", "most"), [("devices", 2**20), ("cohorts", 20_000)])
def test_five_thousand_unlicensed_devices_stay_below_a_mebibyte(record, most, meters):
    """
    With UUIDs as firmware, 50 of them, and counted twice, since state holds inputs and outputs: no warning.
    """
    versions = [str(uuid.UUID(int=n)) for n in range(50)]
    rows = {imei: {"firmware": versions[n % 50], "license_assigned": False} for n, imei in enumerate(imeis(5000))}

    stored = to_stored(meters(rows), record=record)

    assert 2 * len(json.dumps(stored, separators=(",", ":"))) < most
    assert warning("meters", stored) is None


def test_a_large_snapshot_warns_and_names_the_setting_that_makes_it_smaller(meters):
    """
    At 1 MiB, well before the 4 MiB that some hosts refuse.
    """
    stored = to_stored(meters({imei: {} for imei in imeis(50_000)}), record="devices")

    assert warning("meters", stored) == (
        "snapshot 'meters': the facts of 50,000 devices take 1.7 MiB, which state holds twice, and some hosts of "
        'Pulumi refuse messages above 4 MiB: record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    )


def test_a_large_snapshot_of_cohorts_names_what_is_left_to_do(meters):
    """
    The setting that it has already is not named again.
    """
    rows = {imei: {"firmware": f"{uuid.UUID(int=n)}"} for n, imei in enumerate(imeis(30_000))}

    assert warning("meters", to_stored(meters(rows), record="cohorts")) == (
        "snapshot 'meters': the facts of 30,000 devices take 1.2 MiB, which state holds twice, and some hosts of "
        "Pulumi refuse messages above 4 MiB: divide the set among several snapshots, or read the whole account, "
        "whose IMEIs are not stored"
    )
