"""The real engine, for programs inside the test process and for programs on disk.

`stack(program)` runs a Python function through the Automation API; `project(files)` runs the command line on
a folder. Both use a file backend of their own, and reach the simulator unless told otherwise.
"""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import automation as auto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / ".engine" / "bin"
SECRET_KEYS = ("fota:key", "fota:secret", "fota:password")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that stands in this folder, so that `-m "not engine"` leaves it out."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def engine_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A home for the engine, shared by the session since what it holds is a cache.
    """
    assert (ENGINE / "pulumi").exists(), "there is no engine in .engine/bin: run `make engine`"
    return tmp_path_factory.mktemp("pulumi-home")


@pytest.fixture
def engine(engine_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """
    The environment in which the engine runs offline, on a backend of the test's own; set in this process as well.
    """
    backend = tmp_path / "backend"
    backend.mkdir()
    environment = {
        "PATH": f"{ENGINE}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(engine_home),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "NO_COLOR": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@functools.cache
def _command_line() -> auto.PulumiCommand:
    """Return what runs the commands of inline stacks; made once, since the SDK then asks for its version."""
    return auto.PulumiCommand(root=str(ENGINE.parent))


class InlineStack:
    """A stack of a program that is a function of the test."""

    def __init__(self, program: Callable[[], None], config: dict[str, str], folder: Path) -> None:
        folder.mkdir()
        options = auto.LocalWorkspaceOptions(work_dir=str(folder), pulumi_command=_command_line())
        self.handle = auto.create_stack("dev", project_name="fleet", program=program, opts=options)
        self.messages: list[str] = []  #: What the last command told the person, in order: info, warnings, errors.
        self.urns: list[str] = []  #: The URN of each message, or an empty text.
        self._changes: dict[str, int] = {}
        if config:
            self.set_config(config)

    def set_config(self, config: dict[str, str]) -> None:
        """Set config values, by one command since each takes long; credentials are secrets."""
        values = {key: auto.ConfigValue(value=value, secret=key in SECRET_KEYS) for key, value in config.items()}
        self.handle.set_all_config(values)

    def program(self, program: Callable[[], None]) -> None:
        """Put another program in place of the present one."""
        self.handle.workspace.program = program

    def preview(self, **options: Any) -> dict[str, int]:
        """Preview, and return how many resources each operation would touch."""
        return self._run(self.handle.preview, options)

    def up(self, **options: Any) -> dict[str, int]:
        """Update, and return how many resources each operation touched."""
        return self._run(self.handle.up, options)

    def refresh(self, **options: Any) -> dict[str, int]:
        """Refresh, and return how many resources each operation touched."""
        return self._run(self.handle.refresh, options)

    def destroy(self, **options: Any) -> None:
        """Destroy."""
        self._run(self.handle.destroy, options)

    @property
    def outputs(self) -> dict[str, Any]:
        """What the program exported, in plain."""
        return {name: output.value for name, output in self.handle.outputs().items()}

    def facts(self) -> list[dict[str, Any]]:
        """Return what the state says of each resource, except providers: urn, id, inputs, outputs."""
        deployment = self.handle.export_stack().deployment or {}
        return [
            {key: resource.get(key) for key in ("urn", "id", "inputs", "outputs")}
            for resource in deployment.get("resources", [])
            if not resource["type"].startswith("pulumi:providers:")
        ]

    def _run(self, operation: Callable[..., Any], options: dict[str, Any]) -> dict[str, int]:
        self.messages, self.urns, self._changes = [], [], {}
        with pytest.MonkeyPatch.context() as patch:
            # For its result the SDK would run up to three commands more; `outputs` reads them when a test asks.
            patch.setattr(self.handle, "outputs", dict)
            patch.setattr(self.handle, "info", lambda *_: self)
            operation(on_event=self._keep, **options)
        return self._changes

    def _keep(self, event: auto.EngineEvent) -> None:
        said = event.diagnostic_event
        if said is not None and said.severity != "debug":
            self.messages.append(said.message)
            self.urns.append(said.urn or "")
        if event.summary_event is not None:
            changes = event.summary_event.resource_changes
            self._changes = {str(getattr(kind, "value", kind)): count for kind, count in changes.items()}


@pytest.fixture
def _no_loop_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """
    Close what the SDK leaves open of an inline program that fails: a later test would be blamed for its sockets and
    for what it never ran to its end.
    """
    loops: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def remember() -> asyncio.AbstractEventLoop:
        loops.append(make())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", remember)
    yield
    for loop in loops:
        if loop.is_running() or loop.is_closed():
            continue
        loop.set_exception_handler(lambda _loop, _context: None)  # The SDK's stops the loop.
        loop.run_until_complete(_end(asyncio.all_tasks(loop)))
        loop.close()


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def stack(
    engine: dict[str, str], thingspace_settings: dict[str, str], tmp_path: Path, _no_loop_left_open: None
) -> Callable[..., InlineStack]:
    """
    Make a stack of a function; its config reaches the simulator unless another is given.
    """
    made = 0

    def make(program: Callable[[], None], config: dict[str, str] | None = None) -> InlineStack:
        nonlocal made
        made += 1
        return InlineStack(program, thingspace_settings if config is None else config, tmp_path / f"inline-{made}")

    return make


class Project:
    """A project on disk, run by the command line as a person would."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}

    def __call__(self, *arguments: str, code: int | None = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` with these arguments; `code` is the exit code expected, `None` for any."""
        done = subprocess.run(
            [str(ENGINE / "pulumi"), *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        assert code is None or done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture
def project(engine: dict[str, str], thingspace_environment: dict[str, str], tmp_path: Path) -> Callable[..., Project]:
    """
    Make a project of a copied folder, or of a program's text, with a stack `dev` selected. Its settings come
    from the environment and reach the simulator unless another environment is given.
    """

    def make(source: Path | str, *, environment: dict[str, str] | None = None) -> Project:
        folder = tmp_path / "project"
        if isinstance(source, Path):
            shutil.copytree(source, folder)
        else:
            folder.mkdir()
            (folder / "__main__.py").write_text(source)
        if not (folder / "Pulumi.yaml").exists():
            (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
        made = Project(folder, {**engine, **(thingspace_environment if environment is None else environment)})
        made("stack", "init", "dev")
        return made

    return make
