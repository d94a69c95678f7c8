"""Which program run a thread is in, and what the run remembers: objects by key, forgotten with the run.

A run is known by its connection to the engine. Under the Automation API one process sees many runs, and under Pulumi's
mocks one event loop does. Knows nothing of what is remembered.
"""

from __future__ import annotations

import sys
import threading
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from pulumi.runtime.settings import SETTINGS, get_monitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

T = TypeVar("T")

#: What runs a program: the engine's script, and the modules of the SDK for inline programs and for mocks.
_SCRIPT = "pulumi-language-python-exec"
_MODULES = {"pulumi.automation._server", "pulumi.runtime.mocks"}

_RUNS: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def present_run() -> Any | None:
    """Return the run that the caller is in, or `None` if no engine runs the program."""
    return get_monitor()


def is_outside_of_run() -> bool:
    """Return whether a program runs in this process, but this thread is not in its context.

    The SDK keeps a run in context variables, so a thread that was started without them sees other stack config. A
    program that runs is found by what runs it, which is on the stack of its thread until the end.
    """
    # Not `get_monitor`, which gives such a thread the first connection of the process.
    if vars(type(SETTINGS))["monitor"]._data.get(None) is not None:  # noqa: SLF001 (it has no other name)
        return False
    own = threading.get_ident()
    frames = sys._current_frames()  # noqa: SLF001 (documented, in spite of its name)
    return any(_runs_program(frame) for thread, frame in frames.items() if thread != own)


def remembered(run: Any, key: str, make: Callable[[], T]) -> T:
    """Return what a run remembers under a key, made if there is nothing yet.

    Args:
        run: The run: of `present_run`, or another object that lives as long as what is remembered shall.
        key: The key.
        make: Makes the object. It may be called in vain if two threads ask at once.
    """
    memory = _RUNS.setdefault(run, {})
    if key not in memory:
        memory.setdefault(key, make())
    return cast("T", memory[key])


def forget_runs() -> None:
    """Forget what all runs remember: for tests, in which several programs may share a connection or an event loop."""
    _RUNS.clear()


def _runs_program(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _MODULES or PurePath(frame.f_code.co_filename).name == _SCRIPT:
            return True
        frame = frame.f_back
    return False
