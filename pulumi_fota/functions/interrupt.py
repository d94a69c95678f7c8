"""What the person reads who presses Ctrl-C while ThingSpace is asked: one line in place of a traceback.

The interrupt itself is left alone: it ends the program as it would without us.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_MARK = "pulumi_fota_stopped_a_read"
_under_way: set[object] = set()  # Reads, also those of other threads, which no interrupt passes through.


@contextmanager
def interrupt_in_one_line() -> Iterator[None]:
    """Let an interrupt meanwhile be told in one line, if it ends the program."""
    _install_hook()
    read = object()
    _under_way.add(read)
    try:
        yield
    except KeyboardInterrupt as interrupt:
        vars(interrupt)[_MARK] = True  # It is told when it has passed through the program, which may catch it.
        raise
    finally:
        _under_way.discard(read)


@cache
def _install_hook() -> None:
    usual = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt) and (_under_way or _MARK in vars(error)):
            sys.stderr.write("fota: stopped while ThingSpace was asked\n")
        else:
            usual(kind, error, trace)

    sys.excepthook = show
