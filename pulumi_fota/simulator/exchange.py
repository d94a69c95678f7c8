"""One exchange with the simulator: the request as it arrived, the answer as it leaves.

Plain values. Knows nothing of accounts, tokens or sockets.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

KINDS = ("token", "login", "devices", "account_devices", "firmware", "other")
"""What a request can ask for. `other` is whatever the simulator does not answer with data."""


@attrs.define(kw_only=True, eq=False)
class Request:
    """A request that reached the simulator.

    `path` is still percent-encoded, `query` holds the first value of each parameter, `connection` tells the
    client's sockets apart (`127.0.0.1:41234`, empty without a socket), and `status` is what was answered, `None`
    until then. `headers` ignores case.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: Headers = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    connection: str = ""
    kind: str = "other"
    status: int | None = None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@attrs.frozen
class Answer:
    """What is sent back.

    A body that is shorter than its own `Content-Length` header is sent as it is, and the connection closed after it.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = attrs.field(repr=False)

    @classmethod
    def of(
        cls,
        body: bytes | str,
        *,
        status: int = 200,
        content_type: str | None = JSON,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Build an answer of this body, with its length and type in the headers."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        kind = () if content_type is None else (("Content-Type", content_type),)
        length = () if status == HTTPStatus.NO_CONTENT else (("Content-Length", str(len(data))),)
        return cls(status, (*kind, *length, *headers), data)

    @classmethod
    def of_json(cls, value: Any, *, status: int = 200) -> Answer:
        """Build an answer of this JSON value."""
        return cls.of(json.dumps(value), status=status)
