"""The IMEIs of a file: text, a table or JSON. Each row is read, reported, or an error.

Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota._text import counted, place_of, safe, shown
from pulumi_fota.errors import FotaError, InvalidArgument, InvalidImei, described
from pulumi_fota.model.imei import InvalidItem, parse_imeis
from pulumi_fota.model.imei_cell import holds_imei, imei_text, is_blank, names_imei
from pulumi_fota.model.imei_json import read_json
from pulumi_fota.model.imei_table import DeviceRow, DeviceRows, read_table, unreadable
from pulumi_fota.model.text_file import locate, read_text, split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

_WHAT = "file of IMEIs"
_TABLES = {".csv", ".tsv", ".tab"}
_JSON = {".json"}
_JSON_LINES = {".jsonl", ".ndjson"}
_SEPARATORS = re.compile(r"[\s,;|]+")
_NAMED = 10  # The number of positions that a message names.


@attrs.frozen(kw_only=True)
class ImeiFile:
    """The IMEIs of a file, and what was left out.

    Attributes:
        imeis: The distinct IMEIs, in order of first appearance.
        repeated: The positions of each IMEI that appears more than once.
        rows: The number of rows of devices, those without an IMEI included.
        blank: The positions of rows without an IMEI, which were left out.
        totals: The position of a row of totals, which was left out.
    """

    imeis: tuple[str, ...]
    repeated: dict[str, list[str]]
    rows: int
    blank: tuple[str, ...]
    totals: str | None


def read_imei_file(
    path: str | PathLike[str],
    *,
    column: str | None = None,
    where: Callable[[dict[str, Any]], object] | None = None,
    skip_blank: bool = False,
    allow_empty: bool = False,
    encoding: str | None = None,
) -> ImeiFile:
    """Read the IMEIs of a file, in its order.

    The arguments are those of `pulumi_fota.read_imeis`.

    Raises:
        InvalidArgument: An argument is invalid, or `where` raised an exception.
        InvalidImei: The file cannot be read, or a row of it has no valid IMEI; the message names each line.
    """
    _check_arguments(column=column, where=where, skip_blank=skip_blank, allow_empty=allow_empty, encoding=encoding)
    file = locate(path, what=_WHAT, error=InvalidImei)
    text = read_text(file, what=_WHAT, error=InvalidImei, encoding=encoding)
    found = _read(text, file.name, file.suffix.lower(), column, by_name=where is not None)
    rows = found.rows if where is None else [row for row in found.rows if _is_wanted(where, row, file.name)]
    blank = [row for row in rows if is_blank(row.value) or (skip_blank and row.lacks_key)]
    left_out = {row.position for row in blank}
    items = [(row.position, _item(row.value)) for row in rows if row.position not in left_out]
    if blank and not skip_blank:
        raise _no_imei(items, blank, file.name)
    parsed = parse_imeis(items, where=file.name)
    if not items and not allow_empty:
        raise _empty(found.rows, rows, file.name)
    return ImeiFile(
        imeis=parsed.imeis,
        repeated=parsed.repeated,
        rows=len(rows),
        blank=tuple(row.position for row in blank),
        totals=found.totals,
    )


def positions(rows: Sequence[str]) -> str:
    """Return the first positions of a list as text, and how many more there are."""
    more = [f"and {len(rows) - _NAMED:,} more"] if len(rows) > _NAMED else []
    return ", ".join([*rows[:_NAMED], *more])


def _check_arguments(*, column: Any, where: Any, skip_blank: Any, allow_empty: Any, encoding: Any) -> None:
    for name, text in (("column", column), ("encoding", encoding)):
        if text is not None and (not isinstance(text, str) or not text.strip()):
            raise InvalidArgument(f"{name}= is {shown(text)}: a text that is not empty was expected")
    for name, flag in (("skip_blank", skip_blank), ("allow_empty", allow_empty)):
        if not isinstance(flag, bool):
            raise InvalidArgument(
                f"{name}= is {described(flag)}: pass True or False (from config: `config.get_bool(…) or False`)"
            )
    if where is not None and not callable(where):
        raise InvalidArgument(f"where= is of type {type(where).__name__}: pass a function of a row, which is a dict")


def _read(text: str, name: str, suffix: str, column: str | None, *, by_name: bool) -> DeviceRows:
    if suffix in _TABLES:
        return read_table(text, name, column, tabs=suffix != ".csv", by_heading=by_name)
    if suffix in _JSON or suffix in _JSON_LINES:
        return read_json(text, name, column, in_lines=suffix in _JSON_LINES, by_key=by_name)
    if column is not None:
        raise unreadable(name, f"it has no column {shown(column)}: tables are files that end in .csv or .tsv")
    if by_name:
        raise unreadable(name, "it has no columns for where= to look at: tables are files that end in .csv or .tsv")
    if text.lstrip().startswith(("[", "{")):
        raise unreadable(name, "it begins as JSON does: is it a list in JSON? name it .json")
    return _lines(text)


def _lines(text: str) -> DeviceRows:
    """Read one IMEI per line; empty lines, comments, and a heading in the first line are skipped."""
    rows: list[DeviceRow] = []
    for number, line in enumerate(split_lines(text), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        value = imei_text(line)
        value = imei_text(value[:-1]) if value.endswith((",", ";")) else value
        if not rows and names_imei(value):
            continue
        parts = [part for part in map(imei_text, _SEPARATORS.split(value)) if part]
        if len(parts) > 1 and any(holds_imei(part) or names_imei(part) for part in parts):
            several = "two values" if len(parts) == 2 else f"{len(parts)} values"  # noqa: PLR2004
            rows.append(_row(number, InvalidItem(value, f"is {several} on one line: is this a table? name it .csv")))
        else:
            rows.append(_row(number, value))
    return DeviceRows(rows=rows)


def _row(number: int, value: Any) -> DeviceRow:
    return DeviceRow(position=f"line {number:,}", value=value)


def _item(value: Any) -> Any:
    return imei_text(value) if isinstance(value, str) else value


def _is_wanted(where: Callable[[dict[str, Any]], object], row: DeviceRow, name: str) -> bool:
    """Return whether the program's function keeps a row. Its exceptions may quote the row, so their text is hidden."""
    try:
        return bool(where(dict(row.fields or {})))
    except FotaError:
        raise
    except Exception as error:  # noqa: BLE001 (it is the program's function)
        names = ", ".join(shown(each) for each in list(row.fields or {})[:20])
        at = f"at {row.position} of {safe(name)} ({place_of(error)})"
        problem = f"where= raised {type(error).__name__} {at}: a row has {names}"
    raise InvalidArgument(problem)


