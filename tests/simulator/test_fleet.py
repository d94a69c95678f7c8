"""The fleet: its form, its file, and what happens when the file changes."""

from __future__ import annotations

import json
import os

import pytest

from pulumi_fota.simulator import FleetError, Simulator
from pulumi_fota.simulator.fleet import FleetFile, read_fleet
from support.fleet import ACCOUNT, A, B, C

NEW = "012345670123467"
KEYS = "accountName, deviceList, firmwareList"


@pytest.fixture
def path(tmp_path, fleet):
    """
    The small fleet in a file.
    """
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(fleet), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("fleet", "message"),
    [
        ([], "a fleet is an object with accountName and deviceList, not a list"),
        ("x", "a fleet is an object with accountName and deviceList, not a str"),
        ({}, "an account has no accountName, which must be a string"),
        ({"accountName": ""}, "an account has no accountName, which must be a string"),
        ({"accountName": 123456}, "an account has no accountName, which must be a string"),
        ({"accounts": {}}, "the fleet: accounts is not a list"),
        ({"accounts": ["x"]}, "an account is an object with accountName and deviceList, not a str"),
        ({"accounts": []}, "the fleet has no account"),
        ({"accounts": [{"accountName": "a"}, {"accountName": "a"}]}, "the fleet has account 'a' twice"),
        ({"accountName": "a", "deviceList": {}}, "account 'a': deviceList is not a list"),
        ({"accountName": "a", "firmwareList": None}, "account 'a': firmwareList is not a list"),
        ({"accountName": "a", "deviceList": ["x"]}, "account 'a': deviceList[0] is not an object with a deviceId"),
        (
            {"accountName": "a", "deviceList": [{"imei": A}]},
            "account 'a': deviceList[0] is not an object with a deviceId",
        ),
        (
            {"accountName": "a", "deviceList": [{"deviceId": A}, {"deviceId": None}]},
            "account 'a': deviceList[1] is not an object with a deviceId",
        ),
        ({"accountName": "a", "deviceList": [{"deviceId": A}] * 2}, f"account 'a' has device {A} twice"),
        ({"accountName": "a", "firmwareList": ["x"]}, "account 'a': firmwareList[0] is not an object"),
        ({"accountName": "a", "devicelist": []}, "account 'a': unknown key 'devicelist'; did you mean 'deviceList'?"),
        ({"account": "a"}, "an account: unknown key 'account'; did you mean 'accountName'?"),
        ({"accountName": "a", "rows": []}, f"account 'a': unknown key 'rows'; use one of {KEYS}"),
        (
            {"accounts": [{"accountName": "a", "firmwares": []}]},
            "account 'a': unknown key 'firmwares'; did you mean 'firmwareList'?",
        ),
        (
            {"accounts": [{"accountName": "a"}], "deviceList": []},
            "the fleet: unknown key 'deviceList'; use one of accounts",
        ),
    ],
)
def test_a_fleet_of_another_shape_is_refused(fleet, message):
    """
    The message says what is wrong, and where.
    """
    with pytest.raises(FleetError) as caught:
        read_fleet(fleet)

    assert str(caught.value) == message


def test_a_fleet_that_is_given_is_copied(fleet, call):
    """
    Changes of the simulator's devices do not reach the dict of the test, nor the other way round.
    """
    caller = call(fleet)

    fleet["deviceList"][0]["firmware"] = "a"
    caller.simulator.device(B)["firmware"] = "b"

    rows = caller.devices([A, B]).json["deviceList"]
    assert [row["firmware"] for row in rows] == ["SR1.2.0.0-10657", "b"]
    assert fleet["deviceList"][1]["firmware"] == "SR1.2.0.0-10657"


def test_a_row_that_was_handed_out_may_change_at_any_time(caller):
    """
    Before and after it was served, at its top level and deep inside.
    """
    row = caller.simulator.device(A)
    row["softwareList"] = [{"name": "boot"}]
    first = caller.devices([A]).json["deviceList"][0]

    row["softwareList"].append({"name": "modem"})
    second = caller.devices([A]).json["deviceList"][0]

    assert [len(seen["softwareList"]) for seen in (first, second)] == [1, 2]


def test_devices_come_and_go(caller):
    """
    The next read sees that devices were added and removed.
    """
    caller.devices([A, B, C])

    caller.simulator.add({"deviceId": NEW})
    caller.simulator.remove(A)

    assert caller.devices([A, B, C, NEW]).imeis == [B, C, NEW]
    assert caller.account_devices().imeis == [NEW, B, C]
    assert A not in caller.simulator.account
    assert len(caller.simulator.account) == 3


