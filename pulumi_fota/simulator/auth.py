"""The two tokens of ThingSpace: who may call, for how long, and when the user is locked.

The time is passed in. Knows nothing of HTTP.
"""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

import attrs

from pulumi_fota.simulator.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

BEARER_LIFETIME = 3600.0
"""Seconds from the first issue of a bearer token to its end (ThingSpace, Get credentials)."""

SESSION_IDLE_TIME = 1200.0
"""Seconds without use after which a session ends (ThingSpace, Start connectivity management session)."""

MAX_REFUSED_LOGINS = 5
"""Refused logins in a row that lock the user (same page)."""

PREFIX = "sim-"
"""The prefix of all credentials of the simulator, so that nobody uses real ones with it."""


def is_simulated(credential: str) -> bool:
    """Return whether a credential has the prefix of the simulator, and so is not a real one."""
    return credential.startswith(PREFIX)


def _check(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not is_simulated(value):
        message = f"the simulator's {attribute.name} does not begin with {PREFIX!r}: never give it a real credential"
        raise ValueError(message)


@attrs.frozen(kw_only=True)
class Credentials:
    """The credentials that the simulator accepts. Each begins with `sim-`, and may end with any text.

    Attributes:
        key: The key of the application.
        secret: The secret of the application.
        username: The name of the user.
        password: The password of the user.

    Raises:
        ValueError: One of them does not begin with `sim-`. The message does not show it.
    """

    key: str = attrs.field(default="sim-key", repr=False, validator=_check)
    secret: str = attrs.field(default="sim-secret", repr=False, validator=_check)
    username: str = attrs.field(default="sim-user", repr=False, validator=_check)
    password: str = attrs.field(default="sim-password", repr=False, validator=_check)


class TokenRegistry:
    """The tokens of one application and one user.

    Args:
        credentials: The credentials that are accepted.
        clock: Returns monotonic seconds.
        seed: Makes the tokens the same in each run; `None` for random ones.
        single_session: A login ends earlier sessions. (The documentation does not say whether ThingSpace does that.)

    Attributes:
        credentials: The credentials that are accepted.
        refused_logins: The number of logins in a row that were refused.
    """

    def __init__(
        self, credentials: Credentials, *, clock: Callable[[], float], seed: int | None, single_session: bool
    ) -> None:
        self.credentials = credentials
        self.refused_logins: int = 0
        self._single_session = single_session
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - These tokens protect nothing.
        self._bearer = ""
        self._bearer_end = float("-inf")
        self._last_use: dict[str, float] = {}  # By session token.

    def bearer(self) -> tuple[str, int]:
        """Return the bearer token and its remaining whole seconds. Within its hour it stays the same."""
        now = self._clock()
        if now >= self._bearer_end:
            self._bearer = f"{self._random.getrandbits(128):032x}"
            self._bearer_end = now + BEARER_LIFETIME
        return self._bearer, int(self._bearer_end - now)

    def check_application(self, key: str, secret: str) -> None:
        """Refuse any other key or secret than those of the application."""
        if (key, secret) != (self.credentials.key, self.credentials.secret):
            raise Refused("client-refused")

    def check_bearer(self, bearer: str) -> None:
        """Refuse a bearer token that is unknown or expired; the gateway has one code for both."""
        if not bearer or bearer != self._bearer or self._clock() >= self._bearer_end:
            raise Refused("900901")

    def expire_bearer(self, *, after: float = 0) -> None:
        """End the bearer token after some seconds."""
        self._bearer_end = self._clock() + after

    def log_in(self, username: str, password: str) -> str:
        """Open a session and return its token."""
        if self.locked:
            raise Refused("login-locked")
        if (username, password) != (self.credentials.username, self.credentials.password):
            self.refuse_login()
        self.refused_logins = 0
        return self.open_session()

    def refuse_login(self) -> None:
        """Refuse a login, and count it towards the lock."""
        self.refused_logins += 1
        raise Refused("login-refused")

    def open_session(self) -> str:
        """Open a session without a login and return its token."""
        if self._single_session:
            self._last_use.clear()
        token = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        self._last_use[token] = self._clock()
        return token

    def check_session(self, token: str) -> None:
        """Refuse a session token that is missing, malformed, unknown or idle for too long; otherwise renew it."""
        if not token:
            raise Refused("session-missing")
        try:
            uuid.UUID(token)
        except ValueError:
            raise Refused("session-format") from None
        now = self._clock()
        if now - self._last_use.get(token, float("-inf")) >= SESSION_IDLE_TIME:
            self._last_use.pop(token, None)
            raise Refused("session-refused")
        self._last_use[token] = now

    def expire_sessions(self) -> None:
        """End all sessions, as 20 idle minutes would."""
        self._last_use.clear()

    @property
    def locked(self) -> bool:
        """Whether the user is locked, so that even the right password is refused."""
        return self.refused_logins >= MAX_REFUSED_LOGINS

    def lock(self) -> None:
        """Lock the user, as five refused logins would."""
        self.refused_logins = MAX_REFUSED_LOGINS

    def unlock(self) -> None:
        """Unlock the user, as only Verizon's support can."""
        self.refused_logins = 0
