"""What the tests on real sockets may ask for. They take real time, and little of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.settings import Application, User
from pulumi_fota.thingspace.client import Client
from pulumi_fota.thingspace.process import Service
from pulumi_fota.thingspace.workers import Runtime
from support.virtual_machine import settings_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep certificates that this machine trusts by its environment out of the tests."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def quick(tmp_path: Path) -> Runtime:
    """
    This machine, on which no time passes between two attempts.
    """
    return Runtime(random=lambda: 0.0, state=lambda: tmp_path)


@pytest.fixture
def client(quick: Runtime) -> Callable[..., Client]:
    """
    Make a client that nobody has used, for an address and with settings that differ.
    """

    def make(url: str, **changes: Any) -> Client:
        settings = settings_for(url, **changes)
        return Client(settings=settings, service=Service.of(settings, quick))

    return make


@pytest.fixture
def signed_client(client: Callable[..., Client]) -> Callable[..., Client]:
    """
    Make a client that has its tokens already, so that reads alone reach the server.
    """

    def make(url: str, **changes: Any) -> Client:
        tokens = {
            "application": Application(access_token=Secret("sim-bearer")),
            "user": User(session_token=Secret("sim-session")),
        }
        return client(url, **{**tokens, "concurrency": 1, **changes})

    return make
