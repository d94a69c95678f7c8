"""The files of a report, word for word."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from pulumi_fota import rules
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.message import message_of
from pulumi_fota.gate.reports import Report, as_junit, as_markdown

NOT_JUDGED = Report(
    gate="meters",
    project="fleet",
    stack="dev",
    run="preview",
    ran_at="2026-03-01T12:00:01.000Z",
    mode="mandatory",
    outcome="not-evaluated",
    message="gate 'meters' was not evaluated",
)


@pytest.fixture
def stopped(fleets: Any) -> Report:
    """
    The report of a gate that found a device of each kind: failed, waived, unknown, missing, and a rule for nobody.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        rules.licensed(severity="advisory"),
        rules.fota_eligible(),
        rules.active(model="ME910"),
        waivers=[Waiver(rule="allowed-versions", imei=fleets.imei(3), reason="on the bench", until=date(2026, 12, 31))],
    )
    devices = fleets.of(
        fleets.device(1, firmware="1.1"),
        fleets.device(2, license_assigned=None),
        fleets.device(3, firmware="1.0", model="<b>|\n"),
        missing=(fleets.imei(5),),
    )
    verdict = gate.check(devices)
    judged = attrs.evolve(NOT_JUDGED, outcome="failed", message=message_of(verdict, "stopped this deployment"))
    return judged.with_verdict(verdict, masked=False, secret=False)


def test_the_whole_junit_file(stopped: Report):
    """
    Suites, suite and cases have the names, counters and words that CI systems show.
    """
    assert as_junit(stopped) == (
        """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="fleet/dev" time="0" tests="6" failures="3" errors="0" skipped="2">
  <testsuite name="meters" timestamp="2026-03-01T12:00:01.000Z" time="0" tests="6" failures="3" errors="0" skipped="2">
    <testcase classname="fleet.dev.meters.missing" name="990000000000005" time="0">
      <failure message="did not come back" type="missing">did not come back</failure>
    </testcase>
    <testcase classname="fleet.dev.meters.allowed-versions" name="990000000000001" time="0">
      <failure message="runs firmware other than 1.2: 1.1" type="allowed-versions">\
runs firmware other than 1.2: 1.1</failure>
    </testcase>
    <testcase classname="fleet.dev.meters.allowed-versions" name="990000000000003" time="0">
      <skipped message="runs firmware other than 1.2: 1.0 (waived until 2026-12-31: on the bench)" />
    </testcase>
    <testcase classname="fleet.dev.meters.active" name="active" time="0">
      <failure message="0 devices checked: none is of ME910" type="active">0 devices checked: none is of ME910</failure>
    </testcase>
    <testcase classname="fleet.dev.meters.licensed" name="990000000000002" time="0">
      <skipped message="does not report whether there is a licence" />
    </testcase>
    <testcase classname="fleet.dev.meters.fota-eligible" name="fota-eligible" time="0" />
  </testsuite>
</testsuites>
"""
    )


@pytest.mark.parametrize(
    ("outcome", "counts", "tag", "end"),
    [
        (
            "error",
            'failures="0" errors="1" skipped="0"',
            "error",
            " type=\"gate\">gate 'meters' was not evaluated</error>",
        ),
        ("not-evaluated", 'failures="0" errors="0" skipped="1"', "skipped", " />"),
    ],
)
def test_the_whole_junit_file_of_a_gate_without_devices(outcome: Any, counts: str, tag: str, end: str):
    """
    A gate that could not be evaluated is one case, named for its devices.
    """
    assert as_junit(attrs.evolve(NOT_JUDGED, outcome=outcome)) == (
        f"""\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="fleet/dev" time="0" tests="1" {counts}>
  <testsuite name="meters" timestamp="2026-03-01T12:00:01.000Z" time="0" tests="1" {counts}>
    <testcase classname="fleet.dev.meters.gate" name="devices" time="0">
      <{tag} message="gate 'meters' was not evaluated"{end}
    </testcase>
  </testsuite>
</testsuites>
"""
    )


