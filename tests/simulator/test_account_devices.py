"""`GET /api/fota/v3/devices/{acc}`: every device of an account, page by page."""

from __future__ import annotations


def test_the_documented_sample_comes_back_as_it_stands(call, sample):
    """
    The keys are those of the page, and the rows have software, files and an empty eligibility.
    """
    documented = sample("account_devices")
    caller = call(documented)

    assert caller.account_devices().json == documented


def test_all_devices_come_in_pages_of_a_thousand(call, many):
    """
    Each page but the last says that there are more, and where they begin.
    """
    caller = call(many)
    pages, cursor = [], "0"

    for _ in range(3):
        pages.append(caller.account_devices(lastSeenDeviceId=cursor).json)
        cursor = pages[-1]["lastSeenDeviceId"]

    assert [len(page["deviceList"]) for page in pages] == [1000, 1000, 345]
    assert [page["hasMoreData"] for page in pages] == [True, True, False]
    assert {page["maxPageSize"] for page in pages} == {1000}
    imeis = [row["deviceId"] for page in pages for row in page["deviceList"]]
    assert imeis == sorted(row["deviceId"] for row in many["deviceList"])


def test_the_first_page_may_be_asked_for_without_a_cursor(call, many):
    """
    The parameter is optional; by default the list begins with the first device.
    """
    caller = call(many)

    assert caller.account_devices().body == caller.account_devices(lastSeenDeviceId="0").body


def test_a_page_that_is_full_to_the_last_device_has_no_more(call, many):
    """
    If there are exactly as many devices as fit on a page, there is one page.
    """
    caller = call(many, page_size=2345)

    reply = caller.account_devices()

    assert len(reply.imeis) == 2345
    assert reply.json["hasMoreData"] is False


def test_behind_the_last_device_the_page_is_empty_and_names_no_cursor(caller):
    """
    After the last device there is nothing to continue from.
    """
    reply = caller.account_devices(lastSeenDeviceId="490154203237518")

    assert reply.json == {
        "accountName": "0000123456-00001",
        "hasMoreData": False,
        "maxPageSize": 1000,
        "deviceList": [],
    }


def test_a_fleet_that_changes_between_two_pages_is_read_as_it_is_then(call, many):
    """
    A device that has left is not on the next page, and one that has joined is.
    """
    caller = call(many)
    first = caller.account_devices()

    caller.simulator.remove("359999000001000")
    caller.simulator.add({"deviceId": "990000000000000"})
    second = caller.account_devices(lastSeenDeviceId=first.json["lastSeenDeviceId"])
    third = caller.account_devices(lastSeenDeviceId=second.json["lastSeenDeviceId"])

    assert first.imeis[-1] == "359999000000999"
    assert second.imeis[0] == "359999000001001"
    assert third.imeis[-1] == "990000000000000"
