"""The three files of a report: what they hold, and that text of others cannot break them."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import attrs
import jsonschema
import pytest
from markdown_it import MarkdownIt

from pulumi_fota import rules
from pulumi_fota._text import mask_imeis
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.message import message_of
from pulumi_fota.gate.reports import SCHEMA, Report, as_json, as_junit, as_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = [
    "MTR|LNA",
    "a\\|b",
    "a\\\\|b",
    "trailing\\",
    "Sequans\nComm",
    "a\r\nb\u2028c",
    "1.0`x",
    "``",
    "`|`",
    " padded ",
    "<img src=x> @team #12 [ok](http://example.invalid)",
    "http://example.invalid www.example.invalid a@example.invalid",
    "-->",
    "&#124;",
    "",
    "x" * 5000,
    "\x1b[31mACME",
    "AB\ud800C",
    "::error::x",
    "##vso[task.complete]",
]


@pytest.fixture
def report() -> Callable[..., Report]:
    """
    Make the report of a gate that judged devices, or of one that could not.
    """
    blank = Report(
        gate="meters",
        project="fleet",
        stack="dev",
        run="preview",
        ran_at="2026-03-01T12:00:01.000Z",
        mode="mandatory",
        outcome="not-evaluated",
        message="gate 'meters' was not evaluated",
    )

    def make(gate: Gate | None = None, devices: Any = None, **options: Any) -> Report:
        if gate is None:
            return attrs.evolve(blank, **options)
        verdict = gate.check(devices)
        said = message_of(verdict, secret=options.get("secret", False))
        message = mask_imeis(said) if options.get("masked") else said
        judged = attrs.evolve(blank, outcome="passed" if verdict.passed else "failed", message=message)
        return judged.with_verdict(verdict, **{"masked": False, "secret": False, **options})

    return make


def schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def cells(markdown: str) -> list[list[list[Any]]]:
    """Render, and give the tables: rows of cells, each the inline tokens that it holds."""
    tables: list[list[list[Any]]] = []
    parser = MarkdownIt("commonmark").enable("table")
    for token in parser.parse(markdown):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and token.level >= 4:
            tables[-1][-1].append(token.children)
    return tables


def suite_of(report: Report) -> ET.Element:
    """Parse the JUnit file as a strict reader does, and check that its counters agree with its children."""
    root = ET.fromstring(as_junit(report).encode("utf-8"))  # noqa: S314 (our own file)
    (suite,) = root
    for counted in (root, suite):
        assert int(counted.attrib["tests"]) == len(suite) > 0
        for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(counted.attrib[name]) == len(suite.findall(f"testcase/{kind}"))
    return suite


@pytest.fixture
def mixed(fleets: Any) -> tuple[Gate, Any]:
    """
    A gate that two rules close and one warns of, and devices of every kind: failed, unknown, waived, missing.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        rules.licensed(severity="advisory"),
        rules.fota_eligible(),
        rules.active(at_least="50%"),
        waivers=[Waiver(rule="allowed-versions", imei=fleets.imei(3), reason="on the bench", until=date(2026, 12, 31))],
    )
    devices = fleets.of(
        fleets.device(1, firmware="1.1", refresh_time="2026-02-01T00:00:00.5Z"),
        fleets.device(2, firmware=None, license_assigned=False, refresh_time="2026-02-01T00:00:00Z"),
        fleets.device(3, firmware="1.0"),
        fleets.device(4, status="Suspended"),
        missing=(fleets.imei(5),),
    )
    return gate, devices


