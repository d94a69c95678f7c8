"""Messages that were chosen to leak a secret argument, and show nothing of it."""

from __future__ import annotations

import html
import json
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from pulumi import Output

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.errors import FotaError
from support.fleet import ACCOUNT, A, B, C

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

ODD = "990013907835573"  # Its check digit does not fit.
PRINTED, PHONE, FIRMWARE = "35-693803-564380-9", "9085550000", "SR1.2.0.0-10657"
secret = Output.secret
#: What nobody must see, in part either.
DEVICE = (A[:8], A[8:], A[2:8], "35.693803", "693803 5", PHONE)


def escaped(text: str) -> str:
    """Write each character as JSON may."""
    return "".join(f"\\u{ord(char):04x}" for char in text)


def references(text: str) -> str:
    """Write each character as HTML may."""
    return "".join(f"&#{ord(char)};" for char in text)


def refusal(words: str, code: str = "INVALID", status: int = 400, **more: Any) -> dict[str, Any]:
    """Answer with a refusal."""
    return {"status": status, "json": {"errorCode": code, "errorMessage": words}, **more}


def rows(*devices: dict[str, Any], **page: Any) -> dict[str, Any]:
    """Answer with these rows."""
    return {"status": 200, "json": {"deviceList": list(devices), **page}}


#: Answers to a lookup of A, or of both A and B, whose IMEIs are secret.
ANSWERS: dict[str, dict[str, Any]] = {
    "an IMEI in the words of the service": refusal(f"Bad device {A}"),
    "two IMEIs without a separator": refusal(f"Bad devices {A}{B}"),
    "a printed IMEI": refusal(f"Bad device {PRINTED}"),
    "an IMEI in groups": refusal("Bad device 35 693803 564380 9"),
    "a phone number": refusal(f"No access to {PHONE}"),
    "a body with escapes": {"status": 400, "body": f'{{"errorCode": "X", "errorMessage": "{escaped(A)}"}}'},
    "a body with escaped escapes": {"status": 400, "body": json.dumps({"errorCode": "X", "errorMessage": escaped(A)})},
    "a page with character references": {"status": 200, "body": f"<html>{references(A)}", "content_type": "text/html"},
    "a page in percent": {"status": 400, "body": "".join(f"%{ord(char):x}" for char in A), "content_type": "text/html"},
    "a text that is cut in an IMEI": {"status": 400, "body": "x" * 140 + A, "content_type": "text/plain"},
    "a code that is an IMEI": refusal("no", code=A),
    "a code that is an IMEI with dots": refusal("no", code="35.693803.564380.9"),
    "a code that is a phone number": refusal("no", code=PHONE, status=503, headers={"Retry-After": "100"}),
    "a code of a limit": refusal("no", code="35.693803.564380.9", status=429, headers={"Retry-After": "100"}),
    "a refusal of the gateway": {"status": 403, "json": {"fault": {"code": 900908, "message": A}}},
    "a refusal in XML": {
        "status": 403,
        "body": f"<am:fault><am:code>1</am:code><am:message>{A}</am:message></am:fault>",
        "content_type": "application/xml",
    },
    "the type of a page": {"status": 200, "body": "<html>", "content_type": "text/35.693803.564380.9"},
    "a redirect": {"status": 302, "body": "", "headers": {"Location": "https://35.693803.564380.9.example/"}},
    "an account": rows({"deviceId": A}, accountName=A),
    "a device ID": rows({"deviceId": f"x{A}"}),
    "a cursor": rows({"deviceId": A}, hasMoreData=True, lastSeenDeviceId=f"x{A}"),
    "a cursor that goes back": rows({"deviceId": A}, hasMoreData=True, lastSeenDeviceId="0" + A[:8]),
    "a key that is there twice": {"status": 200, "body": f'{{"{A}": 1, "{A}": 2}}'},
    "JSON that is broken off": {"status": 200, "body": f'{{"deviceList": [{{"deviceId": "{A}'},
    "a reason": rows({"deviceId": A, "requestStatus": "FAILED", "resultReason": f"{PRINTED} is at {PHONE}"}),
    "a time": rows({"deviceId": A, "refreshTime": f"{A} at {PHONE}"}),
    "a number in place of text": rows({"deviceId": A, "firmware": 12}),
    "two facts": rows({"deviceId": A, "firmware": "1"}, {"deviceId": A, "firmware": "2"}),
    "another device": rows({"deviceId": A[:14] + "0"}),
    "a device besides": rows({"deviceId": A}, {"deviceId": A[:14] + "0"}),
}
#: Items in a secret list that are not IMEIs, or are more than is needed.
ITEMS: dict[str, list[Any]] = {
    "14 digits": [A[:14]],
    "16 digits": [f"{A}7"],
    "one of 70 characters": [f"{A} and {PHONE} " + "x" * 40],
    "a tab in it": [f"{A[:8]}\t{A[8:]}"],
    "outer blanks": [f"  {A[:14]} \u3000"],
    "another character": [f"{A}Q"],
    "dots": ["35.693803.564380.9"],
    "two in one": [f"{A},{PRINTED}"],
    "a number": [int(A)],
    "another type": [{A: PHONE}],
    "one that is there twice": [A, PRINTED, A],
    "a check digit": [A[:14] + "0"],
}


