"""Faults that are injected on purpose: what can go wrong at a call.

A fault changes what the simulator knows before it responds (the session ends), responds instead (503), or changes the
response (cut off, compressed, another account). Faults below HTTP are out of reach here.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.simulator.http import JSON
from pulumi_fota.simulator.refusals import REFUSALS, Refused, usual_response
from pulumi_fota.simulator.suggestions import unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator.auth import TokenRegistry
    from pulumi_fota.simulator.http import Response

_HOUR = 3600.0
_FIRST_ERROR = 300  # Statuses below it come with data.


@attrs.frozen
class Fault:
    """What goes wrong at a call.

    Attributes:
        name: The name that it is counted by.
        meaning: What happens, in a few words.
        delay: Seconds that the response takes longer.
        event: What happens to the tokens before the call is answered as usual.
        response: The response in place of the usual one.
        change: Changes the usual response.
    """

    name: str
    meaning: str = ""
    delay: float = attrs.field(default=0, kw_only=True)
    event: Callable[[TokenRegistry], None] | None = attrs.field(default=None, kw_only=True)
    response: Response | None = attrs.field(default=None, kw_only=True)
    change: Callable[[Response], Response] | None = attrs.field(default=None, kw_only=True)

    def begin(self, tokens: TokenRegistry) -> Response | None:
        """Let the event happen, and return the response in place of the usual one, if there is one."""
        try:
            if self.event is not None:
                self.event(tokens)
        except Refused as refused:
            return refused.response
        return self.response


def parse_fault(text: str, *, on: str | None = None) -> Fault:
    """Return a fault from its text: a name, and a value after `=` if the fault takes one.

    Args:
        text: The text.
        on: The kind of call, which decides what `refused` is.

    Raises:
        ValueError: There is no such fault, or it takes no such value.
    """
    name, _, value = text.partition("=")
    if name == "slow":
        return Fault(name, delay=_seconds(text, value))
    if name == "redirect":
        return Fault(name, response=usual_response(302).with_headers({"Location": value or ELSEWHERE}))
    if re.fullmatch(r"[2-5]\d\d", name):
        return Fault(name, response=usual_response(int(name)).with_headers({"Retry-After": value} if value else {}))
    if name == "refused":
        name = {"login": "login-refused", "token": "client-refused"}.get(on or "", "900901")
    if name not in FAULTS:
        raise ValueError(unknown_name("fault", name, (known for known in NAMES if not known[0].isdigit())))
    if value:
        raise ValueError(f"{text!r}: {name} takes no value")
    return FAULTS[name]


def _seconds(text: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= _HOUR:  # False for NaN too.
        raise ValueError(f"{text!r} is not a number of seconds, such as slow=1.5")
    return seconds


def json_change(change: Callable[[Any], Any]) -> Callable[[Response], Response]:
    """Return a change of responses that passes their JSON value to a function.

    Args:
        change: Changes the value in place, or returns another one.
    """

    def change_response(response: Response) -> Response:
        if response.status >= _FIRST_ERROR:
            return response
        value = json.loads(response.body)
        result = change(value)
        return response.with_body(json.dumps(value if result is None else result).encode("utf-8", "surrogatepass"))

    return change_response


def _compress(response: Response) -> Response:
    return response.with_body(gzip.compress(response.body)).with_headers({"Content-Encoding": "gzip"})


def _cut(response: Response) -> Response:
    return attrs.evolve(response, body=response.body[: len(response.body) // 2])  # The length stays in the header.


def _replace_body(body: bytes, content_type: str = JSON) -> Callable[[Response], Response]:
    return lambda response: response.with_body(body).with_headers({"Content-Type": content_type})


def _change_rows(change: Callable[[list[Any]], None]) -> Callable[[Response], Response]:
    def change_body(body: Any) -> None:
        if isinstance(body, dict) and isinstance(body.get("deviceList"), list) and body["deviceList"]:
            change(body["deviceList"])

    return json_change(change_body)


def _set_keys(**values: Any) -> Callable[[Response], Response]:
    def change_body(body: Any) -> None:
        if isinstance(body, dict):
            body.update(values)

    return json_change(change_body)


_STUCK = {"hasMoreData": True, "lastSeenDeviceId": "000000000000001"}


def _add_foreign_row(rows: list[Any]) -> None:
    rows.append({**rows[-1], "deviceId": "990000999999990"})


ELSEWHERE = "https://elsewhere.invalid/"
"""Where `redirect` leads without a value."""

_EFFECTS = (
    Fault("session-expired", "all sessions end", event=lambda tokens: tokens.expire_sessions()),
    Fault("bearer-expired", "the bearer token ends", event=lambda tokens: tokens.expire_bearer()),
    Fault("locked", "the user is locked", event=lambda tokens: tokens.lock()),
    Fault("login-refused", "the login is refused, which counts towards the lock", event=lambda it: it.refuse_login()),
    Fault("gzip", "the body is compressed", change=_compress),
    Fault("cut", "the connection is closed after half of the body", change=_cut),
    Fault("empty", "the body is empty", change=_replace_body(b"")),
    Fault(
        "html", "the body is an HTML page", change=_replace_body(b"<html><body>maintenance</body></html>", "text/html")
    ),
    Fault(
        "bad-json", "the body ends in the middle of its JSON", change=_replace_body(b'{"deviceList": [{"deviceId": ')
    ),
    Fault("row-missing", "the first device is missing", change=_change_rows(lambda rows: rows.pop(0))),
    Fault("row-doubled", "the first device comes twice", change=_change_rows(lambda rows: rows.append(rows[0]))),
    Fault("row-foreign", "there is a device that was not asked for", change=_change_rows(_add_foreign_row)),
    Fault("other-account", "the account is another one", change=_set_keys(accountName="0000999999-00009")),
    Fault("cursor-stuck", "every page leads to the same next page", change=_set_keys(**_STUCK)),
)

FAULTS = {fault.name: fault for fault in (*(Fault(name, response=REFUSALS[name]) for name in REFUSALS), *_EFFECTS)}
"""The faults that take no value, by name: the refusals as responses, and what changes the tokens or a response."""

MEANINGS = {
    "STATUS[=RETRY-AFTER]": "a status, 200 to 599, with its usual body",
    "slow=SECONDS": "the response takes longer",
    "redirect[=URL]": f"302, to {ELSEWHERE} by default",
    "refused": "the usual refusal of a login, a token or a read",
    **{fault.name: fault.meaning for fault in _EFFECTS},
}
"""How each fault but the refusals is written, and what happens."""

NAMES = tuple(dict.fromkeys(("refused", "redirect", "slow", *(fault.name for fault in _EFFECTS), *REFUSALS)))
"""The names of all faults but the statuses."""
