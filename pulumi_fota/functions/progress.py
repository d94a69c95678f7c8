"""Reads from ThingSpace, with what the person who runs the program sees meanwhile.

Under the engine these are lines on the stack; without one, records of the `pulumi_fota` logger. An interrupt is shown
as one line instead of a traceback.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING

import pulumi
from pulumi.runtime.settings import get_engine

from pulumi_fota._text import counted, listed
from pulumi_fota.model.imei import check_digit_fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from typing_extensions import Self

    from pulumi_fota.model import AvailableFirmware, DeviceSet
    from pulumi_fota.settings import Settings
    from pulumi_fota.thingspace import Client

_LOGGER = logging.getLogger("pulumi_fota")
_INTERRUPTED = "pulumi_fota_interrupted_a_read"
_reads_under_way: set[object] = set()  # Those of other threads too, which no interrupt passes through.


def read_devices(settings: Settings, imeis: Iterable[str], *, secret: bool = False) -> DeviceSet:
    """Read the devices of distinct IMEIs. Without any, nothing is sent.

    Args:
        settings: The settings of the read.
        imeis: The IMEIs.
        secret: Whether the arguments of the lookup are secret. Then no line names a device, account or connection.
    """
    requested = sorted(imeis)
    _warn_of_check_digits([imei for imei in requested if not check_digit_fits(imei)], secret=secret)
    with _lines(settings, secret=secret), ProgressLine(f"0 of {len(requested):,} devices") as line:
        return _client(settings, secret=secret).devices(
            requested, progress=lambda done, total: line.update(f"{done:,} of {total:,} devices")
        )


def read_account_devices(settings: Settings, *, secret: bool = False) -> DeviceSet:
    """Read every device of the account. `secret` is as in `read_devices`."""
    account = "the account" if secret else f"account {settings.account!r}"
    with _lines(settings, secret=secret), ProgressLine(f"reading {account}") as line:
        return _client(settings, secret=secret).account_devices(
            progress=lambda done, _total: line.update(f"{done:,} devices of {account} so far")
        )


def read_available_firmware(settings: Settings, *, secret: bool = False) -> AvailableFirmware:
    """Read the upgrades that the carrier offers to the account. `secret` is as in `read_devices`."""
    account = "the account" if secret else repr(settings.account)
    with _lines(settings, secret=secret), ProgressLine(f"reading the available firmware of {account}"):
        return _client(settings, secret=secret).available_firmware()


def note(message: str) -> None:
    """Add a line of information."""
    if get_engine() is None:
        _LOGGER.info(message)
    else:
        pulumi.log.info(f"fota: {message}")


def warn(message: str) -> None:
    """Add a warning."""
    if get_engine() is None:
        _LOGGER.warning(message)
    else:
        pulumi.log.warn(f"fota: {message}")


@contextmanager
def log_to_engine(connection: str | None) -> Iterator[None]:
    """Show what the client logs about a read of this thread as lines on the stack, and an interrupt as one line.

    Args:
        connection: The name of the connection, to be shown in the lines.
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
    """Shows the progress of a read that takes longer than a second, in one line that the engine replaces."""

    def __init__(self, start: str, *, every: float = 1.0) -> None:
        self._text = start
        self._every = every
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def update(self, text: str) -> None:
        """Set the text that is shown with the next second."""
        self._text = text

    def __enter__(self) -> Self:
        if get_engine() is not None:
            context = copy_context()  # The SDK keeps the connection to the engine in it.
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
            if shown != self._text:  # A display that does not replace the line keeps each one in the log of the run.
                shown = self._text
                with suppress(Exception):  # The engine may be gone, which the program's own calls will find out.
                    pulumi.log.info(f"fota: {shown}, {time.monotonic() - self._began:.0f} s", ephemeral=True)


@contextmanager
def interrupt_in_one_line() -> Iterator[None]:
    """Print one line instead of a traceback if an interrupt (Ctrl-C) in this block ends the program."""
    _install_hook()
    read = object()
    _reads_under_way.add(read)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        vars(interrupt)[_INTERRUPTED] = True  # The program may catch it, so it is only marked here.
        raise
    finally:
        _reads_under_way.discard(read)


@cache
def _install_hook() -> None:
    usual = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt) and (_reads_under_way or _INTERRUPTED in vars(error)):
            sys.stderr.write("fota: interrupted while reading from ThingSpace\n")
        else:
            usual(kind, error, trace)

    sys.excepthook = show


def _lines(settings: Settings, *, secret: bool) -> AbstractContextManager[None]:
    return log_to_engine(None if secret else settings.connection)


def _client(settings: Settings, *, secret: bool) -> Client:
    from pulumi_fota.thingspace import client_for  # noqa: PLC0415 (HTTP is half of what our import would cost)

    return client_for(settings, secret=secret)


def _warn_of_check_digits(odd: list[str], *, secret: bool) -> None:
    if odd:
        some = counted(len(odd), "IMEI has", "IMEIs have")
        named = "" if secret else f": {listed(odd)}"
        warn(f"{some} a check digit that does not match (possible typo; sent anyway){named}")
