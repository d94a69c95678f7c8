"""The pytest plugin, found through the entry point `pytest11`.

Pytest loads it for every project of the environment, so it stands outside of `testing`, which needs an extra.
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
    """ThingSpace, as the simulator plays it, with no device yet; the settings of the environment reach it.

    Nothing is left of the tests before it, and a login that it refuses is remembered in the test's own folder.
    Settings of the stack's config would go before those of the environment, so a test sets none that begin with
    `fota:`.
    """
    from pulumi_fota.functions.batching import forget_runs  # noqa: PLC0415 (pytest loads this module for every project)
    from pulumi_fota.testing.fake_thingspace import FakeThingSpace  # noqa: PLC0415
    from pulumi_fota.thingspace.process import forget_services  # noqa: PLC0415

    for name in [name for name in os.environ if name.startswith("FOTA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-home"))
    forget_runs()
    forget_services()
    with FakeThingSpace() as fake:
        for name, value in fake.settings.items():
            monkeypatch.setenv(name, value)
        yield fake
    forget_runs()
    forget_services()
