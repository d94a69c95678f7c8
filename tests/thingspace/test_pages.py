"""From page to page: to the end, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import UnexpectedResponse
from pulumi_fota.thingspace import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.virtual_machine import VirtualMachine

REPORT = "; please report it as an issue of pulumi_fota"
OF_ACCOUNT = "cannot read the devices of account '0000123456-00001': "


def test_answer_to_a_list_is_followed_to_its_end(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]]
):
    """
    Where the answer to a list says that there is more, the same list is sent again with the cursor.
    """
    machine = make_machine(fleet=many(25), post_page_size=10)
    imeis = [str(350000000000000 + n) for n in range(25)]

    devices = machine.client().devices(imeis)

    assert [device.imei for device in devices] == imeis
    reads = [request for request in machine.simulator.requests if request.kind == "devices"]
    assert [request.query.get("lastSeenDeviceId") for request in reads] == [None, imeis[9], imeis[19]]
    assert all(request.json == {"deviceList": imeis} for request in reads)


@pytest.mark.parametrize("count", [0, 5, 10, 11, 20, 25])
def test_account_is_read_page_by_page(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]], count: int
):
    """
    Every page until the service says that there is no more, and no call behind that.
    """
    machine = make_machine(fleet=many(count), page_size=10)
    steps: list[tuple[int, int]] = []

    devices = machine.client().account_devices(lambda *step: steps.append(step))

    assert (len(devices), devices.requested, devices.missing) == (count, None, ())
    assert machine.simulator.count("account_devices") == max(1, -(-count // 10))
    assert steps[-1] == (count, 0)


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
            "`lastSeenDeviceId` is not an IMEI: 'A'",
            marks=pytest.mark.row(49),
        ),
        pytest.param(
            {"hasMoreData": True, "lastSeenDeviceId": [1]},
            "`lastSeenDeviceId` is not an IMEI: '[1]'",
            marks=pytest.mark.row(49),
        ),
        pytest.param(
            {"hasMoreData": True, "lastSeenDeviceId": "000000000000000"},
            "page 1 does not advance (cursor 000000000000000 after 0)",
            marks=pytest.mark.row(49),
        ),
    ],
)
def test_page_that_leads_nowhere_is_an_error(machine: VirtualMachine, more: dict[str, Any], words: str):
    """
    An account of which the end cannot be reached is an error, and never half an account.
    """
    machine.simulator.alter(
        lambda body: {"accountName": body["accountName"], "deviceList": body["deviceList"], **more},
        on="account_devices",
    )

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().account_devices()

    assert str(error.value) == OF_ACCOUNT + words + REPORT


@pytest.mark.row(49)
@pytest.mark.parametrize(
    ("cursors", "calls", "words"),
    [
        (["359999000000018", "359999000000018"], 2, "page 2 does not advance (cursor 359999000000018 after {0})"),
        (["359999000000018", "356938035643809"], 2, "page 2 does not advance (cursor 356938035643809 after {0})"),
        (
            ["356938035643809", "359999000000018", "356938035643809"],
            3,
            "page 3 does not advance (cursor 356938035643809 after {0})",
        ),
    ],
)
def test_cursor_that_does_not_grow_ends_the_read(machine: VirtualMachine, cursors: list[str], calls: int, words: str):
    """
    A cursor that stands still, goes back or runs in a circle is found at once.
    """
    left = iter(cursors)
    machine.simulator.alter(
        lambda body: body.update(hasMoreData=True, lastSeenDeviceId=next(left)), on="account_devices"
    )

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().account_devices()

    assert str(error.value) == OF_ACCOUNT + words.format("359999000000018") + REPORT
    assert machine.simulator.count("account_devices") == calls


@pytest.mark.row(49)
def test_pages_without_end_are_an_error(
    make_machine: Callable[..., VirtualMachine], many: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    """
    Cursors that grow for ever end at a number of pages.
    """
    monkeypatch.setattr(client, "MOST_PAGES", 20)
    machine = make_machine(fleet=many(30), page_size=1)

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().account_devices()

    assert str(error.value) == OF_ACCOUNT + "there were more than 20 pages" + REPORT
    assert machine.simulator.count("account_devices") == 20


@pytest.mark.row(50)
def test_no_more_data_wins_over_a_cursor(machine: VirtualMachine):
    """
    A cursor on the last page is followed by nobody.
    """
    machine.simulator.alter(
        lambda body: body.update(hasMoreData=False, lastSeenDeviceId="359999000000018"), on="account_devices"
    )

    assert len(machine.client().account_devices()) == 3
    assert machine.simulator.count("account_devices") == 1


@pytest.mark.row(51)
def test_pages_that_overlap_are_merged(make_machine: Callable[..., VirtualMachine]):
    """
    A device on two pages, with the same facts, is one device.
    """
    machine = make_machine(page_size=2)
    machine.simulator.alter(
        lambda body: body["deviceList"].insert(0, machine.simulator.device("359999000000018")),
        on="account_devices",
        first=2,
    )

    assert len(machine.client().account_devices()) == 3
