"""The one place that requests go to: its address, the proxy on the way, and the certificates that are trusted.

Proxies and CA files are taken from the environment as other programs do, and nothing else is. Sends nothing.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs
from requests.utils import get_environ_proxies, select_proxy

from pulumi_fota._secret import Secret
from pulumi_fota._text import safe
from pulumi_fota.errors import InvalidSetting

if TYPE_CHECKING:
    from typing_extensions import Self

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")  # In the order in which they count.
_LONGEST_PATH = 400
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # What other programs that speak HTTP here go by.


@attrs.frozen(kw_only=True, eq=False)
class Origin:
    """The one place that requests go to."""

    url: str  #: Scheme, host and port, as the settings have checked it.
    host: str
    port: int
    proxy: Secret | None  #: The address of the proxy on the way, in which a password may stand; none to this machine.
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, base_url: str, ca_bundle: str | None) -> Self:
        """Find the way to a base URL.

        Raises:
            InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
        """
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if parts.scheme == "http":  # This machine, as the settings see to: no proxy shall read what goes there.
            return cls(url=base_url, host=host, port=parts.port or 80, proxy=None, tls=None)
        address = select_proxy(base_url, get_environ_proxies(base_url))
        proxy = Secret(_checked_proxy(address)) if address else None
        return cls(url=base_url, host=host, port=parts.port or 443, proxy=proxy, tls=_tls(ca_bundle))

    @property
    def next_hop(self) -> tuple[str, int]:
        """Host and port that a connection is opened to: the proxy's, where there is one."""
        parts = urlsplit(self.proxy.reveal() if self.proxy else self.url)
        return parts.hostname or "", parts.port or (80 if self.proxy else self.port)


def _checked_proxy(address: str) -> str:
    whole = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        where = next(
            (name for name in _PROXY_VARIABLES if os.environ.get(name) == address), "the proxy of this machine"
        )
        is_socks = whole.lower().startswith("socks")
        what = "names a SOCKS proxy, which cannot be used here: set one" if is_socks else "is no address"
        raise InvalidSetting.found([f"{where} {what} such as http://proxy.example.com:3128"])
    return whole


def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    # Not `ssl.create_default_context`, which writes the keys of every connection to the file of SSLKEYLOGFILE.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    name, path = _ca_file(ca_bundle)
    if not path:
        context.load_default_certs()
        return context
    shown_path = safe(path, longest=_LONGEST_PATH)
    try:
        context.load_verify_locations(**{"capath" if Path(path).is_dir() else "cafile": path})
    except FileNotFoundError:
        problem = f"{name}: the file {shown_path} does not exist"
    except ssl.SSLError:
        problem = f"{name}: the file {shown_path} holds no CA certificate in PEM form"
    except OSError as error:
        problem = f"{name}: the file {shown_path} cannot be read ({error.strerror})"
    else:
        return context
    raise InvalidSetting.found([problem])


def _ca_file(ca_bundle: str | None) -> tuple[str, str]:
    if ca_bundle:
        return "fota:caBundle", ca_bundle
    return next(((name, path) for name in _CA_VARIABLES if (path := os.environ.get(name))), ("", ""))
