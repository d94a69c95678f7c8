"""Finds a file that a person named, and reads its text.

Knows nothing of the meaning of the text, HTTP or Pulumi.
"""

from __future__ import annotations

import codecs
import os
import re
from typing import TYPE_CHECKING

from pulumi_fota._path import expanded
from pulumi_fota._text import safe, shown
from pulumi_fota.errors import is_output

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from pulumi_fota.errors import InvalidArgument

_LONGEST_PATH = 400
# Byte order marks. Those of UTF-32 come first, since one of them begins with one of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The first bytes of files that are not text: workbooks and other ZIP files, old workbooks, gzip, PDF.
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")
_WIDE = re.compile("utf[-_ ]?(16|32)", re.IGNORECASE)  # Encodings in which a letter has a NUL byte.
_NOT_TEXT = "it is not text in UTF-8: export it as CSV or text, in UTF-8"


def locate(path: str | PathLike[str], *, what: str, error: type[InvalidArgument]) -> Path:
    """Return the path of a file, with the home folder in place of a leading `~`.

    Args:
        path: As a person wrote it.
        what: Names the file in errors, such as `file of IMEIs`.
        error: The class of errors.

    Raises:
        InvalidArgument: It is not a path, or a variable in it was not filled in.
    """
    try:
        text = os.fspath(path)
    except TypeError:
        text = None
    if is_output(path):
        raise error(f"the path of a {what} is an Output, whose value is not known yet: read the file inside .apply")
    if not isinstance(text, str):
        raise error(f"the path of a {what} is of type {type(path).__name__}: text or a Path was expected")
    if not text.strip():
        raise error(f"the path of a {what} is empty: name the file")
    try:
        return expanded(text)
    except ValueError as reason:
        raise error(f"the path of a {what} is {shown(text, longest=_LONGEST_PATH)}, {reason}") from None


def read_text(file: Path, *, what: str, error: type[InvalidArgument], encoding: str | None = None) -> str:
    """Return the text of a file, without its byte order mark.

    Args:
        file: The file.
        what: Names it in errors, such as `file of IMEIs`.
        error: The class of errors.
        encoding: Its encoding, unless it has a byte order mark; by default UTF-8.

    Raises:
        InvalidArgument: The file cannot be read or decoded.
    """
    content = _content(file, f"the {what} {shown(str(file), longest=_LONGEST_PATH)} cannot be read", error)
    head = f"the {what} {shown(file.name, longest=_LONGEST_PATH)} cannot be read"
    if content.startswith(_BINARY):
        raise error(f"{head}: {_NOT_TEXT}")
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    codec = marked or encoding or "utf-8"
    if b"\0" in content[:2] and not _WIDE.match(codec):
        likely = "utf-16-be" if content.startswith(b"\0") else "utf-16-le"
        raise error(f"{head}: it looks like UTF-16 without a mark: say encoding={likely!r}")
    try:
        text = content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as failure:
        raise error(f"{head}: {_undecodable(content, failure, codec)}") from None
    except UnicodeError as failure:  # UTF-16 and UTF-32 have their own, and some codecs raise the general one.
        raise error(f"{head}: it is not text in {codec}: {safe(str(failure))}") from None
    except (LookupError, ValueError):
        raise error(
            f"encoding= is {shown(encoding)}, which Python does not know: use a name such as 'cp1252' or 'utf-16'"
        ) from None
    return text.lstrip("\ufeff")


_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as spreadsheets and editors count them: CR, LF, and CR LF each end a line."""
    return _LINE_ENDS.split(text)


def _content(file: Path, head: str, error: type[InvalidArgument]) -> bytes:
    try:
        return file.read_bytes()
    except IsADirectoryError:
        raise error(f"{head}: it is a folder: name the file in it") from None
    except PermissionError as failure:
        if file.is_dir():  # So says Windows of a folder.
            raise error(f"{head}: it is a folder: name the file in it") from None
        raise error(
            f"{head}: {safe(str(failure.strerror))}: give the user who runs the program the right to read it"
        ) from None
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
    except ValueError:
        reason = "there is a character in it that no path can have"
    raise error(f"{head}: {safe(reason)}; a relative path starts at the program's folder")


def _undecodable(content: bytes, failure: UnicodeDecodeError, codec: str) -> str:
    line = len(re.findall(rb"\r\n|\r|\n", content[: failure.start])) + 1
    found = f"line {line:,} has the byte 0x{content[failure.start]:02X}"
    if codec == "utf-8":
        return (
            f"it is not text in UTF-8 ({found}): export it as CSV or text, in UTF-8, "
            "or name its encoding, such as encoding='cp1252' for files of Windows"
        )
    return f"it is not text in {codec} ({found}): name its encoding with encoding="
