"""Text for people: safe, short, counted, masked, redacted.

Owns what happens to untrusted text on its way into a message, a log or a report. Makes, versions, reasons, answers of
the service or a proxy, files, and exceptions of the program's own functions may hold control characters, markup, or
what a CI system takes for a command. Plain text in, plain text out. Imports nothing of ours.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 120
_LONGEST_VALUE = 80
_LONGEST_PATH = 400
_LISTED = 5
# Control, format (bidirectional overrides, zero-width), lone surrogates, unassigned and private characters,
# line and paragraph separators, spaces.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs"})
# Letters, marks and signs that show nothing: those that Unicode calls default ignorable (joiners, fillers, variation
# selectors), the blank Braille pattern and the null notehead.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U0001d159\U000e0000-\U000e0fff]"
)
_PLAIN = re.compile(r"[\x20-\x7e]*")
# After another digit it is not an IMEI, unless that digit ends the code of an invisible character.
_START = r"(?:(?<![0-9])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\U[0-9a-f]{8}))"
_SHORTEST_REDACTED = 5
_LIKE_IMEI = re.compile(r"[0-9]{13,}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]")
_IMEI = re.compile(_START + r"([0-9]{2})(?:[0-9]{9}([0-9]{4})(?![0-9])|[0-9]{1,12}…(?![0-9]))")


def visible(text: str, *, keep: str = "") -> str:
    r"""Write each character that a person cannot see as its code: `\x12`, `\u202e`, `\ud800`.

    Args:
        text: Any text.
        keep: Characters to leave as they are, such as line breaks.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(char if char in keep or _is_seen(char) else _code(char) for char in text)


def safe(text: str, *, longest: int = _LONGEST) -> str:
    """Make untrusted text fit to stand in a line of a message or log.

    GitHub obeys a log line that begins with `::` or holds `##[`, Azure one that holds `##vso[` or `##[`.

    Args:
        text: Any text.
        longest: The number of characters, before commands are broken, after which it is cut.
    """
    return _without_commands(cut(visible(text), longest))


def shown(value: object, *, longest: int = _LONGEST_VALUE) -> str:
    """Quote an untrusted value of any type, as `repr` writes it, fit to stand in a line.

    Args:
        value: Any value.
        longest: The number of characters after which it is cut; the sign that closes it stays.
    """
    text = visible(repr(value))
    return _without_commands(text if len(text) <= longest else f"{text[: longest - 2]}…{text[-1]}")


def place_of(error: BaseException) -> str:
    """Return where an exception of the program comes from: its file and line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{safe(frame.filename, longest=_LONGEST_PATH)}, line {frame.lineno}"


def encodable(text: str, encoding: str) -> str:
    """Write each character that an encoding does not have as its code."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def cut(text: str, longest: int) -> str:
    """Shorten text, and mark that it was."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: `1 device`, `1,000 devices`.

    Args:
        count: The number.
        one: The noun, or a noun and its verb, of one.
        many: That of several, unless it ends in another `s` only.
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def listed(items: Sequence[str]) -> str:
    """Join the first few items, and mark that there are more."""
    return ", ".join([*items[:_LISTED], *(["…"] if len(items) > _LISTED else [])])


def mask_imeis(text: str) -> str:
    """Hide the middle of every IMEI in a text, of which `99…5573` stays, and what may be one that was cut: `99…`."""
    return _IMEI.sub(r"\1…\2", text)


def spellings(text: str) -> set[str]:
    """Return the ways in which a message may write a text, to be redacted: as it is, made safe, and quoted."""
    uncut = 10 * len(text) + 2  # No character takes more than ten.
    return {text, safe(text, longest=uncut), shown(text, longest=uncut)[1:-1], shown(text)[1:-1]}


def redact(message: str, values: Iterable[str] = ()) -> str:
    """Replace secret values in a message of ours by `…`.

    Runs of 13 digits or more and printed IMEIs always go, so IMEIs need not be among the values. The parts of the
    message that are as long as one of the values are a set, in which each value is looked up: many cost little.

    Args:
        message: The message, without what others wrote.
        values: Texts to hide wherever they stand; not those of fewer than 5 characters, which stand in too many words.
    """
    values = tuple(values)
    lengths = [length for length in set(map(len, values)) if length >= _SHORTEST_REDACTED]
    parts = {message[start : start + length] for length in lengths for start in range(len(message) - length + 1)}
    spans = [match.span() for match in _LIKE_IMEI.finditer(message)]
    for text in parts.intersection(values):
        spans += [(start, start + len(text)) for start in range(len(message)) if message.startswith(text, start)]
    shown, end = "", 0
    for start, stop in sorted(spans):
        if start > end or not shown:
            shown += f"{message[end:start]}…"
        end = max(end, stop)
    return shown + message[end:]


def _without_commands(text: str) -> str:
    return text.replace("::", ":\\x3a").replace("##", "#\\x23")


def _is_seen(char: str) -> bool:
    return char == " " or not (unicodedata.category(char) in _INVISIBLE or _BLANK.match(char))


def _code(char: str) -> str:
    number = ord(char)
    if number < 0x100:  # noqa: PLR2004 (two hexadecimal digits)
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004 (four)
