"""One evaluator: `check`, `require`, hooks and reports say the same of any fleet and any gate."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pulumi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_fota import rules
from pulumi_fota.errors import GateFailed
from pulumi_fota.gate import Gate, Waiver
from pulumi_fota.gate.reports import SCHEMA
from pulumi_fota.model import AvailableFirmware, Device, DeviceSet
from pulumi_fota.model.available_firmware import Upgrade
from support.fleet import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from pulumi_fota.gate import Rule, Verdict

IMEIS = [f"99000{number:010d}" for number in range(16)]
ANY_ARGUMENTS: Any = None  # What the resource is like makes no difference to a gate.
SCHEMA_OF_REPORTS = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
OF_THE_STACK_OR_WAIVERS = re.compile(r"fota:gate is advisory: |gate 'meters': [0-9]+ waivers? ")
MODES = {
    "mandatory": "stopped this deployment",
    "advisory": "would have stopped this deployment (fota:gate is advisory)",
}

truths = st.sampled_from([True, True, False, None])
times = st.sampled_from([None, "2026-02-28T12:00:00Z", "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z"])
available = AvailableFirmware(
    account=ACCOUNT,
    read_at="2026-03-01T12:00:00Z",
    upgrades=(Upgrade(make="SEQUANS", model="GM01Q", firmware_from="1.1", firmware_to="1.2"),),
)


def device(imei: str) -> st.SearchStrategy[Device]:
    return st.builds(
        Device,
        imei=st.just(imei),
        make=st.sampled_from(["SEQUANS", "TELIT", None]),
        model=st.sampled_from(["GM01Q", "gm01q ", "ME910", None]),
        firmware=st.sampled_from(["1.2", "1.2", "1.10", "1.1", "v1.2", "x\n::error::", "", None]),
        fota_eligible=truths,
        license_assigned=truths,
        status=st.sampled_from(["Active", "active", "Off", None]),
        protocol=st.sampled_from(["LWM2M", "OMADM", "NONE", None]),
        last_connection_time=times,
    )


@st.composite
def fleets_of_any_kind(draw: st.DrawFn) -> DeviceSet:
    kinds = draw(st.lists(st.sampled_from(["there", "there", "there", "missing"]), max_size=len(IMEIS)))
    present = [draw(device(imei)) for imei, kind in zip(IMEIS, kinds, strict=False) if kind == "there"]
    missing = tuple(imei for imei, kind in zip(IMEIS, kinds, strict=False) if kind == "missing")
    return DeviceSet.of(
        present,
        account=ACCOUNT,
        requested=tuple(IMEIS[: len(kinds)]),
        missing=missing,
        refusals={imei: "Device is not on the account" for imei in missing if draw(st.booleans())},
        read_at=draw(st.sampled_from(["2026-03-01T12:00:00Z", "2026-03-02T00:00:00.5Z"])),
    )


def own_rule(**options: Any) -> Rule:
    return rules.rule(**options)(lambda found: found.firmware == "1.2" or found.firmware)


MAKERS: list[Callable[..., Rule]] = [
    rules.fota_eligible,
    rules.licensed,
    rules.active,
    lambda **options: rules.protocol_in("LWM2M", **options),
    lambda **options: rules.model_in("GM01Q", **options),
    lambda **options: rules.allowed_versions("1.2", "1.10", **options),
    lambda **options: rules.denied_versions("1.1", **options),
    lambda **options: rules.minimum_version("1.2", scheme="dotted", **options),
    lambda **options: rules.no_upgrade_waiting(available, **options),
    lambda **options: rules.fresh_within(days=30, **options),
    own_rule,
]
options = st.fixed_dictionaries(
    {},
    optional={
        "severity": st.sampled_from(["mandatory", "advisory"]),
        "on_unknown": st.sampled_from(["fail", "warn", "pass"]),
        "make": st.sampled_from(["SEQUANS", "sequans", "NOBODY"]),
        "model": st.sampled_from(["GM01Q", "ME910"]),
        "at_least": st.sampled_from(["50%", "95%", "33.3%", 1, 3]),
        "at_most": st.sampled_from(["25%", "0%", 0, 1, 3]),
        "min_devices": st.integers(0, 3),
        "allow_empty": st.booleans(),
    },
)


@st.composite
def gates_of_any_kind(draw: st.DrawFn) -> Callable[[str], Gate]:
    made = [
        draw(st.sampled_from(MAKERS))(id=f"rule-{number}", **draw(options)) for number in range(draw(st.integers(1, 6)))
    ]
    on_missing: Any = draw(st.sampled_from(["fail", "warn", "pass"]))
    at_most = 0 if on_missing == "pass" else draw(st.sampled_from([0, 1, "50%"]))
    ids = [*(["missing"] if on_missing != "pass" else []), *(rule.id for rule in made)]
    whom: list[dict[str, Any]] = [
        *({"rule": each, "imei": imei} for each in ids for imei in IMEIS),
        *({"rule": rule.id, "model": "GM01Q"} for rule in made for _ in IMEIS if rule.model != "ME910"),
    ]
    waivers = st.builds(
        lambda whom, until: Waiver(reason="on the bench", until=until, **whom),
        st.sampled_from(whom),
        st.sampled_from([date(2026, 2, 28), date(2026, 3, 1), date(2030, 1, 1)]),
    )
    kept, empty = draw(st.lists(waivers, max_size=4)), draw(st.booleans())
    return lambda folder: Gate(
        "meters",
        *made,
        on_missing=on_missing,
        at_most_missing=at_most,
        allow_empty=empty,
        waivers=kept,
        report_dir=folder,
    )


def expected(verdict: Verdict, mode: str) -> tuple[str | None, str | None, str]:
    """Return from a verdict what must stop, what must be warned of, and what the report must say."""
    if not verdict.passed:
        told = verdict.message.replace("is closed", MODES[mode], 1)
        return (told, None, told) if mode == "mandatory" else (None, told, told)
    if any(result.warns for result in verdict.results):
        told = verdict.message.replace("is open", "warns", 1)
        return None, told, told
    return None, None, verdict.message


def counts(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    return {row["id"]: (row["passed"], row["failed"], row["unknown"], row["waived"], row["counted"]) for row in rows}


def failures(folder: Path) -> bool:
    """Return whether the JUnit file has a failure or an error."""
    (suites,) = (ET.parse(path).getroot() for path in folder.glob("*.xml"))  # noqa: S314 (our own file)
    return suites.attrib["failures"] != "0" or suites.attrib["errors"] != "0"


def rehearsed_stops(folder: Path) -> bool:
    """Return whether the JUnit file says that something would have stopped."""
    (text,) = (path.read_text(encoding="utf-8") for path in folder.glob("*.xml"))
    return 'message="would have stopped' in text


def test_all_ways_to_ask_a_gate_agree(run: Any, tmp_path: Path, stack_config: Any, monkeypatch: pytest.MonkeyPatch):
    """
    Of 500 random fleets and gates, in both modes, `require` and a hook stop with the text of the verdict, or warn with
    it, and the report has that text, the verdict's numbers and its outcome in each of its files. A gate that passes
    says so once.
    """
    warnings: list[str] = []
    passing: list[str] = []

    def keep(told: str) -> None:
        if not OF_THE_STACK_OR_WAIVERS.match(told):
            warnings.append(told)

    monkeypatch.setattr(pulumi.log, "warn", keep)
    monkeypatch.setattr(pulumi.log, "info", passing.append)
    asked = 0

    def stop_and_warning(ask: Callable[[], object]) -> tuple[str | None, str | None]:
        warnings.clear()
        try:
            ask()
        except GateFailed as stopped:
            return str(stopped), next(iter(warnings), None)
        return None, next(iter(warnings), None)

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(fleets_of_any_kind(), gates_of_any_kind(), st.sampled_from(list(MODES)))
    def agree(devices: DeviceSet, made: Callable[[str], Gate], mode: str) -> None:
        nonlocal asked
        asked += 1
        stack_config(gate=mode)
        folder = tmp_path / str(asked)
        gate = made(str(folder))
        verdict = gate.check(devices)
        stop, warning, report = expected(verdict, mode)

        def guard() -> None:
            for hook in gate.hooks(devices).before_create or []:
                hook(ANY_ARGUMENTS)

        passing.clear()
        for ask in (guard, lambda: gate.require(devices)):
            assert stop_and_warning(ask) == (stop, warning)
            (written,) = (json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json"))
            assert SCHEMA_OF_REPORTS.is_valid(written)
            assert written["message"] == report
            assert written["outcome"] == ("passed" if verdict.passed else "failed")
            assert failures(folder) == (not verdict.passed and mode == "mandatory")
            assert rehearsed_stops(folder) == (not verdict.passed and mode == "advisory")
            (heading,) = (path.read_text(encoding="utf-8").splitlines()[1] for path in folder.glob("*.md"))
            assert heading.split("` ")[1].split()[0] == written["outcome"]
            assert counts(written["rules"]) == {
                result.rule.id: (result.passed, result.failed, result.unknown, result.waived, result.total)
                for result in verdict.results
            }
        assert [line.partition(":")[0] for line in passing] == (["Gate 'meters' passed"] if verdict.passed else [])

    run(agree)

    assert asked >= 500
