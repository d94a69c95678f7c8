"""The order of firmware versions, under a scheme that the program declares.

No order fits all vendors, so two versions may be incomparable under a scheme. That is never an error.
Plain text in, plain numbers out. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from pulumi_fota._text import place_of, safe, shown
from pulumi_fota.errors import FotaError, InvalidRule, described

_LONGEST_SAID = 400

#: A function that compares two versions: it returns -1, 0 or 1 if the first is older, equal or newer, and `None` if
#: the two cannot be compared.
Comparator: TypeAlias = Callable[[str, str], "int | None"]
#: `"dotted"`, a vendor's versions from oldest to newest, or a function of the program.
Scheme: TypeAlias = "Literal['dotted'] | Sequence[str] | Comparator"


def comparator(scheme: Scheme | None) -> Comparator:
    """Return the function that compares two versions under a scheme.

    Args:
        scheme: `"dotted"`, the versions in the vendor's order (oldest first), or a function.

    Raises:
        InvalidRule: The scheme does not exist, or the list is not one of distinct texts.
    """
    if scheme == "dotted":
        return compare_dotted
    if callable(scheme):
        return _checked(scheme)
    if isinstance(scheme, str) or not isinstance(scheme, Sequence):
        given = "minimum_version was given no scheme" if scheme is None else f"the scheme is {described(scheme)}"
        raise InvalidRule(
            f"{given}, and no order fits the versions of all vendors: use 'dotted', "
            "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
        )
    return _in_order_of(scheme)


def compare_dotted(a: str, b: str) -> int | None:
    """Compare two versions of one product line; runs of digits are compared as numbers.

    Two versions are of one line if their letters, their signs, and the digits that belong to the product's name are
    equal. Missing trailing `.0` parts are 0, so `4.10` is newer than `4.2`, which equals `4.2.0`. These digits belong
    to the name:

    - those before the first two numbers that a dot joins (`RUT9_R_00.07`, `nrf9160-1.3`), or, without such
      numbers, all but the last (`BG95M3LAR02A04`);
    - those before a letter or an underscore (`EC20EFAR06A01M4G`);
    - those between a letter and any sign but a dot (`4.2-rc1+5`), and three or more of them between two letters
      and a dot (`HL7800.4.6`).

    These texts are equal to themselves and comparable with nothing else: digits alone (a date or a counter), a
    calendar date, seven or more hexadecimal digits and nothing else, a text with a UUID or with a date that ends
    with its year, whose day or month would be compared first.
    """
    if a == b:
        return 0
    one, other = _place(a), _place(b)
    if one is None or other is None or one[0] != other[0]:
        return None
    return (one[1] > other[1]) - (one[1] < other[1])


_DIGITS = re.compile(r"([0-9]+)")
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH_NAME = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = r"(?:[ T_-]*[0-9][0-9:.]*(?: ?(?:Z|UTC)|[+-][0-9:]+)?)?"
_DATE = (
    rf"{_YEAR}([./-]){_MONTH}\1{_DAY}|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\.?"
    rf"|{_YEAR}[ .-]?{_MONTH_NAME}[ .-]?{_DAY}|{_DAY}[ .-]?{_MONTH_NAME}[ .-]?{_YEAR}"
    rf"|{_MONTH_NAME}[ .-]*{_DAY},?[ .-]?{_YEAR}"
)
_IS_UNORDERED = re.compile(rf"[0-9]+|[0-9a-f]{{7,}}|(?:{_DATE}){_TIME}", re.IGNORECASE)
_DATE_YEAR_LAST = rf"(?<![0-9])(?<![0-9][./-])(?:{_DAY}([./-]){_MONTH}|{_MONTH}([./-]){_DAY})(?:\1|\2){_YEAR}(?![0-9])"
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_HOLDS_UNORDERED = re.compile(f"{_DATE_YEAR_LAST}|{_UUID}", re.IGNORECASE)

_Number: TypeAlias = "tuple[int, str]"
_Line: TypeAlias = "tuple[str | None, ...]"
_PRODUCT = 3  # Digits of a product number, at the least.


def _place(text: str) -> tuple[_Line, tuple[list[_Number], list[_Number]]] | None:
    """Split a version into its product line and its numbers: those in fixed places, and the dotted end."""
    if _IS_UNORDERED.fullmatch(text.strip()) or _HOLDS_UNORDERED.search(text):
        return None
    pieces = _DIGITS.split(text)  # Signs and digits in turn; the signs at either end may be empty.
    runs = range(1, len(pieces), 2)
    first = next((run for run in runs[:-1] if pieces[run + 1] == "."), runs[-1] if runs else 0)
    numbers = {run for run in runs if run >= first and not _is_of_name(pieces, run)}
    end = len(pieces)
    if not pieces[-1] and end - 2 in numbers:
        end -= 2
        while pieces[end - 1] == "." and end - 2 in numbers:
            end -= 2
    line = [None if i in numbers else piece for i, piece in enumerate(pieces[:end])]
    if end < len(pieces):
        line.append(None)  # However many numbers the end has, it is of the same line.
    dotted = [_number(pieces[run]) for run in range(end, len(pieces), 2)]
    while dotted and dotted[-1] == _ZERO:
        dotted.pop()
    return tuple(line), ([_number(pieces[run]) for run in sorted(numbers) if run < end], dotted)


def _is_of_name(pieces: Sequence[str], run: int) -> bool:
    """Return whether a run of digits belongs to a name, judged by the characters around it."""
    before, after = pieces[run - 1], pieces[run + 1][:1]
    if after.isalnum() or after == "_":
        return True
    if after == ".":
        return len(pieces[run]) >= _PRODUCT and len(before) > 1 and before[-2:].isalpha()
    return bool(after) and before[-1:].isalnum()


def _number(digits: str) -> _Number:
    """Return a form in which digits compare as a number of any length; `int` refuses more than 4,300 digits."""
    significant = digits.lstrip("0")
    return len(significant), significant


_ZERO = _number("0")


def _in_order_of(versions: Sequence[str]) -> Comparator:
    for version in versions:
        if not isinstance(version, str):
            raise InvalidRule.not_text("the scheme", version, one_of_many=True)
    if not versions:
        raise InvalidRule("the scheme is an empty list: list the versions from oldest to newest")
    places = {version: place for place, version in enumerate(versions)}
    if len(places) < len(versions):
        twice = next(version for version in versions if list(versions).count(version) > 1)
        raise InvalidRule(f"the scheme lists {shown(twice)} twice: list each version once, from oldest to newest")

    def compare(a: str, b: str) -> int | None:
        if a not in places or b not in places:
            return None
        return (places[a] > places[b]) - (places[a] < places[b])

    return compare


def _checked(scheme: Comparator) -> Comparator:
    def compare(a: str, b: str) -> int | None:
        try:
            answer = scheme(a, b)
        except FotaError as error:
            raise error.as_quotation() from error
        except Exception as error:
            text = str(error)
            said = f": {safe(text, longest=_LONGEST_SAID)}" if text else ""
            raise InvalidRule(
                f"the scheme raised {type(error).__name__}",
                quoted=f"{said}, for {shown(a)} and {shown(b)}",
                rest=f" ({place_of(error)}); let it answer None where two versions cannot be compared",
            ) from error
        # `a > b` returns a boolean, and False would pass for "equal". A set would need the hash of the answer.
        if answer is not None and (isinstance(answer, bool) or answer not in (-1, 0, 1)):
            raise InvalidRule(
                f"the scheme answered a value of type {type(answer).__name__}",
                quoted=f", {described(answer)}, for {shown(a)} and {shown(b)}",
                rest=(
                    ": it must be -1, 0 or 1 as the first is older, equal or newer, "
                    "or None where they cannot be compared"
                ),
            )
        return answer

    return compare
