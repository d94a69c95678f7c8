"""The report of a gate for CI, as JSON, JUnit and Markdown."""

from pulumi_fota.gate.reports.files import SCHEMA, as_json, write_reports
from pulumi_fota.gate.reports.junit import as_junit
from pulumi_fota.gate.reports.markdown import as_markdown
from pulumi_fota.gate.reports.report import DeviceRow, GateOutcome, Report, RuleRow

__all__ = [
    "SCHEMA",
    "DeviceRow",
    "GateOutcome",
    "Report",
    "RuleRow",
    "as_json",
    "as_junit",
    "as_markdown",
    "write_reports",
]
