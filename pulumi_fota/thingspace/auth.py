"""The two tokens of a request: how each is fetched, kept and renewed, and which of them has died.

The bearer belongs to the application, the session to the user. Each request takes one pair of them, which does not
change meanwhile. Knows nothing of devices.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import attrs

from pulumi_fota._secret import Secret
from pulumi_fota._text import shown
from pulumi_fota.errors import REPORT, CredentialsRefused, ThingSpaceError, UnexpectedResponse
from pulumi_fota.settings import checks
from pulumi_fota.thingspace.http import Failure, Request
from pulumi_fota.thingspace.responses import CredentialScanner
from pulumi_fota.thingspace.retry import RetryBudget, send

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pulumi_fota.settings import Application, Settings, User
    from pulumi_fota.thingspace.http import Transport
    from pulumi_fota.thingspace.refused_logins import RefusedLogin, RefusedLogins
    from pulumi_fota.thingspace.workers import ReadJob, Runtime

#: Seconds before its end at which a token is no longer used. It cannot be renewed before: ThingSpace hands out the
#: same one until its end (ThingSpace, Get credentials).
MARGIN = 2.0

_TOKEN = "/api/ts/v1/oauth2/token"  # noqa: S105 (a path)
_LOGIN = "/api/m2m/v1/session/login"
_HOUR = 3600.0
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,4096}")
_SUBSCRIBED = "check in the ThingSpace portal whether the key is subscribed to Software Management"


class Authenticator:
    """Sends requests with the tokens of one application and one user."""

    def __init__(self, settings: Settings, refused_logins: RefusedLogins | None, runtime: Runtime) -> None:
        self._application: Application = settings.application
        self._user: User = settings.user
        self._refused_logins = refused_logins
        self._bearers = TokenCache(settings.application.access_token, runtime.clock)
        self._sessions = TokenCache(settings.user.session_token, runtime.clock)
        self._wall_clock = runtime.wall_clock
        self._retry_budget = RetryBudget()
        self._key_refused: ThingSpaceError | None = None  # Final for the process: it will not become valid.
        self.scanner = CredentialScanner(
            *(self._application.key, self._application.secret, self._application.access_token),
            *(self._user.password, self._user.session_token),
        )

    def send(self, job: ReadJob, transport: Transport, request: Request) -> Any:
        """Send a request with both tokens, and return the JSON of the response.

        If a token has died, it is renewed once in a read, and the request is sent again.

        Raises:
            ThingSpaceError: There is no JSON.
        """
        while True:
            session = self._session(job, transport)  # First, since a login may renew the bearer.
            bearer = self._bearer(job, transport)
            job.requests += 1
            outcome = self._send(job, transport, _signed(request, bearer, session))
            if not isinstance(outcome, Failure):
                return outcome
            self._discard_refused(job, outcome, request, bearer, session)

    def _send(self, job: ReadJob, transport: Transport, request: Request) -> Any | Failure:
        return send(job, transport, request, budget=self._retry_budget, scanner=self.scanner)

    def _discard_refused(
        self, job: ReadJob, failure: Failure, request: Request, bearer: Token, session: Token | None
    ) -> None:
        """Stop using the token that has died."""
        if failure.refuses == "session" and session is not None:
            job.refused_tokens["session"][session.generation] = failure.code
            if len(job.refused_tokens["session"]) > 1:
                do = "another program may be using the same UWS user: give this one a user of its own"
                raise _refused("the session ended again right after a new login", failure.code, do).about(request.what)
            self._sessions.mark_refused(session.generation, failure.code)
        else:
            job.refused_tokens["bearer"][bearer.generation] = failure.code
            if len(job.refused_tokens["bearer"]) > 1:
                raise _refused("the API refused a new token too", failure.code, _SUBSCRIBED).about(request.what)
            self._bearers.mark_refused(bearer.generation, failure.code)

    # The bearer.

    def _bearer(self, job: ReadJob, transport: Transport) -> Token:
        bearer = self._bearers.get(lambda last: self._fetch(job, transport, last))
        code = job.refused_tokens["bearer"].get(bearer.generation)
        if code is not None:  # ThingSpace gives the same one until its end.
            found = "the token endpoint keeps giving a token that the API refuses"
            raise _refused(found, code, _SUBSCRIBED).about(job.what)
        return bearer

    def _fetch(self, job: ReadJob, transport: Transport, last: Token | None) -> tuple[Secret, float | None]:
        """Fetch a bearer. If it is about to end, wait for that: until then ThingSpace gives the same one."""
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
            found = "ThingSpace does not accept the token of fota:accessToken"
            do = "set a new one, or set fota:key and fota:secret to have tokens fetched"
            raise _refused(found, _code_of(last), do).about(job.what)
        if self._key_refused is not None:
            raise copy.copy(self._key_refused)
        pair = Secret(base64.b64encode(f"{key.reveal()}:{secret.reveal()}".encode()).decode("ascii"))
        self.scanner.add(pair)
        request = Request(
            kind="token",
            what="get a token",
            path=_TOKEN,
            headers={"Authorization": Secret(f"Basic {pair.reveal()}")},
            body=urlencode({"grant_type": "client_credentials"}).encode("ascii"),
            content_type="application/x-www-form-urlencoded",
        )
        asked = job.clock()
        answer = self._send(job, transport, request)
        if isinstance(answer, Failure):
            error = answer.error
            hint = _margins(key=key.reveal(), secret=secret.reveal())
            if hint and answer.refuses == "key":
                error = CredentialsRefused.around(error, do=f"{error.do}{hint}")
            self._key_refused = error.about(request.what)
            raise copy.copy(self._key_refused)
        text, seconds = bearer_in(answer, request.what)
        self.scanner.add(text)
        return text, None if seconds is None else asked + seconds

    # The session.

    def _session(self, job: ReadJob, transport: Transport) -> Token:
        return self._sessions.get(lambda last: self._log_in(job, transport, last))

    def _log_in(self, job: ReadJob, transport: Transport, last: Token | None) -> tuple[Secret, None]:
        """Log in once. A refusal is final, and remembered by all processes of this machine."""
        username, password, refused_logins = self._user.username, self._user.password, self._refused_logins
        if username is None or password is None or refused_logins is None:
            found = "ThingSpace does not accept the session of fota:sessionToken"
            do = "set a new one, or set fota:username and fota:password to have sessions opened"
            raise _refused(found, _code_of(last), do).about(job.what)
        body = Secret(json.dumps({"username": username, "password": password.reveal()}))
        login = Request(kind="login", what=f"log in user {shown(username)}", path=_LOGIN, body=body)
        self._bearer(job, transport)
        with refused_logins.exclusive(job.left() / 2, job.warn):
            if refused := refused_logins.find(password):
                raise _not_sent_again(refused, self._wall_clock(), refused_logins.file).about(login.what)
            while True:
                bearer = self._bearer(job, transport)
                outcome = self._send(job, transport, _signed(login, bearer))
                if not isinstance(outcome, Failure):
                    session = session_in(outcome, login.what)
                    refused_logins.forget()
                    self.scanner.add(session)
                    return session, None
                if outcome.refuses != "bearer":
                    is_locked = outcome.refuses == "locked user"
                    obstacle = refused_logins.remember(password, is_locked=is_locked)
                    error = _refused_login(outcome.error, obstacle, is_locked=is_locked)
                    if not is_locked:
                        hint = _margins(username=username, password=password.reveal())
                        error = CredentialsRefused.around(error, do=f"{error.do}{hint}")
                    raise error.about(login.what)
                self._discard_refused(job, outcome, login, bearer, None)


def _signed(request: Request, bearer: Token, session: Token | None = None) -> Request:
    headers = {"Authorization": Secret(f"Bearer {bearer.text.reveal()}")}
    if session is not None:
        headers["VZ-M2M-Token"] = session.text
    return attrs.evolve(request, headers=headers)


def _code_of(refused: Token | None) -> str:
    return (refused.refused_with if refused else None) or ""


def _refused(found: str, code: str, do: str) -> CredentialsRefused:
    return CredentialsRefused(found, do, quoted=f" ({code})" if code else "")


def _margins(**credentials: str) -> str:
    """Say which credentials were sent with quotes or blanks around them, as files of variables keep them."""
    around = {name: checks.margin(text) for name, text in credentials.items()}
    found = [f"there are {what} around the {name}" for name, what in around.items() if what]
    return f"; {' and '.join(found)}: remove them if they are not a part of it" if found else ""


def _refused_login(error: ThingSpaceError, obstacle: str | None, *, is_locked: bool) -> CredentialsRefused:
    """Add to the error of a refused login whether it is sent again."""
    if is_locked:
        return CredentialsRefused.around(error, do=error.do)
    next_time = "this pair is not sent again for an hour"
    if obstacle is not None:
        next_time = f"this machine cannot remember the refusal ({obstacle}), so do not run it with the same pair"
    next_time += ", since five refusals in a row lock the user"
    return CredentialsRefused.around(error, do=f"{error.do}; {next_time}")


def _not_sent_again(refused: RefusedLogin, now: float, file: Path) -> CredentialsRefused:
    minutes = max(0, int((now - refused.at) / 60))
    if refused.is_locked:
        found = f"ThingSpace said {minutes} min ago that this user is locked, and the login was not sent again"
        return CredentialsRefused(found, "only Verizon unlocks it: ask its support")
    delete = f"delete {file} and " if os.path.exists(file) else ""  # noqa: PTH110 (which raises nothing)
    return CredentialsRefused(
        f"ThingSpace refused this user and password {minutes} min ago, and they were not sent again, since five "
        "refusals in a row lock the user",
        f"correct them; if they are right now, {delete}start again: a process that met the refusal does not forget it",
    )


# The tokens in JSON.


def bearer_in(answer: Any, what: str) -> tuple[Secret, float | None]:
    """Return the bearer in an answer, and the seconds that it has left, if it says so (ThingSpace, Get credentials).

    Raises:
        UnexpectedResponse: It has none that can be sent.
    """
    if not isinstance(answer, dict) or str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise _no_token("access token", what)
    seconds = answer.get("expires_in")
    if isinstance(seconds, str) and _DIGITS.fullmatch(seconds):
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        seconds = None
    text = _checked_token(answer.get("access_token"), "access token", what)
    return text, None if seconds is None else float(min(_HOUR, max(0, seconds)))


def session_in(answer: Any, what: str) -> Secret:
    """Return the session in an answer (ThingSpace, Start connectivity management session).

    Raises:
        UnexpectedResponse: It has none that can be sent.
    """
    token = answer.get("sessionToken") if isinstance(answer, dict) else None
    return _checked_token(token, "session token", what)


def _checked_token(value: Any, noun: str, what: str) -> Secret:
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
        raise _no_token(noun, what)
    return Secret(value)


def _no_token(noun: str, what: str) -> ThingSpaceError:
    return UnexpectedResponse(f"ThingSpace answered without a usable {noun}", REPORT).about(what)


# A token that many threads use.


@attrs.frozen
class Token:
    """A token. Its `generation` tells it from those before it; `ends` is a moment on the clock, if it is known."""

    text: Secret
    generation: int = 0
    ends: float | None = None
    refused_with: str | None = None  #: The code with which it was refused, if it was.


@attrs.define
class _Renewal:
    done: bool = False
    error: ThingSpaceError | None = None


class TokenCache:
    """Keeps one token, and lets one thread at a time renew it while the others wait for that."""

    def __init__(self, given: Secret | None, clock: Callable[[], float]) -> None:
        self._token = Token(given) if given else None
        self._clock = clock
        self._renewal: _Renewal | None = None
        self._changed = threading.Condition()

    def get(self, renew: Callable[[Token | None], tuple[Secret, float | None]]) -> Token:
        """Return the token, renewed if necessary.

        The same token handed out again keeps its generation.

        Args:
            renew: Takes the last token, and returns the text of the next and its end.

        Raises:
            ThingSpaceError: It could not be renewed, by this thread or by the one that it waited for.
        """
        with self._changed:
            while True:
                last, renewal = self._token, self._renewal
                if last is not None and self._is_good(last):
                    return last
                if renewal is None:
                    self._renewal = renewal = _Renewal()
                    break
                self._changed.wait_for(lambda renewal=renewal: renewal.done)  # type: ignore[misc]
                if renewal.error is not None:
                    raise copy.copy(renewal.error)  # Each thread raises one of its own.
        try:
            text, ends = renew(last)
            is_same = last is not None and last.text == text
            token = self._token = Token(text, (last.generation if last else 0) + (not is_same), ends)
        except ThingSpaceError as error:
            renewal.error = None if error.is_of_one_read else error  # Without one, the next in line tries.
            raise
        finally:
            with self._changed:
                self._renewal, renewal.done = None, True
                self._changed.notify_all()
        return token

    def mark_refused(self, generation: int, code: str) -> None:
        """Stop using this token, unless another has taken its place already."""
        with self._changed:
            if self._token is not None and self._token.generation == generation:
                self._token = attrs.evolve(self._token, refused_with=code)

    def _is_good(self, token: Token) -> bool:
        return token.refused_with is None and (token.ends is None or self._clock() < token.ends - MARGIN)
