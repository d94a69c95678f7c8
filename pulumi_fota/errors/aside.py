"""What a message says of an argument's value, marked so that it can be left out where the value is a secret.

    f"{aside(f'device {imei}', 'a device')} came twice"

The marks are characters that Unicode sets aside for a program's own use. They go when the message is told.
"""

from __future__ import annotations

import re

_BEGINS, _INSTEAD, _ENDS = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKS = dict.fromkeys(map(ord, (_BEGINS, _INSTEAD, _ENDS)))
_ASIDE = re.compile(f"{_BEGINS}([^{_INSTEAD}]*){_INSTEAD}([^{_ENDS}]*){_ENDS}")


def aside(text: str, instead: str = "") -> str:
    """Mark what names a value, and what stands in its place where the value is a secret."""
    return f"{_BEGINS}{in_full(text)}{_INSTEAD}{instead}{_ENDS}"


def in_full(message: str) -> str:
    """Give a message with every value in it."""
    return _ASIDE.sub(r"\1", message).translate(_MARKS)


def in_short(message: str) -> str:
    """Give a message without them."""
    return _ASIDE.sub(r"\2", message).translate(_MARKS)
