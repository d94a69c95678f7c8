"""What the client takes from the machine: time, chance, threads and the line to ThingSpace.

Handed in, so that tests replace them and never sleep.
"""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs
import platformdirs

from pulumi_fota.thingspace.http import HttpConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.thingspace.failure import Failure
    from pulumi_fota.thingspace.origin import Origin
    from pulumi_fota.thingspace.request import Request, Response


class Transport(Protocol):
    """What carries requests: a `Line`, or a test's own."""

    def send(self, request: Request, seconds: float) -> Response | Failure:
        """Give the complete answer, or tell why there is none."""
        ...

    def abort(self) -> None:
        """Break off what is under way, from another thread."""
        ...

    def close(self) -> None:
        """Close the connection. The next request opens another."""
        ...


def _daemon(work: Callable[[], None]) -> None:
    # A daemon, since an exit waits for all others, and this one may hang in the lookup of a name.
    threading.Thread(target=work, name="pulumi_fota", daemon=True).start()


def _state() -> Path:
    folder = platformdirs.user_state_path("pulumi_fota")
    return folder if folder.is_absolute() else Path(os.devnull)  # Without a home there is none, and no `~` is made.


@attrs.frozen(kw_only=True)
class Runtime:
    """The machine as the client sees it."""

    clock: Callable[[], float] = time.monotonic  #: Seconds; the wall clock may jump.
    wall_clock: Callable[[], float] = time.time  #: Seconds since 1970, for what other processes read.
    wait: Callable[[threading.Event, float], object] = threading.Event.wait  #: Until the event, for so many seconds.
    random: Callable[[], float] = random.random
    spawn: Callable[[Callable[[], None]], object] = _daemon
    connect: Callable[[Origin, Callable[[], float]], Transport] = HttpConnection
    state: Callable[[], Path] = _state  #: The folder for what later processes must know.
