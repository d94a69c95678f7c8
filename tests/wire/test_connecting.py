"""Connections that cannot be had, break, or were closed meanwhile."""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace import http
from support.fleet import IMEI
from support.raw_server import Connection, RawServer, kept, response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.thingspace.client import Client

CANNOT = "cannot read 1 device of account '0000123456-00001': "
GOOD = response(b'{"deviceList": [{"deviceId": "356938035643809", "firmware": "1.2"}]}')


def _fail(reader: Client, imeis: tuple[str, ...] = (IMEI,)) -> str:
    with pytest.raises(ServiceUnavailable) as error:
        reader.devices(imeis)
    return re.sub(r"attempts in [\d.]+ s", "attempts in N s", str(error.value))


@pytest.mark.row(1)
def test_host_that_is_not_found_is_looked_up_three_times(signed_client: Callable[..., Client]):
    """
    The error names the host, and what may be in the way.
    """
    assert _fail(signed_client("https://nosuch.invalid")) == (
        CANNOT + "the host nosuch.invalid was not found, 3 attempts in N s; check the network, a VPN, or fota:baseUrl"
    )


@pytest.mark.row(1)
def test_host_that_is_no_name_is_not_found(signed_client: Callable[..., Client]):
    """
    A name that no lookup takes is a host that is not found, not a traceback.
    """
    assert "was not found" in _fail(signed_client(f"https://{'a' * 64}.invalid"))


@pytest.mark.row(1)
def test_lookup_that_hangs_ends_at_the_deadline(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    The lookup of a name cannot be broken off, so the thread that reads does not wait for it.
    """
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(20) and [])
    began = time.monotonic()

    words = _fail(signed_client("https://thingspace.invalid", deadline=0.3))

    assert time.monotonic() - began < 0.3 + 1
    assert words == CANNOT + "it did not finish within 0.3 s; run it again, or raise fota:deadline"
    over.set()


@pytest.mark.row(2)
def test_port_that_is_closed_is_tried_three_times(client: Callable[..., Client]):
    """
    A refused connection is tried again, the token's too, since nothing has left.
    """
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        words = _fail(client(f"http://127.0.0.1:{port}"))

    assert words == (
        f"cannot get a token: 127.0.0.1 refused the connection on port {port}, 3 attempts in N s; "
        "a proxy or firewall may be in the way, or fota:baseUrl is wrong"
    )


@pytest.fixture
def black_hole() -> Iterator[int]:
    """
    A port that answers no attempt to connect: its queue is full.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for client_socket in waiting:
            client_socket.setblocking(False)
            client_socket.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        yield port
        for client_socket in waiting:
            client_socket.close()


@pytest.mark.row(3)
def test_connection_that_nobody_answers_ends_in_time(signed_client: Callable[..., Client], black_hole: int):
    """
    Each attempt ends at its limit, and the error tells the seconds.
    """
    words = _fail(signed_client(f"http://127.0.0.1:{black_hole}", timeout=0.2))

    assert words == (
        CANNOT + "127.0.0.1 did not accept a connection within 0.2 s, 3 attempts in N s; "
        "check the network, a VPN, or a firewall"
    )


@pytest.mark.row(4)
@pytest.mark.row(5)
def test_read_that_is_reset_is_sent_three_times(signed_client: Callable[..., Client]):
    """
    A reset before the answer is tried again: the call only reads.
    """
    with RawServer(Connection.reset) as server:
        words = _fail(signed_client(server.url))

    assert words == CANNOT + "the connection broke before an answer arrived, 3 attempts in N s; run it again"
    assert len(server.seen) == 3


@pytest.mark.row(4)
@pytest.mark.row(5)
def test_login_that_is_reset_is_sent_once(client: Callable[..., Client]):
    """
    Whether the service counted it cannot be told from a reset.
    """
    token = response(b'{"access_token": "sim-bearer", "expires_in": 3600}')
    with RawServer(token, Connection.reset) as server:
        words = _fail(client(server.url))

    assert words == (
        "cannot log in user 'sim-user': the login did not finish (the connection broke before an answer arrived), "
        "and was "
        "not tried again: it may have counted as refused, and five refusals in a row lock the user; run it again later"
    )
    assert [seen.line.split()[1] for seen in server.seen] == ["/api/ts/v1/oauth2/token", "/api/m2m/v1/session/login"]


@pytest.mark.row(6)
def test_connection_that_was_closed_meanwhile_is_no_failure(signed_client: Callable[..., Client]):
    """
    A connection kept open that the server closes when the next request comes is opened anew, and nobody notices.
    """

    def drop(connection: Connection) -> None:
        connection.reset()

    with RawServer(kept(GOOD), drop, kept(GOOD), drop, GOOD) as server:
        devices = signed_client(server.url, batch_size=1).devices([IMEI, "356938035643810", "356938035643811"])

    assert devices.missing == ("356938035643810", "356938035643811")
    assert len(server.seen) == 5
    assert server.connections == 3


@pytest.mark.row(6)
def test_token_and_login_have_connections_of_their_own(client: Callable[..., Client]):
    """
    They never travel on one that the server may have closed.
    """
    token = response(b'{"access_token": "sim-bearer", "expires_in": 3600}')
    session = response(b'{"sessionToken": "sim-session"}')
    with RawServer(kept(token), kept(session), kept(GOOD)) as server:
        client(server.url).devices([IMEI])

    assert server.connections == 2


@pytest.mark.row(6)
def test_answer_that_breaks_off_on_a_kept_connection_is_counted(signed_client: Callable[..., Client]):
    """
    Where some of the answer has come, the connection was not stale: this is an attempt like any other.
    """

    def break_off(connection: Connection) -> None:
        connection.send(GOOD[:80])
        time.sleep(0.02)
        connection.reset()

    with RawServer(kept(GOOD), break_off) as server:
        words = _fail(signed_client(server.url, batch_size=1), (IMEI, "356938035643810"))

    assert words == (
        "cannot read 2 devices of account '0000123456-00001': the connection broke before an answer arrived, 3 "
        "attempts "
        "in N s; run it again"
    )
    assert len(server.seen) == 4


@pytest.mark.row(64)
@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
def test_address_of_either_kind_is_reached(signed_client: Callable[..., Client], host: str):
    """
    A literal address of IPv6 in brackets works as one of IPv4 does.
    """
    with RawServer(GOOD, host=host) as server:
        devices = signed_client(server.url).devices([IMEI])

    assert len(devices) == 1
    assert server.seen[0].header("Host") == server.url.removeprefix("http://")


@pytest.mark.row(64)
def test_first_address_that_is_dead_is_passed_over(signed_client: Callable[..., Client], black_hole: int):
    """
    Where a name has two addresses and the first does not answer, the second is tried in the same attempt.
    """
    with RawServer(GOOD) as server:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", black_hole)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", lambda *_args, **_options: addresses)
            patch.setattr(http, "CONNECT_SECONDS", 0.2)
            devices = signed_client("http://localhost:1").devices([IMEI])

    assert len(devices) == 1
