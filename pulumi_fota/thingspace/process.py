"""What lives as long as the process: ThingSpace as one application and one user reach it.

Owns what must not exist twice: the tokens, the refused logins, and what is owed to the service.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.thingspace.auth import Authenticator
from pulumi_fota.thingspace.refused_logins import RefusedLogins, forget_refused_logins
from pulumi_fota.thingspace.sockets import Origin
from pulumi_fota.thingspace.workers import Runtime

if TYPE_CHECKING:
    from typing_extensions import Self

    from pulumi_fota.settings import Settings


@attrs.frozen(eq=False)
class Service:
    """Where requests go, with which tokens, from which machine."""

    origin: Origin
    authenticator: Authenticator
    runtime: Runtime

    @classmethod
    def of(cls, settings: Settings, runtime: Runtime | None = None) -> Self:
        """Find the way to the service. Nothing is sent, so there is no token yet.

        Raises:
            InvalidSetting: The file of CA certificates, or the proxy of the environment, is invalid.
        """
        runtime = runtime or Runtime()
        username = settings.user.username
        refused_logins = (
            RefusedLogins(runtime.state(), settings.base_url, username, runtime.wall_clock) if username else None
        )
        return cls(
            Origin.of(settings.base_url, settings.ca_bundle), Authenticator(settings, refused_logins, runtime), runtime
        )


class _Services:
    """The services of this process."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a fork copies locks that other threads of the parent hold."""
        self._lock = threading.Lock()
        self._known: dict[Any, Service] = {}

    def get(self, settings: Settings) -> Service:
        key = (settings.base_url, settings.ca_bundle, settings.application, settings.user)
        with self._lock:
            if key not in self._known:
                self._known[key] = Service.of(settings)
            return self._known[key]


_services = _Services()
os.register_at_fork(after_in_child=_services.forget)


def service_for(settings: Settings) -> Service:
    """Return the service of this process that is shared by the same address, application and user.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, is invalid.
    """
    return _services.get(settings)


def forget_services() -> None:
    """Forget the tokens, what is owed to the service, and the logins that this process saw refused: for tests."""
    _services.forget()
    forget_refused_logins()