def test_the_json_file_holds_what_was_found(report: Any, mixed: Any, fleets: Any):
    """
    Counts, rules and each device with its reason stand in the file, which is as its schema says.
    """
    gate_report = json.loads(as_json(report(*mixed)))

    jsonschema.validate(gate_report, schema(), format_checker=jsonschema.FormatChecker())
    assert gate_report["schema"] == "pulumi-fota/report/v1"
    assert (gate_report["outcome"], gate_report["asked"], gate_report["returned"], gate_report["missing"]) == (
        "failed",
        5,
        4,
        1,
    )
    assert gate_report["oldest_refresh"] == "2026-02-01T00:00:00Z"
    assert gate_report["read_at"] == mixed[1].read_at
    assert {rule["id"]: rule["outcome"] for rule in gate_report["rules"]} == {
        "allowed-versions": "failed",
        "missing": "failed",
        "licensed": "warned",
        "fota-eligible": "passed",
        "active": "passed",
    }
    assert [
        (row["imei"], row["rule"], row["outcome"], row["counts"], row["reason"]) for row in gate_report["devices"]
    ] == [
        (fleets.imei(1), "allowed-versions", "failed", True, "runs firmware other than 1.2: 1.1"),
        (fleets.imei(2), "allowed-versions", "unknown", True, "does not report its firmware"),
        (fleets.imei(3), "allowed-versions", "waived", False, "runs firmware other than 1.2: 1.0"),
        (fleets.imei(5), "missing", "failed", True, "did not come back"),
        (fleets.imei(2), "licensed", "failed", True, "has no licence"),
        (fleets.imei(4), "active", "failed", False, "is not active: Suspended"),
    ]
    assert (gate_report["devices"][2]["waived_because"], gate_report["devices"][2]["waived_until"]) == (
        "on the bench",
        "2026-12-31",
    )


def test_the_junit_file_has_a_case_for_each_device_that_counts_and_each_passing_rule(
    report: Any, mixed: Any, fleets: Any
):
    """
    Devices that stop are failures, devices that warn or are waived are skipped; what a limit allows for, passes.
    """
    suite = suite_of(report(*mixed))

    assert [
        (case.attrib["classname"].rsplit(".", 1)[1], case.attrib["name"], *[child.tag for child in case])
        for case in suite
    ] == [
        ("allowed-versions", fleets.imei(1), "failure"),
        ("allowed-versions", fleets.imei(2), "failure"),
        ("allowed-versions", fleets.imei(3), "skipped"),
        ("missing", fleets.imei(5), "failure"),
        ("licensed", fleets.imei(2), "skipped"),
        ("fota-eligible", "fota-eligible"),
        ("active", "active"),
    ]
    assert suite[2][0].attrib["message"] == (
        "runs firmware other than 1.2: 1.0 (waived until 2026-12-31: on the bench)"
    )


def test_unknown_devices_that_a_limit_allows_for_do_not_count(report: Any, fleets: Any):
    """
    Where a rule holds though it cannot tell of some devices, those are listed and are no cases of their own.
    """
    gate_report = report(Gate("meters", rules.allowed_versions("1.2", at_least="50%")), fleets.running("1.2", None))

    assert [(row.outcome, row.counts) for row in gate_report.devices] == [("unknown", False)]
    assert [case.attrib["name"] for case in suite_of(gate_report)] == ["missing", "allowed-versions"]


@pytest.mark.parametrize(
    ("options", "outcome", "tags"), [({}, "failed", ["failure"]), ({"allow_empty": True}, "passed", [])]
)
def test_nothing_checked_is_a_failure_unless_allowed(
    report: Any, fleets: Any, options: Any, outcome: str, tags: list[str]
):
    """
    A gate that found no device fails in every file, and one that may find none says 0 devices checked.
    """
    empty = report(Gate("meters", rules.active(), **options), fleets.of())

    first = suite_of(empty)[0]

    assert empty.outcome == outcome
    assert [child.tag for child in first] == tags
    assert "0 devices checked" in empty.message
    assert "0 devices checked" in as_markdown(empty)


@pytest.mark.parametrize("options", [{}, {"severity": "advisory"}, {"allow_empty": True}])
@pytest.mark.parametrize("on_missing", ["fail", "warn", "pass"])
def test_nothing_checked_is_a_failure_though_devices_are_missing(
    report: Any, fleets: Any, options: Any, on_missing: Any
):
    """
    Where all that were asked for are missing, which the gate allows, it is closed since it checked nothing.
    """
    gate = Gate("meters", rules.licensed(**options), on_missing=on_missing)

    gate_report = report(gate, fleets.of(missing=tuple(map(fleets.imei, range(10)))))

    first = suite_of(gate_report)[0]
    assert gate_report.nothing_checked
    assert (first.attrib["classname"], [child.tag for child in first]) == ("fleet.dev.meters.gate", ["failure"])


def test_a_rule_for_any_device_that_found_none_says_no_more(report: Any, fleets: Any):
    """
    Only a rule for a make or model says that no device is of it.
    """
    gate_report = report(Gate("meters", rules.active(), rules.licensed(model="ME910")), fleets.of())

    assert {rule.id: rule.statement for rule in gate_report.rules} == {
        "active": "0 devices checked",
        "licensed": "0 devices checked: none is of ME910",
        "missing": "",
    }


