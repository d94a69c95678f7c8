"""A client that others wrote for ThingSpace works against the simulator.

`sdksio-verizon-apis-sdk` is the client that Verizon's portal names. What it sends and accepts is a second opinion on
the simulator, from people who know the service.
"""

from __future__ import annotations

import pytest
from verizon.configuration import Configuration, Environment
from verizon.exceptions.api_exception import APIException
from verizon.http.auth.thingspace_oauth import ThingspaceOauthCredentials
from verizon.http.auth.vz_m2m_token import VZM2mTokenCredentials
from verizon.models.device_imei import DeviceIMEI
from verizon.models.devices_protocol_enum import DevicesProtocolEnum
from verizon.models.firmware_protocol_enum import FirmwareProtocolEnum
from verizon.models.log_in_request import LogInRequest
from verizon.verizon_client import VerizonClient

from pulumi_fota.simulator import Credentials, Simulator
from support.fleet import ACCOUNT

GOOD = Credentials()
IMEIS = ["990003425730535", "990013907884259", "990013907884267"]


@pytest.fixture
def thingspace(sample):
    """
    A simulator that serves, over HTTP, the documented samples as the official client can read them: it accepts RFC 3339
    alone for lastConnectionTime.
    """
    fleet = sample("account_devices") | {"firmwareList": sample("firmware")}
    for row in fleet["deviceList"]:
        row["lastConnectionTime"] = row.pop("lastConnectTime")
    fleet["deviceList"].append(fleet["deviceList"][1] | {"deviceId": IMEIS[2]})
    with Simulator(fleet, page_size=1) as simulator:
        yield simulator


@pytest.fixture
def client(thingspace, monkeypatch):
    """
    Returns official clients that use the simulator, with a session token if one is given.
    """
    servers = Configuration.environments[Environment.PRODUCTION]
    for server, url in servers.items():
        monkeypatch.setitem(servers, server, url.replace("https://thingspace.verizon.com", thingspace.url))

    def make(session="", secret=GOOD.secret):
        return VerizonClient(
            thingspace_oauth_credentials=ThingspaceOauthCredentials("sim-key", secret),
            vz_m2m_token_credentials=VZM2mTokenCredentials(session),
        )

    return make


@pytest.fixture
def logged_in(client):
    """
    A client with a session of its own. That takes a second client, since the session is given at the start.
    """
    answer = client().session_management.start_connectivity_management_session(LogInRequest("sim-user", "sim-password"))
    return client(answer.body.session_token)


def test_it_logs_in(client, thingspace):
    """
    It requests a bearer token by itself, and reads the session token.
    """
    answer = client().session_management.start_connectivity_management_session(LogInRequest("sim-user", "sim-password"))

    assert answer.status_code == 200
    assert len(answer.body.session_token) == 36
    assert [request.kind for request in thingspace.requests] == ["token", "login"]


def test_it_reads_devices_of_a_list(logged_in):
    """
    Its request is accepted, and its model of the response has what the account has.
    """
    body = logged_in.account_devices.list_account_devices_information(ACCOUNT, DeviceIMEI(IMEIS)).body

    assert (body.account_name, body.device_count) == (ACCOUNT, 3)
    assert [row.device_id for row in body.device_list] == IMEIS
    assert body.device_list[0].make == "NORDIC SEMICONDUCTOR ASA"
    assert body.device_list[0].firmware == "e7f4d5d4-f607-43a6-b383-cfdb6d725c82"
    assert body.device_list[0].license_assigned is True
    assert body.device_list[0].last_connection_time.datetime.year == 2012


def test_it_reads_the_devices_of_an_account_page_by_page(logged_in, thingspace):
    """
    It requests LWM2M devices by default, finds the fields of the page, and its cursor leads to the next page.
    """
    first = logged_in.account_devices.get_account_device_information(ACCOUNT).body
    second = logged_in.account_devices.get_account_device_information(ACCOUNT, first.last_seen_device_id).body

    assert [request.query for request in thingspace.requests[-2:]] == [
        {"protocol": "LWM2M"},
        {"protocol": "LWM2M", "lastSeenDeviceId": "990013907884259"},
    ]
    assert (first.account_name, first.max_page_size) == (ACCOUNT, 1)
    assert (first.has_more_data, second.has_more_data) == (True, False)
    assert [row.device_id for page in (first, second) for row in page.device_list] == IMEIS[1:]
    assert first.device_list[0].software_list[0].name == "VZ_MDM_IOT"


def test_it_reads_the_firmware_of_an_account(logged_in):
    """
    It sends the protocol in the spelling of this call, and reads a bare list.
    """
    found = logged_in.firmware_v3.list_available_firmware(ACCOUNT, FirmwareProtocolEnum.ALL).body

    assert [(package.firmware_from, package.firmware_to) for package in found] == [
        ("BG96MAR04A04M1G", "BG96MAR04A04M1G_BETA0130B")
    ]
    assert found[0].make == "Verizon Smart Communities"
    assert logged_in.firmware_v3.list_available_firmware(ACCOUNT, FirmwareProtocolEnum.OMDDM).body == []


def test_it_understands_a_refusal_of_the_firmware_service(logged_in):
    """
    Its exception has the code and the message.
    """
    with pytest.raises(APIException) as caught:
        logged_in.account_devices.list_account_devices_information(ACCOUNT, DeviceIMEI([]))

    assert caught.value.response_code == 400
    assert caught.value.error_code == "INVALID_PARAMETER"
    assert caught.value.error_message == "Device list is empty"


def test_it_understands_a_refused_login(client):
    """
    Its exception has the code and the message.
    """
    with pytest.raises(APIException) as caught:
        client().session_management.start_connectivity_management_session(LogInRequest("sim-user", "sim-wrong"))

    assert caught.value.error_code == "UnifiedWebService.INPUT_INVALID.Password.Invalid"


def test_its_misspelt_protocol_is_refused(logged_in):
    """
    For OMA-DM devices it sends OMDADM, which is not a documented value, and the simulator refuses it.
    """
    with pytest.raises(APIException) as caught:
        logged_in.account_devices.get_account_device_information(ACCOUNT, None, DevicesProtocolEnum.OMDADM)

    assert caught.value.error_message == "Invalid protocol"


def test_it_has_no_token_when_the_client_is_refused(client, thingspace):
    """
    With a wrong secret it gets no further than the token endpoint.
    """
    with pytest.raises(Exception, match="OAuthToken is undefined or expired"):
        client(secret="sim-wrong").firmware_v3.list_available_firmware(ACCOUNT, FirmwareProtocolEnum.ALL)

    assert [request.kind for request in thingspace.requests] == ["token"]
