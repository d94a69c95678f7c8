"""Reads JSON strictly: UTF-8 alone, no NaN, no key twice, no endless depth.

Python's own reader accepts all of these, and a wrong fact is worse than none.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from pulumi_fota._text import shown

MOST_DEPTH = 64
_MOST_DIGITS = 20
_SURROGATE = re.compile(r"\\u[dD][89abAB]")


class BrokenJson(Exception):
    """A body is not strict JSON.

    Attributes:
        found: What is wrong with it.
        position: The character where reading ended, `None` if a rule is broken.
        quoted: What it repeats of the body, to stand after what is wrong.
    """

    def __init__(self, found: str, position: int | None = None, *, quoted: str = "") -> None:
        super().__init__(found)
        self.found = found
        self.quoted = quoted
        self.position = position


def parse(body: bytes) -> Any:
    """Read a body.

    Raises:
        BrokenJson: It is not strict JSON.
    """
    try:
        text = body.decode("utf-8-sig")
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # A surrogate without its other half fails here.
    except UnicodeError:
        broken = BrokenJson("is not valid UTF-8")
    except json.JSONDecodeError as error:
        broken = BrokenJson(f"is not valid JSON at character {error.pos:,}", error.pos)
    except RecursionError:
        broken = BrokenJson("is nested too deeply")
    else:
        return value
    raise broken


def is_too_deep(value: Any, most: int = MOST_DEPTH) -> bool:
    """Return whether a value is nested deeper than any that ThingSpace documents."""
    if not isinstance(value, (dict, list)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return most == 0 or any(is_too_deep(item, most - 1) for item in items)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        [(doubled, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise BrokenJson("has a key twice", quoted=f": {shown(doubled)}")
    return members


def _constant(name: str) -> NoReturn:
    raise BrokenJson(f"contains {name}")


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise BrokenJson(f"contains a number of {len(digits):,} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BrokenJson("contains a number that is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float)
