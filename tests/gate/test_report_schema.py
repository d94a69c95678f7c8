"""The JSON Schema of a report: what it takes, and what it refuses."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import jsonschema
import pytest

from pulumi_fota import rules
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.reports import SCHEMA, Report, as_json

BLANK: dict[str, Any] = {
    "gate": "meters",
    "project": "fleet",
    "stack": "dev",
    "run": "up",
    "ran_at": "2026-03-01T12:00:01.000Z",
    "mode": "mandatory",
    "message": "Gate 'meters' …",
}


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    """
    The schema, which itself is as schemas are.
    """
    document = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def written(gate: Gate, devices: Any, *, masked: bool = False, secret: bool = False) -> dict[str, Any]:
    """Return the JSON of what a gate finds."""
    verdict = gate.check(devices)
    report = Report(**BLANK, outcome="passed" if verdict.passed else "failed")
    document: dict[str, Any] = json.loads(as_json(report.with_verdict(verdict, masked=masked, secret=secret)))
    return document


@pytest.fixture
def failed(fleets: Any) -> dict[str, Any]:
    """
    A report with a waived device, a failed one, and a rule that passes, in this order of each.
    """
    waiver = Waiver(rule="active", imei=fleets.imei(2), reason="bench", until=date(2026, 12, 31))
    gate = Gate("meters", rules.active(), waivers=[waiver])
    document = written(gate, fleets.of(fleets.device(1, status="Off"), fleets.device(2, status="Off")))
    assert [row["outcome"] for row in document["rules"]] == ["failed", "passed"]
    assert [row["outcome"] for row in document["devices"]] == ["failed", "waived"]
    return document


@pytest.fixture
def passed(fleets: Any) -> dict[str, Any]:
    """
    A report of a gate that is open.
    """
    return written(Gate("meters", rules.active()), fleets.alike(1))


@pytest.fixture
def empty(fleets: Any) -> dict[str, Any]:
    """
    A report of a gate that checked nothing.
    """
    return written(Gate("meters", rules.active()), fleets.of())


@pytest.fixture
def error() -> dict[str, Any]:
    """
    A report of a gate whose devices could not be read.
    """
    document: dict[str, Any] = json.loads(as_json(Report(**BLANK, outcome="error")))
    return document


@pytest.mark.parametrize("name", ["failed", "passed", "empty", "error"])
def test_what_gates_report_is_taken(schema: Any, request: pytest.FixtureRequest, name: str):
    """
    A report of each outcome is as the schema says.
    """
    schema.validate(request.getfixturevalue(name))


@pytest.mark.parametrize("options", [{"masked": True}, {"secret": True}])
def test_what_is_masked_or_secret_is_taken(schema: Any, fleets: Any, options: Any):
    """
    A report with masked IMEIs is as the schema says, and so is one that names no device.
    """
    schema.validate(written(Gate("meters", rules.active()), fleets.alike(2, status="Off"), **options))


@pytest.mark.parametrize("path", [[], ["rules", 0], ["devices", 0]])
def test_a_later_release_may_add_to_every_object(schema: Any, failed: Any, path: list[Any]):
    """
    What reads the reports of today reads those of tomorrow.
    """
    place = failed
    for key in path:
        place = place[key]
    place["more"] = {"than": "there is"}

    schema.validate(failed)


def test_outside_of_pulumi_there_is_no_project_and_no_stack(schema: Any, failed: Any):
    """
    Both may be null, which is what a command line reports.
    """
    schema.validate(failed | {"project": None, "stack": None, "run": "cli"})


def test_the_schema_has_a_name_of_its_own(schema: Any):
    """
    Other schemas can refer to it, wherever the file lies.
    """
    assert schema.schema["$id"] == "urn:pulumi-fota:report:v1"


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("failed", ["ran_at"], "2026-99-99T99:99:99Z"),
        ("failed", ["ran_at"], "2026-02-30T00:00:00Z"),
        ("failed", ["ran_at"], "2026-04-31T00:00:00Z"),
        ("failed", ["ran_at"], "2026-03-01T24:00:00Z"),
        ("failed", ["ran_at"], "2026-03-01T12:60:00Z"),
        ("failed", ["ran_at"], "2026-03-01T12:00:00+00:00"),
        ("failed", ["ran_at"], None),
        ("failed", ["read_at"], "yesterday"),
        ("failed", ["gate"], ""),
        ("failed", ["gate"], "a b"),
        ("failed", ["number"], 0),
        ("failed", ["message"], ""),
        ("failed", ["tool"], "another 0.1.0"),
        ("failed", ["run"], "destroy"),
        ("failed", ["outcome"], "passed"),
        ("failed", ["outcome"], "not-evaluated"),
        ("failed", ["outcome"], "error"),
        ("failed", ["nothing_checked"], True),
        ("failed", ["rules", 0, "id"], ""),
        ("failed", ["rules", 0, "id"], "x" * 65),
        ("failed", ["rules", 0, "statement"], ""),
        ("failed", ["rules", 0, "severity"], "advisory"),
        ("failed", ["rules", 0, "outcome"], "passed"),
        ("failed", ["rules", 1, "statement"], "1 of 1"),
        ("failed", ["devices", 0, "imei"], ""),
        ("failed", ["devices", 0, "imei"], "99000000000000"),
        ("failed", ["devices", 0, "imei"], "990…0001"),
        ("failed", ["devices", 0, "rule"], "::"),
        ("failed", ["devices", 0, "outcome"], "waived"),
        ("failed", ["devices", 0, "waived_until"], "2026-12-31"),
        ("failed", ["devices", 0, "waived_because"], "bench"),
        ("failed", ["devices", 1, "outcome"], "unknown"),
        ("failed", ["devices", 1, "waived_until"], None),
        ("failed", ["devices", 1, "waived_until"], "soon"),
        ("failed", ["devices", 1, "waived_until"], "2026-13-01"),
        ("failed", ["devices", 1, "waived_because"], None),
        ("failed", ["devices", 1, "waived_because"], ""),
        ("failed", ["devices", 1, "counts"], True),
        ("passed", ["outcome"], "failed"),
        ("passed", ["outcome"], "error"),
        ("passed", ["nothing_checked"], True),
        ("empty", ["outcome"], "passed"),
        ("empty", ["returned"], 1),
        ("error", ["outcome"], "passed and more"),
        ("error", ["outcome"], "failed"),
        ("error", ["account"], "0000123456-00001"),
        ("error", ["read_at"], "2026-03-01T12:00:00Z"),
        ("error", ["oldest_refresh"], "2026-03-01T12:00:00Z"),
        ("error", ["asked"], 1),
        ("error", ["returned"], 1),
        ("error", ["missing"], 1),
        ("error", ["nothing_checked"], True),
    ],
)
def test_what_no_gate_reports_is_refused(
    schema: Any, request: pytest.FixtureRequest, name: str, path: list[Any], value: Any
):
    """
    One wrong value, or one that goes with no other, makes a report invalid.
    """
    wrong = copy.deepcopy(request.getfixturevalue(name))
    *way, last = path
    place = wrong
    for key in way:
        place = place[key]
    place[last] = value

    assert not schema.is_valid(wrong)


@pytest.mark.parametrize("part", ["rules", "devices"])
def test_a_gate_that_was_not_evaluated_found_nothing(schema: Any, failed: Any, error: Any, part: str):
    """
    A report of an error with a rule or a device in it is refused.
    """
    wrong = error | {part: failed[part][1:]}

    assert not schema.is_valid(wrong)


@pytest.mark.parametrize("key", ["schema", "nothing_checked", "devices"])
def test_a_report_without_one_of_its_keys_is_refused(schema: Any, failed: Any, key: str):
    """
    Every key is always there.
    """
    del failed[key]

    assert not schema.is_valid(failed)