@pytest.fixture
def said(run: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> Callable[..., str]:
    """
    Run a program of one Output, and return all that is shown of how it ended and of the way there.
    """

    def of_program(program: Callable[[], Output[Any]]) -> str:
        errors: list[BaseException] = []
        caplog.set_level(logging.INFO, "pulumi_fota")
        try:
            run(lambda: program().recover(errors.append))
        except FotaError as error:  # Of an Output inside of the one that is returned.
            errors.append(error)
        shown = [f"{error} {error!r} {vars(error)} {error.__cause__} {error.__context__}" for error in errors]
        records = [
            f"{record.getMessage()} {record.args}"
            for record in caplog.records
            if record.name == "root" or (record.name.startswith("pulumi_fota") and "simulator" not in record.name)
        ]
        return "\n".join([*shown, *records])

    return of_program


def check(said: str, *hidden: str) -> None:
    """Check that something was said, and nothing of what is hidden, however it may be written."""
    assert said
    for text in hidden:
        for written in (text, escaped(text), references(text), quote(text), html.escape(text), text.upper()):
            assert written not in said


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_answer_shows_a_secret_device(reachable: Simulator, said: Callable[..., str], answer: str):
    """
    Whatever the service or a proxy repeats, and in whichever part of an answer.
    """
    reachable.answer_with(**ANSWERS[answer], on="devices")

    check(said(lambda: fota.get_device_output(secret(A))), *DEVICE)
    check(said(lambda: fota.get_devices_output(secret([A, B]))), *DEVICE, B)


@pytest.mark.parametrize("items", ITEMS)
def test_no_item_is_shown_of_a_secret_list(reachable: Simulator, said: Callable[..., str], items: str):
    """
    What is wrong with it is told by its position.
    """
    shown = said(lambda: fota.get_devices_output(secret([C, *ITEMS[items]])))

    check(shown, *DEVICE, "U+")


@pytest.mark.parametrize("item", ["device", "devices cannot", "3", "item", "IMEI", "", " "])
def test_an_item_that_is_a_word_of_ours_garbles_nothing(reachable: Simulator, said: Callable[..., str], item: str):
    """
    The sentence is as it is for any other item.
    """
    shown = said(lambda: fota.get_devices_output(secret([C, item]))).splitlines()

    assert shown[0].startswith("1 of 2 IMEIs in `imeis` cannot be used; nothing was sent to ThingSpace:")
    assert shown[1].lstrip().startswith("item 2 ")
    assert "…" not in "".join(shown)


RULES: dict[str, Callable[[fota.Device], Any]] = {
    "a phone number in an exception": lambda device: [][int(device.mdn or 0)],
    "an IMEI in an exception": lambda device: {}[f"{device.imei[:8]}.{device.imei[8:]}"],
    "facts in an answer": lambda device: [device.mdn, device.imei, device.firmware],
    "one of ours": lambda device: fota.get_device(f"{device.mdn}"),
    "a set that is asked for a phone number": lambda device: fota.get_devices([])[f"{device.mdn}"],
}


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_of_the_program_shows_a_secret_device(reachable: Simulator, said: Callable[..., str], rule: str):
    """
    What its exception says, and what it answers in place of a verdict, may hold any fact.
    """
    gate = fota.Gate("meters", rules.rule("own")(RULES[rule]))

    check(said(lambda: gate.require(fota.get_devices_output(secret([A])))), *DEVICE, FIRMWARE)


@pytest.mark.parametrize("scheme", [lambda a, _b: {}[a], lambda a, _b: [a], lambda a, _b: fota.get_device(a)])
def test_no_scheme_of_the_program_shows_a_secret_version(
    reachable: Simulator, said: Callable[..., str], scheme: Callable[[str, str], Any]
):
    """
    What a device runs is a fact of it.
    """
    rule = rules.minimum_version("1", scheme=lambda a, b: 0 if a == b else scheme(a, b))

    check(said(lambda: fota.Gate("meters", rule).require(fota.get_devices_output(secret([A])))), *DEVICE, FIRMWARE)


@pytest.mark.parametrize(
    "words", [ACCOUNT, "0000123456 00001", "123456-1", "000012345600001", f"{ACCOUNT[:8]}\\u002d", ACCOUNT.lower()]
)
def test_no_answer_shows_a_secret_account(reachable: Simulator, said: Callable[..., str], words: str):
    """
    In whichever spelling the service repeats it.
    """
    reachable.answer_with(**refusal(f"No account {words}"))

    check(said(lambda: fota.get_account_devices_output(account=secret(ACCOUNT))), ACCOUNT, "123456", "00001")


@pytest.mark.parametrize("account", ["12 3", "12", "a\tb", "12345", "x" * 40, " 0000123456-00001 "])
def test_no_account_that_cannot_be_one_is_shown(reachable: Simulator, said: Callable[..., str], account: str):
    """
    However short it is.
    """
    shown = said(lambda: fota.get_account_devices_output(account=secret(account)))

    assert "account= is invalid" in shown
    check(shown, account, repr(account), account.strip())


HOST, USER, NAME = "meters.internal.example", "olga.'x\\y'.the-user", "the_west"
CONNECTIONS: dict[str, dict[str, Any]] = {
    "a host that is not there": {"base_url": f"https://{HOST}:8443"},
    "a host in capitals": {"base_url": f"https://{HOST.upper()}"},
    "a file that is not there": {"base_url": f"https://{HOST}", "ca_bundle": f"/etc/{USER}\u3164/ca.pem"},
    "a protocol that is none": {"protocol": USER},
    "a number that is none": {"concurrency": USER},
}


@pytest.mark.parametrize("settings", CONNECTIONS)
def test_no_error_shows_a_secret_connection(
    reachable: Simulator, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch, settings: str
):
    """
    Neither its host nor any other text in it.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "1")
    connection = fota.Connection(**CONNECTIONS[settings])

    check(said(lambda: fota.get_account_devices_output(connection=secret(connection))), HOST, "x\\y", "the-user")


@pytest.mark.parametrize("user", [USER, "o" * 100, "##[x]::y", "a\u3164bcde"])
def test_no_refused_login_shows_the_user_of_a_secret_connection(
    reachable: Simulator, said: Callable[..., str], user: str
):
    """
    However a message would write the name.
    """
    connection = fota.Connection(username=user, password="wrong")

    shown = said(lambda: fota.get_account_devices_output(connection=secret(connection)))

    assert re.search("cannot log in user ['\"]…['\"]: ", shown)
    check(shown, user, user[:5], repr(user)[1:-1])


def test_no_error_shows_the_name_of_a_secret_connection(reachable: Simulator, said: Callable[..., str]):
    """
    It stands in the keys and variables that are missing, too.
    """
    shown = said(lambda: fota.get_account_devices_output(connection=secret(fota.Connection.named(NAME))))

    assert "is missing or empty" in shown
    check(shown, NAME)