def test_a_device_that_is_not_there_cannot_be_changed_or_removed(caller):
    """
    A wrong IMEI in a test is an error of the test.
    """
    for use in (caller.simulator.device, caller.simulator.remove, caller.simulator.account.text):
        with pytest.raises(FleetError) as refused:
            use(NEW)
        assert str(refused.value) == (
            f"account '0000123456-00001' has no device '{NEW}' among its 3: "
            "add it first, or use one of those in `imeis`"
        )
    with pytest.raises(FleetError, match=f"account '0000123456-00001' has device {A} twice"):
        caller.simulator.add({"deviceId": A})
    with pytest.raises(FleetError, match="account '0000123456-00001': the row of a device needs a deviceId"):
        caller.simulator.add({"imei": NEW})


def test_a_saved_response_is_a_fleet(caller, call):
    """
    The keys around the rows of a response are ignored, and the rows keep all of theirs.
    """
    caller.simulator.device(A)["no such key"] = 1
    pages = caller.account_devices().json, caller.devices([A, B, C]).json

    for page in pages:
        assert call(page).devices([A, B, C]).json["deviceList"] == page["deviceList"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"[]", "a fleet is an object with accountName and deviceList, not a list"),
        (b"\xff\xfe{", "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
    ],
)
def test_a_file_that_holds_no_fleet_is_refused(path, content, message):
    """
    The message names the file.
    """
    path.write_bytes(content)

    with pytest.raises(FleetError) as caught:
        Simulator(path)

    assert str(caught.value).startswith(f"fleet file {path}: {message}")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """
    It is missing, or it is a folder.
    """
    with pytest.raises(FleetError) as missing:
        Simulator(tmp_path / "none.json")
    with pytest.raises(FleetError) as folder:
        Simulator(tmp_path)

    assert str(missing.value) == f"cannot read fleet file {tmp_path}/none.json: No such file or directory"
    assert str(folder.value) == f"cannot read fleet file {tmp_path}: Is a directory"


def rewrite(path, fleet, firmware):
    fleet["deviceList"][0]["firmware"] = firmware
    path.write_text(json.dumps(fleet), encoding="utf-8")


def firmware_of(caller):
    return caller.devices([A]).json["deviceList"][0]["firmware"]


def test_a_changed_file_is_read_again(path, fleet, call):
    """
    The next read sees the new fleet.
    """
    caller = call(str(path))
    before = firmware_of(caller)

    rewrite(path, fleet, "9.9")

    assert (before, firmware_of(caller)) == ("SR1.2.0.0-10657", "9.9")


def test_two_changes_in_the_same_instant_are_both_seen(path, fleet, call):
    """
    A change of the same length within one tick of the file system's clock is seen.
    """
    caller = call(path)
    rewrite(path, fleet, "1.1")
    stat = path.stat()
    first = firmware_of(caller)

    rewrite(path, fleet, "2.2")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert (first, firmware_of(caller)) == ("1.1", "2.2")


def test_an_unchanged_file_leaves_changes_in_memory_alone(path, call):
    """
    A file that was only touched is not a new fleet.
    """
    caller = call(path)
    caller.simulator.device(A)["firmware"] = "in memory"

    path.touch()

    assert firmware_of(caller) == "in memory"


@pytest.mark.parametrize("content", ["", "{", '{"accountName": "a", "deviceList": [1]}'])
def test_a_broken_file_keeps_the_last_good_fleet_and_says_so_once(path, fleet, call, capsys, content):
    """
    An editor that is in the middle of saving stops nobody; one line is printed.
    """
    caller = call(path)

    path.write_text(content, encoding="utf-8")
    served = [firmware_of(caller) for _ in range(3)]
    said = capsys.readouterr().err
    rewrite(path, fleet, "repaired")

    assert served == ["SR1.2.0.0-10657"] * 3
    assert said.count("\n") == 1
    assert said.startswith(f"fleet file {path}: ")
    assert said.endswith("; the fleet stays as it was\n")
    assert firmware_of(caller) == "repaired"


def test_a_file_that_vanishes_keeps_the_last_good_fleet_and_says_so_once(path, fleet, call, capsys):
    """
    It is read again when it is back.
    """
    caller = call(path)

    path.unlink()
    served = [firmware_of(caller) for _ in range(3)]
    said = capsys.readouterr().err
    rewrite(path, fleet, "back")

    assert served == ["SR1.2.0.0-10657"] * 3
    assert said == f"cannot read fleet file {path}: No such file or directory; the fleet stays as it was\n"
    assert firmware_of(caller) == "back"


def test_a_file_that_has_not_changed_is_not_parsed_again(path):
    """
    Accounts are returned once for each content.
    """
    file = FleetFile(path)
    first = file.read()
    content = path.read_bytes()

    path.write_bytes(content)
    same = file.read_if_changed()
    path.write_bytes(content + b"\n")
    changed = file.read_if_changed()

    assert (list(first), same, list(changed)) == ([ACCOUNT], None, [ACCOUNT])
