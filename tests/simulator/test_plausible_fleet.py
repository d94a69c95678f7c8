"""Fleets of plausible devices: the same for the same IMEIs and time, and as mixed as a real fleet."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from pulumi_fota.simulator import FleetError, made_imeis, plausible_fleet
from pulumi_fota.simulator.fleet import DEVICE_FIELDS
from pulumi_fota.simulator.plausible_fleet import read_imeis

NOW = dt.datetime(2026, 11, 29, 12, 30, tzinfo=dt.timezone.utc)
TIMES = ("createTime", "upgradeTime", "refreshTime", "lastConnectionTime")


@pytest.fixture(scope="module")
def fleet():
    """
    1,000 devices at one time.
    """
    return plausible_fleet(made_imeis(1000), now=NOW)


def share(rows, has):
    return sum(map(has, rows)) / len(rows)


def test_a_fleet_is_the_same_each_time(fleet):
    """
    The IMEIs and the time decide, in whatever zone it is given.
    """
    zone = dt.timezone(dt.timedelta(hours=-5))

    assert plausible_fleet(made_imeis(1000), now=NOW.astimezone(zone)) == fleet


def test_a_device_does_not_depend_on_the_others(fleet):
    """
    A fleet that grows keeps the devices that it has.
    """
    few = made_imeis(10)

    assert few == made_imeis(1000)[:10]
    assert plausible_fleet(few[::-1], now=NOW)["deviceList"] == fleet["deviceList"][:10][::-1]


def test_made_imeis_are_valid_and_differ():
    """
    Each has 15 digits and the right check digit.
    """
    imeis = made_imeis(5000)

    assert len(set(imeis)) == 5000
    assert {len(imei) for imei in imeis} == {15}
    assert {sum(luhn(imei)) % 10 for imei in imeis} == {0}


def luhn(imei):
    """Yield the value of each digit (3GPP TS 23.003, annex B)."""
    for place, digit in enumerate(map(int, imei)):
        yield digit if place % 2 == 0 else (2 * digit if digit < 5 else 2 * digit - 9)


def test_most_devices_are_well_and_some_are_not(fleet):
    """
    Eligibility, licences, firmware, freshness and models have a majority and a minority.
    """
    rows = fleet["deviceList"]
    newest = {row["firmwareTo"] for row in fleet["firmwareList"]}
    day_before_yesterday = "2026-11-27 12:30"

    assert 0.90 < share(rows, lambda row: row["fotaEligible"]) < 0.98
    assert 0.94 < share(rows, lambda row: row["licenseAssigned"]) < 0.99
    assert 0.65 < share(rows, lambda row: row["firmware"] in newest) < 0.85
    assert 0.85 < share(rows, lambda row: row["refreshTime"] > day_before_yesterday) < 0.95
    assert 0.01 < share(rows, lambda row: row["lastConnectionTime"] == "N/A") < 0.06
    assert Counter(row["model"] for row in rows).most_common(2)[0][0] == "GM01Q"
    assert len({row["model"] for row in rows}) == 4


def test_times_follow_each_other(fleet):
    """
    A device is created, upgraded, then connected, all before now; the times are printed as the service does.
    """
    for row in fleet["deviceList"]:
        times = [row[key] for key in TIMES if row[key] != "N/A"]
        assert all(time.endswith(" +0000 UTC") for time in times)
        assert times == sorted(times)
        assert times[-1] < "2026-11-29 12:30:00"


def test_rows_have_documented_keys(fleet):
    """
    Those of a device, and those of a firmware package.
    """
    package = {"firmwareName", "firmwareFrom", "firmwareTo", "launchDate", "releaseNote", "make", "model", "protocol"}

    assert {key for row in fleet["deviceList"] for key in row} <= set(DEVICE_FIELDS)
    assert {key for row in fleet["firmwareList"] for key in row} == package


def test_an_upgrade_is_on_offer_for_each_older_version(fleet):
    """
    The models are those of the fleet.
    """
    offered = {(row["make"], row["model"], row["firmwareFrom"]): row["firmwareTo"] for row in fleet["firmwareList"]}
    running = {(row["make"], row["model"], row["firmware"]) for row in fleet["deviceList"]}
    newest = {(make, model, version) for (make, model, _), version in offered.items()}

    assert set(offered) <= running
    assert {row for row in running - newest if row[1] != "NRF9160"} == set(offered)
    assert (
        plausible_fleet(["356938035643809"], now=NOW)["firmwareList"][0]["model"]
        == (plausible_fleet(["356938035643809"], now=NOW)["deviceList"][0]["model"])
    )


def test_devices_of_one_type_are_of_one_model():
    """
    The first eight digits of an IMEI decide, whatever they are.
    """
    imeis = [f"{code}{number:07}" for code in ("35693803", "49015420", "99001390") for number in range(50)]

    rows = plausible_fleet(imeis, now=NOW)["deviceList"]

    assert [row["deviceId"] for row in rows] == imeis
    assert all(len({row["model"] for row in rows[first : first + 50]}) == 1 for first in (0, 50, 100))


def test_a_fleet_is_served(fleet, call):
    """
    The simulator accepts it like any other.
    """
    caller = call(fleet)

    assert caller.devices(made_imeis(1000)).json["deviceCount"] == 1000
    assert caller.firmware(protocol="all").json == fleet["firmwareList"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", " has no IMEI"),
        (b"\n \n", " has no IMEI"),
        (b"IMEI\n", ", line 1: 'IMEI' is not an IMEI of 15 digits"),
        (b"356938035643809,x\n", ", line 1: '356938035643809,x' is not an IMEI of 15 digits"),
        (b"356938035643809\n\n356938035643809\n", ", line 3: 356938035643809 is in line 1 already"),
        (b"x" * 60, f", line 1: '{'x' * 50}' is not an IMEI of 15 digits"),
    ],
)
def test_a_file_of_imeis_has_one_a_line(tmp_path, content, message):
    """
    The message names the file and the line.
    """
    path = tmp_path / "imeis.txt"
    path.write_bytes(content)

    with pytest.raises(FleetError) as refused:
        read_imeis(path)

    assert str(refused.value) == f"{path}{message}"


def test_a_file_of_imeis_that_cannot_be_read_is_refused(tmp_path):
    """
    It is missing, or in another encoding.
    """
    (tmp_path / "utf-16.txt").write_text("356938035643809", encoding="utf-16")

    for name, reason in (("none.txt", "No such file or directory"), ("utf-16.txt", "it is not UTF-8 text")):
        with pytest.raises(FleetError) as refused:
            read_imeis(tmp_path / name)
        assert str(refused.value) == f"cannot read {tmp_path}/{name}: {reason}"