@pytest.mark.parametrize(
    ("outcome", "case"),
    [
        (
            "failed",
            """\
    <testcase classname="fleet.dev.meters.gate" name="devices" time="0">
      <failure message="0 devices checked" type="gate">0 devices checked</failure>
    </testcase>
""",
        ),
        (
            "passed",
            """\
    <testcase classname="fleet.dev.meters.gate" name="devices" time="0" />
""",
        ),
    ],
)
def test_a_junit_file_of_nothing_has_a_case_of_its_own(outcome: Any, case: str):
    """
    Where there was no device, asked for or not, a case says whether that is in order.
    """
    failed = outcome == "failed"
    nothing = attrs.evolve(NOT_JUDGED, outcome=outcome, nothing_checked=failed, message="0 devices checked")

    assert case in as_junit(nothing)
    assert case in as_junit(attrs.evolve(nothing, missing=1))
    assert "<testcase" not in as_junit(attrs.evolve(nothing, nothing_checked=False, returned=1))


@pytest.mark.parametrize(
    ("gate", "count", "says"),
    [
        (Gate("m", rules.active()), 1, "is not active: Off"),
        (Gate("m", rules.active(min_devices=2)), 1, "1 device to count, at least 2 needed"),
        (Gate("m", rules.active(severity="advisory"), on_missing="pass"), 0, "Gate 'm' is closed: 0 devices checked."),
    ],
)
def test_what_would_have_stopped_is_skipped_in_a_rehearsal(fleets: Any, gate: Gate, count: int, says: str):
    """
    Where gates stop nothing, a device, a rule and an empty set are no failures, and say what they would have been.
    """
    verdict = gate.check(fleets.alike(count, status="Off"))
    judged = attrs.evolve(NOT_JUDGED, outcome="failed", mode="advisory", message=verdict.message)

    xml = as_junit(judged.with_verdict(verdict, masked=False, secret=False))

    assert f'<skipped message="would have stopped this deployment: {says}' in xml
    assert "<failure" not in xml


def test_a_rule_that_warns_without_a_device_is_a_skipped_case(fleets: Any):
    """
    An advisory rule that found too few devices is neither green nor a failure.
    """
    verdict = Gate("meters", rules.active(severity="advisory", min_devices=2)).check(fleets.alike(1))

    xml = as_junit(NOT_JUDGED.with_verdict(verdict, masked=False, secret=False))

    assert (
        """\
    <testcase classname="fleet.dev.meters.active" name="active" time="0">
      <skipped message="1 device to count, at least 2 needed" />
    </testcase>
"""
        in xml
    )


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        ({}, [True, True]),
        ({"on_unknown": "warn"}, [True, False]),
        ({"on_unknown": "pass"}, [True, False]),
        ({"at_most": 2}, [False, False]),
        ({"at_most": 1}, [True, True]),
        ({"at_most": 1, "on_unknown": "warn"}, [False, True]),
        ({"at_most": 1, "on_unknown": "pass"}, [False, False]),
        ({"min_devices": 4}, [False, False]),
        ({"min_devices": 4, "on_unknown": "warn"}, [False, False]),
    ],
)
def test_a_device_counts_where_the_rule_stops_or_warns_because_of_it(fleets: Any, options: Any, counts: list[bool]):
    """
    A failed and an unknown device count unless a limit or the rule lets them be, or too few are there. Unknown ones
    that are left out are what a rule that holds warns of, and no reason of one that fails.
    """
    verdict = Gate("meters", rules.allowed_versions("1.2", **options)).check(fleets.running("1.1", None, "1.2"))

    report = NOT_JUDGED.with_verdict(verdict, masked=False, secret=False)

    assert [row.outcome for row in report.devices] == ["failed", "unknown"]
    assert [row.counts for row in report.devices] == counts


def test_the_reason_of_a_waiver_is_shown_whole(fleets: Any):
    """
    However long the firmware is of which the device speaks; a reason of more than a thousand characters is cut.
    """
    reason, endless = "on the bench until the spare part is there; " * 12, "x" * 2000
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2"),
        waivers=[
            Waiver(rule="allowed-versions", imei=fleets.imei(number), reason=text, until=date(2026, 12, 31))
            for number, text in enumerate((reason, endless))
        ],
    )

    markdown = as_markdown(
        NOT_JUDGED.with_verdict(gate.check(fleets.running("9" * 500, "1.1")), masked=False, secret=False)
    )

    assert f"… (waived until 2026-12-31: {reason})`" in markdown
    assert "xxx…`" in markdown
    assert endless not in markdown


