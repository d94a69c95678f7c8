"""The one place that makes text of others safe to show.

Makes, models, versions, statuses and reasons come from devices, carriers and files: any of them may hold control
characters, markup, or what a CI system takes for a command. Plain text in, plain text out.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120
# Control, format (bidirectional overrides, zero-width), lone surrogates, unassigned and private characters,
# line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_PLAIN = re.compile(r"[\x20-\x7e]*")
# Behind another digit it is no IMEI, unless that digit ends the code of an invisible character.
_START = r"(?:(?<![0-9])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\U[0-9a-f]{8}))"
_IMEI = re.compile(_START + r"([0-9]{2})(?:[0-9]{9}([0-9]{4})(?![0-9])|[0-9]{1,12}…(?![0-9]))")


def visible(text: str, *, keep: str = "") -> str:
    r"""Write each character that a person cannot see as its code: `\x12`, `\u202e`, `\ud800`."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(
        _code(char) if unicodedata.category(char) in _INVISIBLE and char not in keep else char for char in text
    )


def in_text(text: str, *, longest: int = _LONGEST) -> str:
    """Make text fit to stand in a line of a message or log, cut at 120 characters.

    GitHub obeys a log line that begins with `::` or holds `##[`, Azure one that holds `##vso[` or `##[`.
    """
    return cut(visible(text), longest).replace("::", ":\\x3a").replace("##", "#\\x23")


def cut(text: str, longest: int) -> str:
    """Shorten text, and mark that it was."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def mask_imeis(text: str) -> str:
    """Hide the middle of every IMEI in a text, of which `99…5573` stays, and what may be one that was cut: `99…`."""
    return _IMEI.sub(r"\1…\2", text)


def _code(char: str) -> str:
    number = ord(char)
    if number < 0x100:  # noqa: PLR2004 (two hexadecimal digits)
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004 (four)
