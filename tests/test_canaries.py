"""The scanner that all tests of secrets rest on: it finds what is planted, and nothing else."""

from __future__ import annotations

import base64
import codecs
import gzip
import html
import io
import json
import pickle
import zipfile
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import dill
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.canaries import Canaries


def _zipped(data: bytes, method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("first.txt", "nothing")
        archive.writestr("state.json", data)
    return file.getvalue()


def _in_base64(data: str | bytes) -> bytes:
    return base64.b64encode(data.encode() if isinstance(data, str) else data)


ENCODINGS: dict[str, Callable[[str], str | bytes]] = {
    "raw": str,
    "latin-1": lambda text: text.encode("latin-1"),
    "json": json.dumps,
    "json, all of unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "json in json": lambda text: json.dumps(json.dumps({"a": text})),
    "json, slashes escaped": lambda text: json.dumps(text).replace("/", "\\/"),
    "repr": repr,
    "repr of bytes": lambda text: repr(text.encode()),
    "percent": lambda text: quote(text, safe=""),
    "percent, small letters": lambda text: quote(text, safe="").lower(),
    "form": quote_plus,
    "percent, every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent, every byte, small": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "html": html.escape,
    "character references": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "character references in hex": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "unicode escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "unicode escapes, capitals": lambda text: "".join(f"\\u{ord(char):04X}" for char in text),
    "hex escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "octal escapes": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "hex": lambda text: text.encode().hex(),
    "hex, capitals": lambda text: text.encode().hex().upper(),
    "hex, spaced": lambda text: text.encode().hex(" "),
    "a list of numbers": lambda text: str(list(text.encode())),
    "small letters": str.lower,
    "capitals": str.upper,
    "backwards": lambda text: text[::-1],
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-32": lambda text: text.encode("utf-32"),
    "base64": _in_base64,
    "base64, second alignment": lambda text: _in_base64(f"x{text}"),
    "base64, third alignment": lambda text: _in_base64(f"xy{text}"),
    "base64, URL-safe": lambda text: base64.urlsafe_b64encode(text.encode()),
    "base64, in lines": lambda text: base64.encodebytes(b"a" * 50 + text.encode() + b"a" * 50),
    "base64 of utf-16": lambda text: _in_base64(text.encode("utf-16")),
    "base64 of base64": lambda text: _in_base64(_in_base64(f"x{text}")),
    "base64 of json of base64": lambda text: _in_base64(json.dumps({"a": _in_base64(f"x{text}").decode()})),
    "base64 in percent": lambda text: quote(_in_base64(gzip.compress(text.encode())), safe=""),
    "base32": lambda text: base64.b32encode(text.encode()),
    "base32, third alignment": lambda text: base64.b32encode(b"xy" + text.encode()),
    "first 8": lambda text: text[:8],
    "last 8": lambda text: text[-8:],
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip behind a text": lambda text: b"a body: " + gzip.compress(text.encode()),
    "gzip, cut off": lambda text: gzip.compress(text.encode() + b"0123456789" * 9)[:-9],
    "zlib": lambda text: zlib.compress(text.encode()),
    "zip": lambda text: _zipped(text.encode(), zipfile.ZIP_DEFLATED),
    "zip, not packed": lambda text: _zipped(text.encode(), zipfile.ZIP_STORED),
    "base64 of gzip": lambda text: _in_base64(gzip.compress(text.encode())),
    "hex of gzip": lambda text: gzip.compress(text.encode()).hex(),
    "zip of json of base64 of a pickle": lambda text: _zipped(
        json.dumps({"__provider": _in_base64(pickle.dumps({"a": text})).decode()}).encode(), zipfile.ZIP_DEFLATED
    ),
    "base64 of dill": lambda text: _in_base64(dill.dumps(lambda: text)),
    **{f"pickle {n}": lambda text, n=n: pickle.dumps({"a": text}, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)},
}


@pytest.mark.parametrize("slot", ["key", "secret", "password"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_scanner_finds_what_is_planted(canaries: Canaries, encoding: str, slot: str):
    """
    Each encoding in which a secret may leave is seen through, in the midst of other text.
    """
    planted = ENCODINGS[encoding](canaries.texts[slot])
    planted = planted if isinstance(planted, bytes) else planted.encode()
    around = b"" if encoding in {"zlib", "utf-16", "utf-32"} else b'{"a": 1, "b": "'

    findings = canaries.find(around + planted + b'"}')

    assert {finding.slot for finding in findings} == {slot}


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_scanner_finds_the_pair_of_basic_authentication(canaries: Canaries, before: str):
    """
    Key and secret together are found in each alignment of base64.
    """
    pair = f"{before}{canaries.texts['key']}:{canaries.texts['secret']}"

    findings = canaries.find(f"Authorization: Basic {_in_base64(pair).decode()}\r\n")

    assert {finding.slot for finding in findings} == {"key", "secret"}


def test_scanner_finds_a_token_that_was_given_out(canaries: Canaries):
    """
    What the service hands out is looked for as soon as it is known.
    """
    token = "6f1d2c3b-0a4e-4c55-9d77-2b1e8a90c3f4"
    assert not canaries.find(token)

    canaries.add("session", token)

    assert {finding.slot for finding in canaries.find(_in_base64(f"VZ-M2M-Token: {token}"))} == {"session"}


def test_scanner_looks_into_files_and_at_their_names(canaries: Canaries, tmp_path: Path):
    """
    Every file of a folder is looked into, however deep, and a name may be a leak too.
    """
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "state.json.bak").write_bytes(gzip.compress(canaries.texts["secret"].encode()))
    (tmp_path / "a" / _in_base64(canaries.texts["password"]).decode().replace("/", "_")).touch()

    findings = canaries.find_in_files([tmp_path])

    assert {finding.slot for finding in findings} == {"secret", "password"}


def test_scanner_finds_nothing_where_nothing_is(canaries: Canaries):
    """
    What looks alike, or stands for a secret, is no finding.
    """
    innocent = {
        "user": "sim-user",
        "password": "***",
        "others": ["sim-key", "sim-secret", "sim-password", "sim-K7q", "Rk9Qe"],
        "digest": "0f" * 32,
        "packed": _in_base64(
            gzip.compress(pickle.dumps({"firmware": "SR1.2.0.0-10657"} | dict.fromkeys(range(99))))
        ).decode(),
    }

    assert canaries.find(json.dumps(innocent)) == []


def test_canary_must_have_plain_ends(canaries: Canaries):
    """
    A text that could not be found in every encoding is refused.
    """
    with pytest.raises(ValueError, match="the canary of password does not begin and end with 8 plain characters"):
        canaries.add("password", "sim-pässword")
