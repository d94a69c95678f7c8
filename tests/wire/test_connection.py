"""One line by itself: what the reads above it never see alone."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

import attrs
import pytest

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace.http import Failure, HttpConnection, Request, Response
from pulumi_fota.thingspace.sockets import Origin
from support.raw_server import RawServer, kept, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.thingspace.client import Client

REQUEST = Request(kind="firmware", what="read firmware", path="/x", headers={})


@pytest.mark.row(59)
@pytest.mark.parametrize("is_open", [False, True])
def test_line_that_was_shut_sends_nothing_more(is_open: bool):
    """
    After a read is over, a thread that was about to send finds its line dead, whether it was open or not.
    """
    with RawServer(kept(response(b"{}"))) as server:
        connection = HttpConnection(Origin.of(server.url, None), time.monotonic)
        if is_open:
            assert isinstance(connection.send(REQUEST, 5), Response)

        connection.abort()
        outcome = connection.send(REQUEST, 5)

        connection.close()
        assert isinstance(outcome, Failure)
        assert len(server.seen) == is_open


@pytest.mark.row(6)
def test_line_is_kept_open_between_requests():
    """
    One connection carries request after request.
    """
    with RawServer(kept(response(b"{}"))) as server:
        connection = HttpConnection(Origin.of(server.url, None), time.monotonic)

        for _ in range(3):
            assert isinstance(connection.send(REQUEST, 5), Response)

        connection.close()
        assert (server.connections, len(server.seen)) == (1, 3)


@pytest.mark.row(66)
@pytest.mark.parametrize("host", ["*.verizon.com", "a%zz"])
def test_address_that_no_request_can_be_made_to_is_a_failure(host: str):
    """
    The settings refuse such an address; were one to pass, nothing is raised whose frames hold the credentials.
    """
    connection = HttpConnection(
        attrs.evolve(Origin.of("https://thingspace.invalid", None), url=f"https://{host}"), time.monotonic
    )

    outcome = connection.send(REQUEST, 5)

    connection.close()
    assert isinstance(outcome, Failure)
    assert outcome.kind == "unreachable"


@pytest.mark.row(2)
def test_address_that_has_no_route_is_told(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    With the system's words for it.
    """
    nowhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("255.255.255.255", 1))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: nowhere)

    with pytest.raises(ServiceUnavailable) as error:
        signed_client("https://thingspace.invalid").devices(["356938035643809"])

    assert re.fullmatch(
        r"cannot read 1 device of account '0000123456-00001': thingspace\.invalid cannot be reached \([A-Z][a-z ]+\), "
        r"3 attempts in [\d.]+ s; check the network, a VPN, or a firewall",
        str(error.value),
    )
