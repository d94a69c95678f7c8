"""The head of a report, and the way its files take to the disk."""

from __future__ import annotations

import errno
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pulumi
import pytest
import time_machine
from pulumi.runtime.settings import Settings, configure, get_monitor

import pulumi_fota
from pulumi_fota import rules
from pulumi_fota.errors import GateFailed, InvalidRule, ServiceUnavailable
from pulumi_fota.gate import Gate

NOW = datetime(2026, 3, 1, 7, 0, 0, 123_456, tzinfo=ZoneInfo("America/New_York"))


def gate(folder: Path) -> Gate:
    """Make a gate that leaves its report in a folder."""
    return Gate("meters", rules.allowed_versions("1.2"), report_dir=str(folder))


def report_in(folder: Path) -> dict[str, Any]:
    """Read the one JSON file of a folder."""
    (path,) = folder.glob("*.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("preview", "kind"), [(True, "preview"), (False, "up")])
def test_a_report_says_in_which_run_it_was_made(fleets: Any, run: Any, tmp_path: Path, preview: bool, kind: str):
    """
    A reader tells a preview's report from that of an update, and of which stack it is.
    """
    run(lambda: gate(tmp_path).require(fleets.running("1.2")), preview=preview)

    assert report_in(tmp_path)["run"] == kind
    assert (report_in(tmp_path)["project"], report_in(tmp_path)["stack"]) == ("project", "stack")


def test_a_report_says_when_it_was_made(fleets: Any, tmp_path: Path):
    """
    The time of the machine is told in UTC to the millisecond, wherever it stands.
    """
    with time_machine.travel(NOW, tick=False):
        gate(tmp_path).require(fleets.running("1.2"))

    assert report_in(tmp_path)["ran_at"] == "2026-03-01T12:00:00.123Z"


@pytest.mark.parametrize(("setting", "mode"), [({}, "mandatory"), ({"gate": "advisory"}, "advisory")])
def test_a_report_says_whether_the_stack_rehearses(
    fleets: Any, tmp_path: Path, stack_config: Any, setting: dict[str, str], mode: str
):
    """
    A gate that fails and stopped nothing is told from one that stopped.
    """
    stack_config(**setting)

    gate(tmp_path).require(fleets.running("1.2"))

    assert report_in(tmp_path)["mode"] == mode


def test_a_report_for_machines_can_be_read_by_people(fleets: Any, tmp_path: Path):
    """
    The JSON is indented, a line for each value.
    """
    gate(tmp_path).require(fleets.running("1.2"))

    (path,) = tmp_path.glob("*.json")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["{", '  "schema": "pulumi-fota/report/v1",', '  "gate": "meters",']


def test_a_file_is_named_for_any_project_and_stack(fleets: Any, run: Any, tmp_path: Path):
    """
    What no file system takes gladly is an underscore in the name of the file, and so is the sign that joins its parts.
    """

    def program() -> None:
        monitor = get_monitor()
        configure(Settings("My pro/ject", "org:dév+1", monitor=monitor))
        gate(tmp_path).require(fleets.running("1.2"))

    run(program)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"My_pro_ject+org_d_v_1+meters.{ending}" for ending in ("json", "junit.xml", "md")
    ]


def test_gates_of_stacks_with_like_names_share_no_file(fleets: Any, run: Any, tmp_path: Path):
    """
    The gate `east-meters` of a stack `prod` and the gate `meters` of a stack `prod-east` write six files.
    """

    def program() -> None:
        for stack, name in (("prod", "east-meters"), ("prod-east", "meters")):
            configure(Settings("fleet", stack, monitor=get_monitor()))
            Gate(name, rules.active(), report_dir=str(tmp_path)).require(fleets.alike(1))

    run(program)

    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "fleet+prod+east-meters.json",
        "fleet+prod-east+meters.json",
    ]
    assert len(list(tmp_path.iterdir())) == 6


def test_gates_whose_names_differ_in_case_alone_share_no_file(fleets: Any, run: Any, tmp_path: Path):
    """
    Where a file system takes both names for one, the second gate still has files of its own.
    """

    def program() -> None:
        for name in ("meters", "Meters", "METERS"):
            Gate(name, rules.active(), report_dir=str(tmp_path)).require(fleets.alike(1))

    run(program)

    names = sorted(path.name for path in tmp_path.glob("*.json"))
    assert names == ["project+stack+METERS+3.json", "project+stack+Meters+2.json", "project+stack+meters.json"]


