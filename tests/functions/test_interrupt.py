"""Ctrl-C, as the person sees it where it ends the program."""

import subprocess
import sys

import pytest

LINE = "fota: interrupted while reading from ThingSpace\n"
PASSED = """
with interrupt_in_one_line():
    raise KeyboardInterrupt
"""
BESIDE = """
def read():
    with interrupt_in_one_line():
        begun.set()
        threading.Event().wait()

begun = threading.Event()
threading.Thread(target=read, daemon=True).start()
begun.wait()
raise KeyboardInterrupt
"""
PASSED_ON = """
try:
    with interrupt_in_one_line():
        raise KeyboardInterrupt
except KeyboardInterrupt as caught:
    raise caught
"""
CAUGHT = """
try:
    with interrupt_in_one_line():
        raise KeyboardInterrupt
except KeyboardInterrupt:
    pass
raise KeyboardInterrupt("another")
"""
FINISHED = """
with interrupt_in_one_line():
    pass
raise KeyboardInterrupt("another")
"""
FAILED = """
try:
    with interrupt_in_one_line():
        raise ValueError
except ValueError:
    pass
raise KeyboardInterrupt("another")
"""
OTHER = """
with interrupt_in_one_line():
    raise ValueError("another")
"""


def said_by(program):
    run = f"import threading\nfrom pulumi_fota.functions.progress import interrupt_in_one_line\n{program}"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize("program", [PASSED, BESIDE, PASSED_ON], ids=["in the read", "beside it", "raised again"])
def test_an_interrupt_that_ends_a_read_and_the_program_is_one_line(program):
    """
    Wherever it strikes: in the read itself, or in what waits for a read on another thread.
    """
    assert said_by(program) == LINE


@pytest.mark.parametrize("program", [CAUGHT, FINISHED, FAILED], ids=["caught", "finished", "failed"])
def test_an_interrupt_that_ends_no_read_is_told_as_ever(program):
    """
    A read that is over, also one that an interrupt ended which the program caught, explains no later interrupt.
    """
    said = said_by(program)

    assert LINE not in said
    assert said.endswith("KeyboardInterrupt: another\n")
    assert "Traceback" in said


def test_another_error_is_told_as_ever():
    """
    The hook looks at interrupts alone.
    """
    said = said_by(OTHER)

    assert LINE not in said
    assert said.endswith("ValueError: another\n")
