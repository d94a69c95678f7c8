"""What the functions tell the person who runs the program."""

import logging
import re
import threading

import pytest
from pulumi.runtime.settings import SETTINGS

import pulumi_fota as fota
from pulumi_fota.functions.progress import ProgressLine, log_to_engine
from support.fleet import UNKNOWN, A, B

LOGGER = logging.getLogger("pulumi_fota")


@pytest.fixture(autouse=True)
def _level():
    """
    Leave the logger as it was.
    """
    yield
    LOGGER.setLevel(logging.NOTSET)


def lines(caplog):
    """Return what stood on the stack: the mocked engine logs it as root."""
    return [(record.levelname, record.message) for record in caplog.records if record.name == "root"]


def test_a_finished_read_is_one_line_on_the_stack(reachable, run, caplog):
    """
    How many devices came in how many requests, how long it took, and how many are missing.
    """
    run(lambda: fota.get_devices_output([A, B, UNKNOWN]))

    ((level, line),) = lines(caplog)
    assert level == "INFO"
    assert re.fullmatch(r"fota: 2 devices in 1 request, \d\.\d s; 1 missing", line)


def test_every_kind_of_read_has_its_line(reachable, run, caplog):
    """
    Plain or as an Output, of a list, an account or the available firmware.
    """

    def program():
        fota.get_devices([A])
        fota.get_account_devices()
        fota.get_available_firmware()
        return [fota.get_account_devices_output(), fota.get_available_firmware_output()]

    run(program)

    said = sorted(re.sub(r"\d\.\d s", "… s", line) for _, line in lines(caplog))
    assert said == [
        "fota: 0 available upgrades in 1 request, … s",
        "fota: 0 available upgrades in 1 request, … s",
        "fota: 1 device in 1 request, … s; 0 missing",
        "fota: 3 devices in 1 request, … s; 0 missing",
        "fota: 3 devices in 1 request, … s; 0 missing",
    ]


def test_a_line_names_the_connection(reachable, run, caplog, monkeypatch, thingspace_environment):
    """
    Of several accounts the person knows which was read.
    """
    for name, value in thingspace_environment.items():
        monkeypatch.setenv(name.replace("FOTA_", "FOTA_CONNECTION_WEST_"), value)

    run(lambda: fota.get_devices_output([A], connection=fota.Connection.named("west")))

    ((_, line),) = lines(caplog)
    assert line.startswith("fota (west): 1 device in 1 request")


def test_what_is_odd_about_an_answer_is_a_warning_on_the_stack(reachable, run, caplog):
    """
    What the client notices and can live with is told, and stops nothing.
    """
    reachable.fault("row-foreign", on="devices")

    meters = run(lambda: fota.get_devices_output([A]))

    assert len(meters) == 1
    levels = [level for level, line in lines(caplog) if line.startswith("fota: ")]
    assert levels == ["WARNING", "WARNING", "INFO"]  # The foreign row, and the count that it spoils.


def test_without_an_engine_a_read_is_silent(reachable, capfd):
    """
    A script that shows no logs is not written to.
    """
    fota.get_devices([A])

    assert capfd.readouterr() == ("", "")


def test_without_an_engine_the_line_is_a_log_record(reachable, caplog):
    """
    A script that shows the logger's records sees the same numbers.
    """
    caplog.set_level(logging.INFO, logger="pulumi_fota")

    fota.get_devices([A])

    assert any(message.startswith("1 device in 1 request") for message in caplog.messages)


def test_a_failed_read_leaves_no_listener(reachable, run, monkeypatch):
    """
    What listens to the client for one read is gone with it.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.3")
    reachable.answer_with(503)
    before = list(LOGGER.handlers)

    run(lambda: fota.get_devices_output([A]).recover(str))

    assert LOGGER.handlers == before


def test_the_lines_of_another_thread_are_not_taken(run, caplog):
    """
    Two stacks in two threads each hear of their own reads.
    """

    def program():
        with log_to_engine(None):
            other = threading.Thread(target=LOGGER.info, args=("of another stack",))
            other.start()
            other.join()
            LOGGER.info("of %s", "this one")

    run(program)

    assert lines(caplog) == [("INFO", "fota: of this one")]


def test_the_level_that_a_program_chose_is_left(run, caplog):
    """
    A program that debugs goes on doing so.
    """
    LOGGER.setLevel(logging.DEBUG)

    def program():
        with log_to_engine(None):
            LOGGER.debug("no line")
            LOGGER.info("a line")

    run(program)

    assert LOGGER.level == logging.DEBUG
    assert lines(caplog) == [("INFO", "fota: a line")]


def test_a_read_that_takes_long_shows_how_far_it_is(run, caplog):
    """
    The line is shown when it has something new to tell, not each second of a standstill.
    """
    shown = threading.Event()

    def wait_for(text):
        while not any(text in line for _, line in lines(caplog)):
            shown.wait(0.005)

    def program():
        with ProgressLine("0 of 2,000 devices", every=0.01) as line:
            wait_for("0 of 2,000")
            shown.wait(0.05)
            line.update("1,000 of 2,000 devices")
            wait_for("1,000 of 2,000")

    run(program)

    assert lines(caplog) == [
        ("INFO", "fota: 0 of 2,000 devices, 0 s"),
        ("INFO", "fota: 1,000 of 2,000 devices, 0 s"),
    ]


def test_a_read_that_is_over_soon_shows_nothing(run, caplog):
    """
    Most reads take less than a second, and have their one line.
    """

    def program():
        with ProgressLine("0 of 1 devices") as line:
            line.update("1 of 1 devices")

    run(program)

    assert lines(caplog) == []


def test_no_thread_is_left_behind(reachable, run):
    """
    What shows the line ends with the read, also with one that fails.
    """
    reachable.fault("not-found", on="devices")

    run(lambda: fota.get_devices_output([A]).recover(str))

    assert [thread.name for thread in threading.enumerate() if thread.name == "fota-status"] == []


def test_an_engine_that_is_gone_stops_no_read(run):
    """
    The status line is a courtesy: when the engine no longer takes it, the read goes on.
    """
    refused = threading.Event()

    class Gone:
        def Log(self, _request):  # noqa: N802 (the engine's own name)
            refused.set()
            raise ConnectionError

    def program():
        engine, SETTINGS.engine = SETTINGS.engine, Gone()
        with ProgressLine("0 of 1 devices", every=0.01):
            refused.wait(5)
        SETTINGS.engine = engine

    run(program)

    assert refused.is_set()
