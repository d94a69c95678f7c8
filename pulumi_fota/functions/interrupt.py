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

_reads: set[object] = set()  # Those under way, and those that an interrupt has ended.


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Let an interrupt meanwhile be told in one line, if it ends the program."""
    _tell_in_one_line()
    read = object()
    _reads.add(read)
    try:
        yield
    except KeyboardInterrupt:
        raise  # It is told when it has passed through the program.
    except BaseException:
        _reads.discard(read)
        raise
    _reads.discard(read)


@cache
def _tell_in_one_line() -> None:
    usual = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt) and _reads:
            sys.stderr.write("fota: stopped while ThingSpace was asked\n")
        else:
            usual(kind, error, trace)

    sys.excepthook = tell
