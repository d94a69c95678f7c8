"""Which reports `require` and `hooks` leave, and what becomes of a disk that does not take them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import FotaError, GateFailed, InvalidRule, ServiceUnavailable
from pulumi_fota.gate import Gate
from pulumi_fota.model import DeviceSet

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN: Any = pulumi.UNKNOWN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    The folder of reports, as the environment names it.
    """
    monkeypatch.setenv("FOTA_REPORT_DIR", str(tmp_path / "made" / "reports"))
    return tmp_path / "made" / "reports"


def report_in(folder: Path, name: str = "project+stack+meters") -> dict[str, Any]:
    """Read the JSON file of a gate."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_require_leaves_three_whole_files_and_check_leaves_none(fleets: Any, run: Any, folder: Path):
    """
    The files are named for project, stack and gate, and nothing else is left in the folder.
    """
    gate = Gate("meters", rules.active())

    run(lambda: gate.check(fleets.alike(1)))
    before = folder.exists()
    run(lambda: gate.require(fleets.alike(1)))

    assert not before
    assert sorted(path.name for path in folder.iterdir()) == [
        "project+stack+meters.json",
        "project+stack+meters.junit.xml",
        "project+stack+meters.md",
    ]
    assert report_in(folder)["outcome"] == "passed"
    assert report_in(folder)["message"] == "Gate 'meters' is open: 2 of 2 rules passed for 1 device."
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_a_gate_that_stops_has_left_its_message_in_the_report(fleets: Any, folder: Path):
    """
    The report of a failed gate is written before the program stops, and says the same.
    """
    gate = Gate("meters", rules.allowed_versions("1.2"))

    with pytest.raises(GateFailed) as stopped:
        gate.require(fleets.running("1.1"))

    assert report_in(folder, "meters")["outcome"] == "failed"
    assert report_in(folder, "meters")["message"] == str(stopped.value)


def test_masking_reaches_the_report(fleets: Any, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """
    With `fota:maskImeis` no IMEI stands in any of the files.
    """
    monkeypatch.setenv("FOTA_MASK_IMEIS", "true")

    with pytest.raises(GateFailed):
        Gate("meters", rules.allowed_versions("1.2")).require(fleets.running("1.1"))

    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert fleets.imei(0) not in text
        assert "99…0000" in text.replace("\\u2026", "…")


def test_a_gate_may_name_a_folder_of_its_own(fleets: Any, folder: Path, tmp_path: Path):
    """
    `report_dir` of the gate goes before the setting, and an empty one is refused.
    """
    Gate("meters", rules.active(), report_dir=str(tmp_path / "own")).require(fleets.alike(1))

    assert report_in(tmp_path / "own", "meters")["outcome"] == "passed"
    assert not folder.exists()
    with pytest.raises(InvalidRule):
        Gate("meters", rules.active(), report_dir="")


def test_a_disk_that_takes_no_report_is_a_warning(fleets: Any, folder: Path, warned: Any):
    """
    Where the folder cannot be made, the gate passes as it would, and says what it could not write.
    """
    folder.parent.write_text("a file stands here")
    devices = fleets.alike(1)

    assert Gate("meters", rules.active()).require(devices) is devices

    said = warned()
    assert "gate 'meters': its report cannot be written to" in said
    assert "the outcome of the gate stands" in said


def test_a_file_that_cannot_be_replaced_leaves_no_part_behind(fleets: Any, folder: Path):
    """
    Where a report's name is taken by a folder, nothing half written is left beside it.
    """
    (folder / "meters.json").mkdir(parents=True)

    Gate("meters", rules.active()).require(fleets.alike(1))

    assert [path.name for path in folder.iterdir()] == ["meters.json"]


def test_hooks_leave_a_report_of_their_own_for_each_set(fleets: Any, run: Any, folder: Path):
    """
    A gate that guards resources writes once for each set, and another set takes nobody's place.
    """
    gate = Gate("meters", rules.allowed_versions("1.2"))
    bad, good = fleets.running("1.1"), fleets.running("1.2")

    def program() -> None:
        for devices in (bad, bad, good):
            gate.hooks(devices)

    run(program)

    assert report_in(folder)["outcome"] == "failed"
    assert report_in(folder, "project+stack+meters+2")["outcome"] == "passed"
    assert len(list(folder.iterdir())) == 6


def test_the_second_set_of_a_gate_takes_no_report_or_comment_of_another_gate(fleets: Any, run: Any, folder: Path):
    """
    A gate named `meters-2` and the second set of a gate named `meters` have files, comments, test suites and numbers
    of their own.
    """
    gate, other = (Gate(name, rules.active()) for name in ("meters", "meters-2"))

    def program() -> None:
        for asked in (gate, other, gate):
            asked.require(fleets.alike(1))

    run(program)

    names = ["meters", "meters+2", "meters-2"]
    assert [report["number"] for report in (report_in(folder, f"project+stack+{name}") for name in names)] == [1, 2, 1]
    for name in names:
        comment = (folder / f"project+stack+{name}.md").read_text(encoding="utf-8")
        assert comment.startswith(f"<!-- pulumi-fota: project/stack/{name} -->\n### Gate `{name}` passed\n")
        suite = (folder / f"project+stack+{name}.junit.xml").read_text(encoding="utf-8")
        assert f'classname="project.stack.{name}.active"' in suite


def test_a_gate_that_guards_says_that_it_stopped_once_it_did(fleets: Any, run: Any, folder: Path):
    """
    Until a guarded resource has a change, the report of a closed gate says that it is closed, and then what it stopped.
    """
    gate, devices = Gate("meters", rules.allowed_versions("1.2")), fleets.running("1.1")
    hooks: list[Any] = []

    run(lambda: hooks.extend(gate.hooks(devices).before_create or []))

    assert report_in(folder)["outcome"] == "failed"
    assert report_in(folder)["message"].startswith("Gate 'meters' is closed: 1 of 2 rules failed for 1 device.\n")
    with pytest.raises(GateFailed) as stopped:
        hooks[0](None)
    assert report_in(folder)["message"] == str(stopped.value)


def test_devices_known_only_during_up_leave_a_report_that_says_so(run: Any, folder: Path):
    """
    In preview an Output that is unknown leaves a report that is not green.
    """
    run(lambda: Gate("meters", rules.active()).require(pulumi.Output.from_input(UNKNOWN)), preview=True)

    assert report_in(folder)["outcome"] == "not-evaluated"
    assert report_in(folder)["run"] == "preview"
    assert report_in(folder)["message"] == "gate 'meters' was not evaluated: its devices are known only during up"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ServiceUnavailable("cannot read 1 device: no route\nto host"), ["cannot read 1 device: no route", "to host"]),
        (ValueError("password=hunter2"), ["the program raised ValueError"]),
    ],
)
def test_a_read_that_fails_leaves_an_error_in_the_report(run: Any, folder: Path, error: Exception, says: list[str]):
    """
    Where the devices behind an Output cannot be read, the program fails as it would, and the report has an error entry
    with the words of our own errors; those of others may hold anything and stay out.
    """

    async def fails() -> Any:
        raise error

    with pytest.raises(Exception, match=str(error).partition("\n")[0]):
        run(lambda: Gate("meters", rules.active()).require(pulumi.Output.from_input(fails())))

    assert report_in(folder)["outcome"] == "error"
    assert report_in(folder)["message"].splitlines() == [
        "gate 'meters' was not evaluated: its devices could not be read",
        *says,
    ]
    assert "<error" in (folder / "project+stack+meters.junit.xml").read_text(encoding="utf-8")


def test_masking_reaches_the_words_of_an_error(run: Any, fleets: Any, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """
    An error that names a device has the middle of its IMEI hidden in the report.
    """
    monkeypatch.setenv("FOTA_MASK_IMEIS", "true")
    imei = fleets.imei(1)

    async def fails() -> Any:
        raise ServiceUnavailable(f"cannot read {imei}")

    with pytest.raises(Exception, match="cannot read"):
        run(lambda: Gate("meters", rules.active()).require(pulumi.Output.from_input(fails())))

    assert report_in(folder)["message"].splitlines()[1] == "cannot read 99…0001"


def failing(device: Any) -> bool:
    """Answer as a function of the program's own that has a fault."""
    raise ValueError(f"{device.imei} runs {device.firmware}")


