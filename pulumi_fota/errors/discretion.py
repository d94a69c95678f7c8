"""Whether what is told just now speaks of a secret argument, and so must name no value.

Decided where it is known: for a lookup by its own arguments, for a read by what travels in it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pulumi_fota.errors.aside import in_full, in_short

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISCREET: ContextVar[bool] = ContextVar("pulumi_fota_discreet", default=False)


@contextmanager
def discretion(*, secret: bool) -> Iterator[None]:
    """Leave values out of what is told in the block, or do not, whatever holds around it."""
    before = _DISCREET.set(secret)
    try:
        yield
    finally:
        _DISCREET.reset(before)


def is_discreet() -> bool:
    """Tell whether values are left out."""
    return _DISCREET.get()


def told(message: str) -> str:
    """Give a message as it may be told just now."""
    return in_short(message) if is_discreet() else in_full(message)
