"""The fixture `thingspace` with the tools that tests use, and after what other tests leave behind.

Each test here runs pytest on a file as a user would write it. Warnings are errors there too.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTED = re.search(
    r"<!-- pytest -->\n```python\n(.*?)```",
    (Path(__file__).parents[2] / "docs/testing.md").read_text(encoding="utf-8"),
    re.DOTALL,
)[1]
UNCLOSED = ["-W", "ignore::pytest.PytestUnraisableExceptionWarning"]
PROGRAM = '''
import asyncio

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.testing import Mocks


def run(imeis):
    """Return the firmware that a program reads and stores, as its snapshot has it."""
    stored = []
    pulumi.runtime.set_mocks(Mocks())

    @pulumi.runtime.test
    def program():
        snapshot = fota.DeviceSnapshot("meters", devices=fota.get_devices_output(imeis))
        return snapshot.firmware.apply(stored.append)

    program()
    (firmware,) = stored
    return firmware


async def nothing():
    pass


def read_and_compare(thingspace):
    imeis = thingspace.add_devices(2, firmware="1")
    assert run(imeis) == dict.fromkeys(imeis, "1")
'''


@pytest.fixture
def run_pytest(tmp_path):
    """
    Runs pytest on a file with these tests, with the plugin and with others that are named; returns the result.
    """

    def run_tests(tests, *options, conftest="", run=("-m", "pytest")):
        (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
        (tmp_path / "test_program.py").write_text(tests, encoding="utf-8")
        command = [sys.executable, *run, "-q", "-p", "pulumi_fota", "-p", "no:cacheprovider", "-W", "error"]
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run_tests


def assert_passed(result, count):
    code, text = result
    assert (code, f"{count} passed" in text) == (0, True), text


NO_LOOP = """
import asyncio
import pytest

@pytest.fixture(autouse=True)
def no_loop():
    asyncio.set_event_loop(None)  # As in every thread of Python 3.14 from the start.
"""
CLOSED_LOOP = """
import asyncio
import pytest

@pytest.fixture(autouse=True)
def closed_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.close()
"""
AFTER_RUN = """
import asyncio
import pytest

async def nothing():
    pass

@pytest.fixture(autouse=True)
def after_run():
    asyncio.run(nothing())
"""


@pytest.mark.parametrize("conftest", ["", NO_LOOP, CLOSED_LOOP, AFTER_RUN])
def test_the_documented_tests_pass_whatever_event_loop_there_was(run_pytest, conftest):
    """
    There is none, as in Python 3.14; it is closed; or `asyncio.run` has removed it.
    """
    assert_passed(run_pytest(DOCUMENTED, conftest=conftest), DOCUMENTED.count("\ndef test_"))


def test_a_program_may_run_a_loop_of_its_own_before_the_mocks_are_set(run_pytest):
    """
    `asyncio.run` removes the current loop in the middle of the test; `Mocks()` sets it again.
    """
    tests = f"""{PROGRAM}
def test_program(thingspace):
    for _ in range(2):
        asyncio.run(nothing())
        read_and_compare(thingspace)
"""

    assert_passed(run_pytest(tests), 1)


def test_mocks_need_no_fixture(run_pytest):
    """
    Without `thingspace` and without a current loop a program runs under the mocks, also again.
    """
    tests = f"""{PROGRAM}
def test_program():
    for _ in range(2):
        asyncio.run(nothing())
        pulumi.runtime.set_mocks(Mocks())

        @pulumi.runtime.test
        def program():
            return pulumi.Stash("site", input="x").output.apply(print)

        program()
"""

    assert_passed(run_pytest(tests), 1)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="no loop is created on demand")
def test_other_tests_still_get_the_loop_that_python_creates_on_demand(run_pytest):
    """
    A test that relies on it passes after one with the fixture, as it does alone.
    """
    tests = f"""{PROGRAM}
def test_program(thingspace):
    read_and_compare(thingspace)


