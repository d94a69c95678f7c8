"""IMEIs as a program hands them over: in a file, or in an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_fota._text import counted, listed, safe
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.errors.aside import aside
from pulumi_fota.functions.progress import note
from pulumi_fota.model.imei import all_are_plain_imeis, parse_imei, parse_imeis
from pulumi_fota.model.imei_file import read_imei_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from pulumi_fota.model.imei import ImeiList


def read_imeis(path: str | PathLike[str], *, column: str | None = None) -> tuple[str, ...]:
    """Read the IMEIs of a file, in its order, each once.

    `.csv` and `.tsv` are tables with one heading line, `.json` is a list of texts or of objects, all else is
    text with one IMEI a line, where empty lines and those that begin with `#` do not count. A byte order mark,
    carriage returns, outer blanks and the printed form `35-693803-564380-9` are read; a repeated IMEI is noted.

    Args:
        path: The file; a relative path starts at the program's folder.
        column: The column of a table, or the key of the objects; one that is called IMEI or device ID is found.

    Raises:
        InvalidImei: The file cannot be read, or holds something that is no IMEI; the message names each line.
    """
    parsed = read_imei_file(path, column=column)
    _note_repeated(parsed, where=str(path))
    return parsed.imeis


def checked_imeis(imeis: Iterable[str]) -> tuple[str, ...]:
    """Check the argument `imeis` of a function, and give its distinct IMEIs.

    Raises:
        InvalidArgument: It is no list, or holds something that is no IMEI.
    """
    if isinstance(imeis, pulumi.Output):
        raise InvalidArgument.output_in_plain_call("imeis=")
    if isinstance(imeis, str | bytes | Mapping) or not isinstance(imeis, Iterable):
        raise InvalidArgument.no_list(type(imeis).__name__)
    items = tuple(imeis)
    if all_are_plain_imeis(items):
        return items
    parsed = parse_imeis(_items(items), where="`imeis`")
    _note_repeated(parsed, where="`imeis`")
    return parsed.imeis


def checked_imei(imei: str) -> str:
    """Check the argument `imei` of a function.

    Raises:
        InvalidArgument: It is an Output, or no IMEI.
    """
    if isinstance(imei, pulumi.Output):
        raise InvalidArgument.output_in_plain_call("imei=")
    return parse_imei(imei)


def _items(imeis: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for number, item in enumerate(imeis, start=1):
        if isinstance(item, pulumi.Output):
            raise InvalidArgument.output_in_plain_call(f"item {number} of imeis=")
        yield f"item {number}", item


def _note_repeated(parsed: ImeiList, *, where: str) -> None:
    if parsed.repeated:
        some = [f"{aside(f'{imei} ')}({', '.join(places)})" for imei, places in parsed.repeated.items()]
        what = counted(len(some), "IMEI is", "IMEIs are")
        note(f"{what} there more than once in {safe(where)}, and asked once: {listed(some)}")
