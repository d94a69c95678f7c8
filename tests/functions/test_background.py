"""Work beside the event loop."""

import asyncio
import threading

import pytest

from pulumi_fota.functions.batching import in_background


def test_what_the_work_gives_is_given():
    """
    It is done on another thread, with the arguments of the call.
    """
    number, thread = asyncio.run(in_background(lambda number: (number, threading.current_thread()), 7))

    assert number == 7
    assert thread is not threading.current_thread()


class Ended(StopIteration):
    """One of a kind of its own."""


@pytest.mark.parametrize("kind", [StopIteration, Ended])
def test_work_that_runs_out_of_something_is_an_error_and_no_endless_wait(kind):
    """
    A future carries no StopIteration, so another error comes with it as its cause.
    """

    def work():
        raise kind

    with pytest.raises(RuntimeError, match="^work in the background raised StopIteration$") as failed:
        asyncio.run(asyncio.wait_for(in_background(work), 5))

    assert type(failed.value.__cause__) is kind


def test_any_other_error_of_the_work_is_raised_as_it_is():
    """
    Whatever ends the work ends the wait for it.
    """
    raised = ValueError("x")

    def work():
        raise raised

    with pytest.raises(ValueError, match="^x$") as failed:
        asyncio.run(asyncio.wait_for(in_background(work), 5))

    assert failed.value is raised
