"""The IMEIs of JSON: lists, JSON Lines, and what ThingSpace answers."""

from __future__ import annotations

import json

import pytest

from pulumi_fota.model.imei_file import read_imei_file

A, B, C = "356938035643809", "490154203237518", "359999000000018"
NO_LIST = "and no list as 'imeis', 'devices' or 'deviceList': save the list itself"
SIM = {"id": "8914800000063772026", "kind": "iccid"}


def ids(*imeis: str) -> dict[str, object]:
    return {"accountName": "0000123456-00001", "deviceIds": [SIM, *({"id": imei, "kind": "imei"} for imei in imeis)]}


@pytest.mark.parametrize(
    "document",
    [
        {"hasMoreData": False, "devices": [ids(A), ids(B)]},
        {"devices": [ids(A), {"deviceIds": [{"kind": "IMEI", "id": f"{B[:2]}-{B[2:8]}-{B[8:14]}-{B[14]}"}]}]},
        {"devices": [{**ids(A), "deviceId": "meter-7"}, {**ids(B), "imei": B}]},
        [ids(A), ids(B)],
        {"accountName": "0000123456-00001", "deviceCount": 2, "deviceList": [{"deviceId": A}, {"deviceId": B}]},
        {"hasMoreData": "false", "deviceList": [{"deviceId": A}, {"deviceId": B}]},
        [{"hasMoreData": True, "devices": [ids(A)]}, {"hasMoreData": False, "devices": [ids(B)]}],
        [{"hasMoreData": True, "deviceList": [{"deviceId": A}]}, {"deviceList": [{"deviceId": B}]}],
        {"devices": [A, B]},
        {"devices": 2, "imeis": [A, B]},
    ],
)
def test_what_thingspace_answers_is_read(file, document):
    """
    Its list of devices, its list of devices with firmware, and pages of them.
    """
    assert read_imei_file(file("meters.json", json.dumps(document, indent=2))).imeis == (A, B)


def test_pages_saved_one_a_line_are_read(file):
    """
    Each line is an answer, and the last says that it is the last.
    """
    pages = [{"hasMoreData": True, "devices": [ids(A), ids(B)]}, {"hasMoreData": False, "devices": [ids(C)]}]

    path = file("meters.jsonl", "\n".join(map(json.dumps, pages)))

    assert read_imei_file(path).imeis == (A, B, C)


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"hasMoreData": True, "devices": [ids(A)]}, "hasMoreData"),
        ({"hasMoreData": "true", "deviceList": [{"deviceId": A}]}, "hasMoreData"),
        ([{"devices": [ids(A)]}, {"hasMoreData": True, "devices": [ids(B)]}], "hasMoreData"),
        ({"imeis": [A], "next": "https://example.com/page/2"}, "next"),
    ],
)
def test_a_page_of_a_longer_list_is_refused(file, refusal, document, key):
    """
    The devices of the other pages would be forgotten.
    """
    assert refusal(file("meters.json", json.dumps(document))) == (
        "the file of IMEIs 'meters.json' cannot be read: it is the first page of a longer list: save all pages "
        f"(its '{key}' says that there are more)"
    )


@pytest.mark.parametrize(
    "device",
    [
        *(ids(), ids(""), ids("0"), ids("N/A"), {"deviceIds": []}, {"deviceIds": [{"id": None, "kind": "imei"}]}),
        *({"imei": None}, {"imei": ""}, {"imei": "N/A"}, {"imei": 0}, {"imei": "000000000000000"}, None, "-", "#N/A"),
    ],
)
def test_a_device_without_an_imei_is_a_row_without_one(file, refusal, device):
    """
    It is refused with a count, and left out on request.
    """
    path = file("meters.json", json.dumps([ids(A), device]))

    assert refusal(path) == (
        "1 of 2 rows has no IMEI in meters.json; nothing was sent to ThingSpace: item 2; "
        "fill in what is missing, or leave such rows out with skip_blank=True"
    )
    found = read_imei_file(path, skip_blank=True)
    assert (found.imeis, found.blank) == ((A,), ("item 2",))


def test_an_object_without_the_key_of_the_others_is_left_out_on_request(file):
    """
    Some exports leave out a key whose value is empty.
    """
    path = file("meters.json", json.dumps([{"imei": A, "site": "x"}, {"site": "y"}]))

    found = read_imei_file(path, skip_blank=True)

    assert (found.imeis, found.blank) == ((A,), ("item 2",))


