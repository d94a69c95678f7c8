"""Answers that are cut off, badly framed, too large or badly packed."""

from __future__ import annotations

import gzip
import re
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from pulumi_fota.errors import ServiceUnavailable, ThingSpaceError, UnexpectedResponse
from support.fleet import IMEI
from support.raw_server import Connection, RawServer, kept, response

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.thingspace.client import Client

SECOND = "356938035643817"
CANNOT = "cannot read 1 device of account '0000123456-00001': "
REPORT = "; please report it as an issue of pulumi_fota"
TWICE, THRICE = ", 2 attempts in N s", ", 3 attempts in N s"
BODY = b'{"deviceList": [{"deviceId": "356938035643809", "firmware": "1.2"}]}'
NOT_HTTP = "the answer is not HTTP" + TWICE + "; check fota:baseUrl, and whether a proxy is in the way"
EMPTY = "ThingSpace answered 200 without a body" + TWICE + REPORT


def _chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def _fail(reader: Client) -> tuple[type[ThingSpaceError], str]:
    with pytest.raises(ThingSpaceError) as error:
        reader.devices([IMEI])
    return type(error.value), re.sub(r"attempts in [\d.]+ s", "attempts in N s", str(error.value))


@pytest.mark.parametrize(
    ("answer", "kind", "calls", "words"),
    [
        pytest.param(
            response(BODY, length=500),
            ServiceUnavailable,
            3,
            "the answer was cut off (68 of 500 bytes)" + THRICE + "; run it again",
            marks=pytest.mark.row(10),
            id="shorter than it says",
        ),
        pytest.param(
            _chunked(BODY, end=b""),
            ServiceUnavailable,
            3,
            "the answer was cut off before its last chunk" + THRICE + "; run it again",
            marks=pytest.mark.row(10),
            id="last chunk missing",
        ),
        pytest.param(
            _chunked(BODY, end=b"40\r\n{"),
            ServiceUnavailable,
            3,
            "the answer was cut off before its last chunk" + THRICE + "; run it again",
            marks=pytest.mark.row(10),
            id="cut inside a chunk",
        ),
        pytest.param(
            response(BODY)[:20], UnexpectedResponse, 2, EMPTY, marks=pytest.mark.row(11), id="cut inside the head"
        ),
        pytest.param(response(), UnexpectedResponse, 2, EMPTY, marks=pytest.mark.row(12), id="empty"),
        pytest.param(
            response(status="204 No Content"),
            UnexpectedResponse,
            2,
            EMPTY.replace("200", "204"),
            marks=pytest.mark.row(12),
            id="no content",
        ),
        pytest.param(
            response(BODY, headers=["Content-Length: 5"]),
            UnexpectedResponse,
            2,
            NOT_HTTP,
            marks=pytest.mark.row(14),
            id="two lengths",
        ),
        pytest.param(
            b"SSH-2.0-OpenSSH\r\n\r\n", UnexpectedResponse, 2, NOT_HTTP, marks=pytest.mark.row(14), id="no status"
        ),
        pytest.param(
            response(BODY, headers=[f"X-{n}: 1" for n in range(120)]),
            UnexpectedResponse,
            2,
            NOT_HTTP,
            marks=pytest.mark.row(14),
            id="120 headers",
        ),
        pytest.param(
            response(BODY, headers=["X: " + "y" * 70_000]),
            UnexpectedResponse,
            2,
            NOT_HTTP,
            marks=pytest.mark.row(14),
            id="long header",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            UnexpectedResponse,
            2,
            NOT_HTTP,
            marks=pytest.mark.row(14),
            id="bad chunk",
        ),
        pytest.param(
            response(b"\x1f\x8bnonsense", headers=["Content-Encoding: gzip"]),
            UnexpectedResponse,
            2,
            "the answer could not be decompressed" + TWICE + REPORT,
            marks=pytest.mark.row(24),
            id="bad gzip",
        ),
        pytest.param(
            response(gzip.compress(BODY)[:-20], headers=["Content-Encoding: gzip"]),
            UnexpectedResponse,
            2,
            "the answer is not valid JSON at character",
            marks=pytest.mark.row(24),
            id="gzip cut off",
        ),
        *(
            pytest.param(
                response(BODY, headers=[f"Content-Encoding: {packing}"]),
                UnexpectedResponse,
                2,
                "the answer could not be decompressed" + TWICE + REPORT,
                marks=pytest.mark.row(23),
                id=packing,
            )
            for packing in ("br", "zstd", "deflate", "gzip, gzip")
        ),
    ],
)
def test_answer_that_is_not_whole_is_no_answer(
    signed_client: Callable[..., Client], answer: bytes, kind: type[ThingSpaceError], calls: int, words: str
):
    """
    Each is an error in its own words, tried again as often as it may get better, and never part of a fleet.
    """
    with RawServer(answer) as server:
        found, text = _fail(signed_client(server.url))

    assert found is kind
    assert text == CANNOT + words or (words.endswith("character") and text.startswith(CANNOT + words))
    assert len(server.seen) == calls


