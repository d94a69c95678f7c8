"""The order of firmware versions, under a scheme that the program declares.

There is no order that fits all vendors: of two versions a scheme may say that they cannot be compared, and that
is never an error. Plain text in, plain numbers out. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from pulumi_fota.errors import FotaError, InvalidRule

#: What says which of two versions is newer: -1, 0 or 1 as the first is older, equal or newer, `None` where the two
#: cannot be compared.
Comparator: TypeAlias = Callable[[str, str], "int | None"]
#: The name of a scheme of ours, a vendor's versions from oldest to newest, or a function of the program's own.
Scheme: TypeAlias = "Literal['dotted'] | Sequence[str] | Comparator"

_DIGITS = re.compile(r"([0-9]+)")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def comparator(scheme: Scheme | None) -> Comparator:
    """Give the function that compares two versions under a scheme.

    Args:
        scheme: `"dotted"`, the versions in the vendor's order (oldest first), or a function.

    Raises:
        InvalidRule: It is no scheme, or the list holds something else than distinct texts.
    """
    if scheme == "dotted":
        return compare_dotted
    if callable(scheme):
        return _checked(scheme)
    if isinstance(scheme, str) or not isinstance(scheme, Sequence):
        raise InvalidRule.no_scheme(scheme)
    return _in_order_of(scheme)


def compare_dotted(a: str, b: str) -> int | None:
    """Compare two versions whose letters and signs are the same; runs of digits count as numbers.

    Missing trailing `.0` parts are 0, so `4.10` is newer than `4.2`, which equals `4.2.0`. Not comparable are
    texts of other letters or signs (`v4.3` and `4.2`, `4.2-rc1` and `4.2`), and UUIDs.
    """
    if a == b:
        return 0
    one, other = _dotted(a), _dotted(b)
    if one is None or other is None or one[0] != other[0]:
        return None
    return (one[1] > other[1]) - (one[1] < other[1])


_Number: TypeAlias = "tuple[int, str]"


def _dotted(text: str) -> tuple[tuple[object, ...], tuple[list[_Number], list[_Number]]] | None:
    """Part a version into its letters and signs, and its numbers: those in fixed places, and the dotted end."""
    if _UUID.fullmatch(text):
        return None
    pieces = _DIGITS.split(text)  # Signs and digits in turn: signs come first and last, maybe empty.
    start = len(pieces)
    if len(pieces) > 1 and not pieces[-1]:  # It ends with a number, to which all numbers before a lone dot belong.
        start -= 2
        while pieces[start - 1] == "." and start > 1:
            start -= 2
    fixed, end = pieces[:start], pieces[start::2]
    numbers = [_number(digits) for digits in end]
    while numbers and numbers[-1] == _ZERO:
        numbers.pop()
    return (bool(end), *fixed[::2]), ([_number(digits) for digits in fixed[1::2]], numbers)


def _number(digits: str) -> _Number:
    """Make digits comparable as a number of any length; `int` refuses more than 4,300 of them."""
    significant = digits.lstrip("0")
    return len(significant), significant


_ZERO = _number("0")


def _in_order_of(versions: Sequence[str]) -> Comparator:
    for version in versions:
        if not isinstance(version, str):
            raise InvalidRule.not_text("the scheme", version)
    places = {version: place for place, version in enumerate(versions)}
    if len(places) < max(len(versions), 1):
        raise InvalidRule.scheme_repeats(versions)

    def compare(a: str, b: str) -> int | None:
        if a not in places or b not in places:
            return None
        return (places[a] > places[b]) - (places[a] < places[b])

    return compare


def _checked(scheme: Comparator) -> Comparator:
    def compare(a: str, b: str) -> int | None:
        try:
            answer = scheme(a, b)
        except FotaError:
            raise
        except Exception as error:
            raise InvalidRule.scheme_raised(error, a, b) from error
        # `a > b` answers a boolean, and False would read as "equal". A set would ask the answer for its hash.
        if answer is not None and (isinstance(answer, bool) or answer not in (-1, 0, 1)):
            raise InvalidRule.scheme_answered(answer, a, b)
        return answer

    return compare