def test_what_is_a_command_in_a_log_is_broken_in_a_junit_file():
    """
    A file that is printed in a log gives no orders to the CI system, and keeps its lines.
    """
    xml = as_junit(attrs.evolve(NOT_JUDGED, outcome="error", message="a::b\n##c\td\x07"))

    assert '<error message="a:\\x3ab&#10;#\\x23c&#09;d\\x07" type="gate">a:\\x3ab\n#\\x23c\td\\x07</error>' in xml


def test_the_whole_markdown_file(stopped: Report):
    """
    Marker, heading, message, rules and devices stand in the order in which a person reads.
    """
    assert as_markdown(stopped) == (
        f"""\
<!-- pulumi-fota: fleet/dev/meters -->
### Gate `meters` failed

```text
{stopped.message}
```

| Rule | Severity | Outcome | Passed | Failed | Unknown | Waived |
| --- | --- | --- | --- | --- | --- | --- |
| `missing` | mandatory | failed | 3 | 1 | 0 | 0 |
| `allowed-versions` | mandatory | failed | 1 | 1 | 0 | 1 |
| `active` | mandatory | failed | 0 | 0 | 0 | 0 |
| `licensed` | advisory | warned | 2 | 0 | 1 | 0 |
| `fota-eligible` | mandatory | passed | 3 | 0 | 0 | 0 |

| IMEI | Make | Model | Firmware | Rule | Outcome | Reason |
| --- | --- | --- | --- | --- | --- | --- |
| `990000000000005` | – | – | – | `missing` | `failed` | `did not come back` |
| `990000000000001` | `SEQUANS` | `GM01Q` | `1.1` | `allowed-versions` | `failed` | \
`runs firmware other than 1.2: 1.1` |
| `990000000000003` | `SEQUANS` | ` <b>\\|  ` | `1.0` | `allowed-versions` | `waived` | \
`runs firmware other than 1.2: 1.0 (waived until 2026-12-31: on the bench)` |
| `990000000000002` | `SEQUANS` | `GM01Q` | `1.2` | `licensed` | `unknown` | \
`does not report whether there is a licence` |

At preview, 2026-03-01T12:00:01.000Z, of devices read at 2026-03-01T12:00:00.5Z.
"""
    )


@pytest.mark.parametrize(
    ("outcome", "mode", "heading"),
    [
        ("passed", "mandatory", "passed"),
        ("passed", "advisory", "passed"),
        ("failed", "mandatory", "failed"),
        ("failed", "advisory", "failed (advisory: nothing was stopped)"),
        ("not-evaluated", "advisory", "was not evaluated"),
        ("error", "mandatory", "could not be evaluated"),
    ],
)
def test_the_whole_markdown_file_of_a_gate_without_devices(outcome: Any, mode: Any, heading: str):
    """
    The heading says how it ended, and that nothing was stopped where a failure was rehearsed.
    """
    assert as_markdown(attrs.evolve(NOT_JUDGED, outcome=outcome, mode=mode, run="up")) == (
        f"""\
<!-- pulumi-fota: fleet/dev/meters -->
### Gate `meters` {heading}

```text
gate 'meters' was not evaluated
```

At up, 2026-03-01T12:00:01.000Z.
"""
    )


def test_the_marker_of_a_comment_ends_where_it_should():
    """
    No name of a project or stack closes the hidden marker.
    """
    first = as_markdown(attrs.evolve(NOT_JUDGED, project="a-->b", stack="::c")).splitlines()[0]

    assert first == "<!-- pulumi-fota: a--b/:\\x3ac/meters -->"


def test_long_names_do_not_make_two_markers_one():
    """
    Gates of a project and a stack with the longest names have markers of their own.
    """
    long = attrs.evolve(NOT_JUDGED, project="p" * 100, stack="s" * 100)

    one, other = (as_markdown(attrs.evolve(long, gate=gate)).splitlines()[0] for gate in ("one", "other"))

    assert one != other


@pytest.mark.parametrize(
    ("message", "fence"), [("plain", "```"), ("a ` b", "```"), ("a ``` b", "````"), ("````` and ```", "``````")]
)
def test_a_message_stands_in_a_block_that_it_cannot_end(message: str, fence: str):
    """
    The fence is longer than any in the text.
    """
    lines = as_markdown(attrs.evolve(NOT_JUDGED, message=message)).splitlines()

    assert lines[3:6] == [f"{fence}text", message, fence]