RAISES = "ValueError: 990000000000000 runs 1.2"
WHERE = f"({__file__}, line {failing.__code__.co_firstlineno + 2}); correct the rule's function"


@pytest.mark.parametrize("ask", ["require", "hooks", "an Output"])
def test_a_rule_that_raises_leaves_an_error_in_the_report(fleets: Any, run: Any, folder: Path, ask: str):
    """
    Where the devices cannot be judged the program stops, and the report says why.
    """
    gate, devices = Gate("meters", rules.rule("own")(failing)), fleets.running("1.2")

    def program() -> None:
        if ask == "an Output":
            gate.require(pulumi.Output.from_input(devices))
        else:
            getattr(gate, ask)(devices)

    with pytest.raises(InvalidRule) as stopped:
        run(program)

    assert str(stopped.value) == f"rule 'own' could not judge device 990000000000000: {RAISES} {WHERE}"
    assert isinstance(stopped.value.__cause__, ValueError)
    assert report_in(folder)["outcome"] == "error"
    assert report_in(folder)["message"].splitlines() == [
        "gate 'meters' was not evaluated: its devices could not be judged",
        str(stopped.value),
    ]


def test_masking_reaches_the_error_of_a_rule(fleets: Any, folder: Path, stack_config: Any):
    """
    With `fota:maskImeis` a rule that raises names its device as the gate would, and so does the report.
    """
    stack_config(maskImeis="true")

    with pytest.raises(InvalidRule) as stopped:
        Gate("meters", rules.rule("own")(failing)).require(fleets.running("1.2"))

    assert str(stopped.value) == f"rule 'own' could not judge device 99…0000: ValueError: 99…0000 runs 1.2 {WHERE}"
    assert (stopped.value.__cause__, stopped.value.__context__) == (None, None)
    assert report_in(folder, "meters")["message"].splitlines()[1] == str(stopped.value)


