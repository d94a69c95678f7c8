"""What is told of lookups whose arguments are a secret: counts and positions, and no value."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import Output

import pulumi_fota as fota
from pulumi_fota.functions import batching
from pulumi_fota.functions.progress import ProgressLine
from support.fleet import ACCOUNT, UNKNOWN, A, B, C

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

ODD, ODDER = "990013907835573", "990013907835574"  # Their check digits do not fit.
secret = Output.secret
ODD_SECRET = "1 IMEI has a check digit that does not match (possible typo; sent anyway)"
LEFT_OUT = "; check the IMEI, or the account that the device is billed to"


@pytest.fixture
def lookup(run: Callable[..., Any]) -> Callable[..., list[str]]:
    """
    Look several things up in one program, and give the text of each error.
    """

    def look_up(*lookups: Callable[[], Output[Any]]) -> list[str]:
        failures: list[str] = []
        run(lambda: Output.all(*(each().recover(lambda error: failures.append(str(error))) for each in lookups)))
        return failures

    return look_up


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Lookups travel together also where the machine is busy with something else.
    """
    monkeypatch.setattr(batching, "_BATCHING_SECONDS", 0.4)


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    """Return what stood on the stack, from that level on."""
    return [
        record.message.removeprefix("fota: ")
        for record in caplog.records
        if record.name == "root" and record.levelno >= level
    ]


@pytest.mark.parametrize("imeis", [secret, lambda some: [some[0], *map(secret, some[1:])]], ids=["list", "items"])
@pytest.mark.parametrize(
    ("items", "reasons"),
    [
        (
            [C, "35693803564380"],
            ["item 2 has 14 digits: an IMEI has 15; the check digit or a leading zero may be missing"],
        ),
        (
            [f"{A}1", A, "89014103211118510720"],
            [
                "item 1 has 16 digits, as an IMEISV has: an IMEI has 15",
                "item 3 has 20 digits, as the ICCID of a SIM has: pass the IMEI of the device",
            ],
        ),
        ([C, f"{A}Q"], ["item 2 has another character as character 16: an IMEI is 15 digits from 0 to 9"]),
        (
            [C, 356938035643809],
            ["item 2 is a number: numbers lose their leading zeros; quote it, so that it stays text"],
        ),
    ],
)
def test_what_is_no_imei_is_told_by_its_position(
    reachable: Simulator, lookup: Callable[..., list[str]], imeis: Any, items: list[Any], reasons: list[str]
):
    """
    The person finds the item in the list, and nobody reads it off the screen; also where a part of the list is plain,
    since the whole is a secret then.
    """
    (failure,) = lookup(lambda: fota.get_devices_output(imeis(items)))

    head, *told = failure.splitlines()
    assert head.endswith(" in `imeis` cannot be used; nothing was sent to ThingSpace:")
    assert [line.strip() for line in told] == reasons


def test_one_that_is_no_imei_is_not_repeated(reachable: Simulator, lookup: Callable[..., list[str]]):
    """
    As in a list.
    """
    failures = lookup(lambda: fota.get_device_output(secret("35693803564380")))

    assert failures == ["the IMEI has 14 digits: an IMEI has 15; the check digit or a leading zero may be missing"]


def test_repeated_imeis_are_told_by_their_positions(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
):
    """
    What stands twice can be found by its numbers.
    """
    lookup(lambda: fota.get_devices_output(secret([A, B, A, C, B])))

    assert lines(caplog, logging.INFO)[0] == (
        "2 IMEIs are repeated in `imeis`, and sent once: (item 1, item 3), (item 2, item 5)"
    )


def test_a_device_that_is_not_there_is_not_named(reachable: Simulator, lookup: Callable[..., list[str]]):
    """
    Neither left out nor refused in the service's own words, which may name it.
    """
    reachable.alter(
        lambda page: page["deviceList"].append(
            {"deviceId": ODD, "requestStatus": "FAILED", "resultReason": f"no device {ODD}"}
        ),
        on="devices",
    )

    failures = lookup(lambda: fota.get_device_output(secret(UNKNOWN)), lambda: fota.get_device_output(secret(ODD)))

    assert sorted(failures) == [
        f"device … is not in account '{ACCOUNT}': the carrier refuses it{LEFT_OUT}",
        f"device … is not in account '{ACCOUNT}': the carrier's answer left it out{LEFT_OUT}",
    ]


