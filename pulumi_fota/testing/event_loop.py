"""The event loop that Pulumi's mocks run on during a test.

The mocks use the current event loop. A test cannot rely on one: Python 3.14 creates none, `asyncio.run` removes it,
and other tests leave loops behind that are closed or still have tasks.
"""

from __future__ import annotations

import asyncio
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose waits end even if the test has frozen the clock, and whose threads have event loops.

    The mocks need one in each thread. They create it otherwise and never close it, so that a test would fail if its
    project turns warnings into errors.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loops_of_threads: list[asyncio.AbstractEventLoop] = []
        self._threads = ThreadPoolExecutor(initializer=self._add_loop_of_thread)
        self.set_default_executor(self._threads)

    def _add_loop_of_thread(self) -> None:
        loop = asyncio.SelectorEventLoop()
        asyncio.set_event_loop(loop)
        self._loops_of_threads.append(loop)

    def time(self) -> float:
        """Return the seconds of a clock that neither freezegun nor time-machine replaces."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def finish(self) -> None:
        """Cancel the tasks that are still running, wait for the threads, and close the loop and theirs."""
        if not self.is_closed() and asyncio.all_tasks(self):
            self.run_until_complete(self._cancel_tasks())
        self._threads.shutdown()
        for loop in (*self._loops_of_threads, self):
            loop.close()

    async def _cancel_tasks(self) -> None:
        await asyncio.sleep(0)  # Let tasks begin: those that never did cause warnings.
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_loops: list[_Loop] = []
"""The loops of the tests that are running, the innermost last; before them one for mocks outside of such a test."""


@contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Make a new event loop the current one inside this block, and restore what was there before."""
    with _own_policy():
        loop = _Loop()
        _loops.append(loop)
        asyncio.set_event_loop(loop)
        try:
            yield loop
        finally:
            _loops.remove(loop)
            loop.finish()


def ensure_event_loop() -> None:
    """Set the current event loop again if there is none, as after `asyncio.run`."""
    with _no_deprecation_warnings():  # Python 3.12 and 3.13 warn if they create one.
        try:
            if not asyncio.get_event_loop().is_closed():
                return
        except RuntimeError:
            pass
    if not _loops:
        _loops.append(_Loop())
    asyncio.set_event_loop(_loops[-1])


@contextmanager
def _own_policy() -> Iterator[None]:
    """Use another event loop policy inside this block.

    Before Python 3.14 a policy creates the first loop by itself, but only as long as none was set. A policy of our own
    keeps that as it was, for tests that rely on it.
    """
    with _no_deprecation_warnings():
        former, own = asyncio.get_event_loop_policy(), asyncio.DefaultEventLoopPolicy()
        asyncio.set_event_loop_policy(own)
    try:
        yield
    finally:
        with _no_deprecation_warnings():
            if asyncio.get_event_loop_policy() is own:  # Otherwise another tool has set its own, and will remove it.
                asyncio.set_event_loop_policy(former)


@contextmanager
def _no_deprecation_warnings() -> Iterator[None]:
    """Ignore the warnings of newer Pythons about functions that older ones need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
