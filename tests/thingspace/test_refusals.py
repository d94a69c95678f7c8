"""Refusals of every layer, each with its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.errors import CredentialsRefused, RequestRefused, ServiceUnavailable, ThingSpaceError
from support.fleet import IMEI

if TYPE_CHECKING:
    from support.virtual_machine import VirtualMachine

CANNOT = "cannot read 1 device of account '0000123456-00001': "
WRONG_URL = "; fota:baseUrl is wrong, or the key is not enabled for Software Management"
SUPPORT = "; ask Verizon's support what this means"
ZEROS = "; check the zeros, the dash and the quotes of fota:account"
LATER = "; run it again later"


def _fail(machine: VirtualMachine, kind: type[ThingSpaceError]) -> str:
    with pytest.raises(kind) as error:
        machine.client().devices([IMEI])
    assert type(error.value) is kind
    assert len(str(error.value)) <= 400
    return str(error.value)


@pytest.mark.row(27)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("device-list-empty", "INVALID_PARAMETER Device list is empty" + SUPPORT),
        ("input-binding", "INVALID_PARAMETER Input binding error" + SUPPORT),
        ("account-format", "INVALID_PARAMETER Invalid account name format" + ZEROS),
        (
            "account-inactive",
            (
                "INVALID_PARAMETER Inactive account; "
                "ask your Verizon representative to activate the account for Software Management"
            ),
        ),
        (
            "device-id-format",
            "INVALID_PARAMETER Invalid device id format; check the IMEIs: 15 digits each, without blanks or dashes",
        ),
        (
            "cursor-not-valid",
            (
                "INVALID_PARAMETER LastSeenDeviceId Not Valid; "
                "run it again: the account may have changed while it was read"
            ),
        ),
        ("account-verification", "INVALID_PARAMETER UWS verification failure (Could not find account)" + ZEROS),
        (
            "account-forbidden",
            (
                "UnifiedWebService.REQUEST_FAILED.AccountName The user has no access to this account; "
                "check fota:account, and that fota:username may use it"
            ),
        ),
        ("account-unknown", "UnifiedWebService.REQUEST_FAILED.AccountNotFound Account was not found" + ZEROS),
        ("DEVICE_NOT_FOUND", "DEVICE_NOT_FOUND device not found" + SUPPORT),
    ],
)
def test_refusal_of_the_service_is_told_in_its_words(machine: VirtualMachine, name: str, words: str):
    """
    The service's code and message, and what to do about them; nothing is tried again.
    """
    machine.simulator.fault(name, on="devices")

    assert _fail(machine, RequestRefused) == CANNOT + "ThingSpace refused the request (400): " + words
    assert machine.simulator.count("devices") == 1


@pytest.mark.row(27)
def test_unexpected_error_of_the_service_is_tried_once_more(machine: VirtualMachine):
    """
    "UnexpectedError" is the one refusal that the API's pages say to try again.
    """
    machine.simulator.fault("unexpected", on="devices", times=1)

    assert len(machine.client().devices([IMEI])) == 1
    assert machine.simulator.count("devices") == 2


def _body(body: bytes | str, kind: str = "application/json", status: int = 400) -> dict[str, Any]:
    return {"status": status, "body": body, "content_type": kind}


@pytest.mark.row(29)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            _body('{"error": "invalid_request", "error_description": "no"}'),
            "ThingSpace refused the request (400): invalid_request no" + SUPPORT,
        ),
        (
            _body('{"fault": {"code": "900906", "message": "No matching resource", "description": "x"}}'),
            "the gateway refused the request (400): 900906 No matching resource" + WRONG_URL,
        ),
        (
            _body('{"code": 900906, "message": "No matching resource"}'),
            "the gateway refused the request (400): 900906 No matching resource" + WRONG_URL,
        ),
        (
            _body(
                '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>403</am:code><am:message>Forbidden'
                "</am:message><am:description>x</am:description></am:fault>",
                "application/xml",
            ),
            "the gateway refused the request (400): 403 Forbidden" + WRONG_URL,
        ),
        (
            _body("<html>no\x00way</html>", "text/html; charset=utf-8"),
            "ThingSpace refused the request (400): text/html, it begins with '<html>no\\x00way</html>'" + SUPPORT,
        ),
        (_body("", ""), "ThingSpace refused the request (400): without a body" + SUPPORT),
        (
            _body('{"errorCode": "INV', ""),
            'ThingSpace refused the request (400): a body without a type, it begins with \'{"errorCode": "INV\''
            + SUPPORT,
        ),
        (
            _body("[1]"),
            "ThingSpace refused the request (400): application/json, it begins with '[1]'" + SUPPORT,
        ),
        (
            _body('"no"'),
            "ThingSpace refused the request (400): application/json, it begins with '\"no\"'" + SUPPORT,
        ),
        (
            _body('{"other": 1}'),
            "ThingSpace refused the request (400): application/json, it begins with '{\"other\": 1}'" + SUPPORT,
        ),
        (_body('{"errorCode": "a b", "errorMessage": null}'), "ThingSpace refused the request (400): a b" + SUPPORT),
        (_body('{"errorCode": {"a": 1}}'), 'ThingSpace refused the request (400): {"a": 1}' + SUPPORT),
        (_body('{"errorCode": ""}'), "ThingSpace refused the request (400): application/json" + SUPPORT),
        (
            _body('{"errorCode": "LONG", "errorMessage": "' + "x" * 900 + '"}'),
            "ThingSpace refused the request (400): LONG " + "x" * 144 + "\N{HORIZONTAL ELLIPSIS}" + SUPPORT,
        ),
    ],
)
def test_refusal_in_any_shape_is_read(machine: VirtualMachine, answer: dict[str, Any], words: str):
    """
    Each shape that a layer of the service or a proxy sends has its message; none breaks the reader.
    """
    machine.simulator.answer_with(**answer, on="devices")

    assert _fail(machine, RequestRefused) == CANNOT + words
    assert machine.simulator.count("devices") == 1


@pytest.mark.row(40)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forbidden", "the gateway refused the request (403): 403 Forbidden"),
        ("not-found", "the gateway refused the request (404): 404 Not Found"),
        (
            "900906-bare",
            "the gateway refused the request (400): 900906 No matching resource found in the API for the given request",
        ),
        ("900908", "the gateway refused the request (403): 900908 Resource forbidden"),
        ("900909", "the gateway refused the request (403): 900909 The subscription to the API is inactive"),
        ("900902", "the gateway refused the request (401): 900902 Missing Credentials"),
    ],
)
def test_refusal_of_the_gateway_is_no_empty_fleet(machine: VirtualMachine, name: str, words: str):
    """
    The gateway's refusals mean a wrong address or a missing right, and are not tried again.
    """
    machine.simulator.fault(name, on="devices")

    assert _fail(machine, RequestRefused) == CANNOT + words + WRONG_URL
    assert machine.simulator.count() == 3


@pytest.mark.row(40)
def test_plain_404_is_no_empty_fleet(machine: VirtualMachine):
    """
    A page that is not there means a wrong address, whoever says so.
    """
    machine.simulator.answer_with(404, body="nothing here", content_type="text/plain", on="devices")

    assert _fail(machine, RequestRefused) == (
        CANNOT + "the gateway refused the request (404): text/plain, it begins with 'nothing here'" + WRONG_URL
    )


@pytest.mark.row(41)
@pytest.mark.parametrize("status", [408, 425, 502, 504])
def test_failure_of_a_gateway_is_tried_three_times(machine: VirtualMachine, status: int):
    """
    What passes by itself is tried again, three times in all.
    """
    machine.simulator.answer_with(status, on="devices")

    words = _fail(machine, ServiceUnavailable)

    waited = f"{sum(machine.waits):.1f}"
    assert words == CANNOT + f"ThingSpace is unavailable ({status}), 3 attempts in {waited} s" + LATER
    assert machine.simulator.count("devices") == 3


@pytest.mark.row(46)
@pytest.mark.parametrize(("name", "code"), [("500", ""), ("INTERNAL_SYSTEM_ERROR", ", INTERNAL_SYSTEM_ERROR")])
def test_internal_error_is_tried_twice(machine: VirtualMachine, name: str, code: str):
    """
    A 500 is tried once more, since the service also answers so to what will never work.
    """
    machine.simulator.fault(name, on="devices")

    words = _fail(machine, ServiceUnavailable)

    assert words == CANNOT + f"ThingSpace is unavailable (500{code}), 2 attempts in {sum(machine.waits):.1f} s" + LATER
    assert machine.simulator.count("devices") == 2


@pytest.mark.row(46)
@pytest.mark.parametrize(
    ("name", "status", "advice"),
    [
        (
            "INACTIVE_ACCOUNT",
            500,
            "ask your Verizon representative to activate the account for Software Management",
        ),
        (
            "UNREGISTERED_ACCOUNT",
            500,
            "ask your Verizon representative to register the account for Software Management",
        ),
        ("NOT_FOUND", 500, "check fota:account"),
        ("INVALID_ACCOUNT", 401, "check fota:account, and that fota:username may use it"),
    ],
)
def test_refusal_of_business_is_final_whatever_its_status(machine: VirtualMachine, name: str, status: int, advice: str):
    """
    A refusal that comes with 500 or 401 is told as what it is, and tried once.
    """
    machine.simulator.fault(name, on="devices")

    words = _fail(machine, RequestRefused)

    said = name.replace("_", " ").lower()
    assert words == CANNOT + f"ThingSpace refused the request ({status}): {name} {said}; {advice}"
    assert machine.simulator.count() == 3


@pytest.mark.row(25)
@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://login.example.com/a?b=c", "login.example.com"),
        ("", "nowhere"),
        ("/x", "nowhere"),
        ("https://[half", "nowhere"),
        ("https://a\x1bb.example.com", r"a\x1bb.example.com"),
    ],
)
def test_redirect_is_an_error_that_names_the_host(machine: VirtualMachine, target: str, host: str):
    """
    No redirect is followed; the error names where it led, without path and query.
    """
    machine.simulator.answer_with(302, headers={"Location": target}, on="devices")

    assert _fail(machine, RequestRefused) == (
        CANNOT + f"the answer was a redirect (302) to {host}, and credentials were not sent there; "
        "check fota:baseUrl, and whether a proxy asks for a login"
    )


@pytest.mark.row(29)
def test_secret_that_an_answer_repeats_is_not_quoted(machine: VirtualMachine):
    """
    A proxy's page that shows the headers it got is not shown.
    """
    client = machine.client()
    client.devices([IMEI])
    bearer, session = machine.simulator.bearer(), machine.simulator.requests[-1].headers["VZ-M2M-Token"]
    machine.simulator.answer_with(418, body=f"teapot {bearer} {session}", content_type="text/plain", on="devices")

    with pytest.raises(RequestRefused) as error:
        client.devices([IMEI])

    assert str(error.value) == (
        CANNOT + "ThingSpace answered 418, and the answer repeats a credential, so it is not shown; "
        "look for a proxy that repeats what it was sent"
    )


@pytest.mark.row(29)
def test_answer_with_a_token_is_never_quoted(machine: VirtualMachine):
    """
    What the token endpoint and the login answer may hold a secret, so of them only a code is told.
    """
    machine.simulator.answer_with(400, json={"error": "invalid_scope", "error_description": "SECRET"}, on="token")

    assert _fail(machine, RequestRefused) == (
        "cannot get a token: ThingSpace refused the request (400): invalid_scope" + SUPPORT
    )


@pytest.mark.row(34)
@pytest.mark.parametrize("status", [400, 401])
def test_key_that_is_refused_is_final(machine: VirtualMachine, status: int):
    """
    A key or secret that is not accepted is not sent again by this process.
    """
    machine.simulator.answer_with(status, json={"error": "invalid_client"}, on="token")
    client = machine.client()
    words = (
        "cannot get a token: ThingSpace does not accept this application key (invalid_client); check fota:key and "
        "fota:secret against Key Management in the ThingSpace portal"
    )

    for _ in range(3):
        with pytest.raises(CredentialsRefused) as error:
            client.devices([IMEI])
        assert str(error.value) == words

    assert machine.kinds() == ["token"]
