"""The rows of a table in a text file: CSV and its dialects.

Python's own reader accepts an unclosed quote, and text after a closing one, and so swallows rows. Here both are errors
that name the line. Knows nothing of the meaning of cells, HTTP or Pulumi.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pulumi_fota.model.text_file import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITERS = (",", ";", "\t", "|")
MOST_CHARACTERS = 131_072  # Of a cell: a longer one is a missing quote.
_CONTENT = re.compile(r'[^"]*(?:""[^"]*)*')  # Up to the quote that closes.
_HINT = re.compile(r'"?sep=(?P<sign>\\t|[^\w"])(?P=sign)*"?\s*', re.IGNORECASE)


class BrokenTable(Exception):
    """A text is not a table in this dialect. `line` is where the fault begins."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class Row(NamedTuple):
    """The cells of a row, without their quotes, and the line on which the row begins."""

    line: int
    cells: list[str]


def lines_and_hint(text: str) -> tuple[list[str], str | None]:
    """Return the lines of a text, and the delimiter that a first line such as `sep=;` names.

    In the result the line of the hint is empty, so that the numbers of lines are those of the file.
    """
    lines = split_lines(text)
    hint = _HINT.fullmatch(lines[0])
    if not hint:
        return lines, None
    return ["", *lines[1:]], "\t" if hint["sign"] == "\\t" else hint["sign"]


def parse_rows(lines: Sequence[str], delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not empty, in the dialect with this delimiter.

    A cell is quoted if its first character after blanks is `"`, or if it begins with `="` as spreadsheets write text. A
    doubled quote in such a cell is one quote, and the cell may span lines.

    Raises:
        BrokenTable: A quote is never closed, text follows a closing quote, or a cell is too long.
    """
    opening = re.compile(rf'(?:(?!{re.escape(delimiter)})[\s\ufeff])*(=?)"')
    at = 0
    while at < len(lines):
        line = at + 1
        if '"' in lines[at]:
            cells, at = _quoted_cells(lines, at, delimiter, opening)
        else:
            cells = lines[at].split(delimiter)
        at += 1
        if any(len(cell) > MOST_CHARACTERS for cell in cells):
            raise BrokenTable(line, f"a cell has more than {MOST_CHARACTERS:,} characters: is a quote missing?")
        if any(cell.strip().strip("\ufeff") for cell in cells):
            yield Row(line, cells)


def _quoted_cells(lines: Sequence[str], at: int, delimiter: str, opening: re.Pattern[str]) -> tuple[list[str], int]:
    """Return the cells of the row that begins on a line, and the line on which it ends."""
    cells: list[str] = []
    position = 0
    while True:
        began = at
        opened = opening.match(lines[at], position)
        if opened:
            content, at, position = _quoted_text(lines, at, opened.end(), cell=len(cells) + 1)
            cells.append(f'="{content}"' if opened[1] else content.replace('""', '"'))
        end = lines[at].find(delimiter, position)
        rest = lines[at][position:] if end < 0 else lines[at][position:end]
        if not opened:
            cells.append(rest)
        elif rest.strip():
            where = "" if began == at else f" on line {at + 1:,}"
            raise BrokenTable(
                began + 1,
                f"text follows the quote that closes cell {len(cells)} of the row{where}: "
                "is a quote missing, or not doubled?",
            )
        if end < 0:
            return cells, at
        position = end + len(delimiter)


def _quoted_text(lines: Sequence[str], at: int, position: int, *, cell: int) -> tuple[str, int, int]:
    """Return the text between quotes, and the line and position at which the text after them begins."""
    began, content = at, []
    while at < len(lines):
        text = _CONTENT.match(lines[at], position)
        content.append(text[0] if text else "")
        position += len(content[-1])
        if position < len(lines[at]):
            return "\n".join(content), at, position + 1
        at, position = at + 1, 0
    raise BrokenTable(began + 1, f"a quote is opened and never closed (in cell {cell} of the row)")
