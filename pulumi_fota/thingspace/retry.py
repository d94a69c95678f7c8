"""The retry policy, and the one loop that follows it.

Nothing is tried again anywhere else. Within the policy there is one deadline; one budget, so that a service which keeps
failing never sees many more requests than it must; and one thread at a time that tries again, so that nobody else asks
a dead service meanwhile. Knows nothing of tokens or devices.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace.http import Failure
from pulumi_fota.thingspace.responses import interpret_response

if TYPE_CHECKING:
    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.thingspace.http import FailureKind, Request, Response, Transport
    from pulumi_fota.thingspace.responses import CredentialScanner
    from pulumi_fota.thingspace.workers import ReadJob


class Attempts(NamedTuple):
    """How often a request is sent in all, the first time included."""

    request: int
    login: int  #: Five refused logins lock the user, so a login that may have counted is not sent again.


POLICY: dict[FailureKind, Attempts] = {
    # There is no connection: no such host, no route, refused, no answer to it, or the proxy refuses to connect.
    "unreachable": Attempts(3, login=3),
    # The TLS handshake breaks.
    "handshake": Attempts(2, login=2),
    # The connection breaks after something was sent, falls silent, is too slow, or the response is cut off.
    "interrupted": Attempts(3, login=1),
    # The service says that it is busy: status 408, 425, 429, 502, 503 or 504.
    "busy": Attempts(3, login=1),
    # The service fails: any other status of 500 or more, or an error that it calls unexpected itself.
    "failed": Attempts(2, login=1),
    # The response is damaged: not HTTP, not unpackable, without a body, or not JSON.
    "garbled": Attempts(2, login=1),
    # Anything else: a refusal, a redirect, a page, a certificate, or JSON that the API does not document.
    "final": Attempts(1, login=1),
}
# Seconds between two attempts: drawn evenly from 0 to a limit, so that clients which failed together spread out. The
# limit doubles with each attempt.
FIRST_LIMIT, LONGEST_LIMIT = 1.0, 8.0
# If a busy service asks to wait (Retry-After), all threads wait exactly as long; a longer time than this ends the read.
LONGEST_WAIT = 60.0
# Retries that all reads with one application and user share, and what each request that succeeds adds: so a service
# that keeps failing sees at most a tenth more requests than it must, and ten.
BUDGET, REFILL = 10.0, 0.1

_SILENT_WAIT = 5.0  # Longer ones are announced.
_SECONDS = re.compile(r"[0-9]{1,20}", re.ASCII)


class RetryBudget:
    """What all threads of the process owe the service: few retries, and a pause if it asks for one."""

    def __init__(self) -> None:
        self.sent = self.failed = 0
        self.pause_ends = float("-inf")
        self._retries = BUDGET
        self._lock = threading.Lock()

    def count(self, *, failed: bool) -> None:
        """Count a request."""
        with self._lock:
            self.sent += 1
            self.failed += failed
            if not failed:
                self._retries = min(BUDGET, self._retries + REFILL)

    def spend(self) -> bool:
        """Take a retry out of the budget, and return whether there was one."""
        with self._lock:
            if self._retries < 1:
                return False
            self._retries -= 1
            return True

    def pause(self, ends: float) -> None:
        """Let nobody send anything until this moment."""
        with self._lock:
            self.pause_ends = max(self.pause_ends, ends)


def send(
    job: ReadJob, transport: Transport, request: Request, *, budget: RetryBudget, scanner: CredentialScanner
) -> Any | Failure:
    """Send a request until it succeeds, or the policy ends it.

    Args:
        job: The read that needs it.
        transport: What carries it.
        request: What to send.
        budget: What is owed to the service.
        scanner: The credentials that no error may repeat.

    Returns:
        The JSON of the response, or the failure that says which credential is no longer accepted.

    Raises:
        ThingSpaceError: Anything else; the read is over.
        Stopped: The read was over already.
    """
    started = job.clock()
    with contextlib.ExitStack() as turn:
        for attempt in itertools.count(1):
            job.sleep(budget.pause_ends - job.clock())
            response = transport.send(request, job.attempt_seconds())
            outcome = response if isinstance(response, Failure) else interpret_response(response, request, scanner)
            if not isinstance(outcome, Failure) or outcome.refuses:
                budget.count(failed=False)
                break
            budget.count(failed=True)
            transport.close()  # The rest of a damaged response might be taken for the next one.
            job.note_first_error(outcome.error)
            asked = None if isinstance(response, Failure) or outcome.kind != "busy" else seconds_to_wait(response)
            wait = job.random() * min(LONGEST_LIMIT, FIRST_LIMIT * 2.0 ** (attempt - 1)) if asked is None else asked
            error = _final_error(job, request, outcome, budget, attempt=attempt, wait=wait, asked=asked is not None)
            if error is not None:
                job.stop()
                is_its_own = error is outcome.error and attempt > 1
                tried = f", {attempt} attempts in {job.clock() - started:.1f} s" if is_its_own else ""
                raise error.about(request.what, tried)
            if asked is not None:
                budget.pause(job.clock() + asked)
                if asked > _SILENT_WAIT:
                    why = ServiceUnavailable.around(
                        outcome.error, before=f"ThingSpace asks to wait {asked:.0f} s: ", do=""
                    )
                    job.warn(str(why.redacted() if job.secret else why))
            if attempt == 1:
                turn.enter_context(job.retry_lock)
            job.sleep(wait)
    return outcome


def _final_error(
    job: ReadJob,
    request: Request,
    failure: Failure,
    budget: RetryBudget,
    *,
    attempt: int,
    wait: float,
    asked: bool,
) -> ThingSpaceError | None:
    """Return the error that ends it, or `None` if there is to be another attempt after the wait."""
    attempts = POLICY[failure.kind]
    if request.is_login and attempts.login < attempts.request:
        before, after = (
            "the login did not finish (",
            ("), and was not tried again: it may have counted as refused, and five refusals in a row lock the user"),
        )
        return ServiceUnavailable.around(failure.error, before=before, after=after, do="run it again later")
    job.check()
    if job.left() <= 0:
        return job.out_of_time()
    if asked and (wait > LONGEST_WAIT or wait >= job.left()):
        limits = f"this read waits at most {LONGEST_WAIT:g} s at a time and {job.seconds:g} s in all"
        after, do = f", and asks to wait {wait:,.0f} s; {limits}", "run it again after that time"
        return ServiceUnavailable.around(failure.error, after=after, do=do, of_one_read=wait <= LONGEST_WAIT)
    if attempt >= attempts.request or wait >= job.left():
        return failure.error
    if not budget.spend():
        before = f"too many requests failed ({budget.failed:,} of {budget.sent:,}), most recently: "
        return ServiceUnavailable.around(failure.error, before=before, do="run it again later")
    return None


def seconds_to_wait(response: Response) -> float | None:
    """Return the seconds that the service asks to wait (Retry-After, RFC 9110, section 10.2.3).

    A date is counted from the response's own `Date`, since the clock of this machine may be wrong. Without one, that
    clock has to do, but for no more than the longest wait.

    Returns:
        A number above 0, or `None` if the service does not ask, or the header is anything else than a time to come.
    """
    if len(response.retry_after) != 1:
        return None
    text = response.retry_after[0].strip()
    if _SECONDS.fullmatch(text):
        return float(text) or None
    until = _date(text)
    if until is None:
        return None
    sent = _date(response.date)
    seconds = (until - (sent or datetime.now(timezone.utc))).total_seconds()
    if sent is None:
        seconds = min(seconds, LONGEST_WAIT)
    return seconds if seconds > 0 else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
