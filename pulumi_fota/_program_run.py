"""What a program run remembers: objects by key, forgotten with the run.

A run is known by its connection to the engine. Under the Automation API one process sees many runs, and under Pulumi's
mocks one event loop does. Knows nothing of what is remembered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from pulumi.runtime.settings import get_monitor

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_RUNS: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def present_run() -> Any | None:
    """Return the run that the caller is in, or `None` if no engine runs the program."""
    return get_monitor()


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
