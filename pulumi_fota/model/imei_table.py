"""The rows of a table of devices, and which of its columns holds the IMEIs.

A table may have a hint on its delimiter, titles above its headings, and a row of totals below. Knows nothing of HTTP
or Pulumi.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import counted, safe, shown
from pulumi_fota.errors import InvalidImei
from pulumi_fota.model.imei_cell import (
    candidates,
    cell_text,
    holds_imei,
    imei_text,
    is_blank,
    mentions_imei,
    names_imei,
    resembles_imei,
)
from pulumi_fota.model.table_file import DELIMITERS, BrokenTable, Row, lines_and_hint, parse_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_NAME, _LONGEST_REASON = 400, 600
_MOST_TITLES = 20  # Rows above the headings.
_SWALLOWED = re.compile(
    r"(?<![0-9])(?:[0-9]{14,17}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9]|[0-9][.,][0-9]+E\+[0-9]+)(?![0-9])"
)
_IMEI_WITHIN = re.compile(r"(?<![0-9])(?:[0-9]{15}|[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9])(?![0-9])")
_TOTALS = re.compile(
    r"(?:grand |sub)?totals?(?: (?:number|count))?(?: of)?(?: [^\W\d]+)?\W*(?P<total>[0-9][0-9.,]*)?\W*"
    r"|(?:sum|count|summe|gesamt|anzahl)\W*(?P<sum>[0-9][0-9.,]*)?\W*"
    r"|\(?(?P<rows>[0-9][0-9.,]*) (?:rows?|records?|devices?|lines?|results?)\b[^0-9]*",
    re.IGNORECASE,
)
_LONGEST_LABEL = 80
_NUMBER = re.compile(r"[0-9.,%\s]*")


@attrs.frozen(kw_only=True)
class DeviceRow:
    """A row of a file of devices.

    Attributes:
        position: Where it is in the file, such as `"line 4"`.
        value: What should be its IMEI.
        fields: All of its values, by heading or key; `None` if there are no headings or keys.
        lacks_key: Whether the key of the IMEI in other rows is missing from this one.
    """

    position: str
    value: Any
    fields: dict[str, Any] | None = None
    lacks_key: bool = False


@attrs.frozen(kw_only=True)
class DeviceRows:
    """The rows of a file of devices.

    Attributes:
        rows: The rows of devices.
        totals: The position of a row of totals.
    """

    rows: list[DeviceRow]
    totals: str | None = None


@attrs.frozen(kw_only=True)
class _Layout:
    """How a table is laid out under a delimiter.

    Attributes:
        delimiter: The delimiter.
        headings: The row of headings; `None` if the table is one column of IMEIs.
        is_certain: Whether a heading names IMEIs, rather than mentions them.
    """

    delimiter: str
    headings: Row | None
    is_certain: bool


def read_table(text: str, name: str, column: str | None, *, tabs: bool, by_heading: bool) -> DeviceRows:
    """Read the rows of a table of devices.

    Args:
        text: The text of its file.
        name: The name of the file, for errors.
        column: The heading of the IMEIs, if the program named it.
        tabs: Whether tabs are the likely delimiter.
        by_heading: Whether the `fields` of rows are needed: then there must be headings, and no two alike.

    Raises:
        InvalidImei: A row cannot be read reliably, or there is no single column that may hold the IMEIs.
    """
    lines, hint = lines_and_hint(text)
    try:
        layout = _layout(lines, name, column, hint=hint, tabs=tabs)
        if layout is None:
            return DeviceRows(rows=[])
        rows = list(parse_rows(lines, layout.delimiter))
    except BrokenTable as broken:
        raise _unreadable(name, broken.line, broken.reason) from None
    _check_whole(rows, name)
    if layout.headings is not None:
        return _below(layout.headings, rows, name, column, delimiter=layout.delimiter, by_heading=by_heading)
    if by_heading:
        raise InvalidImei(f"{safe(name)} has no headings for where=: add a first line that names its columns")
    for row in rows:
        _check_width(row, 1, name)
    return DeviceRows(rows=[DeviceRow(position=f"line {row.line:,}", value=row.cells[0]) for row in rows])


def _layout(lines: Sequence[str], name: str, column: str | None, *, hint: str | None, tabs: bool) -> _Layout | None:
    """Return the layout under the delimiter with which the table has headings; `None` if the table is empty."""
    delimiters = [hint] if hint else sorted(DELIMITERS, key=lambda each: not (tabs and each == "\t"))
    tops = {delimiter: _top(lines, delimiter) for delimiter in delimiters}
    if ([], None) in tops.values():
        return None
    layouts = [layout for each in delimiters if (layout := _layout_under(each, tops[each][0], column))]
    certain = [layout for layout in layouts if layout.is_certain] or layouts
    wide = [layout for layout in certain if layout.headings and len(layout.headings.cells) > 1]
    if len(wide) > 1 and not (tabs and wide[0].delimiter == "\t"):
        signs = " or ".join(shown(layout.delimiter) for layout in wide)
        raise InvalidImei(f"{safe(name)} may be separated by {signs}: say which in a first line such as sep=;")
    if certain:
        return (wide or certain)[0]
    likely = max(delimiters, key=lambda each: _width(lines, each, *tops[each]))
    rows, broken = tops[likely]
    raise broken or _no_column(rows, name, column)


def _width(lines: Sequence[str], delimiter: str, rows: Sequence[Row], broken: BrokenTable | None) -> int:
    """Return the number of cells in the widest of the first rows under a delimiter."""
    widths = [len(row.cells) for row in rows]
    if broken:
        widths.append(lines[broken.line - 1].count(delimiter) + 1)
    return max(widths, default=0)


def _top(lines: Sequence[str], delimiter: str) -> tuple[list[Row], BrokenTable | None]:
    """Return the first rows of a table, where its headings should be, and the error that ended them, if any."""
    rows: list[Row] = []
    try:
        for row in parse_rows(lines, delimiter):
            rows.append(row)
            if len(rows) > _MOST_TITLES:
                break
    except BrokenTable as broken:
        return rows, broken
    return rows, None


def _layout_under(delimiter: str, rows: Sequence[Row], column: str | None) -> _Layout | None:
    """Return the layout if a delimiter fits.

    The row of headings is the first that names the column; if there is none, the first that mentions IMEIs and has one
    below.
    """
    if column is None and rows and len(_filled(rows[0])) == 1 and holds_imei(rows[0].cells[0]):
        return _Layout(delimiter=delimiter, headings=None, is_certain=True)
    for place, row in enumerate(rows):
        if _is_heading(row, column):
            below = rows[place + 1 : place + 2]
            if len(_filled(row)) == 1 and below and len(_filled(below[0])) > 1 and _is_heading(below[0], column):
                row = below[0]  # noqa: PLW2901 (the one cell is the title of the table)
            return _Layout(delimiter=delimiter, headings=row, is_certain=True)
    for place, row in enumerate(rows if column is None else ()):
        mentioned = [at for at, cell in enumerate(row.cells) if mentions_imei(cell)]
        if any(
            holds_imei(cell) for at in mentioned for below in rows[place + 1 :] for cell in below.cells[at : at + 1]
        ):
            return _Layout(delimiter=delimiter, headings=row, is_certain=False)
    return None


def _is_heading(row: Row, column: str | None) -> bool:
    if column is not None:
        return any(cell_text(cell) == column.strip() for cell in row.cells)
    return any(names_imei(cell_text(cell)) for cell in row.cells) and not any(map(resembles_imei, row.cells))


def _below(
    headings: Row, rows: Sequence[Row], name: str, column: str | None, *, delimiter: str, by_heading: bool
) -> DeviceRows:
    """Read the rows below the headings."""
    if any(map(_SWALLOWED.search, headings.cells)):
        raise _unreadable(name, headings.line, "an IMEI is among the headings: is a line break missing?")
    names = [cell_text(cell) for cell in headings.cells]
    body = []
    for row in rows:
        if row.line < headings.line:
            _check_title(row, headings, name)
        elif not _repeats(names, row):  # As the headings do in files that were joined.
            _check_width(row, len(names), name)
            body.append(row)
    totals = _totals(body, name)
    if totals:
        body.pop()
    place = _place(names, body, name, column, line=headings.line)
    if by_heading:
        _check_distinct(names, name, headings.line)
    found = []
    for row in body:
        value = row.cells[place] if place < len(row.cells) else ""
        if is_blank(value):
            _check_blank(row, len(names), delimiter, name)
        fields = _fields(names, row, place) if by_heading else None
        found.append(DeviceRow(position=f"line {row.line:,}", value=value, fields=fields))
    return DeviceRows(rows=found, totals=totals)


def _repeats(names: Sequence[str], row: Row) -> bool:
    return cell_text(row.cells[0]) == names[0] and [cell_text(cell) for cell in row.cells] == names


def _fields(names: Sequence[str], row: Row, place: int) -> dict[str, Any]:
    """Return the cells of a row by heading; a missing cell is empty text."""
    cells = [imei_text(cell) if at == place else cell_text(cell) for at, cell in enumerate(row.cells)]
    return {name: cell for name, cell in zip_longest(names, cells[: len(names)], fillvalue="") if name}


def _place(names: Sequence[str], body: Sequence[Row], name: str, column: str | None, *, line: int) -> int:
    """Return the position of the column that holds the IMEIs."""

    def holds(place: int) -> bool:
        return any(holds_imei(cell) for row in body for cell in row.cells[place : place + 1])

    places = candidates(names, column, holds=holds)
    if len(places) == 1:
        return places[0]
    if not places:
        raise _no_column([Row(line, list(names))], name, column)
    alike = [place for place in places if names.count(names[place]) > 1]
    if alike:
        _check_distinct([names[place] if place in alike else "" for place in range(len(names))], name, line)
    several = ", ".join(shown(names[place]) for place in places)
    raise InvalidImei(
        f"line {line:,} of {safe(name)} has {len(places)} columns that may hold the IMEIs: {several}; "
        "name the right one with column="
    )


def _check_distinct(names: Sequence[str], name: str, line: int) -> None:
    for heading in filter(None, names):
        places = [str(place) for place, other in enumerate(names, start=1) if other == heading]
        if len(places) > 1:
            raise InvalidImei(
                f"line {line:,} of {safe(name)} has {len(places)} columns called {shown(heading)} "
                f"(columns {' and '.join(places)}): rename one of them"
            )


def _check_title(row: Row, headings: Row, name: str) -> None:
    """Check that no device is above the headings, where only titles may be."""
    if device := next((cell for cell in row.cells if resembles_imei(cell) or _IMEI_WITHIN.search(cell)), None):
        raise _unreadable(
            name,
            row.line,
            f"{shown(imei_text(device))} is above the headings, which are on line {headings.line:,}: "
            "move the headings to the top",
        )


def _check_width(row: Row, width: int, name: str) -> None:
    """Check that each cell has a heading: a cell without quotes may have been split."""
    if len(row.cells) > width and (filled := [place for place in _filled(row) if place >= width]):
        raise _unreadable(
            name,
            row.line,
            f"it has {filled[-1] + 1} cells, and the table has {counted(width, 'column')}: "
            "quote a cell that holds a delimiter, or name the column",
        )


def _check_whole(rows: Sequence[Row], name: str) -> None:
    """Check that no cell is damaged, or contains the row of another device, as after an extra quote."""
    for row in rows:
        for cell in row.cells:
            if "\0" in cell:
                raise _unreadable(name, row.line, f"{shown(cell)} holds a NUL character: is the file damaged?")
            if "\n" in cell and not holds_imei(cell) and _SWALLOWED.search(cell):
                raise _unreadable(
                    name,
                    row.line,
                    "a quoted cell spans several lines and holds an IMEI: is a quote missing, or one too many?",
                )


def _check_blank(row: Row, width: int, delimiter: str, name: str) -> None:
    """Check that a row without an IMEI has none in the wrong cell, as after an extra quote or a missing delimiter."""
    for cell in row.cells:
        if (len(row.cells) < width or delimiter in cell) and _SWALLOWED.search(cell):
            raise _unreadable(
                name, row.line, f"its IMEI is missing, and {shown(cell)} holds one: is a quote or a delimiter wrong?"
            )


def _totals(body: Sequence[Row], name: str) -> str | None:
    """Return the position of a row of totals at the end of the table, which is not a device."""
    if not body:
        return None
    row = body[-1]
    label, *others = [cell_text(row.cells[place]) for place in _filled(row)]
    totals = _TOTALS.fullmatch(label[:_LONGEST_LABEL])
    if not totals or any(map(resembles_imei, row.cells)) or not all(map(_NUMBER.fullmatch, others)):
        return None
    count = re.sub("[.,]", "", totals["total"] or totals["sum"] or totals["rows"] or "")
    if count and int(count[:20]) != len(body) - 1:
        raise _unreadable(
            name,
            row.line,
            f"it says {shown(label)}, and the table has {counted(len(body) - 1, 'row')}: is it whole?",
        )
    return f"line {row.line:,}"


def _filled(row: Row) -> list[int]:
    return [place for place, cell in enumerate(row.cells) if cell_text(cell)]


def _no_column(rows: Sequence[Row], name: str, column: str | None) -> InvalidImei:
    headings = max(rows, key=lambda row: len(_filled(row)))
    if column is None and any(map(resembles_imei, headings.cells)):
        return _unreadable(
            name, headings.line, "an IMEI is where the headings should be: add a first line that names the columns"
        )
    named = shown(column) if column is not None else "that is called IMEI or device ID"
    there = ", ".join(shown(cell_text(headings.cells[place])) for place in _filled(headings)[:20])
    return InvalidImei(f"{safe(name)} has no column {named}: there are {there}; name the right one with column=")


def _unreadable(name: str, line: int, reason: str) -> InvalidImei:
    return unreadable(name, f"line {line:,}: {reason}")


def unreadable(name: str, reason: str) -> InvalidImei:
    """Return the error for a file of IMEIs that cannot be read."""
    file = shown(name, longest=_LONGEST_NAME)
    return InvalidImei(f"the file of IMEIs {file} cannot be read: {safe(reason, longest=_LONGEST_REASON)}")
