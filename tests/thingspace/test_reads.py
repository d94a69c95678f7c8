"""Whole reads: lists in chunks, accounts page by page, firmware."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import RequestRefused, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.model import Upgrade
from pulumi_fota.thingspace import paging
from pulumi_fota.thingspace.decode import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from virtual_world import VirtualWorld

REPORT = "; please report it as an issue of pulumi_fota"
OF_ACCOUNT = "cannot read the devices of account '0000123456-00001': "


@pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (2001, 3)])
def test_list_is_read_in_chunks_of_a_thousand(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]], count: int, calls: int
):
    """
    As many calls as there are thousands, one token, one login; and not one call for an empty list.
    """
    world = make_world(fleet=many(2001))
    imeis = [str(350000000000000 + n) for n in range(count)]

    devices = world.client().devices(imeis)

    assert [device.imei for device in devices] == imeis
    assert devices.missing == ()
    assert world.kinds() == (["token", "login"] + ["devices"] * calls if count else [])


def test_set_tells_how_it_was_read(world: VirtualWorld, meters_imeis: tuple[str, ...]):
    """
    Account, what was asked for, protocol, connection and time of the read stand in the set.
    """
    client = world.client(protocol="LWM2M", connection="east", refreshable=False)

    devices = client.devices(meters_imeis)

    assert (devices.account, devices.requested) == ("0000123456-00001", meters_imeis)
    assert (devices.protocol, devices.connection, devices.refreshable) == ("LWM2M", "east", False)
    assert devices.read_at.endswith("Z")


def test_second_chunk_that_fails_fails_the_read(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]]
):
    """
    Never is the first thousand taken for the whole.
    """
    world = make_world(fleet=many(2000))
    world.simulator.fault("devices:503@2~1")

    with pytest.raises(ServiceUnavailable) as error:
        world.client().devices([str(350000000000000 + n) for n in range(2000)])

    assert str(error.value).startswith("cannot read 2,000 devices of account '0000123456-00001': ")
    assert "ThingSpace is unavailable (503), 3 attempts in " in str(error.value)


def test_progress_tells_how_many_were_asked_for(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]]
):
    """
    After each list that is through, with the number until then and in all.
    """
    world = make_world(fleet=many(250))
    steps: list[tuple[int, int]] = []

    world.client(batch_size=100).devices(
        [str(350000000000000 + n) for n in range(250)], lambda *step: steps.append(step)
    )

    assert steps == [(100, 250), (200, 250), (250, 250)]


def test_answer_to_a_list_is_followed_to_its_end(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]]
):
    """
    Where the answer to a list says that there is more, the same list is sent again with the cursor.
    """
    world = make_world(fleet=many(25), post_page_size=10)
    imeis = [str(350000000000000 + n) for n in range(25)]

    devices = world.client().devices(imeis)

    assert [device.imei for device in devices] == imeis
    reads = [request for request in world.simulator.requests if request.kind == "devices"]
    assert [request.query.get("lastSeenDeviceId") for request in reads] == [None, imeis[9], imeis[19]]
    assert all(request.json == {"deviceList": imeis} for request in reads)


@pytest.mark.parametrize("count", [0, 5, 10, 11, 20, 25])
def test_account_is_read_page_by_page(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]], count: int
):
    """
    Every page until the service says that there is no more, and no call behind that.
    """
    world = make_world(fleet=many(count), page_size=10)
    steps: list[tuple[int, int]] = []

    devices = world.client().account_devices(lambda *step: steps.append(step))

    assert (len(devices), devices.requested, devices.missing) == (count, None, ())
    assert world.simulator.count("account_devices") == max(1, -(-count // 10))
    assert steps[-1] == (count, 0)


@pytest.mark.parametrize(
    ("protocol", "device_query", "firmware_query"),
    [
        (None, {}, {"protocol": "all"}),
        ("LWM2M", {"protocol": "LWM2M"}, {"protocol": "LWM2M"}),
        ("OMADM", {"protocol": "OMADM"}, {"protocol": "OMD-DM"}),
        ("HTTP", {"protocol": "HTTP"}, {"protocol": "HTTP"}),
    ],
)
def test_protocol_is_spelled_as_each_call_takes_it(
    world: VirtualWorld,
    meters_imeis: tuple[str, ...],
    protocol: str | None,
    device_query: dict[str, str],
    firmware_query: dict[str, str],
):
    """
    The filter of devices and that of firmware know OMA-DM by different names; without one, "all" firmware.
    """
    client = world.client(protocol=protocol)

    client.devices(meters_imeis)
    client.account_devices()
    client.available_firmware()

    queries = [request.query for request in world.simulator.requests[2:]]
    assert queries == [device_query, {"lastSeenDeviceId": "0", **device_query}, firmware_query]


def test_account_is_encoded_in_the_path(make_world: Callable[..., VirtualWorld]):
    """
    What a path cannot carry is percent-encoded, leading zeros stay.
    """
    world = make_world(fleet={"accountName": "TestAccount-1", "deviceList": [{"deviceId": "356938035643809"}]})

    world.client(account="TestAccount-1").account_devices()

    assert world.simulator.requests[-1].path == "/api/fota/v3/devices/TestAccount-1"


FIRMWARE = {
    "firmwareName": "FOTA_1",
    "firmwareFrom": "1.1",
    "firmwareTo": "1.2",
    "launchDate": "2012-04-23T18:25:43.511Z",
    "releaseNote": "",
    "make": "ACME",
    "model": "M1",
    "protocol": "LWM2M",
    "unknown": 5,
}
UPGRADE = Upgrade(
    name="FOTA_1",
    firmware_from="1.1",
    firmware_to="1.2",
    launch_date="2012-04-23T18:25:43.511Z",
    release_note="",
    make="ACME",
    model="M1",
    protocol="LWM2M",
)


@pytest.mark.parametrize(
    ("answer", "upgrades"),
    [
        ([FIRMWARE], (UPGRADE,)),
        (FIRMWARE, (UPGRADE,)),
        ({"firmwareList": [FIRMWARE]}, (UPGRADE,)),
        ({"firmwareList": None}, ()),
        ([], ()),
    ],
)
def test_available_firmware_is_read(world: VirtualWorld, answer: Any, upgrades: tuple[Upgrade, ...]):
    """
    Each upgrade as received, in the order received, from a list or from a lone object.
    """
    world.simulator.answer_with(body=json.dumps(answer).encode(), on="firmware")

    firmware = world.client(protocol="LWM2M", connection="east").available_firmware()

    assert tuple(firmware) == upgrades
    assert (firmware.account, firmware.protocol, firmware.connection) == ("0000123456-00001", "LWM2M", "east")


def test_firmware_of_a_wrong_type_is_an_error(world: VirtualWorld):
    """
    A version that is no text is refused, with the key's name.
    """
    world.simulator.answer_with(json=[{"firmwareTo": 1.1}], on="firmware")

    with pytest.raises(UnexpectedResponse) as error:
        world.client().available_firmware()

    assert str(error.value) == (
        "cannot read the available firmware of account '0000123456-00001': `firmwareTo` is a number, text was expected"
        + REPORT
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(
            {"hasMoreData": True},
            "the answer says that there is more (`hasMoreData`), but not where (`lastSeenDeviceId`)",
            marks=pytest.mark.row(50),
        ),
        pytest.param(
            {"hasMoreData": "true", "lastSeenDeviceId": ""},
            "the answer says that there is more (`hasMoreData`), but not where (`lastSeenDeviceId`)",
            marks=pytest.mark.row(50),
        ),
        pytest.param(
            {"hasMoreData": True, "lastSeenDeviceId": "A"},
            "`lastSeenDeviceId` is 'A', where an IMEI was expected",
            marks=pytest.mark.row(49),
        ),
        pytest.param(
            {"hasMoreData": True, "lastSeenDeviceId": [1]},
            "`lastSeenDeviceId` is '[1]', where an IMEI was expected",
            marks=pytest.mark.row(49),
        ),
        pytest.param(
            {"hasMoreData": True, "lastSeenDeviceId": "000000000000000"},
            "page 1 does not go forward (cursor 000000000000000 after 0)",
            marks=pytest.mark.row(49),
        ),
    ],
)
def test_page_that_leads_nowhere_is_an_error(world: VirtualWorld, more: dict[str, Any], words: str):
    """
    An account of which the end cannot be reached is an error, and never half an account.
    """
    world.simulator.alter(
        lambda body: {"accountName": body["accountName"], "deviceList": body["deviceList"], **more},
        on="account_devices",
    )

    with pytest.raises(UnexpectedResponse) as error:
        world.client().account_devices()

    assert str(error.value) == OF_ACCOUNT + words + REPORT


@pytest.mark.row(49)
@pytest.mark.parametrize(
    ("cursors", "calls", "words"),
    [
        (["359999000000018", "359999000000018"], 2, "page 2 does not go forward (cursor 359999000000018 after {0})"),
        (["359999000000018", "356938035643809"], 2, "page 2 does not go forward (cursor 356938035643809 after {0})"),
        (
            ["356938035643809", "359999000000018", "356938035643809"],
            3,
            "page 3 does not go forward (cursor 356938035643809 after {0})",
        ),
    ],
)
def test_cursor_that_does_not_grow_ends_the_read(world: VirtualWorld, cursors: list[str], calls: int, words: str):
    """
    A cursor that stands still, goes back or runs in a circle is found at once.
    """
    left = iter(cursors)
    world.simulator.alter(lambda body: body.update(hasMoreData=True, lastSeenDeviceId=next(left)), on="account_devices")

    with pytest.raises(UnexpectedResponse) as error:
        world.client().account_devices()

    assert str(error.value) == OF_ACCOUNT + words.format("359999000000018") + REPORT
    assert world.simulator.count("account_devices") == calls


@pytest.mark.row(49)
def test_pages_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch):
    """
    Cursors that grow for ever, on pages without a device, end at a number of pages.
    """
    monkeypatch.setattr(paging, "MOST_PAGES", 20)
    cursors = iter(range(1, 100))
    asked = []

    def ask(cursor: str | None) -> Page:
        asked.append(cursor)
        return Page(devices=[], refusals={}, count=None, cursor=str(next(cursors)))

    with pytest.raises(UnexpectedResponse) as error:
        list(paging.pages(ask))

    assert str(error.value) == "there were more than 20 pages" + REPORT
    assert len(asked) == 20


@pytest.mark.row(50)
def test_no_more_data_wins_over_a_cursor(world: VirtualWorld):
    """
    A cursor on the last page is followed by nobody.
    """
    world.simulator.alter(
        lambda body: body.update(hasMoreData=False, lastSeenDeviceId="359999000000018"), on="account_devices"
    )

    assert len(world.client().account_devices()) == 3
    assert world.simulator.count("account_devices") == 1


@pytest.mark.row(51)
def test_pages_that_overlap_are_merged(make_world: Callable[..., VirtualWorld]):
    """
    A device on two pages, with the same facts, is one device.
    """
    world = make_world(page_size=2)
    world.simulator.alter(
        lambda body: body["deviceList"].insert(0, world.simulator.device("359999000000018")),
        on="account_devices",
        first=2,
    )

    assert len(world.client().account_devices()) == 3


def test_long_list_that_is_refused_names_the_setting(
    make_world: Callable[..., VirtualWorld], many: Callable[[int], dict[str, Any]]
):
    """
    How long a list may be is documented nowhere, so a refused long one tells of the setting that shortens it.
    """
    world = make_world(fleet=many(500), max_devices=100)

    with pytest.raises(RequestRefused) as error:
        world.client().devices([str(350000000000000 + n) for n in range(500)])

    assert str(error.value) == (
        "cannot read 500 devices of account '0000123456-00001': ThingSpace refused it (400): INVALID_PARAMETER Device "
        "list is too long; if the list is too long for it, set fota:batchSize to 100"
    )


def test_numbers_of_a_read_are_logged(
    world: VirtualWorld, meters_imeis: tuple[str, ...], caplog: pytest.LogCaptureFixture
):
    """
    How many devices came in how many requests, in what time, and how many are missing.
    """
    world.simulator.latency = 0.4

    with caplog.at_level("INFO", "pulumi_fota"):
        world.client().devices([*meters_imeis, "999999999999999"])

    assert "3 devices in 1 request, 1.2 s; 1 missing" in caplog.messages
