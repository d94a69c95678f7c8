"""`POST /api/fota/v3/devices/{acc}`: what it accepts, what it refuses, and what it returns."""

from __future__ import annotations

import json

import pytest

from support.fleet import ACCOUNT, A, B, C

UNKNOWN = "019999000000010"


def test_the_documented_sample_comes_back_as_it_stands(call, sample):
    """
    Quoted booleans, times as Go prints them and `N/A` are served as they are in the account, with the documented keys
    alone.
    """
    documented = sample("device_list")
    caller = call(documented)

    reply = caller.devices(["990013907835573", "990013907884259"])

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json == documented


def test_only_the_devices_that_were_asked_for_come_back(caller):
    """
    The response has the requested devices, in the order of the request, each once, and their number.
    """
    reply = caller.devices([C, A, C])

    assert reply.imeis == [C, A]
    assert reply.json["deviceCount"] == 2


def test_an_answer_does_not_speak_of_pages_unless_told_to(caller):
    """
    The documentation mentions hasMoreData in its text alone, so by default the response does not have it.
    """
    assert set(caller.devices([A]).json) == {"accountName", "deviceCount", "deviceList"}


def test_unknown_devices_are_left_out(caller):
    """
    What happens to an IMEI that is not in the account is not documented; by default it is left out.
    """
    reply = caller.devices([A, UNKNOWN])

    assert reply.imeis == [A]
    assert reply.json["deviceCount"] == 1


def test_unknown_devices_alone_give_an_empty_list(caller):
    """
    This is a response with data and not a refusal.
    """
    reply = caller.devices([UNKNOWN])

    assert reply.json == {"accountName": ACCOUNT, "deviceCount": 0, "deviceList": []}


def test_unknown_devices_may_come_as_failed_rows(call):
    """
    The model of the official client has requestStatus and resultReason for a row, which suggests this.
    """
    reply = call(unknown="row").devices([UNKNOWN, A])

    assert reply.imeis == [A, UNKNOWN]
    assert reply.json["deviceList"][1] == {
        "deviceId": UNKNOWN,
        "requestStatus": "Failure",
        "resultReason": "Device not found",
    }


def test_unknown_devices_may_fail_the_whole_request(call):
    """
    One unknown IMEI among known ones causes a 400.
    """
    reply = call(unknown="refuse").devices([A, UNKNOWN])

    assert (reply.status, reply.message) == (400, "Device not found")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Input binding error"),
        (b"{", "Input binding error"),
        (b"null", "Input binding error"),
        (b"[]", "Input binding error"),
        (b"{}", "Input binding error"),
        (b'{"devceList": ["356938035643809"]}', "Input binding error"),
        (b'{"deviceList": "356938035643809"}', "Input binding error"),
        (b'{"deviceList": null}', "Input binding error"),
        (b'{"deviceList": [356938035643809]}', "Input binding error"),
        (b'{"deviceList": [null]}', "Input binding error"),
        (b'{"deviceList": [["356938035643809"]]}', "Input binding error"),
        (b'{"deviceList": [{"id": "356938035643809", "kind": "imei"}]}', "Input binding error"),
        (b'{"deviceList": ["356938035643809"], "protocol": "HTTP"}', "Input binding error"),
        (b"[" * 100_000, "Input binding error"),
        (b'{"deviceList": []}', "Device list is empty"),
        (b'{"deviceList": [""]}', "Invalid device id format"),
        (b'{"deviceList": ["35693803564380"]}', "Invalid device id format"),
        (b'{"deviceList": ["3569380356438090"]}', "Invalid device id format"),
        (b'{"deviceList": ["35-693803-564380-9"]}', "Invalid device id format"),
        (b'{"deviceList": ["356938035643809\\n"]}', "Invalid device id format"),
        (b'{"deviceList": [" 356938035643809"]}', "Invalid device id format"),
        ('{"deviceList": ["３56938035643809"]}'.encode(), "Invalid device id format"),
    ],
)
def test_another_body_is_refused(caller, body, message):
    """
    The body is an object with one list of IMEIs, each a string of 15 digits.
    """
    reply = caller.devices(None, body=body)

    assert (reply.status, reply.json["errorCode"], reply.message) == (400, "INVALID_PARAMETER", message)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_it_is_json_is_refused(caller, kind):
    """
    The Content-Type must be application/json, as the documentation says.
    """
    assert caller.devices([A], headers={"Content-Type": kind}).message == "Input binding error"


def test_a_wrong_check_digit_is_nobodys_business(caller):
    """
    The IMEIs in the documentation have wrong check digits, so the digit is not checked.
    """
    assert caller.devices(["990013907835573"]).status == 200


def test_a_request_may_have_a_thousand_devices_and_no_more(call, many):
    """
    The limit is not documented; 1,000 is that of the response.
    """
    caller = call(many)
    imeis = [row["deviceId"] for row in many["deviceList"]]

    most, too_many = caller.devices(imeis[:1000]), caller.devices(imeis[:1001])

    assert most.json["deviceCount"] == 1000
    assert (too_many.status, too_many.message) == (400, "Device list is too long")


def test_the_limit_of_a_request_can_be_set(call, many):
    """
    The documentation of a sister call says 100.
    """
    caller = call(many, max_devices=100)
    imeis = [row["deviceId"] for row in many["deviceList"]]

    assert caller.devices(imeis[:100]).status == 200
    assert caller.devices(imeis[:101]).status == 400


