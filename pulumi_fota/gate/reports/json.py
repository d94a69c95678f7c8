"""A report as JSON, for machines. `report-v1.schema.json` beside this file describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from pulumi_fota.gate.reports.report import Report

#: The JSON Schema of the file.
SCHEMA = Path(__file__).with_name("report-v1.schema.json")


def as_json(report: Report) -> str:
    """Write a report as JSON in ASCII.

    What a CI system takes for a command in a log is escaped as JSON allows, so a reader gets each text back whole.
    """
    text = json.dumps({"schema": "pulumi-fota/report/v1", **attrs.asdict(report)}, indent=2)
    return text.replace("##", "#\\u0023") + "\n"
