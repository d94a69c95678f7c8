"""Show on a simulated fleet what the package does, in the engine's own output.

Starts the simulator, runs `pulumi` on the root `Pulumi.yaml`, and stops all that it started.
Everything it writes stands in `.demo/run`.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".demo" / "run"
FLEET = FOLDER / "fleet.json"
STACK = "demo"
STACK_FILE = ROOT / f"Pulumi.{STACK}.yaml"
BEHIND, MOVING = "490154203237518", "359999000000018"


class DemoError(Exception):
    """A step did not end as the demo says it does."""


def main() -> int:
    """Run the demo; 0 where each step ended as announced."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.stdout.reconfigure(errors="backslashreplace")  # Whatever the terminal can show, the demo goes on.
    if STACK_FILE.exists():
        print(f"demo: {STACK_FILE} is in the way: move it, or remove it if a demo was killed", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "state").mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "quickstart" / "fleet.json", FLEET)
    try:
        with simulator() as url:
            play(url)
    except DemoError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped", file=sys.stderr)
        return 130
    finally:
        STACK_FILE.unlink(missing_ok=True)
    print("\ndemo: done. The program is examples/quickstart/__main__.py; the README says where to go from here.")
    return 0


def play(url: str) -> None:
    """Take a stack through its life on a fleet that changes."""
    pulumi = Pulumi()
    pulumi.quietly("stack", "init", STACK)
    pulumi.quietly("config", "set", "fota:account", "0000123456-00001")
    pulumi.quietly("config", "set", "fota:baseUrl", url)

    say(f"One meter, {BEHIND}, runs old firmware: the gate stops the preview.")
    pulumi("preview", ends=1)
    say("The meter is upgraded, so `pulumi up` passes.")
    alter(BEHIND, firmware="SR1.2.0.0-10657")
    pulumi("up", "--yes", "--skip-preview")
    say(f"Another meter, {MOVING}, moves on by itself: preview and refresh show that one change.")
    alter(MOVING, firmware="SR1.3.0.0-11002")
    pulumi("preview", "--diff")
    pulumi("refresh", "--yes", "--skip-preview", "--diff")
    say("And away with it.")
    pulumi("destroy", "--yes", "--skip-preview")
    pulumi.quietly("stack", "rm", STACK, "--yes")


class Pulumi:
    """The engine in `.engine/bin`, with a file backend in `.demo/run` and the simulator's credentials."""

    def __init__(self) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("FOTA_", "PULUMI_"))},
            "PATH": f"{ROOT / '.engine' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(FOLDER / "home"),
            "PULUMI_BACKEND_URL": f"file://{FOLDER / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "XDG_STATE_HOME": str(FOLDER / "state-home"),
            "FOTA_KEY": "sim-key",
            "FOTA_SECRET": "sim-secret",
            "FOTA_USERNAME": "sim-user",
            "FOTA_PASSWORD": "sim-password",
            "NO_PROXY": "127.0.0.1",
        }

    def __call__(self, *arguments: str, ends: int = 0) -> None:
        """Run a command before the person's eyes."""
        print(f"\n$ pulumi {shlex.join(arguments)}", flush=True)
        done = subprocess.run(self._command(arguments), cwd=ROOT, env=self._environment, check=False)
        if done.returncode != ends:
            raise DemoError(f"`pulumi {shlex.join(arguments)}` ended with {done.returncode}, not with {ends}")

    def quietly(self, *arguments: str) -> None:
        """Run a command that only prepares."""
        done = subprocess.run(
            self._command(arguments), cwd=ROOT, env=self._environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise DemoError(f"`pulumi {shlex.join(arguments)}` failed:\n{done.stdout}{done.stderr}")

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [str(ROOT / ".engine" / "bin" / "pulumi"), *arguments, "--non-interactive"]


@contextmanager
def simulator() -> Iterator[str]:
    """Serve the fleet of `.demo/run`, and give the URL."""
    command = [sys.executable, "-m", "pulumi_fota.simulator", "--fleet", str(FLEET), "--port", "0"]
    log = (FOLDER / "simulator.log").open("w", encoding="utf-8")
    with log, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise DemoError(f"the simulator did not start: {Path(log.name).read_text(encoding='utf-8').strip()}")
            yield url
        finally:
            process.terminate()


def alter(imei: str, **fields: Any) -> None:
    """Change a device in the fleet file, which the simulator reads again."""
    fleet = json.loads(FLEET.read_text(encoding="utf-8"))
    next(row for row in fleet["deviceList"] if row["deviceId"] == imei).update(fields)
    FLEET.write_text(json.dumps(fleet, indent=1), encoding="utf-8")


def say(text: str) -> None:
    """Announce the next step."""
    print(f"\n━━ {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
