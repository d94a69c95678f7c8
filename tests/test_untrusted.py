"""Every path by which untrusted text reaches a person: what it shows is visible, short, and no command for CI."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.errors import FotaError
from pulumi_fota.gate import Waiver
from pulumi_fota.model.imei import parse_imei
from pulumi_fota.thingspace.process import forget_services
from support.fleet import IMEI
from support.github_runner import obeyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.model import DeviceSet
    from pulumi_fota.simulator import Simulator

HEADER = "x/##[error]y ##vso[task.complete]z"  # What a header can hold.
HOSTILE = f"::error::a\r\n::stop-commands::b\n  ::c {HEADER} \x1b[31m\x00\u202e\u2028\x85d"
ROW = {"deviceId": IMEI, "make": "M", "model": "X", "firmware": "1"}


def check(said: str) -> None:
    """Check that a text was quoted, and that each of its lines can be shown anywhere."""
    assert "error" in said, "the untrusted text is not in it at all"
    assert obeyed(said) == []
    assert "##vso[" not in said
    hidden = {char for char in said if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} and char != "\n"}
    assert hidden == set()
    assert max(map(len, said.split("\n"))) < 1000


def error_of(action: Callable[[], object]) -> str:
    """Return the text of the error that an action ends in."""
    with pytest.raises(FotaError) as caught:
        action()
    return str(caught.value)


@pytest.fixture
def thingspace(
    simulator: Simulator,
    thingspace_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Simulator:
    """
    The simulator, which the environment's settings reach.
    """
    forget_services()
    caplog.set_level(logging.INFO)
    for name, value in thingspace_environment.items():
        monkeypatch.setenv(name, value)
    return simulator


ANSWERS: dict[str, dict[str, Any]] = {
    "message": {"status": 400, "json": {"errorCode": "INVALID", "errorMessage": HOSTILE}},
    "code": {"status": 400, "json": {"errorCode": HOSTILE, "errorMessage": "no"}},
    "OAuth": {"status": 400, "json": {"error": "x", "error_description": HOSTILE}},
    "gateway": {"status": 403, "json": {"fault": {"code": 900908, "message": HOSTILE}}},
    "XML": {
        "status": 403,
        "body": f"<am:fault><am:code>1</am:code><am:message>{HOSTILE}</am:message></am:fault>",
        "content_type": "application/xml",
    },
    "page": {"status": 200, "body": f"<html>{HOSTILE}", "content_type": "text/html"},
    "page of a refusal": {"status": 400, "body": HOSTILE, "content_type": "text/plain"},
    "broken JSON": {"status": 200, "body": f'{{"a": {HOSTILE}'},
    "key twice": {"status": 200, "body": f"{{{json.dumps(HOSTILE)}: 1, {json.dumps(HOSTILE)}: 2}}"},
    "redirect": {"status": 302, "body": "", "headers": {"Location": "https://error\x1bx.example/"}},
    "account": {"status": 200, "json": {"accountName": HOSTILE, "deviceList": []}},
    "IMEI": {"status": 200, "json": {"deviceList": [{"deviceId": HOSTILE}]}},
    "cursor": {
        "status": 200,
        "json": {"deviceList": [ROW], "hasMoreData": True, "lastSeenDeviceId": HOSTILE},
    },
    "reason": {
        "status": 200,
        "json": {"deviceList": [{"deviceId": IMEI, "requestStatus": "FAILED", "resultReason": HOSTILE}]},
    },
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_words_of_service_or_proxy_are_safe_in_errors(thingspace: Simulator, answer: str):
    """
    Whatever part of an answer an error repeats.
    """
    thingspace.answer_with(**ANSWERS[answer], on="devices")

    check(error_of(lambda: fota.get_device(IMEI)))


def test_words_of_the_service_are_safe_in_warnings(thingspace: Simulator, caplog: pytest.LogCaptureFixture):
    """
    Such as a time that cannot be read.
    """
    thingspace.alter(lambda page: page["deviceList"][0].update(refreshTime=HOSTILE), on="devices")

    fota.get_device(IMEI)

    check(caplog.text)


FACTS = ("make", "model", "firmware", "status", "protocol")


@pytest.mark.parametrize("fact", FACTS)
def test_facts_of_devices_are_safe_in_gates(meters: Callable[..., DeviceSet], fact: str):
    """
    What a gate says of them, and what a rule of the program's own says of them.
    """

    @rules.rule("error")
    def of_program(device: fota.Device) -> str:
        return f"{fact} is error {getattr(device, fact)}"

    gate = fota.Gate(
        "meters",
        rules.allowed_versions("error"),
        rules.active(),
        rules.protocol_in("LWM2M"),
        rules.minimum_version("1", scheme="dotted", on_unknown="fail"),
        of_program,
    )

    check(error_of(lambda: gate.require(meters({IMEI: {fact: HOSTILE}}))))


def test_exceptions_of_the_program_are_safe_in_errors(meters: Callable[..., DeviceSet]):
    """
    Those of a rule and of a scheme, and what either answers in place of a verdict.
    """

    def fails(*_given: object) -> Any:
        raise ValueError(HOSTILE)

    def answers(*_given: object) -> Any:
        return {HOSTILE: HOSTILE}

    def compares(a: str, b: str) -> Any:
        return 0 if a == b else fails()

    devices = meters({IMEI: {"firmware": HOSTILE}})

    for rule in (
        rules.rule("a")(fails),
        rules.rule("a")(answers),
        rules.minimum_version("1", scheme=compares),
        rules.minimum_version("1", scheme=lambda a, b: 0 if a == b else answers()),
    ):
        check(error_of(lambda rule=rule: fota.Gate("meters", rule).check(devices)))  # type: ignore[misc]


FILES = {
    "line.txt": HOSTILE,
    "heading.csv": f'"{HOSTILE}",b\n1,2\n',
    "cell.csv": f'imei,b\n"{HOSTILE}",2\n',
    "item.json": json.dumps([HOSTILE]),
    "object.json": json.dumps([{HOSTILE: HOSTILE}]),
    "##[error]name.txt": "x",
    "##[error]no-text.txt": "\ud800",
}


@pytest.mark.parametrize("name", FILES)
def test_text_of_files_is_safe_in_errors(tmp_path: Path, name: str):
    """
    Lines, cells, headings, keys, and the name of the file.
    """
    (tmp_path / name).write_bytes(FILES[name].encode("utf-8", "surrogatepass"))

    check(error_of(lambda: fota.read_imeis(tmp_path / name)))


def test_paths_and_columns_are_safe_in_errors(tmp_path: Path):
    """
    What the program passes may come from anywhere.
    """
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "a.json").write_text('[{"a": 1}]', encoding="utf-8")

    for action in (
        lambda: fota.read_imeis(tmp_path / HOSTILE),
        lambda: fota.read_imeis(tmp_path / "a.csv", column=HOSTILE),
        lambda: fota.read_imeis(tmp_path / "a.json", column=HOSTILE),
        lambda: fota.read_imeis(tmp_path / "a.txt", column=HOSTILE),
    ):
        (tmp_path / "a.txt").write_text("1\n", encoding="utf-8")
        check(error_of(action))


SETTINGS = {
    "ACCOUNT": HEADER,
    "PROTOCOL": HEADER,
    "CONCURRENCY": HEADER,
    "TIMEOUT": HEADER,
    "CA_BUNDLE": f"/{HEADER}",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_safe_in_errors(thingspace: Simulator, monkeypatch: pytest.MonkeyPatch, name: str):
    """
    A variable may hold anything but a NUL.
    """
    monkeypatch.setenv(f"FOTA_{name}", SETTINGS[name])
    if name == "CA_BUNDLE":
        monkeypatch.setenv("FOTA_BASE_URL", "https://127.0.0.1:9")

    check(error_of(lambda: fota.get_device(IMEI)))


def test_arguments_are_safe_in_errors(meters: Callable[..., DeviceSet]):
    """
    Of lookups, sets, rules, waivers and gates.
    """
    devices = meters({IMEI: {}})
    waiver = {"reason": "x", "until": date(2026, 1, 1)}
    actions: list[Callable[[], object]] = [
        lambda: parse_imei(HOSTILE),
        lambda: fota.get_devices([IMEI, HOSTILE]),
        lambda: devices[HOSTILE],
        lambda: devices.count_by(HOSTILE),
        lambda: devices.where(**{HOSTILE: 1}),
        lambda: fota.Connection.named(HOSTILE),
        lambda: fota.Gate(HOSTILE, rules.active()),
        lambda: rules.active(severity=HOSTILE),  # type: ignore[arg-type]
        lambda: rules.active(id=HOSTILE),
        lambda: rules.active(at_least=HOSTILE),
        lambda: rules.active(**{HOSTILE: 1}),  # type: ignore[arg-type]
        lambda: rules.allowed_versions(1, model=HOSTILE),  # type: ignore[arg-type]
        lambda: rules.minimum_version(HOSTILE, scheme=["1"]),
        lambda: rules.minimum_version("1", scheme=["1", HOSTILE, HOSTILE]),
        lambda: rules.minimum_version("1", scheme=HOSTILE),  # type: ignore[arg-type]
        lambda: rules.fresh_within(days=HOSTILE),  # type: ignore[arg-type]
        lambda: fota.Gate("a", rules.active(), waivers=[Waiver(rule=HOSTILE, imei=IMEI, **waiver)]),
        lambda: fota.Gate("a", rules.active(model="X"), waivers=[Waiver(rule="active", model=HOSTILE, **waiver)]),
        lambda: fota.DeviceSnapshot(HOSTILE, devices=1),  # type: ignore[arg-type]
    ]

    for action in actions:
        check(error_of(action))


def test_waivers_are_safe_in_gates(meters: Callable[..., DeviceSet]):
    """
    The reason of one that has ended is told.
    """
    waiver = Waiver(rule="active", imei=IMEI, reason=HOSTILE, until=date(2020, 1, 1))
    gate = fota.Gate("meters", rules.active(), waivers=[waiver])

    check(error_of(lambda: gate.require(meters({IMEI: {"status": "Off"}}))))


@pytest.mark.parametrize("text", [HOSTILE, HEADER])
def test_what_is_checked_here_is_dangerous(text: str):
    """
    As it came, it would be obeyed.
    """
    assert obeyed(text) != []
    assert re.search("##vso", text)