def _no_imei(items: Sequence[tuple[str, Any]], blank: Sequence[DeviceRow], name: str) -> InvalidImei:
    """Return the error for rows without an IMEI, and for what else is wrong."""
    have = "has" if len(blank) == 1 else "have"
    rows = f"{len(blank):,} of {counted(len(items) + len(blank), 'row')} {have} no IMEI"
    where = positions([row.position for row in blank])
    try:
        parse_imeis(items, where=name)
    except InvalidImei as invalid:
        return InvalidImei(f"{invalid}\n  {rows}: {where}; skip_blank=True leaves them out")
    return InvalidImei(
        f"{rows} in {safe(name)}; nothing was sent to ThingSpace: {where}; "
        "fill in what is missing, or leave such rows out with skip_blank=True"
    )


def _empty(all_rows: Sequence[DeviceRow], wanted: Sequence[DeviceRow], name: str) -> InvalidImei:
    if wanted:
        reason = f"none of its {counted(len(wanted), 'row')} has one"
    elif all_rows:
        reason = f"where= keeps none of its {counted(len(all_rows), 'row')}"
    else:
        reason = "it has no rows"
    return InvalidImei(
        f"{safe(name)} holds no IMEI: {reason}; correct the file, or pass allow_empty=True if it may be empty"
    )
