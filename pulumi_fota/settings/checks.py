"""What makes each setting valid.

A check takes a value of any type and returns the one to use. It raises `ValueError` with a reason that is read after
the setting's name. A reason never contains the text of a secret.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from pulumi_fota._path import expanded
from pulumi_fota._secret import Secret
from pulumi_fota._text import shown
from pulumi_fota.protocol import PROTOCOLS, canonical_protocol

Check = Callable[[Any], Any]

_ACCOUNT = re.compile(r"[A-Za-z0-9-]{3,32}", re.ASCII)
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,4096}")
_NO_HOST = (
    "has an invalid host or port: use letters, digits, dashes and underscores between single dots, or an IP address"
)
_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})*\.?", re.ASCII)
_NETLOC = re.compile(r"(?:[\w-]{1,63}(?:\.[\w-]{1,63})*|\[[0-9a-fA-F:.]+\])(?::\d*)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_PLACEHOLDER = re.compile(
    r"\$\{[^{}]*\}|\$\([^()]*\)|\$?\{\{.*\}\}|%[A-Za-z_][A-Za-z0-9_]*%"
    # Of `$NAME` only what no password looks like.
    r"|\$(?:[A-Z][A-Z0-9]*)?_[A-Z0-9_]*|\$(?i:env:\w+|fota(?:_[a-z]+)+)",
)
_LONGEST_PATH = 400
_ACCOUNT_DIGITS = 10  # An account is commonly ten digits, a dash and five digits.
_BOOLEANS = {"true": True, "false": False}


def account(value: Any) -> str:
    """Check the name of a billing account (ThingSpace, Device information for a list (v3), `acc`)."""
    name = text(value)
    if name.isdigit() and len(name) < _ACCOUNT_DIGITS:
        raise ValueError(
            f"is {shown(name)}, only digits and fewer than ten: YAML drops leading zeros; "
            "write the whole account and quote it, such as '0000123456-00001'"
        )
    if not _ACCOUNT.fullmatch(name):
        raise ValueError(f"is {shown(name)}: an account is 3 to 32 letters, digits and dashes")
    return name


def text(value: Any) -> str:
    """Check that a value is text. YAML may have made a number of it."""
    if isinstance(value, bool | int | float):
        raise ValueError(f"arrived as the number {shown(value)}: quote it")  # noqa: TRY004 (every reason is a ValueError)
    if not isinstance(value, str):
        raise ValueError(f"is of type {type(value).__name__}: text was expected")  # noqa: TRY004
    if _CONTROL.search(value):
        raise ValueError("contains a line break or another control character")
    return value


def secret(value: Any) -> Secret:
    """Check a credential that travels inside a body or is encoded."""
    credential = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(credential, str):
        raise ValueError(f"is of type {type(value).__name__}: text was expected")  # noqa: TRY004
    if _CONTROL.search(credential):
        raise ValueError("contains a line break or another control character (did the file end with a newline?)")
    return Secret(credential)


def key(value: Any) -> Secret:
    """Check the application's key, which a colon separates from the secret in Basic authentication."""
    credential = secret(value)
    if ":" in credential.reveal():
        raise ValueError("contains a colon, which a key never does")
    return credential


def token(value: Any) -> Secret:
    """Check a token that travels in a header."""
    credential = secret(value)
    if not _VISIBLE_ASCII.fullmatch(credential.reveal()):
        raise ValueError("contains a blank or another character that no HTTP header can hold, or is longer than 4,096")
    return credential


def base_url(value: Any) -> str:
    """Check the address of the service: https, or http to this machine; only host and port."""
    url = text(value)
    if not url.isascii() or " " in url:
        raise ValueError("contains a blank or a character outside ASCII")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if host and ":" in host:
            ip_address(host)
    except ValueError:
        raise ValueError(_NO_HOST) from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("contains a user or password: remove it; credentials have settings of their own")
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("does not begin with https:// and a host")
    if not _NETLOC.fullmatch(parts.netloc):  # The HTTP library cannot send a request there.
        raise ValueError(_NO_HOST)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(f"is plain http to {shown(host)}: use https; plain http is only possible to this machine")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("has something after the host: remove it; the path is added")
    if port == 0:
        raise ValueError("names port 0")
    return f"{parts.scheme}://{parts.netloc}"