@pytest.mark.parametrize("status", ["Active", "Off"])
def test_a_rule_that_found_too_few_devices_is_a_failure_of_its_own(report: Any, fleets: Any, status: str):
    """
    A rule that fails for want of devices has one failing case with what is said of it, and no device is one.
    """
    few = report(Gate("meters", rules.active(min_devices=3)), fleets.alike(2, status=status))

    (case,) = [case for case in suite_of(few) if case.attrib["classname"].endswith(".active")]

    assert (case.attrib["name"], case[0].tag) == ("active", "failure")
    assert case[0].attrib["message"] == "2 devices to count, at least 3 needed"


@pytest.mark.parametrize(("outcome", "tag"), [("not-evaluated", "skipped"), ("error", "error")])
def test_a_gate_without_devices_says_so_in_every_file(report: Any, outcome: str, tag: str):
    """
    A gate that was not evaluated, or whose devices could not be read, is never green.
    """
    gate_report = report(outcome=outcome, message="no devices\nfor a reason")

    (case,) = suite_of(gate_report)

    assert case[0].tag == tag
    assert case[0].attrib["message"] == "no devices\nfor a reason"
    assert "for a reason" in as_markdown(gate_report)
    jsonschema.validate(json.loads(as_json(gate_report)), schema())


def test_the_junit_file_is_xml_whatever_a_device_says(report: Any, fleets: Any):
    """
    Every code point below U+0100, lone surrogates and characters that XML forbids come out visible, and emoji as
    themselves.
    """
    texts = [*map(chr, range(0x100)), "\ud800", "\udfff", "\ufffe", "\uffff", "\u202e", "😀", *HOSTILE]
    devices = fleets.of(*(fleets.device(number, firmware=f"{text}!") for number, text in enumerate(texts)))

    suite = suite_of(report(Gate("meters", rules.allowed_versions("1.2")), devices))

    said = {case.attrib["name"]: case[0].attrib["message"].partition(": ")[2] for case in suite if len(case)}
    assert len(said) == len(texts)
    assert said[fleets.imei(0x12)] == "\\x12!"
    assert said[fleets.imei(ord("\t"))] == "\t!"
    assert said[fleets.imei(ord("\n"))] == "\n!"
    assert said[fleets.imei(ord("<"))] == "<!"
    assert said[fleets.imei(0x100)] == "\\ud800!"
    assert said[fleets.imei(texts.index("😀"))] == "😀!"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_one_cell_of_plain_text(report: Any, fleets: Any, text: str):
    """
    Whatever a device says, each row has as many cells as the header, and a cell holds a code span or a dash: no link,
    image, mention or markup.
    """
    devices = fleets.of(fleets.device(1, make=text, model=text, firmware=text or None))

    markdown = as_markdown(report(Gate("meters", rules.allowed_versions("1.2")), devices))

    for table in cells(markdown):
        assert {len(row) for row in table} == {7}
    row = cells(markdown)[1][1]
    for cell in row:
        assert [token.type for token in cell] == (["code_inline"] if cell[0].content != "–" else ["text"])
    if text.isprintable() and text and len(text) < 100 and "::" not in text and "##" not in text:
        assert row[1][0].content == text.replace("\\|", "\\\\x7c")


def test_a_long_value_is_cut_with_a_mark_and_an_empty_one_is_a_dash(report: Any, fleets: Any):
    """
    A value of 5,000 characters ends in an ellipsis, and an empty value does not shift a column.
    """
    devices = fleets.of(fleets.device(1, make="", model="x" * 5000, firmware="1.1"))

    row = cells(as_markdown(report(Gate("meters", rules.allowed_versions("1.2")), devices)))[1][1]

    assert row[1][0].content == "–"
    assert row[2][0].content == "x" * 119 + "…"
    assert row[3][0].content == "1.1"


def test_no_line_of_a_report_is_a_command_for_a_ci_system(report: Any, fleets: Any):
    """
    Whatever a device says, no line begins with `::` or holds `##vso[`, and the JSON still gives the text back whole.
    """
    text = "x\n::error::\n##vso[task.complete]"
    gate_report = report(Gate("meters", rules.allowed_versions("1.2")), fleets.running(text))

    files = [as_json(gate_report), as_junit(gate_report), as_markdown(gate_report)]

    for file in files:
        assert not re.search(r"^\s*::|##vso\[", file, re.MULTILINE)
    assert json.loads(files[0])["devices"][0]["firmware"] == text


