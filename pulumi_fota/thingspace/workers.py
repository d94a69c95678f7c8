"""One read: its deadline, its threads, and how it stops.

The thread that reads only waits, so that neither a server that trickles nor a name lookup that hangs can hold it
past the deadline, and Ctrl-C reaches it. Knows nothing of what is read.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_fota.errors import ServiceUnavailable, ThingSpaceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.origin import Origin
    from pulumi_fota.thingspace.runtime import Runtime, Transport

Batch = TypeVar("Batch")
Publish = Callable[[Callable[[], None]], None]

_log = logging.getLogger(__name__)

_GRACE = 0.5  # Seconds for the threads to say themselves why they are late.
_WORKER_DONE = object()


class Stopped(Exception):
    """The read is over: the thread that sees this leaves."""


class ReadJob:
    """One read from ThingSpace."""

    def __init__(self, what: str, settings: Settings, runtime: Runtime, *, secret: bool = False) -> None:
        self.what = what  #: What it does, to stand behind "cannot" in an error.
        self.secret = secret  #: Whether what it reads is secret, so that warnings name no device.
        self.clock = runtime.clock
        self.random = runtime.random
        self.seconds = settings.deadline
        self.retry_lock = threading.Lock()  #: Held by the one thread that tries again.
        self.requests = 0
        self.first_error: ThingSpaceError | None = None
        self.refused_tokens: dict[str, dict[int, str]] = {"bearer": {}, "session": {}}  #: Codes by generation.
        self._timeout = settings.timeout
        self._concurrency = settings.concurrency
        self._runtime = runtime
        self._started = runtime.clock()
        self._over = threading.Event()
        self._transports: list[Transport] = []
        self._results: queue.SimpleQueue[Any] = queue.SimpleQueue()  # What the threads have for the one that reads.

    # Time.

    def elapsed(self) -> float:
        """Give the seconds since it began."""
        return self.clock() - self._started

    def left(self) -> float:
        """Give the seconds until its deadline."""
        return self.seconds - self.elapsed()

    def attempt_seconds(self) -> float:
        """Give the seconds that an attempt may take."""
        return min(self._timeout, self.left())

    def sleep(self, seconds: float) -> None:
        """Wait, or leave when the read is over.

        Raises:
            Stopped: It is over.
        """
        if seconds > 0:
            self._runtime.wait(self._over, seconds)
        self.check()

    def check(self) -> None:
        """Leave when the read is over.

        Raises:
            Stopped: It is over.
        """
        if self._over.is_set():
            raise Stopped

    # Trouble.

    def warn(self, warning: str) -> None:
        """Log a warning from the thread that reads, while the read goes on."""
        self._results.put(lambda: self.log_warning(warning))

    def log_warning(self, warning: str, detail: str = "") -> None:
        """Log a warning.

        Args:
            warning: What is to be warned of, in numbers.
            detail: What names a device or repeats the service, to stand after it; left out of a secret read.
        """
        _log.warning(warning if self.secret else f"{warning}{detail}")

    def note_first_error(self, error: ThingSpaceError) -> None:
        """Remember the first trouble, which is told beside a deadline."""
        self.first_error = self.first_error or error

    def stop(self) -> None:
        """End it: no thread starts another request, and what is under way breaks off."""
        self._over.set()
        for transport in self._transports:
            transport.abort()

    # Threads.

    def run(self, origin: Origin, batches: Sequence[Batch], fetch: Callable[[Batch, Transport, Publish], None]) -> None:
        """Do each batch on one of several threads, and call back in this one.

        Args:
            origin: Where the threads' connections lead.
            batches: What to do.
            fetch: Does one batch, on a thread of the read; what it emits is called in this one.

        Raises:
            ThingSpaceError: A batch failed, what it emitted did, or the time is over.
        """
        todo: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        for batch in batches:
            todo.put(batch)
        threads = min(self._concurrency, len(batches))
        self._transports = [self._runtime.connect(origin, self.clock) for _ in range(threads)]
        for transport in self._transports:
            self._runtime.spawn(lambda transport=transport: self._work(todo, fetch, transport))  # type: ignore[misc]
        try:
            self._collect(threads)
        except ThingSpaceError as error:
            failed = error.about(self.what)
        else:
            return
        finally:
            self.stop()
        raise failed.with_traceback(None)  # The frames of its thread hold answers.

    def _collect(self, threads: int) -> None:
        """Call what the threads emit, until all of them are gone."""
        while threads:
            try:
                result = self._results.get(timeout=max(0.0, self.left()) + _GRACE)
            except queue.Empty:
                result = ServiceUnavailable.out_of_time(self.seconds, self.first_error)
            if result is _WORKER_DONE:
                threads -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                result()

    def _work(
        self,
        todo: queue.SimpleQueue[Batch],
        fetch: Callable[[Batch, Transport, Publish], None],
        transport: Transport,
    ) -> None:
        try:
            while True:
                self.check()
                fetch(todo.get_nowait(), transport, self._results.put)
        except (Stopped, queue.Empty):
            pass
        except BaseException as error:  # noqa: BLE001 (it is raised in the thread that reads)
            self._results.put(error)
        finally:
            transport.close()
            self._results.put(_WORKER_DONE)
