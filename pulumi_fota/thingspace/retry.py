"""The one loop that tries again.

Within one deadline; within a budget, so that a flapping service never sees much more than it must; and one thread at
a time, so that nobody else asks a dead service meanwhile. Knows nothing of tokens or devices.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace.failure import Failure
from pulumi_fota.thingspace.retry_after import MOST_WAIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.errors import ThingSpaceError
    from pulumi_fota.thingspace.request import Request, Response
    from pulumi_fota.thingspace.runtime import Transport
    from pulumi_fota.thingspace.workers import ReadJob

T = TypeVar("T")

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_SILENT_WAIT = 5.0


class RetryBudget:
    """What all threads of the process owe the service: a budget of retries, and a pause when it asks for one.

    The budget is ten retries, and one more for every ten requests that succeed.
    """

    MOST = 10.0

    def __init__(self) -> None:
        self.sent = self.failed = 0
        self.pause_ends = float("-inf")
        self._retries = self.MOST
        self._lock = threading.Lock()

    def count(self, *, failed: bool) -> None:
        """Count a request that was answered, or failed."""
        with self._lock:
            self.sent += 1
            self.failed += failed
            if not failed:
                self._retries = min(self.MOST, self._retries + 0.1)

    def spend(self) -> bool:
        """Take a retry out of the budget, if there is one."""
        with self._lock:
            if self._retries < 1:
                return False
            self._retries -= 1
            return True

    def pause(self, ends: float) -> None:
        """Let nobody send anything until that moment."""
        with self._lock:
            self.pause_ends = max(self.pause_ends, ends)


def send(
    job: ReadJob,
    transport: Transport,
    request: Request,
    interpret: Callable[[Response], T | Failure],
    budget: RetryBudget,
) -> T | Failure:
    """Send a request until it succeeds or another attempt makes no sense.

    Args:
        job: The read that it is for.
        transport: What carries it.
        request: What to send.
        interpret: Makes a result, or a failure, of an answer.
        budget: What is owed to the service.

    Returns:
        What `interpret` made of the answer, or the failure that a token has died.

    Raises:
        ThingSpaceError: There is no result, and the read is over.
        Stopped: The read was over already.
    """
    started = job.clock()
    with contextlib.ExitStack() as turn:
        attempt = 0
        while True:
            attempt += 1
            job.sleep(budget.pause_ends - job.clock())
            response = transport.send(request, job.attempt_seconds())
            outcome = response if isinstance(response, Failure) else interpret(response)
            if not isinstance(outcome, Failure) or outcome.refuses:
                budget.count(failed=False)
                return outcome
            budget.count(failed=True)
            transport.close()  # What is left on it might be taken for the next answer.
            job.note_first_error(outcome.error)
            wait = _wait(outcome, attempt, job.random())
            final = _final(job, request, outcome, budget, attempt=attempt, wait=wait)
            if final is not None:
                job.stop()
                is_its_own = final is outcome.error and attempt > 1
                tried = f", {attempt} attempts in {job.clock() - started:.1f} s" if is_its_own else ""
                raise final.about(request.what, tried)
            if outcome.wait is not None:
                budget.pause(job.clock() + wait)
                if wait > _SILENT_WAIT:
                    asks = f"ThingSpace asks to wait {wait:.0f} s: "
                    why = ServiceUnavailable.around(outcome.error, before=asks, do="")
                    job.warn(str(why.redacted() if job.secret else why))
            if attempt == 1:
                turn.enter_context(job.retry_lock)
            job.sleep(wait)


def _wait(failure: Failure, attempt: int, chance: float) -> float:
    """Give the seconds to wait: those asked for, or any up to a limit that doubles, so that clients spread out."""
    if failure.wait is not None:
        return failure.wait
    return chance * min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt)


def _final(
    job: ReadJob, request: Request, failure: Failure, budget: RetryBudget, *, attempt: int, wait: float
) -> ThingSpaceError | None:
    """Give the error that ends it, or `None` where another attempt makes sense."""
    if request.is_login and failure.sent and failure.attempts > 1:
        return ServiceUnavailable.unfinished_login(failure.error)
    job.check()
    if job.left() <= 0:
        return ServiceUnavailable.out_of_time(job.seconds, job.first_error)
    if failure.wait is not None and (wait > MOST_WAIT or wait >= job.left()):
        return ServiceUnavailable.long_wait(failure.error, wait, MOST_WAIT, job.seconds)
    if attempt >= failure.attempts or wait >= job.left():
        return failure.error
    if not budget.spend():
        return ServiceUnavailable.flapping(budget.failed, budget.sent, failure.error)
    return None