@pytest.mark.row(13)
def test_bytes_behind_an_answer_are_not_the_next_one(signed_client: Callable[..., Client]):
    """
    Where an answer is longer than it says, its rest is thrown away with the connection.
    """
    with RawServer(kept(response(BODY, length=30)), response(BODY)) as server:
        devices = signed_client(server.url).devices([IMEI])

    assert devices[0].firmware == "1.2"
    assert (len(server.seen), server.connections) == (2, 2)


@pytest.mark.row(13)
def test_bytes_behind_a_whole_answer_are_not_the_next_one(signed_client: Callable[..., Client]):
    """
    Also where what came first was JSON by itself: a second answer that nobody asked for is not believed.
    """
    forged = response(b'{"deviceList": [{"deviceId": "356938035643817", "firmware": "forged"}]}')
    second = response(b'{"deviceList": [{"deviceId": "356938035643817", "firmware": "1.3"}]}')
    with RawServer(kept(response(BODY) + forged), kept(second)) as server:
        devices = signed_client(server.url, batch_size=1).devices([IMEI, SECOND])

    assert [device.firmware for device in devices] == ["1.2", "1.3"]


@pytest.mark.row(22)
def test_answer_that_says_it_is_huge_is_not_read(signed_client: Callable[..., Client]):
    """
    The limit is far above any page that ThingSpace documents.
    """
    with RawServer(response(b" " * 17 * 2**20)) as server:
        kind, text = _fail(signed_client(server.url))

    assert (kind, text) == (UnexpectedResponse, CANNOT + "the answer is larger than 16 MiB" + REPORT)
    assert len(server.seen) == 1


@pytest.mark.row(22)
def test_answer_without_end_is_given_up(signed_client: Callable[..., Client]):
    """
    An answer that does not say its length is read to the limit, and no further.
    """

    def flood(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.send(b" " * 2**20)

    with RawServer(flood) as server:
        kind, text = _fail(signed_client(server.url))

    assert (kind, text) == (UnexpectedResponse, CANNOT + "the answer is larger than 16 MiB" + REPORT)


def _bomb() -> bytes:
    """Pack 1 GiB of blanks in a text of JSON into about 1 MiB."""
    packer = zlib.compressobj(9, wbits=31)
    head = packer.compress(b'{"deviceList": [{"deviceId": "') + packer.flush(zlib.Z_FULL_FLUSH)
    return head + (packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)) * 1024


@pytest.mark.row(23)
def test_packed_answer_is_measured_unpacked(signed_client: Callable[..., Client]):
    """
    A small answer that unpacks to 1 GiB ends at the limit, and takes no more memory than the limit and a few MiB.
    """
    with RawServer(response(_bomb(), headers=["Content-Encoding: gzip"])) as server:
        tracemalloc.start()
        kind, text = _fail(signed_client(server.url))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (kind, text) == (UnexpectedResponse, CANNOT + "the answer is larger than 16 MiB" + REPORT)
    assert peak < 20 * 2**20


@pytest.mark.row(23)
@pytest.mark.parametrize("packing", ["gzip", "GZIP", "x-gzip"])
def test_packed_answer_is_read(signed_client: Callable[..., Client], packing: str):
    """
    The one packing that is offered works, by either of its names.
    """
    with RawServer(response(gzip.compress(BODY), headers=[f"Content-Encoding: {packing}"])) as server:
        devices = signed_client(server.url).devices([IMEI])

    assert devices[0].firmware == "1.2"
    assert server.seen[0].header("Accept-Encoding") == "gzip"


@pytest.mark.row(10)
def test_answer_in_chunks_is_read(signed_client: Callable[..., Client]):
    """
    Chunks of any size make one answer.
    """
    with RawServer(_chunked(*(BODY[at : at + 7] for at in range(0, len(BODY), 7)))) as server:
        devices = signed_client(server.url).devices([IMEI])

    assert devices[0].firmware == "1.2"
