"""Random tables in random dialects: the reader gives the IMEIs that were written, or an error."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_fota.errors import FotaError, InvalidImei
from pulumi_fota.model.imei_file import read_imei_file

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "cp1252": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}
FORMS = ["{}", " {} ", "\u00a0{}", '="{}"', "'{}", "printed"]
HEADINGS = ["IMEI", " imei ", "Device IMEI", "IMEI Number", "imei_1", "IMEI/MEID", "Device Identifier", "deviceId"]
SIGNS = ["", '"', "'", ",", ";", "\t", "|", "\n", "\r", " ", "=", "x", "\\", '""', '"\n', "\ufeff"]
OTHERS = ["Site", "Note", "ICCID", "IMSI", "SIM status", "Straße", "", "a, b; c | d"]
#: Cells that people write, and any text of the signs that make tables hard to read.
CELLS = st.one_of(
    st.sampled_from(
        ["", "ok", "Easton, PA", "1,5", "8914800000063772026", '5" antenna', "two\nlines", "x;y", "é", "-"]
    ),
    st.text(alphabet="ab1 ,;|\t'\"\n\r=-+\\#é", max_size=6),
)
IMEIS = st.lists(st.from_regex(r"[0-9]{15}", fullmatch=True).filter(lambda it: int(it) > 0), min_size=1, max_size=6)


@attrs.frozen(kw_only=True)
class Table:
    """A table as it is in a file, and the IMEIs that were written into it."""

    content: bytes
    imeis: tuple[str, ...]
    options: dict[str, Any]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """
    Write a table as a program would that knows how: what has to be quoted is.
    """
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    quote_all = draw(st.booleans())
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    imeis = draw(IMEIS)
    others = draw(st.lists(st.sampled_from(OTHERS), max_size=3, unique=True))
    place = draw(st.integers(0, len(others)))

    def cell(text: str, *, written: bool = False) -> str:
        """Quote a cell where it has to be; what is `written` already has the form of a spreadsheet."""
        hard = any(sign in text for sign in [delimiter, '"', "\n", "\r"]) or text.lstrip().startswith("=")
        if quote_all or (hard and not written):
            return '"' + text.replace('"', '""') + '"'
        return text

    def row(cells: list[str], imei: str, *, written: bool = False) -> str:
        columns = [cell(each) for each in cells]
        return delimiter.join([*columns[:place], cell(imei, written=written), *columns[place:]])

    def blanks() -> list[str]:
        return draw(st.lists(st.sampled_from(["", " ", delimiter * len(others)]), max_size=1))

    lines = [f"sep={delimiter}"] if draw(st.booleans()) else []
    if others and draw(st.booleans()):
        lines += [delimiter.join([cell("Device report"), *[""] * len(others)]), *blanks()]
    lines.append(row(others, draw(st.sampled_from(HEADINGS))))
    for imei in imeis:
        form = draw(st.sampled_from(FORMS))
        printed = f"{imei[:2]}-{imei[2:8]}-{imei[8:14]}-{imei[14]}"
        written = printed if form == "printed" else form.format(imei)
        lines += [*blanks(), row([draw(CELLS) for _ in others], written, written=True)]
    if others and draw(st.booleans()):
        lines.append(delimiter.join([f"Total: {len(imeis)}", *[""] * len(others)]))
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    content = ENCODINGS[encoding] + (end.join(lines) + draw(st.sampled_from(["", end, end * 3]))).encode(encoding)
    return Table(
        content=content,
        imeis=tuple(dict.fromkeys(imeis)),
        options={"encoding": "cp1252"} if encoding == "cp1252" else {},
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """
    One file for all the tables of a test.
    """
    return tmp_path_factory.mktemp("tables") / "meters.csv"


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables())
def test_a_table_of_any_dialect_is_read(path, table):
    """
    Whatever separates, quotes, encodes and surrounds its rows.
    """
    path.write_bytes(table.content)

    assert read_imei_file(path, **table.options).imeis == table.imeis


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    table=tables(),
    fault=st.tuples(st.integers(0, 10_000), st.integers(0, 2), st.sampled_from(SIGNS)),
    skip=st.booleans(),
)
def test_a_table_with_a_fault_loses_no_device(path, table, fault, skip):
    """
    A sign too many or too few, anywhere: all the IMEIs that were written, or an error, and never some of them; of rows
    that are left out, each is told.
    """
    at, deleted, inserted = fault
    encoding = table.options.get("encoding") or ("utf-16" if table.content[:2] in ENCODINGS.values() else "utf-8")
    text = table.content.decode(encoding)
    at %= len(text) + 1
    damaged = text[:at] + inserted + text[at + deleted :]
    path.write_bytes(damaged.encode(encoding, "replace"))

    try:
        found = read_imei_file(path, skip_blank=skip, **table.options)
    except InvalidImei:
        return

    if found.blank:
        assert set(found.imeis) <= set(table.imeis)
        assert len(found.imeis) + len(found.blank) >= len(table.imeis)
    else:
        assert found.imeis == table.imeis


@given(
    content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
    name=st.sampled_from(["a.csv", "a.txt", "a.json", "a.jsonl"]),
)
def test_no_file_makes_the_reader_fail_otherwise(path, content, name):
    """
    Whatever the bytes are, it is an error of ours or a list of IMEIs.
    """
    other = path.with_name(name)
    other.write_bytes(content)

    try:
        found = read_imei_file(other, skip_blank=True, allow_empty=True)
    except FotaError:
        return

    assert all(len(imei) == 15 for imei in found.imeis)
