"""What a program run remembers, and for how long."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from pulumi_fota._program_run import forget_runs, remembered

if TYPE_CHECKING:
    from collections.abc import Iterator


class Thing:
    """A run, or what one remembers."""


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    """
    Nothing is left for the next test.
    """
    yield
    forget_runs()


def test_a_run_remembers_one_object_for_each_key():
    """
    Made when it is first asked for, and the same from then on.
    """
    run = Thing()

    first, other, again = (remembered(run, key, Thing) for key in ("a", "b", "a"))

    assert first is again
    assert first is not other


def test_runs_share_nothing():
    """
    Two stacks in one process have each their own.
    """
    run, other = Thing(), Thing()

    assert remembered(run, "a", Thing) is not remembered(other, "a", Thing)


def test_what_a_run_remembers_ends_with_it():
    """
    Nothing keeps it alive.
    """
    run = Thing()
    held = weakref.ref(remembered(run, "a", Thing))
    assert held() is not None

    del run
    gc.collect()

    assert held() is None


def test_all_of_it_can_be_forgotten():
    """
    Tests that share a run begin anew.
    """
    run = Thing()
    before = remembered(run, "a", Thing)

    forget_runs()

    assert remembered(run, "a", Thing) is not before
