"""One origin: nothing of a credential goes anywhere else."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from pulumi_fota.errors import RequestRefused
from support.fleet import IMEI
from support.raw_server import RawServer, kept, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.simulator import Simulator
    from pulumi_fota.thingspace.client import Client

SECOND = "356938035643817"
GOOD = response(b'{"deviceList": [{"deviceId": "356938035643809"}, {"deviceId": "356938035643817"}]}')


@pytest.mark.row(25)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirect_sends_nothing_to_the_other_host(signed_client: Callable[..., Client], status: str):
    """
    Neither the tokens nor the body arrive where a redirect points.
    """
    with (
        RawServer(GOOD) as other,
        RawServer(response(status=status, headers=[f"Location: {other.url}/x?y=z"])) as server,
    ):
        with pytest.raises(RequestRefused) as error:
            signed_client(server.url).devices([IMEI])

        assert str(error.value) == (
            f"cannot read 1 device of account '0000123456-00001': the answer was a redirect ({status[:3]}) to "
            "127.0.0.1, and credentials were not sent there; check fota:baseUrl, and whether a proxy asks for a login"
        )
        assert (len(server.seen), other.connections) == (1, 0)


@pytest.mark.row(25)
def test_login_that_is_redirected_sends_no_password(client: Callable[..., Client]):
    """
    A 307 asks to send the login's body again, to another host: it is not.
    """
    token = response(b'{"access_token": "sim-bearer"}')
    with (
        RawServer(GOOD) as other,
        RawServer(token, response(status="307 Temporary", headers=[f"Location: {other.url}/"])) as server,
    ):
        with pytest.raises(RequestRefused, match="the answer was a redirect"):
            client(server.url).devices([IMEI])

        assert (len(server.seen), other.connections) == (2, 0)


@pytest.mark.row(62)
@pytest.mark.parametrize("whose", ["machine 127.0.0.1", "default"])
def test_netrc_replaces_no_token(
    simulator: Simulator,
    client: Callable[..., Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whose: str,
):
    """
    A forgotten `.netrc` with a line for the host, or for all hosts, is not read.
    """
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"{whose} login bob password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))

    client(simulator.url).devices([IMEI])

    basic = base64.b64encode(b"sim-key:sim-secret").decode()
    assert [request.headers["Authorization"] for request in simulator.requests] == [
        f"Basic {basic}",
        f"Bearer {simulator.bearer()}",
        f"Bearer {simulator.bearer()}",
    ]
    assert "bob" not in str([dict(request.headers) for request in simulator.requests])


def test_cookie_is_not_kept(signed_client: Callable[..., Client]):
    """
    What a load balancer sets is not sent back.
    """
    with RawServer(kept(response(b'{"deviceList": []}', headers=["Set-Cookie: JSESSIONID=1; Path=/"]))) as server:
        signed_client(server.url, batch_size=1).devices([IMEI, SECOND])

    assert [seen.header("Cookie") for seen in server.seen] == [None, None]


def test_request_is_as_the_api_documents_it(signed_client: Callable[..., Client]):
    """
    Method, path, both tokens, type and body; and a user agent without user or account.
    """
    with RawServer(GOOD) as server:
        signed_client(server.url).devices([IMEI, SECOND])

    (seen,) = server.seen
    assert seen.line == "POST /api/fota/v3/devices/0000123456-00001 HTTP/1.1"
    assert seen.body == b'{"deviceList":["356938035643809","356938035643817"]}'
    assert {name: seen.header(name) for name in ("Authorization", "VZ-M2M-Token", "Content-Type", "Accept")} == {
        "Authorization": "Bearer sim-bearer",
        "VZ-M2M-Token": "sim-session",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    assert (seen.header("User-Agent") or "").startswith("pulumi_fota/")


def test_debug_level_of_http_prints_nothing(
    signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """
    A program that lets `http.client` print every header does not print these.
    """
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)

    with RawServer(GOOD) as server:
        signed_client(server.url).devices([IMEI])

    assert "sim-bearer" not in capsys.readouterr().out
