"""Servers that answer slowly, or not at all: the deadline holds."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace import http
from support.fleet import IMEI
from support.raw_server import Connection, RawServer, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.thingspace.client import Client

CANNOT = "cannot read 1 device of account '0000123456-00001': "
GOOD = response(b'{"deviceList": [{"deviceId": "356938035643809", "firmware": "1.2"}]}')


def _trickle_head(connection: Connection) -> None:
    connection.trickle(GOOD, gap=0.02)


def _trickle_body(connection: Connection) -> None:
    connection.send(GOOD[:-40])
    connection.trickle(GOOD[-40:], gap=0.05)


def _trickle_chunks(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.trickle(b"1\r\n \r\n" * 40, gap=0.02)


def _say_nothing(connection: Connection) -> None:
    connection.receive()


def _stop_in_head(connection: Connection) -> None:
    connection.send(GOOD[:30])
    connection.receive()


SLOW = [
    pytest.param(_trickle_head, marks=pytest.mark.row(7)),
    pytest.param(_trickle_body, marks=pytest.mark.row(8)),
    pytest.param(_trickle_chunks, marks=pytest.mark.row(8)),
    pytest.param(_say_nothing, marks=pytest.mark.row(9)),
    pytest.param(_stop_in_head, marks=pytest.mark.row(7)),
]


@pytest.mark.parametrize("answer", SLOW)
def test_attempt_ends_at_its_limit_however_the_bytes_come(
    signed_client: Callable[..., Client], answer: Callable[[Connection], None]
):
    """
    Three attempts of 0.2 s take 0.6 s, though no gap between two bytes is long.
    """
    with RawServer(answer) as server:
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable) as error:
            signed_client(server.url, timeout=0.2).devices([IMEI])
        took = time.monotonic() - began

    assert re.fullmatch(
        re.escape(CANNOT)
        + r"no complete answer arrived within 0\.2 s, 3 attempts in [\d.]+ s; run it again, or raise fota:timeout",
        str(error.value),
    )
    assert len(server.seen) == 3
    assert 0.6 <= took < 1.6


@pytest.mark.parametrize("answer", SLOW)
def test_read_ends_at_its_deadline_however_the_bytes_come(
    signed_client: Callable[..., Client], answer: Callable[[Connection], None]
):
    """
    A deadline of 0.3 s ends the read within a second of it.
    """
    with RawServer(answer) as server:
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable) as error:
            signed_client(server.url, deadline=0.3).devices([IMEI])
        took = time.monotonic() - began

    assert str(error.value).startswith(CANNOT + "it did not finish within 0.3 s")
    assert took < 1.3


def _trickle_for_minutes(connection: Connection) -> None:
    connection.send(GOOD[:-40])
    connection.trickle(GOOD[-40:] * 10, gap=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "limits", "seconds", "words"),
    [
        pytest.param(
            _say_nothing,
            {"timeout": 5, "deadline": 300},
            15,
            r"no complete answer arrived within 5 s, 3 attempts in 15\.\d s; run it again, or raise fota:timeout",
            marks=pytest.mark.row(9),
        ),
        pytest.param(
            _trickle_for_minutes,
            {"timeout": 30, "deadline": 20},
            20,
            r"it did not finish within 20 s; the first problem was: no complete answer arrived within [\d.]+ s; "
            "run it again, or raise fota:deadline",
            marks=pytest.mark.row(8),
        ),
    ],
)
def test_limits_of_seconds_hold_to_the_second(
    signed_client: Callable[..., Client],
    answer: Callable[[Connection], None],
    limits: dict[str, float],
    seconds: float,
    words: str,
):
    """
    A server that never answers ends each attempt at its 5 s, and one that sends a byte every 2 s for many minutes the
    read at its 20 s.
    """
    with RawServer(answer) as server:
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable) as error:
            signed_client(server.url, **limits).devices([IMEI])
        took = time.monotonic() - began

    assert re.fullmatch(re.escape(CANNOT) + words, str(error.value))
    assert seconds <= took < seconds + 1


@pytest.mark.row(9)
def test_silence_ends_before_the_attempt_does(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    A connection on which no byte comes is given up earlier than one on which some do.
    """
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.1)

    with RawServer(_say_nothing) as server, pytest.raises(ServiceUnavailable) as error:
        signed_client(server.url).devices([IMEI])

    assert re.fullmatch(
        re.escape(CANNOT) + r"nothing was received for 0\.1 s, 3 attempts in [\d.]+ s; run it again", str(error.value)
    )
    assert len(server.seen) == 3


@pytest.mark.row(8)
def test_slow_answer_that_comes_in_time_is_read(signed_client: Callable[..., Client]):
    """
    An answer that trickles is as good as another one while its time lasts.
    """
    with RawServer(_trickle_body) as server:
        devices = signed_client(server.url, timeout=20).devices([IMEI])

    assert devices[0].firmware == "1.2"


@pytest.mark.row(7)
def test_threads_of_a_read_that_failed_are_gone_soon(signed_client: Callable[..., Client]):
    """
    What hangs in the other threads is broken off, so that none of them stays.
    """

    def refuse_first(connection: Connection) -> None:
        time.sleep(0.1)
        connection.send(response(b"{}", status="400 Bad Request"))

    with RawServer(refuse_first, _say_nothing) as server:
        with pytest.raises(Exception, match="ThingSpace refused the request"):
            signed_client(server.url, concurrency=4, batch_size=1).devices([str(350000000000000 + n) for n in range(4)])
        time.sleep(0.5)
        left = [thread.name for thread in threading.enumerate() if thread.name == "pulumi_fota"]

    assert left == []
