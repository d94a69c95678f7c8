"""From the answers of the token endpoint and of the login to the tokens in them."""

from __future__ import annotations

import re
from typing import Any

from pulumi_fota._secret import Secret
from pulumi_fota.errors import UnexpectedResponse

_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,4096}")
_HOUR = 3600.0


def bearer(value: Any) -> tuple[Secret, float | None]:
    """Decode a bearer, and the seconds that it has left, if that is said (ThingSpace, Get credentials)."""
    if not isinstance(value, dict) or str(value.get("token_type", "bearer")).lower() != "bearer":
        raise UnexpectedResponse.no_token("an access token")
    seconds = value.get("expires_in")
    if isinstance(seconds, str) and _DIGITS.fullmatch(seconds):
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        seconds = None
    text = _token(value.get("access_token"), "an access token")
    return text, None if seconds is None else float(min(_HOUR, max(0, seconds)))


def session(value: Any) -> Secret:
    """Decode a session (ThingSpace, Start connectivity management session)."""
    token = value.get("sessionToken") if isinstance(value, dict) else None
    return _token(token, "a session token")


def _token(value: Any, what: str) -> Secret:
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
        raise UnexpectedResponse.no_token(what)
    return Secret(value)
