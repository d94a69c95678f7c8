"""How people, spreadsheets and portals write an IMEI, its absence, and the heading above it.

Knows nothing of files, HTTP or Pulumi.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pulumi_fota.model.imei import is_imei, stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FORMULA = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"', re.DOTALL)
_GUARDED = re.compile(r"'[=+\-@\t]")
_BLANK = {
    *("", "n/a", "na", "n.a.", "#n/a", "none", "null", "(null)", "<null>", "#null!", "nil", "nan", "undefined"),
    *("unknown", "not available", "(blank)", "\\n", "?"),
}
_ZEROS_OR_DASHES = re.compile(r"[0-]+|[-\u2010-\u2015\u2212]+")
_RESEMBLES_IMEI = re.compile(r"[0-9]{14,17}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]|[0-9]+([.,][0-9]+)?[eE][+][0-9]+")

_LONGEST_HEADING = 60
_BEFORE = (
    "devices?|modems?|equipment|mobile|cellular|hardware|routers?|gateways?|meters?|trackers?|sensors?|terminals?|units?"
    "|assets?|primary|secondary|main|first|second|sim|esn|meid|or|and|the|number|numero|id|[0-9]{1,2}(?![0-9])"
)
_AFTER = (
    "numbers?|nummer|numero|num|nbr|nr|no|n|id|identifier|codes?|values?|of|device|modem|sim|esn|meid|or|and"
    "|[0-9]{1,2}(?![0-9])"
)
_NAMES_IMEI = re.compile(f"(?:{_BEFORE})*imeis?(?:{_AFTER})*")
_MENTIONS_IMEI = re.compile("imei(?!sv)")
_NAMES_DEVICE = re.compile("devices?(?:ids?|identifiers?)")


def cell_text(cell: str) -> str:
    """Return the text that a spreadsheet shows for a cell.

    It is without outer blanks, byte order marks, the formula `="007"`, and an apostrophe before a sign that would begin
    a formula.
    """
    text = stripped(cell)
    if formula := _FORMULA.fullmatch(text):
        return stripped(formula[1].replace('""', '"'))
    return text[1:] if _GUARDED.match(text) else text


def imei_text(cell: str) -> str:
    """Return the text of a cell of IMEIs: also without quotes, or an apostrophe that kept its leading zeros."""
    if is_imei(cell):  # Most cells are.
        return cell
    text = cell_text(cell)
    if quoted := _QUOTED.fullmatch(text):  # In a text file, the quotes of a table are part of the line.
        text = cell_text(quoted[1].replace('""', '"'))
    if text.startswith("'"):
        text = text[1:].removesuffix("'")
    return stripped(text)


def is_blank(value: Any) -> bool:
    """Return whether a value stands for no IMEI: `None`, 0, `N/A`, `-`, zeros and the like."""
    if not isinstance(value, str):
        return value is None or (type(value) is int and value == 0)
    text = imei_text(value).casefold()
    return text in _BLANK or bool(_ZEROS_OR_DASHES.fullmatch(text))


def resembles_imei(cell: str) -> bool:
    """Return whether a cell is an IMEI, or one that was damaged: too short or long, or in scientific notation."""
    return bool(_RESEMBLES_IMEI.fullmatch(imei_text(cell)))


def names_imei(heading: str) -> bool:
    """Return whether a heading names IMEIs or IDs of devices, and nothing else."""
    squeezed = _squeezed(heading)
    return bool(_NAMES_IMEI.fullmatch(squeezed) or _NAMES_DEVICE.fullmatch(squeezed))


def mentions_imei(heading: str) -> bool:
    """Return whether a heading contains the word IMEI."""
    return bool(_MENTIONS_IMEI.search(_squeezed(heading)))


def candidates(headings: Sequence[str], column: str | None, *, holds: Callable[[int], bool]) -> list[int]:
    """Return the positions of the headings that may be that of the IMEIs: one, if the table is clear.

    These are the headings that name IMEIs, and those that mention them and have one below; without any, the headings
    that name IDs of devices.

    Args:
        headings: The headings, in their order.
        column: The heading that the program named.
        holds: Returns whether there is an IMEI below the heading at a position.
    """
    if column is not None:
        return [place for place, heading in enumerate(headings) if heading == stripped(column)]
    squeezed = [_squeezed(heading) for heading in headings]
    named = [
        place
        for place, heading in enumerate(squeezed)
        if _NAMES_IMEI.fullmatch(heading) or (_MENTIONS_IMEI.search(heading) and holds(place))
    ]
    return named or [place for place, heading in enumerate(squeezed) if _NAMES_DEVICE.fullmatch(heading)]


def holds_imei(value: Any) -> bool:
    """Return whether a value is an IMEI, in whatever form."""
    return isinstance(value, str) and is_imei(imei_text(value))


def _squeezed(heading: str) -> str:
    """Return the letters and digits of a heading; one that is too long names nothing."""
    letters = re.sub(r"[\W_]", "", heading.casefold())
    return letters if len(letters) <= _LONGEST_HEADING else ""
