"""No secret leaves a run of the real engine: not on the screen, not in a log, not in state, not in a report."""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.simulator import Credentials, Simulator
from support.canaries import Canaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

    from support.canaries import Finding

PROGRAM = """
import pulumi
import pulumi_fota as fota
from pulumi_fota import rules

imeis = ["356938035643809", "359999000000018", "490154203237518"]
devices = fota.get_devices(imeis)
gate = fota.Gate("meters", rules.fota_eligible(), rules.allowed_versions("SR1.2.0.0-10657", severity="advisory"))
gate.require(devices)
fota.DeviceSnapshot("meters", devices=devices)
pulumi.export("devices", devices)
pulumi.export("later", fota.get_devices_output(pulumi.Output.secret(imeis)))
pulumi.export("firmware", fota.get_available_firmware_output())
"""
TALKATIVE = ("-v=9", "--logtostderr", "--logflow")


class Stack:
    """A stack whose credentials are canaries, and all that becomes visible of it."""

    def __init__(self, run: Callable[..., Any], simulator: Simulator, canaries: Canaries, folder: Path) -> None:
        self._run = run
        self.simulator = simulator
        self.canaries = canaries
        self.folder = folder
        self.shown: dict[str, str] = {}  #: What each command has printed.

    def __call__(self, *arguments: str, code: int | None = 0, **options: Any) -> str:
        """Run a command, and keep what it printed."""
        with CommandLines() as seen:
            done = self._run(*arguments, code=code, **options)
        assert any("pulumi" in line for line in seen.lines) or done.args[1] in ("config", "stack")
        self.shown[f"the output of {' '.join(arguments)}"] = text = done.stdout + done.stderr
        self.shown[f"the processes of {' '.join(arguments)}"] = "\n".join(seen.lines)
        return text

    def leaks(self) -> list[Finding]:
        """Look at all that was printed, and at every file below the test's folder."""
        for number, request in enumerate(self.simulator.requests):
            for name in ("Authorization", "VZ-M2M-Token"):
                if token := request.headers.get(name, "").split(" ")[-1]:
                    self.canaries.add(f"{name} {number}", token)
        found = [finding for where, text in self.shown.items() for finding in self.canaries.find(text, where)]
        return [*found, *self.canaries.find_in_files([self.folder])]


