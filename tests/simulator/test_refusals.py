"""The body of every refusal, and which path causes which."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pulumi_fota.simulator import faults
from pulumi_fota.simulator.refusals import REFUSALS, usual_response
from support.fleet import IMEI

DOCUMENTED = {
    name: (status, body)
    for refusals in json.loads((Path(__file__).parent / "samples/refusals.json").read_text(encoding="utf-8")).values()
    for name, (status, body) in refusals.items()
}
GATEWAY = [name for name in REFUSALS if name.isdigit()]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_refusal_has_its_documented_body(name):
    """
    Status and body are those of the page that the samples name.
    """
    answer = REFUSALS[name]

    assert (answer.status, json.loads(answer.body)) == DOCUMENTED[name]


@pytest.mark.parametrize("code", GATEWAY)
def test_the_gateway_wraps_a_fault_or_does_not(code):
    """
    ThingSpace shows a `fault` object around the code, which newer gateways leave out; the code is text in both.
    """
    wrapped, bare = json.loads(REFUSALS[code].body), json.loads(REFUSALS[f"{code}-bare"].body)

    assert wrapped == {"fault": bare}
    assert bare["code"] == code
    assert bare["message"]
    assert bare["description"]


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (400, {"900906"}),
        (401, {"900900", "900901", "900902", "900903", "900904"}),
        (403, {"900907", "900908", "900909", "900910"}),
        (405, {"900905"}),
        (429, {f"90080{digit}" for digit in range(8)}),
    ],
)
def test_the_gateways_codes_come_with_their_status(status, codes):
    """
    Bearer tokens are refused with 401, rights with 403, and throttling is 429.
    """
    assert {code for code in GATEWAY if REFUSALS[code].status == status} == codes


@pytest.mark.parametrize("name", [name for name in REFUSALS if name.startswith(("session-", "account-", "login-"))])
def test_a_refusal_of_the_login_is_a_service_a_class_and_a_reason(name):
    """
    Codes have the documented form: the name of a service, then what a client is to compare.
    """
    if name in DOCUMENTED or name == "account-verification":
        return
    refusal = json.loads(REFUSALS[name].body)

    assert set(refusal) == {"errorCode", "errorMessage"}
    assert re.fullmatch(r"UnifiedWebService\.(REQUEST_FAILED|INPUT_INVALID)\.[A-Za-z.]+", refusal["errorCode"])


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("not-found", 404)])
def test_the_gateway_also_speaks_xml(name, status):
    """
    403 and 404 have an am:fault.
    """
    answer = REFUSALS[name]
    fault = ET.fromstring(answer.body)  # noqa: S314 - Our own text.

    assert answer.status == status
    assert dict(answer.headers)["Content-Type"] == "application/xml"
    assert fault.tag == "{http://wso2.org/apimanager}fault"
    assert fault.findtext("{http://wso2.org/apimanager}code") == str(status)
    assert fault.findtext("{http://wso2.org/apimanager}type") == "Status report"


@pytest.mark.parametrize(
    ("method", "path", "status", "found"),
    [
        ("GET", "/", 404, "am:fault"),
        ("POST", "/api/api/fota/v3/devices/0000123456-00001", 404, "am:fault"),
        ("POST", "/fota/v3/devices/0000123456-00001", 404, "am:fault"),
        ("POST", "/api/fota/v4/devices/0000123456-00001", 404, "am:fault"),
        ("POST", "/API/fota/v3/devices/0000123456-00001", 404, "am:fault"),
        ("POST", "//api/fota/v3/devices/0000123456-00001", 404, "am:fault"),
        ("POST", "/api/fota/v3/devices", 400, "900906"),
        ("POST", "/api/fota/v3/devices/", 400, "900906"),
        ("POST", "/api/fota/v3/devices/0000123456-00001/", 400, "900906"),
        ("POST", "/api/fota/v3/device/0000123456-00001", 400, "900906"),
        ("GET", "/api/fota/v3/devices/0000123456-00001/index/0", 400, "900906"),
        ("POST", "/api/ts/v1/oauth2/tokens", 400, "900906"),
        ("GET", "/api/ts/v1/oauth2/token", 405, "900905"),
        ("PUT", "/api/fota/v3/devices/0000123456-00001", 405, "900905"),
        ("POST", "/api/fota/v3/firmware/0000123456-00001", 405, "900905"),
    ],
)
def test_a_path_that_is_not_there_is_refused_by_the_gateway(caller, method, path, status, found):
    """
    An unknown API is a 404 in XML, an unknown resource 900906, and another method 900905.
    """
    reply = caller.send(method, path, headers=caller.tokens())

    assert reply.status == status
    assert found in reply.body.decode()
    assert caller.simulator.count("other") == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ts/v1/oauth2/revoke"),
        ("POST", "/api/m2m/v1/session/logout"),
        ("PUT", "/api/m2m/v1/session/password/actions/reset"),
        ("POST", "/api/m2m/v1/devices/actions/list"),
        ("PUT", "/api/fota/v3/firmware/0000123456-00001/devices"),
        ("PUT", "/api/fota/v3/firmware/0000123456-00001/async/356938035643809"),
        ("GET", "/api/fota/v3/licenses/0000123456-00001"),
        ("POST", "/api/fota/v3/licenses/0000123456-00001/assign"),
        ("GET", "/api/fota/v3/subscriptions/0000123456-00001"),
        ("GET", "/api/fota/v3/reports/0000123456-00001/devices/356938035643809"),
        ("POST", "/api/fota/v3/campaigns/firmware/0000123456-00001"),
        ("GET", "/api/fota/v3/callbacks/0000123456-00001"),
        ("GET", "/api/fota/v2/devices/0000123456-00001"),
        ("GET", "/api/fota/v1/devices/0000123456-00001/index/0"),
    ],
)
def test_what_thingspace_has_and_the_simulator_has_not_is_501(caller, method, path):
    """
    A documented call that is not implemented is not refused as an unknown path.
    """
    reply = caller.send(method, path, headers=caller.tokens())

    assert (reply.status, reply.json["errorCode"]) == (501, "NOT_SIMULATED")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "application/json"),
        (401, "application/json"),
        (403, "application/xml"),
        (404, "application/xml"),
        (429, "application/json"),
        (500, "text/html"),
        (502, "text/html"),
        (503, "text/html"),
        (504, "text/html"),
    ],
)
def test_a_status_comes_with_the_body_of_the_layer_that_sends_it(status, kind):
    """
    The services after the gateway send JSON, the gateway JSON or XML, and a proxy before it HTML.
    """
    answer = usual_response(status)

    assert answer.status == status
    assert dict(answer.headers)["Content-Type"] == kind
    assert answer.body


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_can_be_asked_for_by_name(caller, name):
    """
    A fault of that name responds with the status and the body of the refusal.
    """
    if faults.FAULTS[name].event:
        return
    caller.simulator.fault(name)

    reply = caller.devices([IMEI])

    assert (reply.status, reply.body) == (REFUSALS[name].status, REFUSALS[name].body)
