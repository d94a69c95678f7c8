"""IMEIs as a program passes them: in a file, or in an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_fota._text import counted, listed, safe
from pulumi_fota.errors import InvalidArgument, InvalidImei
from pulumi_fota.functions.progress import note
from pulumi_fota.model.imei import all_are_plain_imeis, imei_digits, parse_imei, parse_imeis
from pulumi_fota.model.imei_file import positions, read_imei_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from pulumi_fota.model.imei import ImeiList
    from pulumi_fota.model.imei_file import ImeiFile


def read_imeis(
    path: str | PathLike[str],
    *,
    column: str | None = None,
    where: Callable[[dict[str, Any]], object] | None = None,
    skip_blank: bool = False,
    allow_empty: bool = False,
    encoding: str | None = None,
) -> tuple[str, ...]:
    """Read the IMEIs of a file in its order, each once.

    The ending of the file's name says what it is:

    - `.csv`, `.tsv` and `.tab` are tables, separated by `,`, `;`, tab or `|`, or by what a first line such as `sep=;`
      names. Titles above the headings and a row of totals below are left out; a column of IMEIs alone needs no
      heading.
    - `.json` is a list of texts or of objects, an answer of ThingSpace (`deviceList`, or `devices` with their
      `deviceIds`), or a list of such pages; `.jsonl` and `.ndjson` hold one such object a line.
    - Everything else is text with one IMEI a line; empty lines and those that begin with `#` are skipped.

    A byte order mark, outer blanks, the printed form `35-693803-564380-9`, and what spreadsheets write to keep zeros
    (`="012…"`, `'012…`) are read; an IMEI that repeats, and rows that were left out, are noted. Nothing is repaired by
    guess: what can be read in two ways is an error, and so is a row without a valid IMEI.

    Args:
        path: The file; a relative path starts at the program's folder, `~` is the home folder.
        column: The heading of the IMEIs in a table, or their key in JSON objects. By default it is the one that is
            called IMEI (`Device IMEI`, `IMEI Number`, `imei_1`) or else device ID, if there is only one.
        where: A function that takes each row of a table (or object of JSON) as a dict by heading (or key), and returns
            whether to read it. Rows that it leaves out may lack an IMEI.
        skip_blank: Whether to leave out rows without an IMEI: empty, `0`, `N/A`, `-`, `none`, `null`.
        allow_empty: Whether the file may contain no IMEI at all.
        encoding: The encoding of the file, such as `"cp1252"`; by default UTF-8. A byte order mark of UTF-8, UTF-16 or
            UTF-32 always wins.

    Raises:
        InvalidArgument: An argument is invalid, or `where` raised an exception; the message names the line.
        InvalidImei: The file cannot be read, or a row has no valid IMEI; the message names each line.
    """
    parsed = read_imei_file(
        path, column=column, where=where, skip_blank=skip_blank, allow_empty=allow_empty, encoding=encoding
    )
    _note_repeated(parsed, where=str(path))
    if parsed.blank:
        rows = f"{len(parsed.blank):,} of {counted(parsed.rows, 'row')} {'has' if len(parsed.blank) == 1 else 'have'}"
        note(f"{rows} no IMEI in {safe(str(path))}, left out: {positions(parsed.blank)}")
    if parsed.totals:
        note(f"{parsed.totals} of {safe(str(path))} is a row of totals, left out")
    return parsed.imeis


def checked_imeis(imeis: Iterable[str], *, secret: bool = False) -> tuple[str, ...]:
    """Check the argument `imeis` of a function, and return its distinct IMEIs.

    Args:
        imeis: The argument.
        secret: Whether it is secret. Then no message repeats an item.

    Raises:
        InvalidArgument: It is not a list, or an item is not an IMEI.
    """
    if isinstance(imeis, pulumi.Output):
        raise InvalidArgument.output_in_plain_call("imeis=")
    if isinstance(imeis, str | bytes | Mapping) or not isinstance(imeis, Iterable):
        raise InvalidArgument(
            f'imeis= is of type {type(imeis).__name__}: pass a list of texts, such as ["356938035643809"]'
        )
    items = tuple(imeis)
    if all_are_plain_imeis(items):
        return items
    parsed = parse_imeis(_items(items), where="`imeis`", secret=secret)
    _note_repeated(parsed, where="`imeis`", secret=secret)
    return parsed.imeis


def checked_imei(imei: str, *, secret: bool = False) -> str:
    """Check the argument `imei` of a function, and return its 15 digits.

    Args:
        imei: The argument.
        secret: Whether it is secret. Then an error does not repeat it.

    Raises:
        InvalidArgument: It is an Output, or not an IMEI.
    """
    if isinstance(imei, pulumi.Output):
        raise InvalidArgument.output_in_plain_call("imei=")
    if not secret:
        return parse_imei(imei)
    try:
        return imei_digits(imei, secret=True)
    except ValueError as reason:
        raise InvalidImei(f"the IMEI {reason}") from None


def _items(imeis: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for number, item in enumerate(imeis, start=1):
        if isinstance(item, pulumi.Output):
            raise InvalidArgument.output_in_plain_call(f"item {number} of imeis=")
        yield f"item {number}", item


def _note_repeated(parsed: ImeiList | ImeiFile, *, where: str, secret: bool = False) -> None:
    if parsed.repeated:
        some = [f"{'' if secret else f'{imei} '}({', '.join(at)})" for imei, at in parsed.repeated.items()]
        what = counted(len(some), "IMEI is", "IMEIs are")
        note(f"{what} repeated in {safe(where)}, and sent once: {listed(some)}")
