"""A report as JUnit XML, for the test history of CI systems.

A test case is a device that a rule counts, or a rule. What stops is a failure; what warns, is waived, was not
evaluated, or would have stopped in a stack that is not advisory, is skipped.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pulumi_fota._text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pulumi_fota.gate.reports.report import DeviceRow, Report, RuleRow

_KINDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def as_junit(report: Report) -> str:
    """Return a report as XML 1.0; every character that XML cannot hold is written as its code."""
    suite = ET.Element("testsuite", name=_text(report.name), timestamp=report.ran_at, time="0")
    suite.extend(_numbered(_cases(report)))
    counts = {"tests": str(len(suite))}
    counts |= {name: str(len(suite.findall(f"testcase/{kind}"))) for kind, name in _KINDS.items()}
    suite.attrib.update(counts)
    suites = ET.Element("testsuites", {"name": _text("/".join(report.path[:-1]) or report.name), "time": "0", **counts})
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _cases(report: Report) -> Iterator[ET.Element]:
    if report.outcome == "error":
        yield _case(report, "gate", "devices", "error", report.message)
    elif report.outcome == "not-evaluated":
        yield _case(report, "gate", "devices", "skipped", report.message)
    elif report.returned == 0:
        yield _case(report, "gate", "devices", "failure" if report.nothing_checked else None, report.message)
    for rule in report.rules:
        devices = [device for device in report.devices if device.rule == rule.id]
        counted = [device for device in devices if device.counts]
        for device in devices:
            if device.counts or device.outcome == "waived":
                yield _device_case(report, rule, device)
        if not counted:  # The rule is itself the case.
            kind = {"failed": "failure", "warned": "skipped"}.get(rule.outcome)
            yield _case(report, rule.id, rule.id, kind, rule.statement or report.message)


def _numbered(cases: Iterable[ET.Element]) -> Iterator[ET.Element]:
    """Number cases with the same name, such as masked IMEIs: GitLab shows one case for each class and name."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in cases:
        name = case.attrib["name"]
        number = seen[case.attrib["classname"], name] = seen[case.attrib["classname"], name] + 1
        if number > 1:
            case.set("name", f"{name} ({number})")
        yield case


def _device_case(report: Report, rule: RuleRow, device: DeviceRow) -> ET.Element:
    kind = "failure" if rule.outcome == "failed" and device.outcome != "waived" else "skipped"
    return _case(report, rule.id, device.imei, kind, device.explained())


def _case(report: Report, part: str, name: str, kind: str | None, says: str) -> ET.Element:
    """Return a test case; without a kind it passes."""
    if kind == "failure" and report.mode == "advisory":
        kind, says = "skipped", f"would have stopped this deployment: {says}"
    case = ET.Element("testcase", classname=_text(".".join([*report.path, part])), name=_text(name), time="0")
    if kind is not None:
        outcome = ET.SubElement(case, kind, message=_text(says))
        if kind != "skipped":  # GitLab and others show the text, not the message.
            outcome.set("type", part)
            outcome.text = _text(says)
    return case


def _text(text: str) -> str:
    """Return text that is safe in XML, and in a log in which the file may be printed."""
    return visible(text, keep="\t\n").replace("::", ":\\x3a").replace("##", "#\\x23")
