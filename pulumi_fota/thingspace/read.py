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
from pulumi_fota.errors.discretion import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace.origin import Origin
    from pulumi_fota.thingspace.world import Transport, World

Job = TypeVar("Job")
Emit = Callable[[Callable[[], None]], None]

_log = logging.getLogger(__name__)

_GRACE = 0.5  # Seconds for the threads to say themselves why they are late.
_GONE = object()


class Stopped(Exception):
    """The read is over: the thread that sees this leaves."""


class Read:
    """One read from ThingSpace."""

    def __init__(self, what: str, settings: Settings, world: World) -> None:
        self.what = what  #: What it does, to stand behind "cannot" in an error.
        self.clock = world.clock
        self.random = world.random
        self.seconds = settings.deadline
        self.turn = threading.Lock()  #: Held by the one thread that tries again.
        self.requests = 0
        self.first_trouble: str | None = None
        self.dead: dict[str, dict[int, str]] = {"bearer": {}, "session": {}}  #: Codes by generation.
        self._timeout = settings.timeout
        self._concurrency = settings.concurrency
        self._world = world
        self._started = world.clock()
        self._over = threading.Event()
        self._lines: list[Transport] = []
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()  # What the threads have for the one that reads.

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
            self._world.wait(self._over, seconds)
        self.check()

    def check(self) -> None:
        """Leave when the read is over.

        Raises:
            Stopped: It is over.
        """
        if self._over.is_set():
            raise Stopped

    # Trouble.

    def tell(self, warning: str) -> None:
        """Warn of something while the read goes on, from the thread that reads."""
        self._done.put(lambda: _log.warning(told(warning)))

    def blame(self, error: ThingSpaceError) -> None:
        """Remember the first trouble, which is told beside a deadline."""
        self.first_trouble = self.first_trouble or error.found

    def stop(self) -> None:
        """End it: no thread starts another request, and what is under way breaks off."""
        self._over.set()
        for line in self._lines:
            line.shut()

    # Threads.

    def run(self, origin: Origin, jobs: Sequence[Job], work: Callable[[Job, Transport, Emit], None]) -> None:
        """Do each job on one of several threads, and call back in this one.

        Args:
            origin: Where the threads' lines lead.
            jobs: What to do.
            work: Does one job, on a thread of the read; what it emits is called in this one.

        Raises:
            ThingSpaceError: A job failed, what it emitted did, or the time is over.
        """
        todo: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            todo.put(job)
        threads = min(self._concurrency, len(jobs))
        self._lines = [self._world.line(origin, self.clock) for _ in range(threads)]
        for line in self._lines:
            self._world.spawn(lambda line=line: self._work(todo, work, line))  # type: ignore[misc]
        try:
            self._reap(threads)
        except ThingSpaceError as error:
            failed = error.about(self.what)
        else:
            return
        finally:
            self.stop()
        raise failed.with_traceback(None)  # The frames of its thread hold answers.

    def _reap(self, threads: int) -> None:
        """Call what the threads emit, until all of them are gone."""
        while threads:
            try:
                result = self._done.get(timeout=max(0.0, self.left()) + _GRACE)
            except queue.Empty:
                result = ServiceUnavailable.out_of_time(self.seconds, self.first_trouble)
            if result is _GONE:
                threads -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                result()

    def _work(
        self,
        todo: queue.SimpleQueue[Job],
        work: Callable[[Job, Transport, Emit], None],
        line: Transport,
    ) -> None:
        try:
            while True:
                self.check()
                work(todo.get_nowait(), line, self._done.put)
        except (Stopped, queue.Empty):
            pass
        except BaseException as error:  # noqa: BLE001 (it is raised in the thread that reads)
            self._done.put(error)
        finally:
            line.end()
            self._done.put(_GONE)
