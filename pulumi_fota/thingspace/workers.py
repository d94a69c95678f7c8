"""One read: its deadline, its threads, and how it stops.

The thread that reads only waits for pages, so that neither a server that trickles nor a name lookup that hangs can hold
it past the deadline, and Ctrl-C reaches it. Knows nothing of what is read.
"""

from __future__ import annotations

import logging
import os
import queue
import random
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import platformdirs

from pulumi_fota.errors import ServiceUnavailable, ThingSpaceError
from pulumi_fota.thingspace.http import HttpConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.http import Transport
    from pulumi_fota.thingspace.sockets import Origin

Batch = TypeVar("Batch")
Page = TypeVar("Page")

_log = logging.getLogger(__name__)

_GRACE = 0.5  # Seconds in which the threads may report their own cause of being late.
_WORKER_DONE = object()


def _start_daemon(work: Callable[[], None]) -> None:
    # A daemon, since an exit waits for all others, and this one may hang in the lookup of a name.
    threading.Thread(target=work, name="pulumi_fota", daemon=True).start()


def _state() -> Path:
    folder = platformdirs.user_state_path("pulumi_fota")
    return folder if folder.is_absolute() else Path(os.devnull)  # Without a home there is none, and no `~` is made.


@attrs.frozen(kw_only=True)
class Runtime:
    """What the client takes from the machine. Tests replace parts of it, and never sleep."""

    clock: Callable[[], float] = time.monotonic  #: Seconds; the wall clock may jump.
    wall_clock: Callable[[], float] = time.time  #: Seconds since 1970, for what other processes read.
    wait: Callable[[threading.Event, float], object] = threading.Event.wait  #: Until the event, or for some seconds.
    random: Callable[[], float] = random.random
    spawn: Callable[[Callable[[], None]], object] = _start_daemon
    connect: Callable[[Origin, Callable[[], float]], Transport] = HttpConnection
    state: Callable[[], Path] = _state  #: The folder for what later processes must know.


class Stopped(Exception):
    """The read is over: the thread that sees this leaves."""


@attrs.frozen
class _Warning:
    """A warning of a worker, for the thread that reads."""

    text: str


class ReadJob:
    """One read from ThingSpace. Its end, as a context manager, ends its threads."""

    def __init__(
        self, what: str, settings: Settings, origin: Origin, runtime: Runtime, *, secret: bool = False
    ) -> None:
        self.what = what  #: What it does, to follow "cannot" in an error.
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
        self._origin = origin
        self._runtime = runtime
        self._started = runtime.clock()
        self._over = threading.Event()
        self._transports: list[Transport] = []
        self._results: queue.SimpleQueue[Any] = queue.SimpleQueue()  # What the threads have for the one that reads.

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # Time.

    def elapsed(self) -> float:
        """Return the seconds since it began."""
        return self.clock() - self._started

    def left(self) -> float:
        """Return the seconds until its deadline."""
        return self.seconds - self.elapsed()

    def attempt_seconds(self) -> float:
        """Return the seconds that an attempt may take."""
        return min(self._timeout, self.left())

    def sleep(self, seconds: float) -> None:
        """Wait, unless the read is over.

        Raises:
            Stopped: It is over.
        """
        if seconds > 0:
            self._runtime.wait(self._over, seconds)
        self.check()

    def check(self) -> None:
        """Leave if the read is over.

        Raises:
            Stopped: It is over.
        """
        if self._over.is_set():
            raise Stopped

    # Trouble.

    def warn(self, warning: str) -> None:
        """Log a warning from the thread that reads, while the read goes on."""
        self._results.put(_Warning(warning))

    def log_warning(self, warning: str, detail: str = "") -> None:
        """Log a warning.

        Args:
            warning: The warning, in numbers.
            detail: What names a device or repeats the service, to follow it; left out of a secret read.
        """
        _log.warning(warning if self.secret else f"{warning}{detail}")

    def note_first_error(self, error: ThingSpaceError) -> None:
        """Remember the first error, which is named if the deadline passes."""
        self.first_error = self.first_error or error

    def out_of_time(self) -> ServiceUnavailable:
        """Return the error for a read that has reached its deadline."""
        found, do = f"it did not finish within {self.seconds:g} s", "run it again, or raise fota:deadline"
        if self.first_error is None:
            return ServiceUnavailable(found, do, of_one_read=True)
        before = f"{found}; the first problem was: "
        return ServiceUnavailable.around(self.first_error, before=before, do=do, of_one_read=True)

    def stop(self) -> None:
        """End it: no thread starts another request, and what is under way breaks off."""
        self._over.set()
        for transport in self._transports:
            transport.abort()

    # Threads.

    def run(self, batches: Sequence[Batch], fetch: Callable[[Batch, Transport], Iterable[Page]]) -> Iterator[Page]:
        """Fetch each batch on one of several threads, and yield the pages in this one, in the order of their coming.

        Args:
            batches: What to fetch.
            fetch: Yields the pages of a batch; runs on a thread of the read.

        Raises:
            ThingSpaceError: A batch failed, or the time is over.
        """
        todo: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        for batch in batches:
            todo.put(batch)
        threads = min(self._concurrency, len(batches))
        self._transports = [self._runtime.connect(self._origin, self.clock) for _ in range(threads)]
        for transport in self._transports:
            self._runtime.spawn(lambda transport=transport: self._work(todo, fetch, transport))  # type: ignore[misc]
        while threads:
            result = self._next_result()
            if result is _WORKER_DONE:
                threads -= 1
            elif isinstance(result, _Warning):
                self.log_warning(result.text)
            elif isinstance(result, ThingSpaceError):
                raise result.about(self.what).with_traceback(None)  # The frames of its thread hold responses.
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result

    def _next_result(self) -> Any:
        try:
            return self._results.get(timeout=max(0.0, self.left()) + _GRACE)
        except queue.Empty:
            return self.out_of_time()

    def _work(
        self, todo: queue.SimpleQueue[Batch], fetch: Callable[[Batch, Transport], Iterable[Page]], transport: Transport
    ) -> None:
        try:
            while True:
                self.check()
                for page in fetch(todo.get_nowait(), transport):
                    self._results.put(page)
        except (Stopped, queue.Empty):
            pass
        except BaseException as error:  # noqa: BLE001 (it is raised in the thread that reads)
            self._results.put(error)
        finally:
            transport.close()
            self._results.put(_WORKER_DONE)
