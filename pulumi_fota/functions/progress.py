"""What the functions tell the person who runs the program.

Lines on the stack under the engine; without one, records of the `pulumi_fota` logger, of which a program shows
what it likes.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TYPE_CHECKING

import pulumi
from pulumi.runtime.settings import get_engine

from pulumi_fota.functions.interrupt import interrupt_in_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

_LOGGER = logging.getLogger("pulumi_fota")


def note(message: str) -> None:
    """Tell something that is worth a line."""
    if get_engine() is None:
        _LOGGER.info(message)
    else:
        pulumi.log.info(f"fota: {message}")


def warn(message: str) -> None:
    """Tell something that may be wrong, and does not stop the program."""
    if get_engine() is None:
        _LOGGER.warning(message)
    else:
        pulumi.log.warn(f"fota: {message}")


@contextmanager
def log_to_engine(connection: str | None) -> Iterator[None]:
    """Put what the client logs about a read of this thread on the stack: a line when it is done, and its warnings.

    And a line where Ctrl-C ends the program meanwhile.
    """
    if get_engine() is None:
        yield
        return
    lines = _EngineLines(f"fota ({connection})" if connection else "fota")
    if not _LOGGER.isEnabledFor(logging.INFO):
        _LOGGER.setLevel(logging.INFO)
    _LOGGER.addHandler(lines)
    try:
        with interrupt_in_one_line():
            yield
    finally:
        _LOGGER.removeHandler(lines)


class _EngineLines(logging.Handler):
    def __init__(self, prefix: str) -> None:
        super().__init__(logging.INFO)
        self._prefix, self._thread = prefix, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:  # Another thread may read for another stack.
            log = pulumi.log.warn if record.levelno >= logging.WARNING else pulumi.log.info
            log(f"{self._prefix}: {record.getMessage()}")


class ProgressLine:
    """Shows how far a read is, in the line that the engine keeps for it, once it has taken longer than a second."""

    def __init__(self, start: str, *, every: float = 1.0) -> None:
        self._text = start
        self._every = every
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def update(self, text: str) -> None:
        """Tell how far it is. It is shown with the next second."""
        self._text = text

    def __enter__(self) -> Self:
        if get_engine() is not None:
            context = copy_context()  # In it stands which engine is talked to, and of what.
            self._thread = threading.Thread(target=context.run, args=(self._show,), name="fota-status", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _show(self) -> None:
        shown = None
        while not self._over.wait(self._every):
            if shown != self._text:  # Where the display keeps no line, each one stays in the log of the run.
                shown = self._text
                with suppress(Exception):  # The engine may be gone. That is for the program's own calls to find out.
                    pulumi.log.info(f"fota: {shown}, {time.monotonic() - self._began:.0f} s", ephemeral=True)