@pytest.mark.parametrize("header", [None, "", "Basic abc", "bearer abc"])
def test_a_read_without_a_bearer_is_refused_by_the_gateway(caller, header):
    """
    A bearer token that is missing or of another scheme is refused with 900902.
    """
    reply = caller.devices([A], headers={"Authorization": header})

    assert (reply.status, reply.json["fault"]["code"]) == (401, "900902")


@pytest.mark.parametrize("account", ["ab", "0000123456_00001", "a" * 33, "0000%20123", "a%2Fb", "0000123456-00001%20"])
def test_an_account_of_another_form_is_refused(caller, account):
    """
    An account has 3 to 32 letters, digits and dashes; the path is decoded before it is checked.
    """
    assert caller.devices([A], account=account).message == "Invalid account name format"


@pytest.mark.parametrize("account", ["123456-00001", "0000123456-000001", "0000123457-00001"])
def test_an_account_that_is_not_there_is_refused(caller, account):
    """
    Zeros are significant.
    """
    reply = caller.devices([A], account=account)

    assert (reply.status, reply.json["errorCode"]) == (400, "UnifiedWebService.REQUEST_FAILED.AccountNotFound")


def test_each_account_has_its_own_devices(call):
    """
    A fleet may have several accounts, and a device is in its own alone.
    """
    caller = call({"accounts": [{"accountName": "east", "deviceList": [{"deviceId": A}]}, {"accountName": "west"}]})

    assert caller.devices([A], account="east").imeis == [A]
    assert caller.devices([A], account="west").imeis == []


@pytest.fixture
def mixed(call):
    """
    A caller of an account with one device of each protocol, in several spellings.
    """
    protocols = [("LWM2M", A), ("OMADM", B), ("OMD-DM", C), ("HTTP", UNKNOWN)]
    rows = [{"deviceId": imei, "protocol": protocol} for protocol, imei in protocols]
    return call({"accountName": ACCOUNT, "deviceList": [*rows, {"deviceId": "012345670123467"}]})


@pytest.mark.parametrize(("protocol", "imeis"), [("LWM2M", [A]), ("OMADM", [B, C]), ("HTTP", [UNKNOWN])])
def test_the_protocol_filters_devices(mixed, protocol, imeis):
    """
    There are three documented values; how a row spells OMA-DM does not matter.
    """
    assert mixed.devices([A, B, C, UNKNOWN, "012345670123467"], query={"protocol": protocol}).imeis == imeis
    assert sorted(mixed.account_devices(protocol=protocol).imeis) == sorted(imeis)


@pytest.mark.parametrize("protocol", ["", "lwm2m", "OMD-DM", "OMDADM", "OMA-DM", "all", "NONE"])
def test_another_protocol_is_refused(mixed, protocol):
    """
    Only LWM2M, OMADM and HTTP are documented for devices.
    """
    assert mixed.devices([A], query={"protocol": protocol}).message == "Invalid protocol"
    assert mixed.account_devices(protocol=protocol).message == "Invalid protocol"


def test_without_a_protocol_all_devices_come(mixed):
    """
    The default is not documented; here it is no filter.
    """
    assert len(mixed.devices([A, B, C, UNKNOWN]).imeis) == 4


def test_a_list_may_be_answered_in_pages(call, many):
    """
    With post_page_size the response says whether there are more, and the cursors lead through all of them.
    """
    caller = call(many, post_page_size=400)
    asked = [row["deviceId"] for row in many["deviceList"][:1000]][::-1]
    seen, cursor, more = [], "0", []

    while not more or more[-1]:
        reply = caller.devices(asked, query={"lastSeenDeviceId": cursor})
        seen += reply.imeis
        cursor = reply.json["lastSeenDeviceId"]
        more.append(reply.json["hasMoreData"])

    assert more == [True, True, False]
    assert seen == sorted(asked)


def test_the_cursor_is_an_exclusive_lower_bound(caller):
    """
    Only greater IMEIs are returned.
    """
    assert caller.devices([A, B, C], query={"lastSeenDeviceId": B}).imeis == [C]


@pytest.mark.parametrize(
    ("cursor", "message"),
    [
        (UNKNOWN, "LastSeenDeviceId Not Valid"),
        ("", "Invalid device id format"),
        ("1", "Invalid device id format"),
        ("abc", "Invalid device id format"),
        ("-1", "Invalid device id format"),
        ("00", "Invalid device id format"),
    ],
)
def test_a_cursor_is_zero_or_an_imei_of_the_account(caller, cursor, message):
    """
    Anything else is refused, in both reads of devices.
    """
    assert caller.devices([A], query={"lastSeenDeviceId": cursor}).message == message
    assert caller.account_devices(lastSeenDeviceId=cursor).message == message


def test_a_device_whose_number_lost_its_zeros_is_still_found(call):
    """
    The deviceId of a row may be a number, as in an older generation of the API, and is served as one.
    """
    caller = call({"accountName": ACCOUNT, "deviceList": [{"deviceId": 12345670123467}]})

    assert caller.devices(["012345670123467"]).json["deviceList"] == [{"deviceId": 12345670123467}]


def test_what_a_row_holds_is_not_looked_at(call):
    """
    Unknown keys, single objects, nulls and non-ASCII letters are served as they are.
    """
    row = {"deviceId": A, "softwareList": {"name": "boot"}, "filesList": None, "make": "Çé\ud800", "new": [1.5, True]}
    caller = call({"accountName": ACCOUNT, "deviceList": [row]})

    assert json.loads(caller.devices([A]).body)["deviceList"] == [row]