FAULTS: dict[str, tuple[Callable[[Simulator], None], str]] = {
    "a value of another type": (
        lambda simulator: simulator.alter(lambda page: page["deviceList"][0].update(firmware=12), on="devices"),
        "`firmware` of device … is a number, text was expected; please report it as an issue of pulumi_fota",
    ),
    "no IMEI": (
        lambda simulator: simulator.alter(lambda page: page["deviceList"][0].update(deviceId=f"x{A}"), on="devices"),
        "the `deviceId` of a device in the answer is not an IMEI; please report it as an issue of pulumi_fota",
    ),
    "two facts of one device": (
        lambda simulator: simulator.alter(
            lambda page: page["deviceList"].append({**page["deviceList"][0], "firmware": "other"}), on="devices"
        ),
        "device … came twice with different facts; run it again: the device may have just changed",
    ),
    "other devices": (
        lambda simulator: simulator.alter(lambda page: page["deviceList"][0].update(deviceId=B), on="devices"),
        "ThingSpace answered for devices other than those asked for; please report it as an issue of pulumi_fota",
    ),
    "a refusal that repeats it": (
        lambda simulator: simulator.answer_with(
            400, json={"errorCode": "INVALID_PARAMETER", "errorMessage": f"Bad device {A}"}, on="devices"
        ),
        "ThingSpace refused the request (400); ask Verizon's support what this means",
    ),
    "a page that repeats it": (
        lambda simulator: simulator.answer_with(
            200, body=f"<html>You asked for {A}</html>", content_type="text/html", on="devices"
        ),
        (
            "the answer is text/html, not JSON (200); "
            "this may be the login page of a proxy: check the network and fota:baseUrl"
        ),
    ),
    "an error whose code is one": (
        lambda simulator: simulator.answer_with(
            503, json={"errorCode": A, "errorMessage": A}, headers={"Retry-After": "100"}, on="devices"
        ),
        (
            "ThingSpace is unavailable (503), and asks to wait 100 s; this read waits at most 60 s at a time and "
            "300 s in all; "
            "run it again after that time"
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_read_names_no_device(
    reachable: Simulator,
    lookup: Callable[..., list[str]],
    caplog: pytest.LogCaptureFixture,
    fault: str,
):
    """
    What the service did is told, and neither the device nor the service's words, which may repeat it.
    """
    put_in, told = FAULTS[fault]
    put_in(reachable)

    (failure,) = lookup(lambda: fota.get_devices_output(secret([A])))

    assert failure == f"cannot read 1 device of account '{ACCOUNT}': {told}"
    assert A not in failure + caplog.text


def test_a_warning_of_a_read_names_no_device(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
):
    """
    Check digits, devices that were not asked for, and times that cannot be read are counted.
    """
    reachable.add({"deviceId": ODD, "firmware": "1", "refreshTime": "yesterday"})
    reachable.fault("row-foreign", on="devices")

    lookup(lambda: fota.get_devices_output(secret([A, ODD])))

    assert lines(caplog) == [
        ODD_SECRET,
        "ThingSpace answered for devices that were not asked for (1), left out",
        "`deviceCount` is not the number of devices in 1 of 1 answers",
        "2 times could not be read",
    ]


def test_a_secret_account_is_not_named(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
):
    """
    Any argument may be the secret; what stands in the stack's config is told as ever.
    """
    reachable.answer_with(400, json={"errorCode": "X", "errorMessage": ACCOUNT}, on="devices")
    reachable.answer_with(400, json={"errorCode": "X", "errorMessage": ACCOUNT}, on="account_devices")
    reachable.answer_with(400, json={"errorCode": "X", "errorMessage": ACCOUNT}, on="firmware")

    failures = lookup(
        lambda: fota.get_device_output(A, account=secret(ACCOUNT)),
        lambda: fota.get_account_devices_output(account=secret(ACCOUNT)),
        lambda: fota.get_available_firmware_output(account=secret(ACCOUNT)),
        lambda: fota.get_account_devices_output(account=secret("12345")),
        lambda: fota.get_account_devices_output(connection=secret(fota.Connection(account="12345"))),
    )

    refused = "ThingSpace refused the request (400); ask Verizon's support what this means"
    assert {failure.splitlines()[-1].strip() for failure in failures} == {
        f"cannot read 1 device of account '…': {refused}",
        f"cannot read the devices of account '…': {refused}",
        f"cannot read the available firmware of account '…': {refused}",
        "account= is invalid",
        "Connection(account=…) is invalid",
    }
    assert ACCOUNT not in caplog.text


def test_a_secret_connection_is_not_named(
    reachable: Simulator,
    lookup: Callable[..., list[str]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    thingspace_environment: dict[str, str],
):
    """
    The line of a read leaves out which connection it was.
    """
    for name, value in thingspace_environment.items():
        monkeypatch.setenv(name.replace("FOTA_", "FOTA_CONNECTION_WEST_"), value)

    lookup(lambda: fota.get_account_devices_output(connection=secret(fota.Connection.named("west"))))

    (line,) = lines(caplog, logging.INFO)
    assert line.startswith("3 devices in 1 request")
    assert "west" not in caplog.text


def test_how_far_a_read_is_names_no_account(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture, monkeypatch: Any
):
    """
    The line that the engine keeps for a long read says the account of plain lookups alone.
    """
    monkeypatch.setattr(ProgressLine.__init__, "__kwdefaults__", {"every": 0.01})
    reachable.latency = 0.3

    lookup(
        lambda: fota.get_account_devices_output(account=secret(ACCOUNT)),
        lambda: fota.get_available_firmware_output(account=secret(ACCOUNT)),
    )

    shown = {line.rpartition(",")[0] for line in lines(caplog, logging.INFO) if line.startswith("reading")}
    assert shown == {"reading the account", "reading the available firmware of the account"}


@pytest.mark.usefixtures("unhurried")
def test_what_is_shown_is_each_callers_own(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
):
    """
    Plain lookups share a request and are told in full; secret ones share another, and are told in numbers.
    """
    failures = lookup(
        lambda: fota.get_devices_output(secret([A, ODD])),
        lambda: fota.get_device_output(ODDER),
        lambda: fota.get_device_output(UNKNOWN),
        lambda: fota.get_device_output(secret(UNKNOWN)),
    )

    assert reachable.count("devices") == 2
    assert sorted(lines(caplog)) == [ODD_SECRET, f"{ODD_SECRET}: {ODDER}"]
    assert sorted(failures) == [
        f"device {UNKNOWN} is not in account '{ACCOUNT}': the carrier's answer left it out{LEFT_OUT}",
        f"device {ODDER} is not in account '{ACCOUNT}': the carrier's answer left it out{LEFT_OUT}",
        f"device … is not in account '{ACCOUNT}': the carrier's answer left it out{LEFT_OUT}",
    ]


@pytest.mark.usefixtures("unhurried")
def test_a_plain_lookup_beside_a_secret_one_is_told_in_full(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
):
    """
    Whoever asks first decides nothing for the others, be they there at once or a little later.
    """

    async def later() -> str:
        await asyncio.sleep(0.01)
        return ODDER

    lookup(
        lambda: fota.get_devices_output([secret(A)]),
        lambda: fota.get_devices_output(Output.from_input([ODD])),
        lambda: fota.get_devices_output([later()]),
    )

    assert reachable.count("devices") == 2
    assert lines(caplog) == [
        f"2 IMEIs have a check digit that does not match (possible typo; sent anyway): {ODD}, {ODDER}"
    ]


@pytest.mark.parametrize("first", [secret, Output.from_input], ids=["secret", "plain"])
@pytest.mark.usefixtures("unhurried")
def test_a_device_that_a_plain_lookup_asks_for_is_told_in_full(
    reachable: Simulator, lookup: Callable[..., list[str]], caplog: pytest.LogCaptureFixture, first: Callable[..., Any]
):
    """
    Also if a secret lookup asks for the same one, before it or after it; that one is asked in a request of its own.
    """
    second = Output.from_input if first is secret else secret

    lookup(lambda: fota.get_devices_output([first(ODD)]), lambda: fota.get_devices_output([second(ODD)]))

    assert reachable.count("devices") == 2
    assert sorted(lines(caplog)) == [ODD_SECRET, f"{ODD_SECRET}: {ODD}"]


@pytest.mark.usefixtures("unhurried")
def test_a_plain_lookup_does_not_fail_with_a_secret_one(reachable: Simulator, lookup: Callable[..., list[str]]):
    """
    The broken row is that of the secret lookup, which alone fails, and does not say which it was.
    """

    def spoil(page: dict[str, Any]) -> None:
        for row in page["deviceList"]:
            if row["deviceId"] == C:
                row["firmware"] = 12

    reachable.alter(spoil, on="devices")

    (failure,) = lookup(lambda: fota.get_device_output(A), lambda: fota.get_device_output(secret(C)))

    assert failure == (
        f"cannot read 1 device of account '{ACCOUNT}': `firmware` of device … is a number, text was expected; "
        "please report it as an issue of pulumi_fota"
    )


@pytest.mark.usefixtures("unhurried")
def test_a_failure_without_a_secret_in_it_names_the_device(reachable: Simulator, lookup: Callable[..., list[str]]):
    """
    A secret lookup of the same device makes a plain one no secret.
    """
    reachable.alter(lambda page: page["deviceList"][-1].update(firmware=12), on="devices")

    plain, hidden = sorted(
        lookup(lambda: fota.get_devices_output([A, C]), lambda: fota.get_device_output(secret(C))),
        key=len,
        reverse=True,
    )

    assert plain.startswith(f"cannot read 2 devices of account '{ACCOUNT}': `firmware` of device {C} is a number")
    assert hidden.startswith(f"cannot read 1 device of account '{ACCOUNT}': `firmware` of device … is a number")


def test_nothing_is_chained_to_a_redacted_error(reachable: Simulator, run: Callable[..., Any]):
    """
    What shows an error with its causes shows no value either.
    """
    chained: list[Any] = []

    def look(error: Exception) -> None:
        chained.extend([error.__cause__, error.__context__])

    run(lambda: fota.get_devices_output(secret(["35693803564380"])).recover(look))

    assert chained == [None, None]