NOBODY = DeviceSet.of([], account="0000123456-00001", requested=(), read_at="2026-03-01T12:00:00Z")


def compare(a: str, b: str) -> Any:
    """Answer as a scheme of the program's own that has two faults."""
    return 0 if a == b else {"1.1": [a]}[a]


@pytest.mark.parametrize(
    ("rule", "firmware", "says"),
    [
        (rules.rule("own")(failing), "1.2", f"rule 'own' could not judge device …: ValueError {WHERE}"),
        (
            rules.rule("own")(lambda device: device.imei.encode()),
            "1.2",
            (
                "rule 'own' returned a value of type bytes for device …: "
                "return True to pass, False or a text (the reason) to fail, or None if it cannot tell"
            ),
        ),
        (
            rules.minimum_version("1.2", scheme=compare, id="own"),
            "1.1",
            (
                "rule 'own' could not judge device …: the scheme answered a value of type list: "
                "it must be -1, 0 or 1 as the first is older, equal or newer, or None where they cannot be compared"
            ),
        ),
        (
            rules.minimum_version("1.2", scheme=compare, id="own"),
            "1.3",
            (
                "rule 'own' could not judge device …: the scheme raised KeyError "
                f"({__file__}, line {compare.__code__.co_firstlineno + 2}); "
                "let it answer None where two versions cannot be compared"
            ),
        ),
        (
            rules.rule("own")(lambda device: bool(NOBODY[device.imei])),
            "1.2",
            "a function of the program raised DeviceNotFound",
        ),
    ],
    ids=["raises", "answers bytes", "a scheme that answers a list", "a scheme that raises", "asks for another device"],
)
def test_a_rule_that_cannot_judge_secret_devices_tells_nothing_of_them(
    fleets: Any, run: Any, folder: Path, *, rule: Any, firmware: str, says: str
):
    """
    The error names the rule and where it failed, neither the device nor what it reported; no other error hangs on it,
    whose words a log could show.
    """
    gate, devices = Gate("meters", rule), pulumi.Output.secret(fleets.running(firmware))

    with pytest.raises(FotaError) as stopped:
        run(lambda: gate.require(devices))

    assert str(stopped.value) == says
    assert (stopped.value.__cause__, stopped.value.__context__) == (None, None)
    assert report_in(folder)["message"].splitlines()[1:] == [says]


def test_devices_that_are_a_secret_stay_out_of_the_report(fleets: Any, run: Any, folder: Path):
    """
    A gate on a secret Output reports counts alone.
    """
    devices = fleets.running("1.2")

    run(lambda: Gate("meters", rules.allowed_versions("1.2")).require(pulumi.Output.secret(devices)))

    assert report_in(folder)["returned"] == 1
    assert report_in(folder)["account"] is None
    assert not any(devices.account in path.read_text(encoding="utf-8") for path in folder.iterdir())