@pytest.mark.filterwarnings("ignore:There is no current event loop")
def test_without_fixture():
    loop = asyncio.get_event_loop()
    loop.run_until_complete(nothing())
    loop.close()
"""

    assert_passed(run_pytest(tests), 2)


def test_the_current_loop_of_other_tests_stays_theirs(run_pytest):
    """
    A loop that a project keeps for all of its tests is the current one before the fixture and after it.
    """
    tests = f"""{PROGRAM}
@pytest.fixture(scope="module")
def loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    loop.close()


def test_program(loop, thingspace):
    read_and_compare(thingspace)


def test_without_fixture(loop):
    assert asyncio.get_event_loop() is loop
"""

    assert_passed(run_pytest(tests), 2)


def test_what_a_test_leaves_running_does_not_reach_the_next(run_pytest):
    """
    A lookup that nobody waited for ends with its test, and requests nothing from the ThingSpace of the next one.
    """
    tests = f"""{PROGRAM}
@pytest.mark.parametrize("number", range(3))
def test_program(thingspace, number):
    imeis = thingspace.add_devices(number + 1)
    assert run(imeis).keys() == set(imeis)
    assert thingspace.simulator.count("devices") == 1

    fota.get_devices_output(imeis)
"""

    assert_passed(run_pytest(tests), 3)


def test_a_test_may_close_its_loop(run_pytest):
    """
    The fixture does not use a loop that the test has closed.
    """
    tests = f"""{PROGRAM}
@pytest.mark.parametrize("number", range(2))
def test_program(thingspace, number):
    read_and_compare(thingspace)
    asyncio.get_event_loop().close()
"""

    assert_passed(run_pytest(tests), 2)


IN_A_LOOP = """
import asyncio, sys, pytest

async def main():
    return pytest.main(sys.argv[1:])

sys.exit(asyncio.run(main()))
"""


def test_pytest_may_run_in_a_running_loop(run_pytest):
    """
    As in a notebook; the mocks then use the loop that is running. (Their threads leave loops open, of which pytest
    warns.)
    """
    tests = f"""{PROGRAM}
@pytest.mark.parametrize("number", range(2))
def test_program(thingspace, number):
    read_and_compare(thingspace)
"""

    assert_passed(run_pytest(tests, *UNCLOSED, run=("-c", IN_A_LOOP)), 2)


FREEZE = {
    "time-machine": ("import time_machine", '@time_machine.travel("2022-02-05T00:00:00Z", tick=False)'),
    "freezegun": ("from freezegun import freeze_time", '@freeze_time("2022-02-05T00:00:00Z")'),
}


@pytest.mark.parametrize("tool", FREEZE)
def test_a_test_may_freeze_the_clock(run_pytest, tool):
    """
    Programs, retries and gates end, and the devices were read at the frozen time.
    """
    imports, freeze = FREEZE[tool]
    tests = f"""{imports}
{PROGRAM}
from pulumi_fota import rules


{freeze}
def test_program(thingspace):
    read_and_compare(thingspace)


{freeze}
def test_retries(thingspace):
    imeis = thingspace.add_devices()
    thingspace.simulator.fault("429=1*1", on="devices")
    assert fota.get_devices(imeis).read_at.startswith("2022-02-05T00:00:00")


{freeze}
def test_gate(thingspace):
    imeis = thingspace.add_devices(lastConnectionTime="2022-02-04 06:10:01.441 +0000 UTC")
    fota.Gate("meters", rules.fresh_within(days=1)).require(fota.get_devices(imeis))
"""

    assert_passed(run_pytest(tests), 3)


@pytest.mark.parametrize("tool", FREEZE)
def test_a_test_may_move_the_clock(run_pytest, tool):
    """
    Forward and back by years, between reads with the same tokens and after a refused login.
    """
    imports, freeze = FREEZE[tool]
    travel = freeze.replace('"2022-02-05T00:00:00Z"', "date").removeprefix("@")
    tests = f"""{imports}
{PROGRAM}
DATES = ["2022-02-05", "2035-02-05", "2001-02-05"]


