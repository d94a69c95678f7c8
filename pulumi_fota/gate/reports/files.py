"""The three files of a report: where they are written, and what happens if the disk refuses them.

Owns the JSON file, the names of the files, and how they are replaced.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota._text import safe
from pulumi_fota.gate.reports.junit import as_junit
from pulumi_fota.gate.reports.markdown import as_markdown

if TYPE_CHECKING:
    from pulumi_fota.gate.reports.report import Report

#: The JSON Schema of the JSON file.
SCHEMA = Path(__file__).with_name("report-v1.schema.json")


def as_json(report: Report) -> str:
    """Return a report as JSON in ASCII, as `report-v1.schema.json` describes it.

    What a CI system takes for a command in a log is escaped as JSON allows, so a reader gets each text back whole.
    """
    text = json.dumps({"schema": "pulumi-fota/report/v1", **attrs.asdict(report)}, indent=2)
    return text.replace("##", "#\\u0023") + "\n"


_FORMATS = {".json": as_json, ".junit.xml": as_junit, ".md": as_markdown}


def write_reports(report: Report, folder: str) -> None:
    """Write `<project>+<stack>+<gate>` as `.json`, `.junit.xml` and `.md` in a folder, which is made if need be.

    No name can contain a `+`, so no two gates share a file. The second set of devices that a gate is asked about in a
    run has its own files, named `…+<gate>+2`; outside of Pulumi the files are named `<gate>`.

    A file is either the old or the new one, never a part. If one cannot be written, that is a warning.

    Args:
        report: What to write.
        folder: Relative to the program's folder, in which Pulumi runs it.
    """
    *whose, name = report.path
    name = "+".join([*(re.sub(r"[^A-Za-z0-9._-]", "_", part) for part in whose), name])
    files = {f"{name}{ending}": write(report) for ending, write in _FORMATS.items()}
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            _replace(Path(folder) / file, text)
    except (OSError, ValueError) as error:  # A ValueError if no folder can have the name, such as one with a NUL.
        reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
        pulumi.log.warn(
            f"gate '{report.gate}': its report cannot be written to {safe(folder)}: {safe(reason)}; "
            "the outcome of the gate stands: make room there, or set fota:reportDir to another folder"
        )


def _replace(path: Path, text: str) -> None:
    """Write a new file beside the old one and rename it, so that nobody reads half of it."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(beside, 0o644)  # noqa: PTH101 (as any file; a temporary one is readable by its owner alone)
        os.replace(beside, path)  # noqa: PTH105 (a name, not a Path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108 (as above)
        raise
