"""Work beside the event loop, which no exit of the program waits for.

The loop's own threads are joined when a program ends, so that Ctrl-C would wait for a read until its deadline.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def in_background(work: Callable[..., T], *arguments: Any) -> T:
    """Do it on a thread of its own, in the context of the caller, and wait for what comes of it."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def deliver(settle: Callable[[Any], None], result: object) -> None:
        if not outcome.done():  # Nobody waits for it any more where the one who asked was cancelled.
            settle(result)

    def run() -> None:
        try:
            settled: tuple[Callable[[Any], None], object] = outcome.set_result, context.run(work, *arguments)
        except BaseException as error:  # noqa: BLE001 (it is raised where the outcome is awaited)
            settled = outcome.set_exception, _for_future(error)
        with suppress(RuntimeError):  # The loop is closed: the program has ended meanwhile.
            loop.call_soon_threadsafe(deliver, *settled)

    threading.Thread(target=run, name="fota-read", daemon=True).start()
    return await outcome


def _for_future(error: BaseException) -> BaseException:
    """Give what a future can carry: not StopIteration, which would pass for the end of whoever waits."""
    if not isinstance(error, StopIteration):
        return error
    carried = RuntimeError("work in the background raised StopIteration")
    carried.__cause__ = error
    return carried
