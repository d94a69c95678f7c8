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
    from pulumi_fota.thingspace.read import Read
    from pulumi_fota.thingspace.request import Answer, Request
    from pulumi_fota.thingspace.world import Transport

T = TypeVar("T")

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_SILENT_WAIT = 5.0


class Restraint:
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
    read: Read, line: Transport, request: Request, accept: Callable[[Answer], T | Failure], restraint: Restraint
) -> T | Failure:
    """Send a request until it succeeds or another attempt makes no sense.

    Args:
        read: The read that it is for.
        line: What carries it.
        request: What to send.
        accept: Makes a result, or a failure, of an answer.
        restraint: What is owed to the service.

    Returns:
        What `accept` made of the answer, or the failure that a token has died.

    Raises:
        ThingSpaceError: There is no result, and the read is over.
        Stopped: The read was over already.
    """
    started = read.clock()
    with contextlib.ExitStack() as turn:
        attempt = 0
        while True:
            attempt += 1
            read.sleep(restraint.pause_ends - read.clock())
            answer = line.send(request, read.attempt_seconds())
            outcome = answer if isinstance(answer, Failure) else accept(answer)
            if not isinstance(outcome, Failure) or outcome.dead:
                restraint.count(failed=False)
                return outcome
            restraint.count(failed=True)
            line.end()  # What is left on it might be taken for the next answer.
            read.blame(outcome.error)
            wait = _wait(outcome, attempt, read.random())
            final = _final(read, request, outcome, restraint, attempt=attempt, wait=wait)
            if final is not None:
                read.stop()
                is_its_own = final is outcome.error and attempt > 1
                tried = f", {attempt} attempts in {read.clock() - started:.1f} s" if is_its_own else ""
                raise final.about(request.what, tried)
            if outcome.wait is not None:
                restraint.pause(read.clock() + wait)
                if wait > _SILENT_WAIT:
                    read.tell(f"ThingSpace asks to wait {wait:.0f} s: {outcome.error.found}")
            if attempt == 1:
                turn.enter_context(read.turn)
            read.sleep(wait)


def _wait(failure: Failure, attempt: int, chance: float) -> float:
    """Give the seconds to wait: those asked for, or any up to a limit that doubles, so that clients spread out."""
    if failure.wait is not None:
        return failure.wait
    return chance * min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt)


def _final(
    read: Read, request: Request, failure: Failure, restraint: Restraint, *, attempt: int, wait: float
) -> ThingSpaceError | None:
    """Give the error that ends it, or `None` where another attempt makes sense."""
    if request.is_login and failure.sent and failure.attempts > 1:
        return ServiceUnavailable.unfinished_login(failure.error.found)
    read.check()
    if read.left() <= 0:
        return ServiceUnavailable.out_of_time(read.seconds, read.first_trouble)
    if failure.wait is not None and (wait > MOST_WAIT or wait >= read.left()):
        return ServiceUnavailable.long_wait(failure.error.found, wait, MOST_WAIT, read.seconds)
    if attempt >= failure.attempts or wait >= read.left():
        return failure.error
    if not restraint.spend():
        return ServiceUnavailable.flapping(restraint.failed, restraint.sent, failure.error.found)
    return None
