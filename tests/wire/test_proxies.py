"""Proxies of the environment: used, told of, and told nothing."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme

from pulumi_fota.errors import InvalidSetting, ServiceUnavailable
from pulumi_fota.thingspace import sockets
from support.fleet import IMEI
from support.raw_server import Connection, RawServer, response

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.thingspace.client import Client

CANNOT = "cannot read 1 device of account '0000123456-00001': "
GOOD = response(b'{"deviceList": [{"deviceId": "356938035643809", "firmware": "1.2"}]}')


def _fail(reader: Client) -> str:
    with pytest.raises(ServiceUnavailable) as error:
        reader.devices([IMEI])
    return re.sub(r"attempts in [\d.]+ s", "attempts in N s", str(error.value))


def _tunnel_to(port: int) -> Callable[[Connection], None]:
    """Do what CONNECT asks for, whatever host it names."""

    def tunnel(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as server:
            back = threading.Thread(target=_pump, args=(server, connection.sock))
            back.start()
            _pump(connection.sock, server)
            back.join()

    return tunnel


def _trusted(folder: Path) -> ssl.SSLContext:
    """Make a certificate of thingspace.invalid, and leave the authority behind it as `ca.pem` in the folder."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("thingspace.invalid").configure_cert(context)
    return context


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.mark.row(61)
@pytest.mark.parametrize("address", ["http://bob:p%40ss@127.0.0.1:{}", "bob:p%40ss@127.0.0.1:{}"])
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_of_the_environment_carries_tls_alone(
    signed_client: Callable[..., Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    address: str,
):
    """
    The proxy sees CONNECT and its own credentials, and not one of the tokens.
    """
    with RawServer(GOOD, tls=_trusted(tmp_path)) as server, RawServer(_tunnel_to(server.port)) as proxy:
        monkeypatch.setenv(variable, address.format(proxy.port))
        reader = signed_client("https://thingspace.invalid", ca_bundle=str(tmp_path / "ca.pem"))
        devices = reader.devices([IMEI])

    assert devices[0].firmware == "1.2"
    assert [seen.line.rpartition(" ")[0] for seen in proxy.seen] == ["CONNECT thingspace.invalid:443"]
    assert proxy.seen[0].header("Proxy-Authorization") == f"Basic {base64.b64encode(b'bob:p@ss').decode()}"
    assert (proxy.seen[0].header("Authorization"), proxy.seen[0].header("VZ-M2M-Token")) == (None, None)
    assert server.seen[0].header("Proxy-Authorization") is None


@pytest.mark.row(62)
def test_netrc_replaces_nothing_on_the_way_through_a_proxy(
    signed_client: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """
    The proxy of the environment is used, and a forgotten `.netrc` beside it is not.
    """
    (tmp_path / ".netrc").write_text("default login bob password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))

    with RawServer(GOOD, tls=_trusted(tmp_path)) as server, RawServer(_tunnel_to(server.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        signed_client("https://thingspace.invalid", ca_bundle=str(tmp_path / "ca.pem")).devices([IMEI])

    assert server.seen[0].header("Authorization") == "Bearer sim-bearer"
    assert (proxy.seen[0].header("Authorization"), proxy.seen[0].header("Proxy-Authorization")) == (None, None)


@pytest.mark.row(61)
@pytest.mark.parametrize("status", [407, 502])
def test_proxy_that_refuses_is_named_without_its_password(
    signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, status: int
):
    """
    Host, port and status of the proxy; nothing of ThingSpace's was sent.
    """
    with RawServer(response(status=f"{status} No")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://bob:hunter2@127.0.0.1:{proxy.port}")
        words = _fail(signed_client("https://thingspace.invalid"))

    assert words == (
        CANNOT
        + f"the proxy 127.0.0.1:{proxy.port} answered {status} to CONNECT, 3 attempts in N s; give HTTPS_PROXY a "
        "user and password that the proxy accepts, or set NO_PROXY"
    )


@pytest.mark.row(61)
def test_proxy_that_is_not_there_is_named(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    What cannot be reached is the proxy, and not ThingSpace.
    """
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        words = _fail(signed_client("https://thingspace.invalid"))

    assert words == (
        CANNOT
        + f"at the proxy: 127.0.0.1 refused the connection on port {port}, 3 attempts in N s; check HTTPS_PROXY or "
        "ALL_PROXY, or set NO_PROXY"
    )


@pytest.mark.row(61)
def test_proxy_whose_host_is_unknown_is_named(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    The name that was looked up is the proxy's, so the advice is about the proxy too.
    """
    monkeypatch.setenv("ALL_PROXY", "http://bob:hunter2@proxy.invalid:3128")

    words = _fail(signed_client("https://thingspace.invalid"))

    assert words == (
        CANNOT
        + "at the proxy: the host proxy.invalid was not found, 3 attempts in N s; check HTTPS_PROXY or ALL_PROXY, "
        "or set NO_PROXY"
    )


@pytest.mark.row(61)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://", "is not an address"),
        ("http://bob:hunter2@[::1", "is not an address"),
        ("http://x:99999", "is not an address"),
        ("ftp://x", "is not an address"),
        ("http://proxy..example:3128", "is not an address"),
        ("http://bob:hunter2@$(PROXY):3128", "is not an address"),
        ("http://${PROXY_HOST}:3128", "is not an address"),
        ("$(HTTPS_PROXY)", "is a placeholder that nothing has replaced: set an address"),
        ("${HTTPS_PROXY}", "is a placeholder that nothing has replaced: set an address"),
        ("{{ proxy }}", "is a placeholder that nothing has replaced: set an address"),
        ("socks5://bob:hunter2@127.0.0.1:1080", "names a SOCKS proxy, which is not supported: set one"),
        ("SOCKS4://127.0.0.1", "names a SOCKS proxy, which is not supported: set one"),
    ],
)
def test_proxy_that_is_no_address_is_refused_before_anything_is_sent(
    signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, variable: str, address: str, problem: str
):
    """
    The variable that it comes from is named, and its value is not shown: it may hold a password.
    """
    monkeypatch.setenv(variable, address)

    with pytest.raises(InvalidSetting) as error:
        signed_client("https://thingspace.invalid")

    assert str(error.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n  "
        f"{variable} {problem} such as http://proxy.example.com:3128"
    )


@pytest.mark.row(61)
def test_proxy_of_the_machine_that_is_no_address_is_refused(
    signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
):
    """
    Some systems keep proxies elsewhere than in the environment, so no variable is named.
    """
    monkeypatch.setattr(sockets, "get_environ_proxies", lambda _url: {"https": "socks5://127.0.0.1:1080"})

    with pytest.raises(InvalidSetting, match="the proxy of this machine names a SOCKS proxy"):
        signed_client("https://thingspace.invalid")


@pytest.mark.row(61)
@pytest.mark.parametrize("no_proxy", ["thingspace.invalid", ".invalid", "*"])
def test_host_that_needs_no_proxy_is_reached_without(
    signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, no_proxy: str
):
    """
    NO_PROXY holds for the host, its domain or all.
    """
    with RawServer(response()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", no_proxy)
        words = _fail(signed_client("https://thingspace.invalid"))

    assert "the host thingspace.invalid was not found" in words
    assert proxy.connections == 0


@pytest.mark.row(61)
def test_this_machine_is_reached_without_a_proxy(signed_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch):
    """
    What goes to this machine in the clear passes through nobody else.
    """
    with RawServer(GOOD) as server, RawServer(response()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        devices = signed_client(server.url).devices([IMEI])

    assert len(devices) == 1
    assert proxy.connections == 0
