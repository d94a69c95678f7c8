"""Settings in the environment and in stack config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHOLE = {
    "FOTA_ACCOUNT": "0000123456-00001",
    "FOTA_KEY": "cnr-key",
    "FOTA_SECRET": "cnr-secret",
    "FOTA_USERNAME": "user",
    "FOTA_PASSWORD": "cnr-password",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """
    A whole set of settings in the environment, and the function that sets one more.
    """
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch.setenv


@pytest.fixture
def config() -> Iterator[Callable[..., None]]:
    """
    Set the stack's config as a program sees it, by keys with or without namespace.
    """

    def put(keys: dict[str, Any] | None = None, **given: Any) -> None:
        everything = {f"fota:{key}": value for key, value in given.items()} | (keys or {})
        pulumi.runtime.set_all_config(everything)

    yield put
    pulumi.runtime.set_all_config({})
