"""TLS: which certificates are trusted, and the words for those that are not."""

from __future__ import annotations

import datetime as dt
import re
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from pulumi_fota.errors import InvalidSetting, ServiceUnavailable
from support.fleet import IMEI
from support.raw_server import Connection, RawServer, kept, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.thingspace.client import Client

CANNOT = "cannot read 1 device of account '0000123456-00001': "
GOOD = response(b'{"deviceList": [{"deviceId": "356938035643809", "firmware": "1.2"}]}')
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """
    A CA of the test's own.
    """
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    """
    Its certificate, in a file.
    """
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _fail(reader: Client) -> str:
    with pytest.raises(ServiceUnavailable) as error:
        reader.devices([IMEI])
    return re.sub(r"attempts in [\d.]+ s", "attempts in N s", str(error.value))


@pytest.mark.row(63)
@pytest.mark.parametrize("source", ["setting", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authority_of_a_file_is_trusted(
    signed_client: Callable[..., Client],
    authority: trustme.CA,
    ca_file: str,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
):
    """
    From the setting, or from the variables that other programs go by.
    """
    if source != "setting":
        monkeypatch.setenv(source, ca_file)

    with RawServer(GOOD, tls=_server(authority.issue_cert("127.0.0.1"))) as server:
        devices = signed_client(server.url, ca_bundle=ca_file if source == "setting" else None).devices([IMEI])

    assert devices[0].firmware == "1.2"


@pytest.mark.row(63)
def test_setting_goes_before_the_variables(
    signed_client: Callable[..., Client], authority: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
):
    """
    A variable that names another file, or none, is not looked at.
    """
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")

    with RawServer(GOOD, tls=_server(authority.issue_cert("127.0.0.1"))) as server:
        assert len(signed_client(server.url, ca_bundle=ca_file).devices([IMEI])) == 1


@pytest.mark.row(63)
@pytest.mark.parametrize(
    "told",
    [
        (None, "does not exist"),
        ("", "contains no CA certificate in PEM format"),
        ("hello", "contains no CA certificate in PEM format"),
    ],
)
@pytest.mark.parametrize("source", ["fota:caBundle", "REQUESTS_CA_BUNDLE"])
def test_file_without_an_authority_is_told_before_anything_is_sent(
    signed_client: Callable[..., Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    told: tuple[str | None, str],
):
    """
    With the setting or variable that names it.
    """
    text, words = told
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    if source == "REQUESTS_CA_BUNDLE":
        monkeypatch.setenv(source, str(path))

    with pytest.raises(InvalidSetting) as error:
        signed_client("https://127.0.0.1:1", ca_bundle=str(path) if source == "fota:caBundle" else None)

    assert str(error.value) == (
        f"1 setting is missing or invalid; nothing was sent to ThingSpace:\n  {source}: the file {path} {words}"
    )


@pytest.mark.row(63)
def test_file_that_cannot_be_read_is_told(signed_client: Callable[..., Client], ca_file: str):
    """
    With the system's reason.
    """
    with pytest.raises(InvalidSetting, match=r"fota:caBundle: the file .*/x cannot be read \(Not a directory\)"):
        signed_client("https://127.0.0.1:1", ca_bundle=f"{ca_file}/x")


@pytest.mark.row(26)
def test_unknown_authority_is_not_trusted(signed_client: Callable[..., Client], authority: trustme.CA):
    """
    There is one attempt, no byte of the request leaves, and no setting turns this off.
    """
    with RawServer(GOOD, tls=_server(authority.issue_cert("127.0.0.1"))) as server:
        words = _fail(signed_client(server.url))

    assert words == (
        CANNOT
        + "the certificate of 127.0.0.1 is not trusted by this machine (unable to get local issuer certificate); "
        "if a proxy inspects TLS traffic, set fota:caBundle to the file of its CA certificate"
    )
    assert (server.seen, server.connections) == ([], 1)


@pytest.mark.row(26)
@pytest.mark.parametrize(
    ("begins", "problem"),
    [(LONG_AGO, "has expired"), (dt.datetime(2100, 1, 1, tzinfo=dt.timezone.utc), "is not valid yet")],
)
def test_certificate_of_another_time_is_blamed_on_the_clock(
    signed_client: Callable[..., Client], authority: trustme.CA, ca_file: str, begins: dt.datetime, problem: str
):
    """
    Certificates are renewed in time, so it is rather this machine's clock that is off than the service.
    """
    certificate = authority.issue_cert("127.0.0.1", not_before=begins, not_after=begins + dt.timedelta(days=1))
    with RawServer(GOOD, tls=_server(certificate)) as server:
        words = _fail(signed_client(server.url, ca_bundle=ca_file))

    assert words == (
        CANNOT + f"the certificate of 127.0.0.1 {problem}; check the clock of this machine, and fota:baseUrl"
    )


@pytest.mark.row(26)
@pytest.mark.parametrize("names", [("example.org",), ("127.0.0.2",)])
def test_certificate_of_another_host_is_told(
    signed_client: Callable[..., Client], authority: trustme.CA, ca_file: str, names: tuple[str, ...]
):
    """
    A host that shows a name or an address which is not its own is not the one that was meant.
    """
    with RawServer(GOOD, tls=_server(authority.issue_cert(*names))) as server:
        words = _fail(signed_client(server.url, ca_bundle=ca_file))

    assert words == (
        CANNOT
        + "the certificate of 127.0.0.1 was issued for another host; check fota:baseUrl, and whether a proxy is in "
        "the way"
    )


@pytest.mark.row(26)
def test_handshake_that_breaks_is_tried_twice(signed_client: Callable[..., Client]):
    """
    A server that speaks no TLS is told apart from one that is not trusted.
    """
    with RawServer(greet=lambda connection: connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9)) as server:
        words = _fail(signed_client(server.url.replace("http:", "https:")))

    assert re.fullmatch(
        re.escape(CANNOT) + r"the TLS handshake with 127\.0\.0\.1 failed \([A-Z_]+\), 2 attempts in N s; check "
        "fota:baseUrl, and whether a proxy is in the way",
        words,
    )
    assert server.connections == 2


@pytest.mark.row(26)
def test_handshake_that_gets_no_answer_ends_in_time(client: Callable[..., Client]):
    """
    Nothing of a request has left, so that even a login may be tried again.
    """
    with RawServer(greet=lambda connection: connection.sock.recv(1) and connection.receive()) as server:
        words = _fail(client(server.url.replace("http:", "https:"), timeout=0.2))

    assert words == (
        "cannot get a token: 127.0.0.1 did not accept a connection within 0.2 s, 3 attempts in N s; check the network, "
        "a VPN, or a firewall"
    )


@pytest.mark.row(8)
def test_deadline_holds_over_tls(signed_client: Callable[..., Client], authority: trustme.CA, ca_file: str):
    """
    An answer that trickles through TLS is broken off like any other.
    """

    def trickle(connection: Connection) -> None:
        connection.trickle(GOOD, gap=0.02)

    with RawServer(trickle, tls=_server(authority.issue_cert("127.0.0.1"))) as server:
        words = _fail(signed_client(server.url, ca_bundle=ca_file, timeout=0.3))

    assert (
        words
        == CANNOT + "no complete answer arrived within 0.3 s, 3 attempts in N s; run it again, or raise fota:timeout"
    )


def test_keys_of_connections_are_written_nowhere(
    signed_client: Callable[..., Client],
    authority: trustme.CA,
    ca_file: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """
    Whoever sets SSLKEYLOGFILE for a browser does not log the keys of these connections.
    """
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))

    with RawServer(kept(GOOD), tls=_server(authority.issue_cert("127.0.0.1"))) as server:
        signed_client(server.url, ca_bundle=ca_file).devices([IMEI])

    assert not log.exists()
