"""The reports of gates in programs that the real engine runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pulumi
import pytest
from pulumi import automation as auto

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.gate.reports import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMEIS = ("356938035643809", "490154203237518")


def reports(folder: Path) -> dict[str, dict[str, Any]]:
    """Read all reports, which are as the schema says, by the names of their files."""
    by_name = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    for report in by_name.values():
        jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return by_name


def test_each_gate_of_a_program_leaves_its_report_at_preview_and_up(stack: Callable[..., Any], tmp_path: Path):
    """
    A gate that passes and one behind a hook that stops leave their files at both commands, named for the stack.
    """

    def program() -> None:
        meters = fota.get_devices(IMEIS)
        fota.Gate("known", rules.fota_eligible()).require(meters)
        hooks = fota.Gate("current", rules.allowed_versions("SR1.2.0.0-10657")).hooks(meters)
        pulumi.Stash("config", input="v1", opts=pulumi.ResourceOptions(hooks=hooks))

    meters = stack(program)
    meters.set_config({"fota:reportDir": str(tmp_path / "reports")})

    for command in ("preview", "up"):
        with pytest.raises(auto.CommandError):
            getattr(meters, command)()
        by_name = reports(tmp_path / "reports")

        assert {name: report["outcome"] for name, report in by_name.items()} == {
            "fleet+dev+known": "passed",
            "fleet+dev+current": "failed",
        }
        assert {report["run"] for report in by_name.values()} == {command}
        assert any(by_name["fleet+dev+current"]["message"] in message for message in meters.messages)


def test_an_outage_behind_an_output_leaves_an_error(stack: Callable[..., Any], simulator: Any, tmp_path: Path):
    """
    Where ThingSpace refuses the read behind an Output, the run fails and the report has an error with its words.
    """

    def program() -> None:
        fota.Gate("meters", rules.active()).require(fota.get_devices_output(imeis=IMEIS))

    simulator.answer_with(403, on="devices")
    meters = stack(program)
    meters.set_config({"fota:reportDir": str(tmp_path / "reports")})

    with pytest.raises(auto.CommandError):
        meters.preview()

    report = reports(tmp_path / "reports")["fleet+dev+meters"]
    assert report["outcome"] == "error"
    assert "cannot read 2 devices of account" in report["message"]