def test_program(thingspace):
    imeis = thingspace.add_devices(firmware="1")
    for date in DATES:
        with {travel}:
            assert run(imeis) == dict.fromkeys(imeis, "1")
        assert run(imeis) == dict.fromkeys(imeis, "1")


def test_refused_login(thingspace):
    thingspace.simulator.change_password("sim-other")
    for date in DATES:
        with {travel}, pytest.raises(fota.CredentialsRefused):
            fota.get_devices(thingspace.add_devices())
    assert thingspace.simulator.count("login") < 5
"""

    assert_passed(run_pytest(tests), 2)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_tests_may_be_coroutines(run_pytest, mode):
    """
    pytest-asyncio has a loop of its own for each test or for all, and plain tests come before, between and after.
    (On such a loop the SDK's mocks leave one open in each of its threads, of which pytest warns.)
    """
    mark = "@pytest.mark.asyncio" if mode == "strict" else ""
    shared = '@pytest.mark.asyncio(loop_scope="module")'
    tests = f"""{PROGRAM}
def test_before(thingspace):
    read_and_compare(thingspace)


{mark}
async def test_coroutine(thingspace):
    await asyncio.sleep(0)
    read_and_compare(thingspace)


{shared}
async def test_coroutine_on_shared_loop(thingspace):
    await asyncio.sleep(0)
    read_and_compare(thingspace)


def test_between(thingspace):
    read_and_compare(thingspace)


{shared}
async def test_another_on_shared_loop(thingspace):
    await asyncio.sleep(0)
    read_and_compare(thingspace)


def test_after(thingspace):
    read_and_compare(thingspace)
"""
    options = ["-p", "pytest_asyncio.plugin", "-o", f"asyncio_mode={mode}"]
    options += ["-o", "asyncio_default_fixture_loop_scope=function", *UNCLOSED]

    assert_passed(run_pytest(tests, *options), 6)


def test_tests_may_be_classes_of_unittest(run_pytest):
    """
    With coroutines and without; unittest removes the current loop after each coroutine. (See above for the warning.)
    """
    tests = f"""import unittest
{PROGRAM}
@pytest.fixture
def for_class(request, thingspace):
    request.instance.thingspace = thingspace


@pytest.mark.usefixtures("for_class")
class TestCoroutine(unittest.IsolatedAsyncioTestCase):
    async def test_coroutine(self):
        read_and_compare(self.thingspace)


@pytest.mark.usefixtures("for_class")
class TestPlain(unittest.TestCase):
    def test_plain(self):
        read_and_compare(self.thingspace)
"""

    assert_passed(run_pytest(tests, *UNCLOSED), 2)


MIXED = f"""{PROGRAM}
@pytest.mark.parametrize("number", range(3))
def test_program(thingspace, number):
    read_and_compare(thingspace)
    assert thingspace.simulator.count("login") == 1


@pytest.mark.parametrize("number", range(2))
def test_refused_login(thingspace, number):
    thingspace.simulator.change_password("sim-other")
    with pytest.raises(fota.CredentialsRefused):
        run(thingspace.add_devices())


@pytest.mark.parametrize("number", range(2))
def test_own_loop(number):
    asyncio.run(nothing())
"""
SHUFFLED = """
import random

def pytest_collection_modifyitems(items):
    random.Random({seed}).shuffle(items)
"""


@pytest.mark.parametrize("seed", range(2))
def test_tests_may_run_in_any_order(run_pytest, seed):
    """
    As with pytest-randomly.
    """
    assert_passed(run_pytest(MIXED, conftest=SHUFFLED.format(seed=seed)), 7)


def test_tests_may_run_in_several_processes(run_pytest):
    """
    Under pytest-xdist each process has a ThingSpace of its own.
    """
    assert_passed(run_pytest(MIXED, "-p", "xdist", "-n", "2"), 7)
