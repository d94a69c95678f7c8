"""Credentials that are recognized wherever they turn up, and the scanner that looks for them.

A canary is looked for by its first and its last eight characters, which are plain ones: whatever escapes quotes,
backslashes or accents leaves these as they are, and whatever encodes the whole of a text encodes them in the same way.
"""

from __future__ import annotations

import base64
import codecs
import re
import struct
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Credentials that the simulator takes and the settings allow, with all that is commonly escaped in their middle.
CREDENTIALS = {
    "key": "sim-K7qX\"\\%/é'<&~Zt5Rk9Qe",
    "secret": "sim-S4wV\"\\%/é'<&:Hb8Jn2Lc",
    "password": "sim-P6mY\"\\%/é'<& Ud3Gf7Tx",
}

_PART = 8
_DEPTH = 4  # Of packings inside each other: a plan is a zip of JSON that holds base64 of a pickle.
_MOST = 64 * 1024 * 1024  # Bytes that one thing may unpack to.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")
_GZIP, _ZIP, _ZIP_HEADER = b"\x1f\x8b\x08", b"PK\x03\x04", 30
_MAGIC = (_GZIP, _ZIP, b"\x78")


@attrs.frozen
class Finding:
    """A canary that was found where none may be. It does not show it."""

    slot: str
    spelling: str
    where: str

    def __str__(self) -> str:
        return f"{self.slot} as {self.spelling} in {self.where}"


class Canaries:
    """What must not be seen, by the name of the setting that holds it."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts: dict[str, str] = {}
        self._needles: dict[bytes, tuple[str, str]] = {}
        for slot, text in texts.items():
            self.add(slot, text)

    def add(self, slot: str, text: str) -> None:
        """Look for this text from now on, such as a token that the service has given out."""
        parts = (text[:_PART], text[-_PART:])
        if not all(len(part) == _PART and part.isascii() for part in parts):
            raise ValueError(f"the canary of {slot} does not begin and end with {_PART} plain characters")
        self.texts[slot] = text
        for part in parts:
            for spelling, needle in _spellings(part):
                self._needles.setdefault(needle, (slot, spelling))

    def find(self, data: object, where: str = "a text") -> list[Finding]:
        """Look for every canary in text or bytes, and in all that these unpack to."""
        raw = data if isinstance(data, bytes) else str(data).encode("utf-8", "surrogatepass")
        findings: dict[Finding, None] = {}
        for way, content in _unpacked(raw):
            for needle, (slot, spelling) in self._needles.items():
                if needle in content:
                    findings[Finding(slot, spelling + way, where)] = None
        return list(findings)

    def find_in_files(self, folders: Iterable[Path]) -> list[Finding]:
        """Look into every file below these folders, and at its name."""
        findings: list[Finding] = []
        for path in sorted(path for folder in folders for path in folder.rglob("*")):
            findings += self.find(path.name, f"the name of {path}")
            if path.is_file():
                findings += self.find(path.read_bytes(), str(path))
        return findings


def _spellings(part: str) -> Iterator[tuple[str, bytes]]:
    raw = part.encode("ascii")
    yield from {"raw": raw, "small letters": raw.lower(), "capitals": raw.upper(), "backwards": raw[::-1]}.items()
    yield "rot13", codecs.encode(part, "rot13").encode()
    for spelling, form in (
        ("percent", "%{:02x}"),
        ("hex", "{:02x}"),
        ("hex, spaced", "{:02x} "),
        ("hex escapes", "\\x{:02x}"),
        ("octal escapes", "\\{:03o}"),
        ("unicode escapes", "\\u{:04x}"),
        ("character references", "&#{};"),
        ("character references in hex", "&#x{:x};"),
        ("a list of numbers", "{}, "),
    ):
        text = "".join(form.format(byte) for byte in raw).rstrip(", ")
        yield spelling, text.encode()
        yield f"{spelling}, capitals", re.sub("(?<![\\\\&#])[a-f]", lambda digit: digit[0].upper(), text).encode()
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield encoding, part.encode(encoding)
    for spelling, encode, bits, alignments in (("base64", base64.b64encode, 6, 3), ("base32", base64.b32encode, 5, 5)):
        for before in range(alignments):
            encoded = encode(bytes(before) + raw)
            # Without the characters at both ends that other bytes have a part in.
            needle = encoded[-(-8 * before // bits) : 8 * (before + len(raw)) // bits]
            yield f"{spelling}, alignment {before}", needle


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Return the data and, repeatedly, all that it unpacks to, each with how it was unpacked."""
    waiting = [("", data, 0)]
    while waiting:
        way, content, depth = waiting.pop()
        yield way, content
        if depth < _DEPTH:
            waiting += [(f"{way} inside {kind}", inner, depth + 1) for kind, inner in _inside(content)]


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    for kind, runs in (("base64", _from_base64(data)), ("hex", map(_from_hex, _HEX.findall(data)))):
        plain: list[bytes] = []
        for run in runs:
            if run.startswith(_MAGIC):
                yield kind, run
            else:
                plain.append(run)  # Many are short, and are no encoding at all.
        if plain:
            yield kind, b"\n".join(plain)
    for match in re.finditer(re.escape(_GZIP), data):
        yield "gzip", _inflated(data[match.start() :], 31)
    for match in re.finditer(re.escape(_ZIP), data):
        yield "zip", _from_zip(data[match.start() :])
    if data.startswith(b"\x78"):
        yield "zlib", _inflated(data, 15)
    if b"%" in data:
        yield "percent", unquote_to_bytes(data)


def _from_base64(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        whole = run[: len(run) - (len(run) % 4 == 1)].translate(_STANDARD)
        yield base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _from_hex(run: bytes) -> bytes:
    return bytes.fromhex(run.decode("ascii"))


def _inflated(data: bytes, bits: int) -> bytes:
    """Unpack as much as there is; a stream may be cut off, or be no stream."""
    stream, found = zlib.decompressobj(bits), b""
    try:
        for first in range(0, len(data), 4096):
            found += stream.decompress(data[first : first + 4096], _MOST)
    except zlib.error:
        pass
    return found


def _from_zip(data: bytes) -> bytes:
    if len(data) < _ZIP_HEADER:
        return b""
    (method,) = struct.unpack_from("<H", data, 8)
    name, extra = struct.unpack_from("<HH", data, 26)
    content = data[_ZIP_HEADER + name + extra :]
    return _inflated(content, -15) if method else b""  # What is not packed was seen already.
