"""What an IMEI is, and why something is not one.

An IMEI is text: 8 digits of the type, 6 of the serial number, and a check digit (3GPP TS 23.003, 6.2.1 and annex B).
Nothing is repaired by guess. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import counted, safe, shown
from pulumi_fota.errors import InvalidImei

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = 15
_LISTED = 20  # Problems that an error lists: a screenful.
_DIGITS_BEFORE_CHECK = 14
_DIGITS_OF_IMEISV = 16
_DIGITS_TO_NUMBERS = bytes.maketrans(b"0123456789", bytes(range(10)))
_DIGITS_TO_DOUBLES = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))  # Digit sums of twice each.
_IMEI = re.compile(r"[0-9]{15}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]")
_ALL_DIGITS = re.compile(r"[0-9]+")
_ICCID = re.compile(r"89[0-9]{16,18}")
_SEPARATORS = re.compile(r"[\s,;|]+")
_AS_TEXT = "format the column as text and export it again"
#: What is not an IMEI for a reason that its shape tells, the most certain first.
_REASONS = (
    (re.compile(r"[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+"), f"is in scientific notation: digits are lost; {_AS_TEXT}"),
    (
        re.compile(r"[0-9]{1,3}([,.'\u2019\u00a0\u202f ])[0-9]{3}(?:\1[0-9]{3})+"),
        f"is a number with thousands separators, which loses zeros in front: {_AS_TEXT}",
    ),
    (re.compile(r"[0-9]+[.,][0-9]*"), f"is a decimal number, which loses zeros in front: {_AS_TEXT}"),
    (re.compile(r"[A-Fa-f][0-9A-Fa-f]{13,14}"), "is an MEID: ThingSpace asks for IMEIs here"),
)


def parse_imei(text: str) -> str:
    """Read one IMEI: 15 digits, or the printed form `35-693803-564380-9`.

    Outer blanks and a byte order mark are dropped. A check digit that does not fit is accepted: samples of the
    API's own pages have one.

    Raises:
        InvalidImei: It is not one; the message says why and, if that is certain, which IMEI was meant.
    """
    try:
        return imei_digits(text)
    except ValueError as reason:
        raise InvalidImei(f"IMEI {_shown(text)} {reason}") from None


def imei_digits(value: Any, *, secret: bool = False) -> str:
    """Return the 15 digits of an IMEI.

    Args:
        value: An IMEI as text, or anything else.
        secret: Whether it is secret: then the reason names no character and proposes nothing.

    Raises:
        ValueError: It is not one. The text is the reason, to be read after the value.
    """
    if isinstance(value, InvalidItem):
        raise ValueError(value.reason)  # noqa: TRY004 (all reasons are ValueErrors)
    if not isinstance(value, str):
        raise ValueError(_reason_of_type(value))  # noqa: TRY004 (all reasons are ValueErrors)
    text = stripped(value)
    if not is_imei(text):
        raise ValueError(_reason(text, secret=secret))
    return text.replace("-", "")


def is_imei(text: str) -> bool:
    """Return whether a text is an IMEI, plain or printed, and nothing else."""
    return bool(_IMEI.fullmatch(text))


def all_are_plain_imeis(items: Sequence[Any]) -> bool:
    """Return whether all are IMEIs of 15 digits, each there once: most lists are, and need no look at each item."""
    return (
        set(map(type, items)) == {str}
        and set(map(len, items)) == {_DIGITS}
        and (digits := "".join(items)).isascii()
        and digits.isdigit()
        and len(set(items)) == len(items)
    )


def check_digit_fits(imei: str) -> bool:
    """Return whether the last digit is the check digit of those before it."""
    return _luhn_sum(imei) % 10 == 0


@attrs.frozen
class InvalidItem:
    """An item of a list that is not an IMEI, for a reason that is known already."""

    value: Any
    reason: str


@attrs.frozen(kw_only=True)
class ImeiList:
    """The distinct IMEIs of a list, in order of first appearance."""

    imeis: tuple[str, ...]
    repeated: dict[str, list[str]]  #: Where each IMEI stands that is there more than once.


def parse_imeis(items: Iterable[tuple[str, Any]], *, where: str, secret: bool = False) -> ImeiList:
    """Read a list of IMEIs.

    Args:
        items: Each with its position, such as `"line 4"`; the error names an `InvalidItem` with the others.
        where: What holds them, such as the name of a file.
        secret: Whether they are secret: then an error tells an item by its position alone.

    Raises:
        InvalidImei: One or more are not IMEIs; the message names them.
    """
    positions: dict[str, list[str]] = {}
    problems: list[str] = []
    count = 0
    for count, (position, value) in enumerate(items, start=1):  # noqa: B007 (the last one is the count)
        try:
            imei = imei_digits(value, secret=secret)
        except ValueError as reason:  # noqa: PERF203 (all problems are told at once)
            item = value.value if isinstance(value, InvalidItem) else value
            problems.append(f"{position} {reason}" if secret else f"{position}: {_shown(item)} {reason}")
        else:
            positions.setdefault(imei, []).append(position)
    if problems:
        more = [f"and {len(problems) - _LISTED:,} more"] if len(problems) > _LISTED else []
        some = f"{len(problems):,} of {counted(count, 'IMEI')}"
        head = f"{some} in {safe(where)} cannot be used; nothing was sent to ThingSpace:"
        raise InvalidImei("\n  ".join([head, *problems[:_LISTED], *more]))
    return ImeiList(imeis=tuple(positions), repeated={imei: at for imei, at in positions.items() if len(at) > 1})


def stripped(text: str) -> str:
    """Return a value without outer blanks of any kind and a byte order mark, which editors and spreadsheets leave."""
    return text.strip().strip("\ufeff").strip()


def _shown(value: Any) -> str:
    return shown(stripped(value) if isinstance(value, str) else value)


def _reason_of_type(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return "is a number: numbers lose the zeros in front; quote it, so that it stays text"
    return f"is of type {type(value).__name__}: text was expected"


def _reason(text: str, *, secret: bool) -> str:
    if not text:
        return "is empty"
    if _ALL_DIGITS.fullmatch(text):
        return _reason_of_length(text, secret=secret)
    if (count := sum(map(is_imei, _SEPARATORS.split(text)))) > 1:
        return f"holds {count} IMEIs: one was expected"
    for shape, reason in _REASONS:
        if shape.fullmatch(text):
            return reason
    position, character = next((i, char) for i, char in enumerate(text, start=1) if not "0" <= char <= "9")
    name = unicodedata.name(character, "a control character").lower()
    other = "another character" if secret else f"U+{ord(character):04X} ({name})"
    return f"has {other} as character {position}: an IMEI is 15 digits from 0 to 9"


def _reason_of_length(digits: str, *, secret: bool) -> str:
    if len(digits) == _DIGITS_BEFORE_CHECK:
        if secret:
            return "has 14 digits: an IMEI has 15; the check digit or a zero in front may be missing"
        meant = f"if the check digit is missing it is {with_check_digit(digits)}"
        if check_digit_fits(f"0{digits}"):
            meant += f", if a zero in front is missing it is 0{digits}"
        return f"has 14 digits: an IMEI has 15; {meant}"
    if len(digits) == _DIGITS_OF_IMEISV:
        imei = with_check_digit(digits[:_DIGITS_BEFORE_CHECK])
        meant = "an IMEI has 15" if secret else f"the IMEI is {imei}"
        return f"has 16 digits, as an IMEISV has: {meant}"
    if _ICCID.fullmatch(digits):
        return f"has {len(digits)} digits, as the ICCID of a SIM has: give the IMEI of the device"
    return f"has {len(digits)} digits: an IMEI has 15"


def with_check_digit(fourteen: str) -> str:
    """Add the Luhn digit, which makes the sum a multiple of ten."""
    return f"{fourteen}{-_luhn_sum(fourteen) % 10}"


def _luhn_sum(imei: str) -> int:
    """Sum the digits, every second one doubled and its own digits summed."""
    digits = imei.encode("ascii")
    return sum(digits[0::2].translate(_DIGITS_TO_NUMBERS)) + sum(digits[1::2].translate(_DIGITS_TO_DOUBLES))