@pytest.mark.parametrize(
    "items", [[{"imei": A}, {"modem": B}], [{"imei": A}, {"x": f'="{B}"'}], [{"serial": "1"}, {"serial": "2"}]]
)
def test_an_object_with_its_imei_elsewhere_is_refused(file, refusal, items):
    """
    One that says an IMEI under another key is not one without, and neither is one in a list without the key.
    """
    assert "has no key that is called IMEI or device ID" in refusal(
        file("meters.json", json.dumps(items)), skip_blank=True
    )


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (
            f'{{"IMEI": "{A}", "imei": "{B}"}}',
            (
                f"item 1: {{'IMEI': '{A}', 'imei': '{B}'}} has 2 keys that may be that of the IMEI, 'IMEI' and 'imei': "
                "name the right one with column="
            ),
        ),
        (
            json.dumps({"deviceIds": [{"id": A, "kind": "imei"}, {"id": B, "kind": "imei"}]}),
            f"has 2 IMEIs, '{A}' and '{B}': write one IMEI an item",
        ),
        (json.dumps({"imei": A, "deviceIds": [{"id": B, "kind": "imei"}]}), "has 2 IMEIs"),
        (json.dumps({"deviceIds": [{"id": A}]}), "has an entry of 'deviceIds' without a kind and an id"),
        (json.dumps({"deviceIds": [A]}), "has an entry of 'deviceIds' without a kind and an id"),
        (json.dumps({"deviceIds": [{"kind": "imei", "id": int(A)}]}), f"item 1: {A} is a number"),
        (json.dumps({"imei": int(A)}), f"item 1: {A} is a number"),
        ("true", "item 1: True is a number"),
        ("0.0", "item 1: 0.0 is a number"),
        (f'["{A}"]', "is of type list: text was expected"),
    ],
)
def test_an_item_that_does_not_say_one_imei_is_refused(file, refusal, item, reason):
    """
    Two of them, none of a kind, or a number: nothing is chosen or padded by guess.
    """
    assert reason in refusal(file("meters.json", f"[{item}]"), skip_blank=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'[{{"imei": "{A}", "imei": "{B}"}}]', "item 1 has the key 'imei' twice: rename one of them"),
        (
            f'{{"devices": [{{"deviceIds": [{{"id": "{A}", "id": "{B}", "kind": "imei"}}]}}]}}',
            "item 1 has the key 'id' twice: rename one of them",
        ),
        (f'{{"imeis": ["{A}"], "imeis": ["{B}"]}}', "it has the key 'imeis' twice: rename one of them"),
        (
            f'{{"imeis": ["{A}"], "devices": ["{B}"]}}',
            "it holds two lists, 'imeis' and 'devices': save the one that is meant",
        ),
        (f'{{"deviceList": {{"deviceId": "{A}"}}}}', "its 'deviceList' is of type dict: a list was expected"),
        (
            f'{{"success": true, "data": ["{A}"]}}',
            "it is an object with 'success', 'data', " + NO_LIST,
        ),
        (
            f'{{"imei": "{A}"}}',
            "it is an object with 'imei', " + NO_LIST,
        ),
        ("{}", "it is an object with no key, " + NO_LIST),
        (
            f'{{"schema": "pulumi-fota/devices/v1", "devices": [{{"imei": "{A}"}}]}}',
            "it is a document of the schema 'pulumi-fota/devices/v1': read it with read_devices",
        ),
        (f'[{{"devices": []}}, "{A}"]', "item 2 is not a page with a list of devices, as others are"),
        (f'["{A}"] ["{B}"]', "it is not JSON: Extra data: line 1 column 21 (char 20)"),
        (f'["{A}",]', None),
        ("Infinity", "it is not JSON: Infinity is not a value of JSON"),
        ("[" * 100_000 + "]" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_document_that_could_be_read_in_two_ways_is_refused(file, refusal, text, reason):
    """
    Keys that are there twice, several lists, and envelopes of others, whose keys the message names.
    """
    message = refusal(file("meters.json", text))

    if reason is None:  # Python says it in other words from release to release.
        assert message.startswith("the file of IMEIs 'meters.json' cannot be read: it is not JSON: ")
    else:
        assert message == f"the file of IMEIs 'meters.json' cannot be read: {reason}"


@pytest.mark.parametrize("name", ["meters.jsonl", "meters.ndjson", "meters.json"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_lines_are_read(file, name, end):
    """
    Whatever they are called; empty lines do not count.
    """
    path = file(name, end.join([f'{{"imei": "{A}"}}', "", f'{{"imei": "{B}", "note": "x"}}', ""]))

    assert read_imei_file(path).imeis == (A, B)


def test_json_lines_may_be_texts(file):
    """
    One a line, in quotes.
    """
    assert read_imei_file(file("meters.jsonl", f'"{A}"\n"{B}"\n')).imeis == (A, B)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", f'{{"imei": "{A}"}}\n{{"imei": "12"}}\n', "line 2: '12' has 2 digits: an IMEI has 15"),
        ("a.jsonl", f'{{"imei": "{A}"}}\n{{"imei": \n', "line 2 is not JSON: "),
        ("a.jsonl", f'["{A}"]\n', "line 1 is a list: name a file that holds one document .json"),
        ("a.json", f'{{"imei": "{A}"}}\n{{"imei": \n', "it is not JSON: Extra data: line 2 column 1"),
    ],
)
def test_a_line_of_json_that_is_wrong_is_named(file, refusal, name, text, message):
    """
    By its number in the file.
    """
    assert message in refusal(file(name, text))


def test_objects_are_chosen_by_what_they_say(file):
    """
    The function is given each object as it is.
    """
    path = file("meters.json", json.dumps({"devices": [{**ids(A), "state": 1}, {"state": 2}, {**ids(B), "state": 1}]}))

    assert read_imei_file(path, where=lambda device: device["state"] == 1).imeis == (A, B)


def test_texts_cannot_be_chosen_by_what_they_say(file, refusal):
    """
    They have no keys.
    """
    assert refusal(file("meters.json", json.dumps([{"imei": A}, B])), where=lambda _row: True) == (
        "the file of IMEIs 'meters.json' cannot be read: item 2 is not an object, so where= has no keys to look at"
    )


@pytest.mark.parametrize("key", ["Device IMEI", "imeiNumber", "imei_1", "deviceIdentifier", "verizonImei", "IMEI/MEID"])
def test_a_key_is_recognised_as_a_heading_is(file, key):
    """
    Also where some of the objects say none.
    """
    path = file("meters.json", json.dumps([{"imsi": "310150123456789", key: A}, {key: "N/A"}]))

    assert read_imei_file(path, skip_blank=True).imeis == (A,)
