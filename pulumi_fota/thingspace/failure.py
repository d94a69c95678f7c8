"""How one attempt failed, and what may be done about it.

A plain value. Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from pulumi_fota.errors import ThingSpaceError


@attrs.frozen
class Failure:
    """An attempt that did not give what it was for."""

    error: ThingSpaceError  #: What it is to the user, not yet raised.
    attempts: int = attrs.field(default=1, kw_only=True)  #: How many attempts are worth making in all.
    sent: bool = attrs.field(default=True, kw_only=True)  #: False where no byte of the request can have left.
    wait: float | None = attrs.field(default=None, kw_only=True)  #: Seconds that the service asks to wait.
    refuses: Literal["bearer", "session"] | None = attrs.field(default=None, kw_only=True)  #: The token that has died.
    code: str = attrs.field(default="", kw_only=True)  #: The service's own code for it.
    refused: bool = attrs.field(default=False, kw_only=True)  #: Whether the credentials in the request are refused.
