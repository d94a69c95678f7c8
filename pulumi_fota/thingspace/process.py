"""What lives as long as the process: the tokens of each application and user, and what is owed to the service."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from pulumi_fota.thingspace.access import Access
from pulumi_fota.thingspace.client import Client
from pulumi_fota.thingspace.latch import Latch
from pulumi_fota.thingspace.origin import Origin
from pulumi_fota.thingspace.world import World

if TYPE_CHECKING:
    from pulumi_fota.settings import Settings


class _Process:
    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a fork has copied locks that threads of its parent may hold."""
        self.lock = threading.Lock()
        self.reached: dict[Any, tuple[Origin, Access]] = {}


_process = _Process()
os.register_at_fork(after_in_child=_process.forget)


def client_for(settings: Settings, world: World | None = None) -> Client:
    """Give a client. Those of the same service, application and user share their tokens.

    Raises:
        InvalidSetting: The file of CA certificates, or the proxy of the environment, cannot be used.
    """
    world = world or World()
    key = (settings.base_url, settings.ca_bundle, settings.application, settings.user)
    with _process.lock:
        if key not in _process.reached:
            _process.reached[key] = reach(settings, world)
        origin, access = _process.reached[key]
    return Client(settings=settings, origin=origin, access=access, world=world)


def reach(settings: Settings, world: World) -> tuple[Origin, Access]:
    """Find the way to the service, without tokens yet."""
    username = settings.user.username
    latch = Latch(world.state(), settings.base_url, username, world.wall) if username else None
    return Origin.of(settings.base_url, settings.ca_bundle), Access(settings, latch, world)
