"""What a gate leaves for CI: one report, as JSON, JUnit and Markdown."""

from pulumi_fota.gate.reports.as_json import SCHEMA, as_json
from pulumi_fota.gate.reports.as_junit import as_junit
from pulumi_fota.gate.reports.as_markdown import as_markdown
from pulumi_fota.gate.reports.report import DeviceRow, Outcome, Report, RuleRow
from pulumi_fota.gate.reports.write import write_reports

__all__ = ["SCHEMA", "DeviceRow", "Outcome", "Report", "RuleRow", "as_json", "as_junit", "as_markdown", "write_reports"]