class CommandLines:
    """Watches with what arguments the processes of this machine are started."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):  # It has ended meanwhile.
                    self.lines.add(process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))


@pytest.fixture
def watched(fleet: dict[str, Any], tmp_path: Path, project: Callable[..., Any]) -> Iterator[Callable[..., Stack]]:
    """
    Make a stack of that program with these canaries for credentials, in the environment or, if not, in its config.
    """
    simulators: list[Simulator] = []

    def make(canaries: Canaries, *, in_environment: bool) -> Stack:
        simulator = Simulator(fleet, credentials=Credentials(**canaries.texts)).start()
        simulators.append(simulator)
        plain = {"FOTA_ACCOUNT": "0000123456-00001", "FOTA_USERNAME": "sim-user", "FOTA_BASE_URL": simulator.url}
        secret = {f"FOTA_{slot.upper()}": text for slot, text in canaries.texts.items()}
        home = {
            "PULUMI_DEBUG_COMMANDS": "true",
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "tmp"),
            "FOTA_REPORT_DIR": "reports",
        }
        for name in ("home", "tmp"):
            (tmp_path / name).mkdir()
        if in_environment:
            run = project(PROGRAM, environment={**plain, **secret, **home})
        else:
            run = project(PROGRAM, environment=home)
            for key, value in (
                ("account", plain["FOTA_ACCOUNT"]),
                ("baseUrl", simulator.url),
                ("username", "sim-user"),
            ):
                run("config", "set", f"fota:{key}", value)
            for slot, text in canaries.texts.items():
                run("config", "set", "--secret", f"fota:{slot}", input=text)
        return Stack(run, simulator, canaries, tmp_path)

    yield make
    for simulator in simulators:
        simulator.stop()


def test_credentials_of_the_environment_leave_a_run_nowhere(watched: Callable[..., Stack], canaries: Canaries):
    """
    Preview, plan, update, refresh and export, at the highest verbosity and with secrets shown, hold no credential and
    no token: what is printed, what is stored, and what the processes were started with.
    """
    stack = watched(canaries, in_environment=True)

    stack("preview", "--diff", "--save-plan", "plan.json", "--show-secrets", "--event-log", "preview.jsonl", *TALKATIVE)
    assert '"firmware"' in stack("preview", "--json", "--show-secrets")
    stack("up", "--yes", "--skip-preview", "--json", "--show-secrets", "--event-log", "up.jsonl", *TALKATIVE)
    stack("refresh", "--yes", "--event-log", "refresh.jsonl", *TALKATIVE)
    state = stack("stack", "export", "--show-secrets")
    outputs = stack("stack", "output", "--show-secrets", "--json")

    assert "SR1.2.0.0-10657" in state
    assert "SR1.2.0.0-10657" in outputs
    files = {path.name for path in stack.folder.rglob("*")}
    assert {"plan.json", "preview.jsonl", "up.jsonl", "refresh.jsonl", "dev.json", "dev.json.bak"} <= files
    assert {path.suffix for path in (stack.folder / "project" / "reports").iterdir()} >= {".json", ".md", ".xml"}
    assert any("history" in str(path) for path in stack.folder.rglob("*"))
    assert stack.leaks() == []


def test_failures_leave_no_credential_behind(watched: Callable[..., Stack], canaries: Canaries):
    """
    Whatever the service answers, an error of preview, update and refresh shows no credential, and nor does what is
    stored after it.
    """
    stack = watched(canaries, in_environment=True)
    simulator = stack.simulator
    stack("up", "--yes", "--skip-preview")
    echo = " ".join([*canaries.texts.values(), simulator.bearer(), simulator.session()])

    simulator.answer_with(418, body=f"You sent: {echo}", content_type="text/plain", on="devices", times=1)
    assert "the answer repeats a credential, so it is not shown" in stack("up", "--yes", "--json", *TALKATIVE, code=1)
    simulator.fault("html", on="devices", times=1)
    assert "login page of a proxy" in stack("preview", "--diff", *TALKATIVE, code=1)
    simulator.answer_with(503, on="devices", times=3)
    assert "ThingSpace is unavailable" in stack("refresh", "--yes", *TALKATIVE, code=1)
    simulator.fault("refused", on="token", times=1)
    assert "does not accept this application key" in stack("refresh", "--yes", *TALKATIVE, code=1)
    simulator.fault("refused", on="login", times=1)
    assert "ThingSpace refused user and password" in stack("preview", "--json", *TALKATIVE, code=1)
    assert "they were not sent again" in stack("refresh", "--yes", *TALKATIVE, code=1)
    stack("stack", "export", "--show-secrets")

    assert stack.leaks() == []


def test_credentials_of_the_config_are_shown_by_the_engine_alone(watched: Callable[..., Stack]):
    """
    Secrets of the stack's config stand encrypted in its file and its state. The engine shows them to whoever asks it
    for secrets, in its own provider's inputs; nothing of ours holds them.
    """
    canaries = Canaries({"key": "sim-K7qXwZt5Rk9Qe", "secret": "sim-S4wVbHb8Jn2Lc", "password": "sim-P6mYcUd3Gf7Tx"})
    stack = watched(canaries, in_environment=False)

    stack("preview", "--diff", "--save-plan", "plan.json", *TALKATIVE)
    stack("up", "--yes", "--skip-preview", "--json", *TALKATIVE)
    stack("refresh", "--yes", *TALKATIVE)
    stack("stack", "output", "--show-secrets", "--json")
    exported = json.loads(stack("stack", "export", "--show-secrets"))
    del stack.shown["the output of stack export --show-secrets"]
    resources = exported["deployment"]["resources"]
    ours = [each for each in resources if not each["type"].startswith("pulumi:providers:")]

    assert {each["type"] for each in ours} == {"pulumi:pulumi:Stack", "pulumi-python:dynamic/fota:DeviceSnapshot"}
    assert canaries.find(json.dumps(ours), "our resources") == []
    assert {finding.slot for finding in canaries.find(json.dumps(resources))} == {"key", "secret", "password"}
    assert stack.leaks() == []