def test_a_large_report_is_cut_at_a_row(report: Any, fleets: Any):
    """
    The Markdown of 3,000 failing devices stays within 65,000 characters, ends with whole rows and says how many of
    how many it shows.
    """
    markdown = as_markdown(report(Gate("meters", rules.allowed_versions("9")), fleets.alike(3000)))

    shown = len(cells(markdown)[1]) - 1
    assert 60_000 < len(markdown) <= 65_000
    assert f"showing {shown:,} of 3,000" in markdown
    assert markdown.startswith("<!-- pulumi-fota: fleet/dev/meters -->\n")


def test_many_rules_are_cut_too(report: Any, fleets: Any):
    """
    The Markdown of 600 rules with long names says how many of them it shows, and has room for devices.
    """
    gate = Gate(
        "meters", *(rules.allowed_versions("9", id=f"{number:064}") for number in range(600)), on_missing="pass"
    )

    markdown = as_markdown(report(gate, fleets.alike(20)))

    shown_rules, shown_devices = (len(table) - 1 for table in cells(markdown))
    assert 60_000 < len(markdown) <= 65_000
    assert 0 < shown_rules < 600
    assert f"\n\nshowing {shown_rules} of 600 rules\n\n" in markdown
    assert f"\n\nshowing {shown_devices} of 12,000\n\n" in markdown
    assert shown_devices > 100


def test_a_long_message_is_cut_too(report: Any, fleets: Any):
    """
    The Markdown of 18 rules, whose every line is as long as devices can make it, ends the message at a line and says
    how many it shows, whatever else there is to show.
    """
    gate = Gate("meters", *(rules.allowed_versions("9" * 400, id=f"r{number}") for number in range(18)))
    devices = fleets.running(*(f"{'::' * 60}{number}" for number in range(10)))

    gate_report = report(gate, devices)
    markdown = as_markdown(gate_report)

    lines = gate_report.message.splitlines()
    shown = [line for line in markdown.splitlines() if line in lines]
    assert len(gate_report.message) > 20_000
    assert shown == lines[: len(shown)]
    assert f"\n```\n\nshowing {len(shown)} of {len(lines)} lines\n\n" in markdown
    assert len(markdown) <= 65_000
    assert len(cells(markdown)) == 2


def test_masked_devices_of_one_name_are_cases_of_their_own(report: Any, fleets: Any):
    """
    Where masking makes two IMEIs look alike, the second is numbered, and starts anew for each rule.
    """
    imeis = ["990000000010001", "990000000020001", "990000000020002"]
    devices = fleets.of(*(fleets.device(imei, status="Off", firmware="1.1") for imei in imeis))

    suite = suite_of(report(Gate("meters", rules.active(), rules.allowed_versions("1.2")), devices, masked=True))

    names = [case.attrib["name"] for case in suite if len(case)]
    assert names == ["99…0001", "99…0001 (2)", "99…0002"] * 2


def test_masking_hides_every_imei_in_every_file(report: Any, fleets: Any):
    """
    With masking no IMEI stands in a report, not even where a device says its own in another field.
    """
    imei = fleets.imei(1)
    gate = Gate("meters", rules.allowed_versions("1.2"))
    devices = fleets.of(fleets.device(1, firmware=f"\x12{imei}", make=f"x{imei}"), missing=(fleets.imei(2),))

    gate_report = report(gate, devices, masked=True)

    for file in (as_json(gate_report), as_junit(gate_report), as_markdown(gate_report)):
        assert imei not in file
        assert fleets.imei(2) not in file
    assert {row.imei for row in gate_report.devices} == {"99…0001", "99…0002"}


def test_secret_devices_are_counted_and_not_told(report: Any, mixed: Any):
    """
    Of devices that are a secret a report says how many failed what, and nothing of any of them.
    """
    gate_report = report(*mixed, secret=True)

    files = as_json(gate_report) + as_junit(gate_report) + as_markdown(gate_report)

    assert [rule.failed for rule in gate_report.rules if rule.id == "licensed"] == [1]
    assert gate_report.devices == ()
    for told in ("99000", mixed[1].account, "Suspended", "1.1"):
        assert told not in files
    suite_of(gate_report)
    jsonschema.validate(json.loads(as_json(gate_report)), schema())
