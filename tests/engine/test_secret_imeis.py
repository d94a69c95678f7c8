"""IMEIs that are a secret Output leave a run of the real engine nowhere, whatever goes wrong with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.simulator import Simulator

#: As a table of meters would hold them; of none does any part stand elsewhere. The check digit of the last is wrong.
FIRST, SECOND, ODD = "861074021953466", "867262048137721", "864893037260158"
GOOD = [FIRST, SECOND, ODD]
PROGRAM = """
import os
import pulumi
import pulumi_fota as fota
from pulumi_fota import rules


@rules.rule("whole")
def whole(device):
    if device.status == "Broken":
        raise ValueError(f"{device.imei} is broken")
    return True


imeis = pulumi.Output.secret(os.environ["SECRET_IMEIS"].split())
devices = fota.get_devices_output(imeis)
gate = fota.Gate("meters", rules.allowed_versions("SR1.2.0.0-10657"), rules.active(severity="advisory"), whole)
checked = gate.require(devices)
fota.DeviceSnapshot("meters", devices=checked)
pulumi.export("devices", checked)
pulumi.export("mixed", fota.get_devices_output(["356938035643809", imeis.apply(lambda all: all[-1])]))
pulumi.export("last", fota.get_device_output(imeis.apply(lambda all: all[-1])))
if "PLAIN_IMEI" in os.environ:
    pulumi.export("plain", fota.get_device_output(os.environ["PLAIN_IMEI"]))
"""


def _row(imei: str, **fields: Any) -> dict[str, Any]:
    return {"deviceId": imei, "firmware": "SR1.2.0.0-10657", "status": "Active", **fields}


def _echo(simulator: Simulator) -> None:
    words = {"errorCode": "INVALID_PARAMETER", "errorMessage": f"No access to {', '.join(GOOD)}"}
    simulator.answer_with(400, json=words, on="devices")


def _secret_rows(page: Any) -> list[dict[str, Any]]:
    return [row for row in page["deviceList"] if row["deviceId"] in GOOD]


def _in_each_row(**fields: Any) -> Callable[[Simulator], None]:
    def put_in(simulator: Simulator) -> None:
        def change(page: Any) -> None:
            for row in _secret_rows(page):
                row.update(fields)

        simulator.alter(change, on="devices")

    return put_in


def _contradict(simulator: Simulator) -> None:
    simulator.alter(
        lambda page: page["deviceList"].extend({**row, "firmware": "1"} for row in _secret_rows(page)),
        on="devices",
    )


FAULTS: dict[str, tuple[list[str], Callable[[Simulator], None], str]] = {
    "none": (GOOD, lambda _: None, "a check digit that does not match (possible typo; sent anyway)"),
    "no IMEI": (
        [FIRST, SECOND[:14], f"{ODD}7", f"{FIRST}x"],
        lambda _: None,
        "item 2 has 14 digits: an IMEI has 15; the check digit or a leading zero may be missing",
    ),
    "one twice": ([*GOOD, FIRST], lambda _: None, "and sent once: (item 1, item 4)"),
    "not there": (GOOD, lambda simulator: simulator.remove(ODD), "device … is not in account"),
    "old firmware": (GOOD, _in_each_row(firmware="SR1.1.0.0-9001"), "3 of 3 run firmware other than SR1.2.0.0-10657"),
    "a rule that raises": (GOOD, _in_each_row(status="Broken"), "rule 'whole' could not judge device …: ValueError ("),
    "a fact of another type": (
        GOOD,
        _in_each_row(firmware=12),
        "`firmware` of device … is a number, text was expected",
    ),
    "two facts": (GOOD, _contradict, "device … came twice with different facts"),
    "a strange time": (GOOD, _in_each_row(refreshTime="yesterday"), "times could not be read"),
    "a refusal": (GOOD, _echo, "ThingSpace refused the request (400); ask Verizon's support what this means"),
}


@pytest.fixture
def traces(tmp_path: Path) -> Callable[..., list[str]]:
    """
    Return where one of the secret IMEIs can be read, but for its last digit, in texts and in every written file.
    """

    def look(*printed: str) -> list[str]:
        texts = {f"text {number}": text.encode() for number, text in enumerate(printed)}
        texts |= {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        return [f"{imei} in {where}" for where, text in texts.items() for imei in GOOD if imei[:14].encode() in text]

    return look


@pytest.fixture
def fleet(fleet: dict[str, Any]) -> dict[str, Any]:
    """
    The usual fleet, with the secret devices.
    """
    return {**fleet, "deviceList": [*fleet["deviceList"], *map(_row, GOOD)]}


@pytest.mark.parametrize("fault", FAULTS)
def test_secret_imeis_are_read_nowhere(
    project: Callable[..., Any],
    simulator: Simulator,
    thingspace_environment: dict[str, str],
    traces: Callable[..., list[str]],
    fault: str,
):
    """
    Not on the screen, not in an event, not in the reports of a gate, not in state: at preview, update and refresh. (The
    engine shows the keys of a secret to `refresh --diff`, which docs/drift.md says.)
    """
    imeis, put_in, told = FAULTS[fault]
    more = {"SECRET_IMEIS": " ".join(GOOD), "FOTA_REPORT_DIR": "reports", "PULUMI_DEBUG_COMMANDS": "true"}
    run = project(PROGRAM, environment={**thingspace_environment, **more})
    printed = [run("up", "--yes", "--skip-preview").stdout]
    run.environment["SECRET_IMEIS"] = " ".join(imeis)
    if fault != "a refusal":  # Which names the secret IMEIs whoever asks.
        run.environment["PLAIN_IMEI"] = "356938035643809"
    put_in(simulator)

    for command in (
        ("preview", "--diff", "--event-log", "preview.jsonl"),
        ("preview", "--json"),
        ("up", "--yes", "--skip-preview", "--event-log", "up.jsonl"),
        ("refresh", "--yes"),
        ("stack", "export"),
        ("stack", "output", "--json"),
    ):
        done = run(*command, code=None)
        printed += [done.stdout, done.stderr]

    assert told in printed[1] + printed[2]
    assert "Traceback" not in "".join(
        printed[:7]
    )  # Behind these comes the refresh, of whose failures the SDK shows one.
    assert {path.name for path in (run.folder / "reports").iterdir()} >= {"fleet+dev+meters.json"}
    assert json.loads(printed[-4])["deployment"]["resources"]
    assert traces(*printed) == []
