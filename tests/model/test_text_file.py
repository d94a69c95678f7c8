"""The text of a file that a person named: its path and its encoding."""

from __future__ import annotations

import codecs
import errno
from pathlib import Path

import pytest

from pulumi_fota.errors import InvalidArgument, InvalidImei
from pulumi_fota.model.imei_file import read_imei_file
from pulumi_fota.model.text_file import split_lines

A, B = "356938035643809", "490154203237518"
TABLE = f"Owner;IMEI\r\nMüller;{A}\r\n"
NOT_TEXT = "it is not text in UTF-8: export it as CSV or text, in UTF-8"
UNREADABLE = "the file of IMEIs 'meters.csv' cannot be read: "


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("given", [None, "cp1252", "utf-8", "utf-16"])
def test_a_byte_order_mark_says_how_a_file_is_encoded(file, mark, encoding, given):
    """
    It is certain, so it wins over what a program says of all its files.
    """
    path = file("meters.csv", mark + TABLE.encode(encoding))

    assert read_imei_file(path, encoding=given, where=lambda row: row["Owner"] == "Müller").imeis == (A,)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "UTF-16BE", "cp437", "utf-8"])
def test_an_encoding_may_be_given(file, encoding):
    """
    For files without a mark.
    """
    path = file("meters.csv", TABLE.encode(encoding))

    assert read_imei_file(path, encoding=encoding, where=lambda row: row["Owner"] == "Müller").imeis == (A,)


def test_another_encoding_is_refused_with_the_option_that_helps(file, refusal):
    """
    A guess would be right for most files, and nobody would know for which.
    """
    path = file("meters.csv", TABLE.encode("cp1252"))

    assert refusal(path) == (
        f"{UNREADABLE}it is not text in UTF-8 (line 2 has the byte 0xFC): export it as CSV or text, in UTF-8, "
        "or name its encoding, such as encoding='cp1252' for files of Windows"
    )


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (
            b"IMEI\r\n\x81\r\n",
            "cp1252",
            "it is not text in cp1252 (line 2 has the byte 0x81): name its encoding with encoding=",
        ),
        (
            codecs.BOM_UTF16_LE + b"x",
            None,
            "it is not text in utf-16 (line 1 has the byte 0x78): name its encoding with encoding=",
        ),
        (b"x" * 6, "utf-32", "it is not text in utf-32"),
        (TABLE.encode("utf-16-le"), None, "it looks like UTF-16 without a mark: say encoding='utf-16-le'"),
        (TABLE.encode("utf-16-le"), "cp1252", "it looks like UTF-16 without a mark: say encoding='utf-16-le'"),
        (TABLE.encode("utf-16-be"), "utf-8", "it looks like UTF-16 without a mark: say encoding='utf-16-be'"),
        (b"PK\x03\x04 and so on", None, NOT_TEXT),
        (b"PK\x03\x04 and so on", "cp1252", NOT_TEXT),
        (b"\xd0\xcf\x11\xe0 and so on", "cp1252", NOT_TEXT),
        (b"\x1f\x8b and so on", None, NOT_TEXT),
        (b"%PDF-1.7", None, NOT_TEXT),
    ],
)
def test_what_is_not_text_is_refused(file, refusal, content, encoding, reason):
    """
    With the line of the first byte that is wrong; a workbook is none, whatever its name or encoding is said to be.
    """
    assert refusal(file("meters.csv", content), encoding=encoding).startswith(UNREADABLE + reason)


@pytest.mark.parametrize("encoding", ["klingon", "hex", "a\0b"])
def test_an_encoding_that_nobody_knows_is_refused(file, refusal, encoding):
    """
    Also one that Python has for bytes alone.
    """
    message = refusal(file("meters.csv", TABLE), encoding=encoding)

    assert message.startswith("encoding= is ")
    assert message.endswith(", which Python does not know: use a name such as 'cp1252' or 'utf-16'")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"column": ""}, "column= is '': a text that is not empty was expected"),
        ({"column": 1}, "column= is 1: a text that is not empty was expected"),
        ({"encoding": " "}, "encoding= is ' ': a text that is not empty was expected"),
        ({"where": "SIM status"}, "where= is of type str: pass a function of a row, which is a dict"),
        (
            {"skip_blank": "no"},
            "skip_blank= is 'no': pass True or False (from config: `config.get_bool(…) or False`)",
        ),
        (
            {"allow_empty": None},
            "allow_empty= is None: pass True or False (from config: `config.get_bool(…) or False`)",
        ),
    ],
)
def test_an_option_of_another_kind_is_refused(file, options, message):
    """
    Before the file is read, and never taken for its default.
    """
    with pytest.raises(InvalidArgument) as refused:
        read_imei_file(file("meters.csv", TABLE), **options)

    assert str(refused.value) == message


def test_a_tilde_is_the_home_folder(file, monkeypatch):
    """
    As in a shell, and as people write paths in config.
    """
    path = file("meters.csv", TABLE)
    monkeypatch.setenv("HOME", str(path.parent))

    assert read_imei_file("~/meters.csv").imeis == (A,)
    assert read_imei_file(Path("~/meters.csv")).imeis == (A,)


@pytest.mark.parametrize("name", ["~meters.txt", "meters~.txt", "c$.txt", "$5.txt", "$name.txt"])
def test_a_name_may_hold_a_tilde_or_a_dollar_sign(file, monkeypatch, name):
    """
    Where it stands for nothing else.
    """
    path = file(name, A)
    monkeypatch.chdir(path.parent)

    assert read_imei_file(name).imeis == (A,)


@pytest.mark.parametrize(
    ("path", "placeholder"),
    [
        ("$GITHUB_WORKSPACE/meters.csv", "$GITHUB_WORKSPACE"),
        ("sites/${SITE_1}.csv", "${SITE_1}"),
        (Path("$HOME/meters.csv"), "$HOME"),
    ],
)
def test_a_variable_that_nobody_filled_in_is_refused(refusal, path, placeholder):
    """
    A folder of that name is not what was meant.
    """
    assert refusal(path) == (
        f"the path of a file of IMEIs is {str(path)!r}, and nothing fills in {placeholder}: "
        "write the path itself, or read the variable in the program"
    )


@pytest.mark.parametrize("path", ["", "  "])
def test_an_empty_path_is_refused(refusal, path):
    """
    Such as a setting that is not set.
    """
    assert refusal(path) == "the path of a file of IMEIs is empty: name the file"


def test_a_folder_is_refused(tmp_path, refusal):
    """
    The message says what to name instead.
    """
    assert refusal(tmp_path) == (f"the file of IMEIs '{tmp_path}' cannot be read: it is a folder: name the file in it")


def test_a_file_that_may_not_be_read_is_refused(file, refusal, monkeypatch):
    """
    The message says who should be able to.
    """
    path = file("meters.csv", TABLE)

    def refuse(_path):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # Root, who may run the tests, may read every file.

    assert refusal(path) == (
        f"the file of IMEIs '{path}' cannot be read: Permission denied: "
        "give the user who runs the program the right to read it"
    )


@pytest.mark.parametrize("path", [b"meters.csv", 5])
def test_bytes_are_not_a_path(path):
    """
    Nor is anything else but text and what stands for a path.
    """
    with pytest.raises(InvalidImei, match=r"\Athe path of a file of IMEIs is of type"):
        read_imei_file(path)


def test_lines_end_as_editors_count_them():
    """
    Signs that separate lines or pages elsewhere are part of a line.
    """
    assert split_lines("a\r\nb\rc\n\nd\x85\u2028\x0be") == ["a", "b", "c", "", "d\x85\u2028\x0be"]
