"""The pytest plugin, registered by the entry point `pytest11`.

Pytest loads it in every project of the environment, so it imports nothing at the top that only an extra installs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pulumi_fota.testing.fake_thingspace import FakeThingSpace


@pytest.fixture
def thingspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeThingSpace]:
    """Run a simulated ThingSpace for this test, and set the environment variables that reach it.

    Its account has no devices. Tokens, refused logins, and what programs asked of the functions and of gates in earlier
    tests are forgotten, and files are written to a folder of the test. The test has an event loop of its own. Stack
    config takes precedence over the environment, so the test must not set any key that begins with `fota:`.
    """
    from pulumi_fota._program_run import forget_runs  # noqa: PLC0415 (see the first lines)
    from pulumi_fota.testing.event_loop import event_loop  # noqa: PLC0415
    from pulumi_fota.testing.fake_thingspace import FakeThingSpace  # noqa: PLC0415
    from pulumi_fota.thingspace.process import forget_services  # noqa: PLC0415

    for name in [name for name in os.environ if name.startswith("FOTA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-home"))
    forget_runs()
    forget_services()
    with event_loop(), FakeThingSpace() as fake:
        for name, value in fake.settings.items():
            monkeypatch.setenv(name, value)
        yield fake
    forget_runs()
    forget_services()