def test_outside_of_pulumi_nothing_is_invented(fleets: Any, tmp_path: Path):
    """
    Without an engine a report has neither project nor stack, says so in `run`, and its files are named for the gate.
    """
    gate(tmp_path).require(fleets.running("1.2"))

    report = report_in(tmp_path)
    assert (report["project"], report["stack"], report["run"]) == (None, None, "cli")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["meters.json", "meters.junit.xml", "meters.md"]
    markdown = (tmp_path / "meters.md").read_text(encoding="utf-8")
    assert markdown.startswith("<!-- pulumi-fota: meters -->\n")
    assert markdown.splitlines()[-1].startswith("Outside of Pulumi, 20")
    junit = (tmp_path / "meters.junit.xml").read_text(encoding="utf-8")
    assert '<testsuites name="meters"' in junit
    assert 'classname="meters.allowed-versions"' in junit


def test_a_report_names_the_tool_and_its_version(fleets: Any, tmp_path: Path):
    """
    Who reads a report knows which release wrote it.
    """
    gate(tmp_path).require(fleets.running("1.2"))

    assert report_in(tmp_path)["tool"] == f"pulumi_fota {pulumi_fota.__version__}"


def test_each_output_has_a_report_of_its_own(fleets: Any, run: Any, tmp_path: Path):
    """
    A gate that is asked about two Outputs in a run leaves two reports.
    """
    meters = gate(tmp_path)

    def program() -> None:
        for devices in (fleets.running("1.2"), fleets.running("1.2", "1.2")):
            meters.require(pulumi.Output.from_input(devices))

    run(program)

    reports = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")]
    assert {(report["number"], report["returned"]) for report in reports} == {(1, 1), (2, 2)}


@pytest.mark.parametrize("number", [1, 2])
def test_an_error_is_reported_whole_and_as_what_it_is_of(fleets: Any, run: Any, tmp_path: Path, number: int):
    """
    A read that fails is told with its long lines and IMEIs, in the report of its own Output.
    """
    meters, said = gate(tmp_path), f"cannot read {fleets.imei(1)}: {'x' * 500}"

    async def fails() -> Any:
        raise ServiceUnavailable(said)

    def program() -> None:
        for _ in range(number - 1):
            meters.require(pulumi.Output.from_input(fleets.running("1.2")))
        meters.require(pulumi.Output.from_input(fails()))

    with pytest.raises(ServiceUnavailable):
        run(program)

    reports = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")]
    (failed,) = (report for report in reports if report["outcome"] == "error")
    assert failed["number"] == number
    assert failed["message"].splitlines()[1] == said


def test_a_file_is_written_beside_its_place_and_moved_there(
    fleets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """
    The new file is whole, hidden and on the same disk before it takes the old one's place.
    """
    moved: list[tuple[Path, Path]] = []
    replace = os.replace

    def watched(source: str, target: Path) -> None:
        moved.append((Path(source), Path(target)))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)

    gate(tmp_path).require(fleets.running("1.2"))

    assert len(moved) == 3
    for source, target in moved:
        assert source.parent == target.parent == tmp_path
        assert source.name.startswith(f".{target.name}.")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"), (TimeoutError(), "TimeoutError")],
)
def test_a_disk_that_is_full_is_told_and_leaves_nothing_behind(
    fleets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warned: Any, *, error: OSError, reason: str
):
    """
    The warning says which gate, where, why, that the outcome stands, and what to do.
    """

    def fails(_source: str, _target: Path) -> None:
        raise error

    monkeypatch.setattr(os, "replace", fails)

    gate(tmp_path).require(fleets.running("1.2"))

    assert (
        f"gate 'meters': its report cannot be written to {tmp_path}: {reason}; the outcome of the gate stands: "
        "make room there, or set fota:reportDir to another folder\n"
    ) in warned()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_taken_back_hides_no_reason(
    fleets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warned: Any
):
    """
    Where even the half-written file stays, the warning gives the first reason, and the gate still stops.
    """

    def fails(*_paths: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def fails_too(*_paths: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "replace", fails)
    monkeypatch.setattr(os, "unlink", fails_too)

    with pytest.raises(GateFailed):
        gate(tmp_path).require(fleets.running("1.1"))

    assert f"cannot be written to {tmp_path}: Read-only file system;" in warned()


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_folder_that_cannot_be_is_refused(name: str):
    """
    A name that no file system takes is an error before anything is read.
    """
    with pytest.raises(InvalidRule, match="report_dir= contains a line break or another control character"):
        gate(Path(name))
