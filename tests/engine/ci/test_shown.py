"""The files of docs/ci as docs/ci.md shows them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"
_SHOWN = re.compile(r"^<!-- from: docs/ci/(\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_each_file_is_shown_whole():
    """
    What people copy from the page is what the tests run, to the last line.
    """
    shown = dict(_SHOWN.findall((DOCS / "ci.md").read_text(encoding="utf-8")))

    assert shown == {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "ci").iterdir() if path.is_file()}
