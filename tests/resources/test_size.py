"""How much a snapshot stores, and what to do where it is much."""

import json
import uuid

import pytest

from pulumi_fota.resources.facts import KEYS, to_stored
from pulumi_fota.resources.size import warning

MODELS = (
    "their makes and models alone take most of it, being hardly ever the same; divide the set among several snapshots"
)


def imeis(count):
    return [f"35693803{n:07}" for n in range(count)]


@pytest.mark.parametrize(("record", "most"), [("devices", 2**20), ("cohorts", 150_000)])
def test_five_thousand_unlicensed_devices_of_as_many_versions_stay_below_a_mebibyte(record, most, meters):
    """
    With a UUID of its own as firmware of each, and counted twice, since state holds inputs and outputs: no warning.
    """
    versions = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))) for n in range(5000)]
    rows = {imei: {"firmware": versions[n], "license_assigned": False} for n, imei in enumerate(imeis(5000))}

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


@pytest.mark.parametrize(
    ("record", "large", "advice"),
    [
        (
            "cohorts",
            {"imeis": {"35": "L" * 2**20}},
            "divide the set among several snapshots, or read the whole account, whose IMEIs are not stored",
        ),
        (
            "cohorts",
            {"cohorts": {"x": {"y" * 2**20: {"1.2": 1}}}},
            MODELS,
        ),
        (
            "devices",
            {"cohorts": {"x": {"y" * 2**20: {"1.2": 1}}}},
            MODELS,
        ),
        ("cohorts", {"inactive": {"x" * 2**20: 1}}, "divide the set among several snapshots"),
    ],
)
def test_the_advice_is_against_what_is_large(record, large, advice):
    """
    The setting that a snapshot has already is not named again, nor one that would leave what is large.
    """
    stored = {**{key: {} for key in KEYS}, "record": record, "count": 300_000, **large}

    assert warning("meters", stored) == (
        "snapshot 'meters': the facts of 300,000 devices take 1.0 MiB, which state holds twice, and some hosts of "
        f"Pulumi refuse messages above 4 MiB: {advice}"
    )
