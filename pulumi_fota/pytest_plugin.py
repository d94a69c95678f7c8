"""The pytest plugin, found through the entry point `pytest11`.

Pytest loads it for every project of the environment, so it stands outside of `testing`, which needs an extra.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fota.testing.fake_thingspace import FakeThingSpace


@pytest.fixture
def thingspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeThingSpace]:
    """ThingSpace, as the simulator plays it, with no device yet; the settings of the environment reach it.

    Settings of the stack's config would go before them, so a test sets none that begin with `fota:`.
    """
    from pulumi_fota.functions.run import forget_runs  # noqa: PLC0415 (pytest loads this module for every project)
    from pulumi_fota.testing.fake_thingspace import FakeThingSpace  # noqa: PLC0415

    for name in [name for name in os.environ if name.startswith("FOTA_")]:
        monkeypatch.delenv(name)
    forget_runs()
    with FakeThingSpace() as fake:
        for name, value in fake.settings.items():
            monkeypatch.setenv(name, value)
        yield fake
    forget_runs()
