"""Who may call: the bearer of the application, the sessions of the user, and the lock.

Keeps the rules of ThingSpace's two tokens in time that is handed in. Knows nothing of HTTP.
"""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING

from pulumi_fota.simulator.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator.credentials import Credentials

BEARER_LIFE = 3600.0
"""Seconds from the first issue of a bearer to its end."""

SESSION_IDLE = 1200.0
"""Seconds without use after which a session ends."""

MOST_REFUSALS = 5
"""Refused logins in a row that lock the user."""


class Access:
    """The two tokens of one application and one user.

    Args:
        credentials: The ones that are accepted.
        clock: Gives monotonic seconds.
        seed: Makes the tokens the same in each run; `None` for other tokens each time.
        single_session: A login ends the sessions before it. (Whether ThingSpace's does is not documented.)
    """

    def __init__(
        self, credentials: Credentials, *, clock: Callable[[], float], seed: int | None, single_session: bool
    ) -> None:
        self.credentials = credentials
        self.single_session = single_session
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - These tokens guard nothing.
        self._bearer = ""
        self._bearer_ends = float("-inf")
        self._sessions: dict[str, float] = {}  # The token, and when it was last used.
        self.refusals: int = 0

    @property
    def locked(self) -> bool:
        """Whether the user is locked, so that the right password is refused too."""
        return self.refusals >= MOST_REFUSALS

    def bearer(self) -> tuple[str, int]:
        """Give the bearer and the whole seconds that it has left: within its hour the same one each time."""
        now = self._clock()
        if now >= self._bearer_ends:
            self._bearer = f"{self._random.getrandbits(128):032x}"
            self._bearer_ends = now + BEARER_LIFE
        return self._bearer, int(self._bearer_ends - now)

    def check_application(self, key: str, secret: str) -> None:
        """Refuse any but the application's key and secret."""
        if (key, secret) != (self.credentials.key, self.credentials.secret):
            raise Refused("client-refused")

    def check_bearer(self, bearer: str) -> None:
        """Refuse a bearer that was never issued or has ended: the gateway has one code for both."""
        if not bearer or bearer != self._bearer or self._clock() >= self._bearer_ends:
            raise Refused("900901")

    def login(self, username: str, password: str) -> str:
        """Open a session and give its token."""
        if self.locked:
            raise Refused("login-locked")
        if (username, password) != (self.credentials.username, self.credentials.password):
            self.refuse_login()
        self.refusals = 0
        return self.open_session()

    def refuse_login(self) -> None:
        """Refuse a login, which counts towards the lock."""
        self.refusals += 1
        raise Refused("login-refused")

    def open_session(self) -> str:
        """Open a session without a login."""
        if self.single_session:
            self._sessions.clear()
        token = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        self._sessions[token] = self._clock()
        return token

    def check_session(self, token: str) -> None:
        """Refuse a session token that is missing, no GUID, unknown or idle for too long; else count it as used."""
        if not token:
            raise Refused("session-missing")
        try:
            uuid.UUID(token)
        except ValueError:
            raise Refused("session-format") from None
        now = self._clock()
        if now - self._sessions.get(token, float("-inf")) >= SESSION_IDLE:
            self._sessions.pop(token, None)
            raise Refused("session-refused")
        self._sessions[token] = now

    def expire_bearer(self, *, after: float = 0) -> None:
        """End the bearer in so many seconds: the next one is another."""
        self._bearer_ends = self._clock() + after

    def expire_sessions(self) -> None:
        """End all sessions, as 20 idle minutes would."""
        self._sessions.clear()

    def lock(self) -> None:
        """Lock the user, as five refused logins would."""
        self.refusals = MOST_REFUSALS

    def unlock(self) -> None:
        """Unlock the user, as only Verizon's support can."""
        self.refusals = 0
