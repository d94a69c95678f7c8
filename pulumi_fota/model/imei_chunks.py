"""A list of IMEIs as compact text, in chunks by leading digits.

A snapshot stores it if it stores no rows, so that a refresh can read the same devices. An IMEI that joins or leaves
changes one chunk. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pulumi_fota.model.imei import check_digit_fits, with_check_digit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DIGITS = 15
_SHORTEST_PREFIX = 2  # These digits name the body that issued the type code, so a small set is one chunk.
_MOST_IN_A_CHUNK = 1000
# Go's JSON encoder may write each of these characters as six. Three that base 85 does not use take their place.
_TO_JSON_SAFE = str.maketrans("&<>", ".,/")
_FROM_JSON_SAFE = str.maketrans(".,/", "&<>")


def to_chunks(imeis: Iterable[str]) -> dict[str, str]:
    """Pack distinct IMEIs of 15 digits.

    Of 100,000 random IMEIs each takes at most 5 bytes; of consecutive ones less than 1.
    """
    return dict(_split(sorted(imeis), _SHORTEST_PREFIX))


def from_chunks(chunks: dict[str, str]) -> tuple[str, ...]:
    """Unpack what `to_chunks` returned.

    Raises:
        ValueError: A chunk is not as `to_chunks` writes it.
    """
    return tuple(imei for prefix, text in sorted(chunks.items()) for imei in _unpack(prefix, text))


def _split(imeis: Sequence[str], length: int) -> Iterator[tuple[str, str]]:
    """Divide IMEIs by this number of leading digits, and by one more if a chunk would be too large."""
    groups: dict[str, list[str]] = {}
    for imei in imeis:
        groups.setdefault(imei[:length], []).append(imei)
    for prefix, group in groups.items():
        if len(group) > _MOST_IN_A_CHUNK:
            yield from _split(group, length + 1)
        else:
            yield prefix, _pack(prefix, group)


# The text of a chunk is a letter, two digits, and bits. The letter says whether the check digits are left out (`L`, if
# all of them are right) or kept (`F`). The bits are the gaps between IMEIs as Rice codes: the quotient of the gap and
# 2**k as a run of ones and a zero, then the remainder in k bits. The two digits are k.


def _pack(prefix: str, imeis: Sequence[str]) -> str:
    form = "L" if all(map(check_digit_fits, imeis)) else "F"
    numbers = [int(imei[:-1] if form == "L" else imei) for imei in imeis]
    before = _first(prefix, form) - 1
    gaps = []
    for number in numbers:
        gaps.append(number - before - 1)
        before = number
    k = max((sum(gaps) // len(gaps)).bit_length() - 1, 0)
    codes = ("1" * (gap >> k) + "0" + (f"{gap & ((1 << k) - 1):0{k}b}" if k else "") for gap in gaps)
    bits = "".join(codes)
    bits += "1" * (-len(bits) % 8)  # Ones without a zero after them are not a gap.
    text = base64.b85encode(int(bits, 2).to_bytes(len(bits) // 8, "big")).decode("ascii")
    return f"{form}{k:02}{text.translate(_TO_JSON_SAFE)}"


def _unpack(prefix: str, text: str) -> Iterator[str]:
    form, k = text[:1], int(text[1:3])
    if form not in {"L", "F"} or not prefix.isdigit():
        raise ValueError("not a chunk of IMEIs")
    packed = base64.b85decode(text[3:].translate(_FROM_JSON_SAFE))
    bits = f"{int.from_bytes(packed, 'big'):0{len(packed) * 8}b}"
    number, place = _first(prefix, form) - 1, 0
    while (zero := bits.find("0", place)) >= 0:
        remainder = bits[zero + 1 : zero + 1 + k]
        number += ((zero - place) << k) + int(remainder or "0", 2) + 1
        place = zero + 1 + k
        digits = f"{number:0{_DIGITS - (form == 'L')}}"
        imei = with_check_digit(digits) if form == "L" else digits
        if len(imei) != _DIGITS or not imei.startswith(prefix):
            raise ValueError("not a chunk of these IMEIs")
        yield imei


def _first(prefix: str, form: str) -> int:
    """Return the smallest number that a chunk can hold."""
    return int(prefix.ljust(_DIGITS - (form == "L"), "0"))
