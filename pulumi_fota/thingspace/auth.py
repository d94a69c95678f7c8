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
from pulumi_fota._text import shown
from pulumi_fota.errors import CredentialsRefused
from pulumi_fota.thingspace import tokens
from pulumi_fota.thingspace.credential_scanner import CredentialScanner
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.request import Request
from pulumi_fota.thingspace.responses import interpret_response
from pulumi_fota.thingspace.retry import RetryBudget, send
from pulumi_fota.thingspace.token_cache import MARGIN, Token, TokenCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.settings import Application, Settings, User
    from pulumi_fota.thingspace.refused_logins import RefusedLogins
    from pulumi_fota.thingspace.request import Response
    from pulumi_fota.thingspace.runtime import Runtime, Transport
    from pulumi_fota.thingspace.workers import ReadJob

T = TypeVar("T")

_TOKEN = "/api/ts/v1/oauth2/token"  # noqa: S105 (a path)
_LOGIN = "/api/m2m/v1/session/login"


class Authenticator:
    """What one application and one user may do."""

    def __init__(self, settings: Settings, refused_logins: RefusedLogins | None, runtime: Runtime) -> None:
        self.retry_budget = RetryBudget()
        self._application: Application = settings.application
        self._user: User = settings.user
        self._refused_logins = refused_logins
        self._bearers = TokenCache(settings.application.access_token, runtime.clock)
        self._sessions = TokenCache(settings.user.session_token, runtime.clock)
        self._wall_clock = runtime.wall_clock
        self._scanner = CredentialScanner(
            *(self._application.key, self._application.secret, self._application.access_token),
            *(self._user.password, self._user.session_token),
        )
        self._key_refused: CredentialsRefused | None = None  # Final for the process: it will not become right.

    def send(self, job: ReadJob, transport: Transport, request: Request, decode: Callable[[Any], T]) -> T:
        """Send a request with both tokens; where one of them has died, renew it once and send again.

        Raises:
            ThingSpaceError: There is no result.
        """
        while True:
            session = self._session(job, transport)  # First, since a login may renew the bearer.
            bearer = self._bearer(job, transport)
            job.requests += 1
            signed = _signed(request, bearer, session)
            outcome = self._send_signed(job, transport, signed, decode)
            if not isinstance(outcome, Failure):
                return outcome
            self._discard_refused(job, outcome, request, bearer, session)

    def _send_signed(
        self, job: ReadJob, transport: Transport, request: Request, decode: Callable[[Any], T]
    ) -> T | Failure:
        def interpret(response: Response) -> T | Failure:
            outcome = interpret_response(response, request, decode)
            if isinstance(outcome, Failure) and self._scanner.found_in(response):
                return attrs.evolve(
                    outcome, error=type(outcome.error).withheld(response.status), code=str(response.status)
                )
            return outcome

        return send(job, transport, request, interpret, self.retry_budget)

    def _discard_refused(
        self, job: ReadJob, failure: Failure, request: Request, bearer: Token, session: Token | None
    ) -> None:
        """Use the token that died no more."""
        if failure.refuses == "session" and session is not None:
            job.refused_tokens["session"][session.generation] = failure.code
            if len(job.refused_tokens["session"]) > 1:
                raise CredentialsRefused.second_session(failure.code).about(request.what)
            self._sessions.mark_refused(session.generation, failure.code)
        else:
            job.refused_tokens["bearer"][bearer.generation] = failure.code
            if len(job.refused_tokens["bearer"]) > 1:
                raise CredentialsRefused.second_bearer(failure.code).about(request.what)
            self._bearers.mark_refused(bearer.generation, failure.code)

    # The bearer.

    def _bearer(self, job: ReadJob, transport: Transport) -> Token:
        bearer = self._bearers.get(lambda last: self._fetch(job, transport, last))
        code = job.refused_tokens["bearer"].get(bearer.generation)
        if code is not None:  # ThingSpace gives the same one until its end.
            raise CredentialsRefused.same_bearer(code).about(job.what)
        return bearer

    def _fetch(self, job: ReadJob, transport: Transport, last: Token | None) -> tuple[Secret, float | None]:
        """Fetch a bearer. Where it is about to end, wait for that: until then ThingSpace gives the same one."""
        if last is not None and last.refused_with is None and last.ends is not None:
            job.sleep(last.ends - job.clock())
        text, ends = self._fetch_once(job, transport, last)
        if ends is not None and ends - job.clock() <= MARGIN:
            job.sleep(ends - job.clock())
            text, ends = self._fetch_once(job, transport, last)
            if ends is not None and ends - job.clock() <= MARGIN:
                ends = None  # It is used until it is refused.
        return text, ends

    def _fetch_once(self, job: ReadJob, transport: Transport, last: Token | None) -> tuple[Secret, float | None]:
        key, secret = self._application.key, self._application.secret
        if key is None or secret is None:
            raise CredentialsRefused.access_token(last.refused_with if last and last.refused_with else "").about(
                job.what
            )
        pair = Secret(base64.b64encode(f"{key.reveal()}:{secret.reveal()}".encode()).decode("ascii"))
        self._scanner.add(pair)
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
        asked = job.clock()
        try:
            outcome = self._send_signed(job, transport, request, tokens.bearer)
        except CredentialsRefused as refused:
            self._key_refused = refused
            raise
        text, seconds = cast("tuple[Secret, float | None]", outcome)  # No token dies of a request without one.
        self._scanner.add(text)
        return text, None if seconds is None else asked + seconds

    # The session.

    def _session(self, job: ReadJob, transport: Transport) -> Token:
        return self._sessions.get(lambda last: self._log_in(job, transport, last))

    def _log_in(self, job: ReadJob, transport: Transport, last: Token | None) -> tuple[Secret, None]:
        """Log in once. A refusal is final, and remembered by all processes of this machine."""
        username, password, refused_logins = self._user.username, self._user.password, self._refused_logins
        if username is None or password is None or refused_logins is None:
            raise CredentialsRefused.session_token(last.refused_with if last and last.refused_with else "").about(
                job.what
            )
        what = f"log in user {shown(username)}"
        self._bearer(job, transport)
        with refused_logins.locked(job.left() / 2, job.warn):
            at = refused_logins.refused_at(password)
            if at is not None:
                minutes = max(0, int((self._wall_clock() - at) / 60))
                raise CredentialsRefused.not_sent_again(minutes, str(refused_logins.file)).about(what)
            body = Secret(json.dumps({"username": username, "password": password.reveal()}))
            while True:
                bearer = self._bearer(job, transport)
                request = _signed(Request(kind="login", what=what, path=_LOGIN, headers={}, body=body), bearer)
                try:
                    outcome = self._send_signed(job, transport, request, tokens.session)
                except CredentialsRefused:
                    refused_logins.remember(password, job.warn)
                    raise
                if not isinstance(outcome, Failure):
                    refused_logins.forget()
                    self._scanner.add(outcome)
                    return outcome, None
                self._discard_refused(job, outcome, request, bearer, None)


def _signed(request: Request, bearer: Token, session: Token | None = None) -> Request:
    headers = {"Authorization": Secret(f"Bearer {bearer.text.reveal()}")}
    if session is not None:
        headers["VZ-M2M-Token"] = session.text
    return attrs.evolve(request, headers=headers)
