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
_LISTED = 20  # The number of problems that an error lists: a screenful.
_DIGITS_BEFORE_CHECK = 14
_DIGITS_OF_IMEISV = 16
_DIGITS_TO_NUMBERS = bytes.maketrans(b"0123456789", bytes(range(10)))
_DIGITS_TO_DOUBLES = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))  # Digit sums of twice each.
_IMEI = re.compile(r"[0-9]{15}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]")
_ALL_DIGITS = re.compile(r"[0-9]+")
_ICCID = re.compile(r"89[0-9]{16,18}")
_SEPARATORS = re.compile(r"[\s,;|]+")
_AS_TEXT = "format the column as text and export it again"
# Shapes of what is not an IMEI, with the reason; the most certain first.
_REASONS = (
    (re.compile(r"[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+"), f"is in scientific notation: digits are lost; {_AS_TEXT}"),
    (
        re.compile(r"[0-9]{1,3}([,.'\u2019\u00a0\u202f ])[0-9]{3}(?:\1[0-9]{3})+"),
        f"is a number with thousands separators, which loses leading zeros: {_AS_TEXT}",
    ),
    (re.compile(r"[0-9]+[.,][0-9]*"), f"is a decimal number, which loses leading zeros: {_AS_TEXT}"),
    (re.compile(r"[A-Fa-f][0-9A-Fa-f]{13,14}"), "is an MEID: ThingSpace asks for IMEIs here"),
)


def parse_imei(text: str) -> str:
    """Return the 15 digits of an IMEI, which may be in the printed form `35-693803-564380-9`.

    Outer blanks and a byte order mark are dropped. A wrong check digit is accepted, since samples on the pages of the
    API have one.

    Raises:
        InvalidImei: The text is not an IMEI; the message says why and, if that is certain, which IMEI was meant.
    """
    try:
        return imei_digits(text)
    except ValueError as reason:
        raise InvalidImei(f"IMEI {_shown(text)} {reason}") from None


def imei_digits(value: Any, *, secret: bool = False) -> str:
    """Return the 15 digits of an IMEI.

    Args:
        value: An IMEI as text, or anything else.
        secret: Whether the value is secret: then the reason names no character and proposes nothing.

    Raises:
        ValueError: The value is not an IMEI. The text is the reason, which follows the value in a message.
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
    """Return whether the items are distinct IMEIs of 15 digits, as in most lists, which then need no closer look."""
    return (
        set(map(type, items)) == {str}
        and set(map(len, items)) == {_DIGITS}
        and (digits := "".join(items)).isascii()
        and digits.isdigit()
        and len(set(items)) == len(items)
    )


def check_digit_fits(imei: str) -> bool:
    """Return whether the last digit is the check digit of the digits before it."""
    return _luhn_sum(imei) % 10 == 0


@attrs.frozen
class InvalidItem:
    """An item of a list that is known not to be an IMEI.

    Attributes:
        value: The item.
        reason: Why it is not one, to follow the item in a message.
    """

    value: Any
    reason: str


@attrs.frozen(kw_only=True)
class ImeiList:
    """The IMEIs of a list.

    Attributes:
        imeis: The distinct IMEIs, in order of first appearance.
        repeated: The positions of each IMEI that appears more than once.
    """

    imeis: tuple[str, ...]
    repeated: dict[str, list[str]]


def parse_imeis(items: Iterable[tuple[str, Any]], *, where: str, secret: bool = False) -> ImeiList:
    """Read a list of IMEIs.

    Args:
        items: Each item with its position, such as `"line 4"`. An `InvalidItem` is one of the items in the error.
        where: What contains the items, such as the name of a file.
        secret: Whether the items are secret: then an error names their positions alone.

    Raises:
        InvalidImei: Some items are not IMEIs; the message lists them.
    """
    positions: dict[str, list[str]] = {}
    problems: list[str] = []
    count = 0
    for count, (position, value) in enumerate(items, start=1):  # noqa: B007 (the last one is the count)
        try:
            imei = imei_digits(value, secret=secret)
        except ValueError as reason:  # noqa: PERF203 (all problems are reported at once)
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
    """Return text without outer blanks and byte order marks, which editors and spreadsheets leave behind."""
    return text.strip().strip("\ufeff").strip()


def _shown(value: Any) -> str:
    return shown(stripped(value) if isinstance(value, str) else value)


def _reason_of_type(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return "is a number: numbers lose their leading zeros; quote it, so that it stays text"
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
            return "has 14 digits: an IMEI has 15; the check digit or a leading zero may be missing"
        meant = f"if the check digit is missing it is {with_check_digit(digits)}"
        if check_digit_fits(f"0{digits}"):
            meant += f", if a leading zero is missing it is 0{digits}"
        return f"has 14 digits: an IMEI has 15; {meant}"
    if len(digits) == _DIGITS_OF_IMEISV:
        imei = with_check_digit(digits[:_DIGITS_BEFORE_CHECK])
        meant = "an IMEI has 15" if secret else f"the IMEI is {imei}"
        return f"has 16 digits, as an IMEISV has: {meant}"
    if _ICCID.fullmatch(digits):
        return f"has {len(digits)} digits, as the ICCID of a SIM has: pass the IMEI of the device"
    return f"has {len(digits)} digits: an IMEI has 15"


def with_check_digit(fourteen: str) -> str:
    """Add the Luhn digit, which makes the sum a multiple of ten."""
    return f"{fourteen}{-_luhn_sum(fourteen) % 10}"


def _luhn_sum(imei: str) -> int:
    """Sum the digits, every second one doubled and its own digits summed."""
    digits = imei.encode("ascii")
    return sum(digits[0::2].translate(_DIGITS_TO_NUMBERS)) + sum(digits[1::2].translate(_DIGITS_TO_DOUBLES))
