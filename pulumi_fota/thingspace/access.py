"""The two tokens of a request: how each is fetched, and which of them has died.

The bearer belongs to the application, the session to the user. Each request takes one pair of them, which does not
change under it. Knows nothing of devices.
"""

from __future__ import annotations

import base64
import copy
import json
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

import attrs

from pulumi_fota._secret import Secret
from pulumi_fota.errors import CredentialsRefused
from pulumi_fota.errors.aside import aside
from pulumi_fota.thingspace import tokens
from pulumi_fota.thingspace.confidential import Confidential
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.keeper import MARGIN, Keeper, Token
from pulumi_fota.thingspace.refusal import judge
from pulumi_fota.thingspace.request import Request
from pulumi_fota.thingspace.retry import Restraint, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.settings import Application, Settings, User
    from pulumi_fota.thingspace.latch import Latch
    from pulumi_fota.thingspace.read import Read
    from pulumi_fota.thingspace.request import Answer
    from pulumi_fota.thingspace.world import Transport, World

T = TypeVar("T")

_TOKEN = "/api/ts/v1/oauth2/token"  # noqa: S105 (a path)
_LOGIN = "/api/m2m/v1/session/login"


class Access:
    """What one application and one user may do."""

    def __init__(self, settings: Settings, latch: Latch | None, world: World) -> None:
        self.restraint = Restraint()
        self._application: Application = settings.application
        self._user: User = settings.user
        self._latch = latch
        self._bearers = Keeper(settings.application.access_token, world.clock)
        self._sessions = Keeper(settings.user.session_token, world.clock)
        self._wall = world.wall
        self._confidential = Confidential(
            *(self._application.key, self._application.secret, self._application.access_token),
            *(self._user.password, self._user.session_token),
        )
        self._key_refused: CredentialsRefused | None = None  # Final for the process: it will not become right.

    def ask(self, read: Read, line: Transport, request: Request, accept: Callable[[Any], T]) -> T:
        """Send a request with both tokens; where one of them has died, renew it once and send again.

        Raises:
            ThingSpaceError: There is no result.
        """
        while True:
            session = self._session(read, line)  # First, since a login may renew the bearer.
            bearer = self._bearer(read, line)
            read.requests += 1
            signed = _signed(request, bearer, session)
            outcome = self._send(read, line, signed, accept)
            if not isinstance(outcome, Failure):
                return outcome
            self._bury(read, outcome, request, bearer, session)

    def _send(self, read: Read, line: Transport, request: Request, accept: Callable[[Any], T]) -> T | Failure:
        def judged(answer: Answer) -> T | Failure:
            outcome = judge(answer, request, accept)
            if isinstance(outcome, Failure) and self._confidential.is_in(answer):
                return attrs.evolve(outcome, error=type(outcome.error).withheld(answer.status), code=str(answer.status))
            return outcome

        return send(read, line, request, judged, self.restraint)

    def _bury(self, read: Read, failure: Failure, request: Request, bearer: Token, session: Token | None) -> None:
        """Use the token that died no more."""
        if failure.dead == "session" and session is not None:
            read.dead["session"][session.generation] = failure.code
            if len(read.dead["session"]) > 1:
                raise CredentialsRefused.second_session(failure.code).about(request.what)
            self._sessions.drop(session.generation, failure.code)
        else:
            read.dead["bearer"][bearer.generation] = failure.code
            if len(read.dead["bearer"]) > 1:
                raise CredentialsRefused.second_bearer(failure.code).about(request.what)
            self._bearers.drop(bearer.generation, failure.code)

    # The bearer.

    def _bearer(self, read: Read, line: Transport) -> Token:
        bearer = self._bearers.get(lambda last: self._fetch(read, line, last))
        code = read.dead["bearer"].get(bearer.generation)
        if code is not None:  # ThingSpace gives the same one until its end.
            raise CredentialsRefused.same_bearer(code).about(read.what)
        return bearer

    def _fetch(self, read: Read, line: Transport, last: Token | None) -> tuple[Secret, float | None]:
        """Fetch a bearer. Where it is about to end, wait for that: until then ThingSpace gives the same one."""
        if last is not None and last.death is None and last.ends is not None:
            read.sleep(last.ends - read.clock())
        text, ends = self._fetch_once(read, line, last)
        if ends is not None and ends - read.clock() <= MARGIN:
            read.sleep(ends - read.clock())
            text, ends = self._fetch_once(read, line, last)
            if ends is not None and ends - read.clock() <= MARGIN:
                ends = None  # It is used until it is refused.
        return text, ends

    def _fetch_once(self, read: Read, line: Transport, last: Token | None) -> tuple[Secret, float | None]:
        key, secret = self._application.key, self._application.secret
        if key is None or secret is None:
            raise CredentialsRefused.access_token(last.death if last and last.death else "").about(read.what)
        pair = Secret(base64.b64encode(f"{key.reveal()}:{secret.reveal()}".encode()).decode("ascii"))
        self._confidential.add(pair)
        request = Request(
            kind="token",
            what="get a token",
            path=_TOKEN,
            headers={"Authorization": Secret(f"Basic {pair.reveal()}")},
            body=urlencode({"grant_type": "client_credentials"}).encode("ascii"),
            content_type="application/x-www-form-urlencoded",
        )
        if self._key_refused is not None:
            raise copy.copy(self._key_refused)
        asked = read.clock()
        try:
            outcome = self._send(read, line, request, tokens.bearer)
        except CredentialsRefused as refused:
            self._key_refused = refused
            raise
        text, seconds = cast("tuple[Secret, float | None]", outcome)  # No token dies of a request without one.
        self._confidential.add(text)
        return text, None if seconds is None else asked + seconds

    # The session.

    def _session(self, read: Read, line: Transport) -> Token:
        return self._sessions.get(lambda last: self._log_in(read, line, last))

    def _log_in(self, read: Read, line: Transport, last: Token | None) -> tuple[Secret, None]:
        """Log in once. A refusal is final, and remembered by all processes of this machine."""
        username, password, latch = self._user.username, self._user.password, self._latch
        if username is None or password is None or latch is None:
            raise CredentialsRefused.session_token(last.death if last and last.death else "").about(read.what)
        what = f"log in {aside(f'user {username!r}', 'the user')}"
        self._bearer(read, line)
        with latch.held(read.left() / 2, read.tell):
            at = latch.refused_at(password)
            if at is not None:
                minutes = max(0, int((self._wall() - at) / 60))
                raise CredentialsRefused.not_sent_again(minutes, str(latch.file)).about(what)
            body = Secret(json.dumps({"username": username, "password": password.reveal()}))
            while True:
                bearer = self._bearer(read, line)
                request = _signed(Request(kind="login", what=what, path=_LOGIN, headers={}, body=body), bearer)
                try:
                    outcome = self._send(read, line, request, tokens.session)
                except CredentialsRefused:
                    latch.remember(password, read.tell)
                    raise
                if not isinstance(outcome, Failure):
                    latch.forget()
                    self._confidential.add(outcome)
                    return outcome, None
                self._bury(read, outcome, request, bearer, None)


def _signed(request: Request, bearer: Token, session: Token | None = None) -> Request:
    headers = {"Authorization": Secret(f"Bearer {bearer.text.reveal()}")}
    if session is not None:
        headers["VZ-M2M-Token"] = session.text
    return attrs.evolve(request, headers=headers)
