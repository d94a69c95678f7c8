"""One request and its answer, as values.

Knows nothing of sockets, tokens or devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fota._secret import Secret

RequestKind = Literal["token", "login", "devices", "account_devices", "firmware"]


@attrs.frozen(kw_only=True)
class Request:
    """What is to be sent. Credentials stand in it as secrets, and become text when it leaves."""

    kind: RequestKind
    what: str  #: What it is for, to stand behind "cannot" in an error.
    path: str  #: Percent-encoded, with the query.
    headers: Mapping[str, Secret]
    body: bytes | Secret | None = None  #: Without a body it is a GET, else a POST.
    content_type: str = "application/json"

    @property
    def method(self) -> str:
        """POST with a body, GET without."""
        return "GET" if self.body is None else "POST"

    @property
    def is_login(self) -> bool:
        """Whether it may count towards a lock, and must not be sent twice."""
        return self.kind == "login"

    @property
    def carries_credentials(self) -> bool:
        """Whether it is a token call or a login: its answer is never quoted."""
        return self.kind in ("token", "login")


@attrs.frozen(kw_only=True)
class Response:
    """What came back: complete, unpacked, and not yet read."""

    status: int
    body: bytes = attrs.field(repr=False)
    content_type: str = ""
    location: str = ""
    date: str = ""
    retry_after: tuple[str, ...] = ()