def protocol(value: Any) -> str:
    """Check a protocol filter, in any spelling of ThingSpace's documentation."""
    name = canonical_protocol(text(value))
    if name is None:
        raise ValueError(f"is {shown(value)}: use one of {', '.join(PROTOCOLS)}")
    return name


def count(least: int, most: int) -> Check:
    """Return the check of a whole number between two bounds."""

    def check(value: Any) -> int:
        digits = str(value)
        if not re.fullmatch(r"[0-9]{1,6}", digits, re.ASCII) or not least <= int(digits) <= most:
            raise ValueError(f"is {shown(value)}: use a whole number from {least:,} to {most:,}")
        return int(digits)

    return check


def seconds(most: int) -> Check:
    """Return the check of a number of seconds above 0, fractions allowed."""

    def check(value: Any) -> float:
        try:
            number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        if not 0 < number <= most:
            raise ValueError(f"is {shown(value)}: use seconds, above 0 and up to {most:,}")
        return number

    return check


def path(value: Any) -> str:
    """Check the path of a file or folder, and replace a leading `~` by the home folder."""
    if not isinstance(value, str | os.PathLike):
        raise ValueError(f"is of type {type(value).__name__}: text or a Path was expected")  # noqa: TRY004
    name = text(os.fspath(value))
    if not name.strip():
        raise ValueError("is empty: name the folder, or leave it out")
    try:
        return str(expanded(name))
    except ValueError as reason:
        raise ValueError(f"is {shown(name, longest=_LONGEST_PATH)}, {reason}") from None


def boolean(value: Any) -> bool:
    """Check `true` or `false`."""
    flag = value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
    if flag is None:
        raise ValueError(f"is {shown(value)}: use true or false")
    return flag


def gate_mode(value: Any) -> str:
    """Check the mode of the stack's gates."""
    if value not in {"mandatory", "advisory"}:
        raise ValueError(f"is {shown(value)}: use mandatory or advisory")
    return str(value)


def connection_name(value: Any) -> str:
    """Check the name of a connection, which is part of the names of environment variables."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", value, re.ASCII):
        raise ValueError(f"{shown(value)}: use up to 32 letters, digits and underscores, a letter first")
    return value


def connections(value: Any) -> dict[str, dict[str, Any]]:
    """Check the structure of `fota:connections`: `{name: {setting: value}}`, as an object or its JSON text."""
    try:
        entries = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        entries = None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise ValueError(
            "is not an object for each name: use `pulumi config set --path fota:connections.NAME.account`, and so on"
        )
    return entries


def is_placeholder(value: Any) -> bool:
    """Return whether a whole text is a placeholder that nothing has replaced: `${NAME}`, `{{ name }}`, `%NAME%`."""
    return isinstance(value, str) and bool(_PLACEHOLDER.fullmatch(_without_margins(value)))


def margin(value: Any) -> str | None:
    """Return what is around a text that may not belong to it, `"blanks"` or `"quotes"`, or `None`."""
    if not isinstance(value, str) or value.strip() != value.strip(" ") or _without_margins(value) == value:
        return None  # Line breaks and other control characters have a reason of their own.
    return "blanks" if value != value.strip() else "quotes"


def is_host(name: str) -> bool:
    """Return whether a name, or an IP address without brackets, can be that of a host."""
    try:
        ip_address(name)
    except ValueError:
        return bool(_HOST.fullmatch(name))
    return True


def _without_margins(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\"`"
    return text[1:-1].strip() if quoted else text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
