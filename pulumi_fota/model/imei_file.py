"""The IMEIs of a file: text, CSV or JSON.

Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_fota._text import shown
from pulumi_fota.errors import InvalidImei
from pulumi_fota.model.imei import ImeiList, InvalidItem, is_imei, parse_imeis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

Item = tuple[str, Any]  # Where it stands, and what stands there.

_COLUMNS = ("imei", "imeinumber", "imeino", "deviceid")  # As people head them, letters and digits alone.
_LISTS = ("imeis", "deviceList")  # The keys under which a JSON object may hold the list.
_DELIMITERS = ",;\t|"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_imei_file(path: str | PathLike[str], *, column: str | None = None) -> ImeiList:
    """Read the IMEIs of a file, in its order.

    `.csv` and `.tsv` are tables with one heading line, `.json` is a list of texts or of objects, all else is
    text with one IMEI a line, where empty lines and those that begin with `#` do not count.

    Args:
        path: The file, in UTF-8 (or in UTF-16 with its mark, as spreadsheets write it).
        column: The column of a table, or the key of the objects; one that is called IMEI or device ID is found.

    Raises:
        InvalidImei: The file cannot be read, or holds something that is no IMEI; the message names each line.
    """
    try:
        file = Path(path)
    except TypeError:
        raise InvalidImei.no_path(path) from None
    read = {".csv": _table, ".tsv": _table, ".json": _json}.get(file.suffix.lower(), _lines)
    items = list(read(_text(file), file.name, column))
    return parse_imeis(items, where=file.name)


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidImei.no_file(str(file), error.strerror or type(error).__name__) from None
    except ValueError:
        raise InvalidImei.no_file(str(file), "there is a character in it that no path can have") from None
    try:
        return content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidImei.unreadable(file.name, "it is not text in UTF-8: export it as CSV or text, in UTF-8") from None


def _lines(text: str, name: str, column: str | None) -> Iterator[Item]:
    if column is not None:
        raise InvalidImei.unreadable(
            name, f"it has no column {shown(column)}: tables are files that end in .csv or .tsv"
        )
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"line {number}", line


def _table(text: str, name: str, column: str | None) -> Iterator[Item]:
    heading_line = text.lstrip().partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=heading_line.count))
    place = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if place is None:
                place = _place(row, name, column)
                if place is not None:
                    continue
                place = 0
            yield f"line {rows.line_num}", row[place] if place < len(row) else ""
    except csv.Error as error:
        raise InvalidImei.unreadable(name, f"line {rows.line_num} is no line of a table: {error}") from None


def _place(headings: Sequence[str], name: str, column: str | None) -> int | None:
    """Tell which column holds the IMEIs; `None` where a table of one column begins with an IMEI, not a heading."""
    stripped = [heading.strip() for heading in headings]
    if column is None and len(stripped) == 1 and is_imei(stripped[0]):
        return None
    chosen = _column(stripped, column)
    if chosen is None:
        raise InvalidImei.no_column(name, column, stripped)
    return stripped.index(chosen)


def _column(names: Sequence[str], column: str | None) -> str | None:
    """Choose among the names of columns or keys."""
    if column is not None:
        return column if column in names else None
    known = {re.sub(r"[\W_]", "", name.casefold()): name for name in reversed(names)}
    return next((known[wanted] for wanted in _COLUMNS if wanted in known), None)


def _json(text: str, name: str, column: str | None) -> Iterator[Item]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InvalidImei.unreadable(name, f"it is no JSON: {error}") from None
    except RecursionError:
        raise InvalidImei.unreadable(name, "it is nested too deeply") from None
    if isinstance(content, dict):
        content = next((content[key] for key in _LISTS if key in content), content)
    if not isinstance(content, list):
        raise InvalidImei.unreadable(name, 'it is no list, such as ["356938035643809"]')
    for number, item in enumerate(content, start=1):
        yield f"item {number}", _value(item, column) if isinstance(item, dict) else item


def _value(item: dict[str, Any], column: str | None) -> Any:
    key = _column(list(item), column)
    return InvalidItem(item, InvalidImei.no_key(column)) if key is None else item[key]
