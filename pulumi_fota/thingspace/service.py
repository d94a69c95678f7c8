"""ThingSpace as one application and one user reach it, for as long as the process lives.

Holds what must not be had twice: the tokens, the refused logins, and what is owed to the service.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_fota.thingspace.access import Access
from pulumi_fota.thingspace.latch import Latch, forget_refusals
from pulumi_fota.thingspace.origin import Origin
from pulumi_fota.thingspace.world import World

if TYPE_CHECKING:
    from typing_extensions import Self

    from pulumi_fota.settings import Settings


@attrs.frozen(eq=False)
class Service:
    """Where requests go, with which tokens, from which machine."""

    origin: Origin
    access: Access
    world: World

    @classmethod
    def of(cls, settings: Settings, world: World | None = None) -> Self:
        """Find the way to the service. No token is there yet.

        Raises:
            InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
        """
        world = world or World()
        username = settings.user.username
        latch = Latch(world.state(), settings.base_url, username, world.wall) if username else None
        return cls(Origin.of(settings.base_url, settings.ca_bundle), Access(settings, latch, world), world)


class _Services:
    """Those of this process."""

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
    """Give the service of this process that the same address, application and user share.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
    """
    return _services.get(settings)


def forget_services() -> None:
    """Forget the tokens, what is owed to the service, and the logins that this process saw refused: for tests."""
    _services.forget()
    forget_refusals()
