"""What one run of a program asks: lookups travel together, and nothing outlives the run."""

import asyncio
import gc
import threading
import weakref

import pytest
from pulumi import Output

import pulumi_fota as fota
from pulumi_fota._program_run import forget_runs
from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.functions import batching


@pytest.fixture
def fleet():
    """
    Three hundred devices.
    """
    rows = [{"deviceId": f"{35_000_000_000_000 + n:014d}0", "firmware": str(n)} for n in range(300)]
    return {"accountName": "0000123456-00001", "deviceList": rows, "firmwareList": [{"firmwareName": "x"}]}


@pytest.fixture
def imeis(fleet):
    """
    Their IMEIs.
    """
    return [row["deviceId"] for row in fleet["deviceList"]]


def asked(simulator):
    """Return the IMEIs in the body of each request."""
    return [request.json["deviceList"] for request in simulator.requests if request.kind == "devices"]


async def when_asked(simulator, value):
    """
    Return a value once the simulator has received a request.
    """
    while not simulator.count():  # noqa: ASYNC110 (the simulator sets no event)
        await asyncio.sleep(0.01)
    return value


def test_lookups_whose_arguments_are_known_travel_in_one_request(reachable, run, imeis):
    """
    Plain arguments, Outputs of them and Outputs of those: known without waiting, so asked together.
    """

    def program():
        direct = [fota.get_device_output(imei) for imei in imeis[:100]]
        one_step = [fota.get_device_output(Output.from_input(imei)) for imei in imeis[100:200]]
        more_steps = [
            fota.get_device_output(Output.from_input(imei).apply(lambda result: result).apply(lambda result: result))
            for imei in imeis[200:]
        ]
        return [*direct, *one_step, *more_steps]

    results = run(program)

    assert [device.firmware for device in results] == [str(n) for n in range(300)]
    assert asked(reachable) == [imeis]


def test_a_preview_of_300_lookups_and_two_sets_makes_three_requests(reachable, run, imeis):
    """
    Two sets that are read at once, and all the lookups together.
    """

    def program():
        fota.get_devices(imeis[:10])
        fota.get_devices(imeis[10:20])
        return [fota.get_device_output(imei) for imei in imeis]

    run(program, preview=True)

    assert reachable.count("devices") == 3


def test_lookups_of_one_wave_of_resources_travel_together(reachable, run, thing, imeis):
    """
    Arguments that come out of resources are asked as they become known, not one by one.
    """

    def program():
        return [fota.get_device_output(thing(f"meter-{n}", imei=imei).imei) for n, imei in enumerate(imeis)]

    results = run(program)

    assert [device.imei for device in results] == imeis
    assert reachable.count("devices") <= 3
    assert sorted(imei for part in asked(reachable) for imei in part) == imeis


def test_overlapping_questions_are_asked_once(reachable, run, imeis):
    """
    Sets that share devices, in one wave and in a later one: each IMEI is asked once in a run.
    """

    def program():
        first = fota.get_devices_output(imeis[:20])
        same_wave = fota.get_devices_output(imeis[10:30])
        later = first.apply(lambda _: fota.get_devices_output(imeis[:40]))
        last = later.apply(lambda _: fota.get_device_output(imeis[5]))
        return [first, same_wave, later, last]

    results = run(program)

    assert asked(reachable) == [imeis[:30], imeis[30:40]]
    assert [result.requested for result in results[:3]] == [tuple(imeis[:20]), tuple(imeis[10:30]), tuple(imeis[:40])]
    assert results[3].firmware == "5"


def test_a_question_waits_for_the_read_that_answers_it(reachable, run, imeis):
    """
    What is asked while a read of it is under way is not asked again.
    """
    reachable.latency = 0.2

    def program():
        return [fota.get_devices_output(imeis[:2]), fota.get_device_output(when_asked(reachable, imeis[0]))]

    devices, device = run(program)

    assert device is devices[0]
    assert reachable.count("devices") == 1


def test_lookups_that_trickle_in_during_a_read_travel_together(reachable, run, imeis):
    """
    Resources that come into being one by one do not cost a request each: the next read takes all that came.
    """
    reachable.latency = 0.4

    async def one_by_one(n):
        await asyncio.sleep(0.06 * n)
        return imeis[n]

    def program():
        return [fota.get_device_output(one_by_one(n)) for n in range(8)]

    run(program)

    first, *rest = asked(reachable)
    assert first[0] == imeis[0]
    assert len(rest) == 1
    assert sorted([*first, *rest[0]]) == imeis[:8]


def test_a_failure_is_told_to_all_that_wait_and_not_kept(reachable, run, imeis, monkeypatch):
    """
    Lookups that travelled together fail together, and one that comes later asks anew.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.5")
    reachable.answer_with(503)
    failures = []

    def over(error):
        failures.append(type(error))
        reachable.answer_normally()
        return "over"

    def program():
        failing = [fota.get_device_output(imei).recover(over) for imei in imeis[:2]]
        return Output.all(*failing).apply(lambda _: fota.get_device_output(imeis[0]))

    results = run(program)

    assert failures == [ServiceUnavailable, ServiceUnavailable]
    assert results.firmware == "0"


def test_a_read_that_waited_behind_one_that_fails_is_made(reachable, run, imeis, monkeypatch):
    """
    The next wave is not harmed by the failure of the one before it.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.5")
    reachable.answer_with(503)

    def over(_error):
        reachable.answer_normally()
        return "over"

    def program():
        return [
            fota.get_device_output(imeis[0]).recover(over),
            fota.get_device_output(when_asked(reachable, imeis[1])),
        ]

    failed, results = run(program)

    assert failed == "over"
    assert results.firmware == "1"


def test_the_devices_of_an_account_and_its_firmware_are_read_once_in_a_run(reachable, run):
    """
    Whoever asks later is told what was found; the plain functions read each time.
    """

    def program():
        first = [fota.get_account_devices_output(), fota.get_account_devices_output()]
        again = first[0].apply(lambda _: fota.get_account_devices_output())
        firmware = [fota.get_available_firmware_output() for _ in range(2)]
        return [*first, again, *firmware, firmware[0].apply(lambda _: fota.get_available_firmware_output())]

    results = run(program)

    assert [len(result) for result in results] == [300, 300, 300, 1, 1, 1]
    assert results[0].requested is None
    assert (reachable.count("account_devices"), reachable.count("firmware")) == (1, 1)


def test_a_failure_to_read_an_account_is_not_kept(reachable, run, monkeypatch):
    """
    Lookups that wait together fail together, and one that comes later reads.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.5")
    reachable.answer_with(503)

    def over(_error):
        reachable.answer_normally()
        return "over"

    def program():
        failing = [fota.get_account_devices_output().recover(over) for _ in range(2)]
        return Output.all(*failing).apply(lambda _: fota.get_account_devices_output())

    assert len(run(program)) == 300


def test_no_imei_is_no_request_as_an_output_too(reachable, run):
    """
    An empty list is answered at once.
    """
    meters = run(lambda: fota.get_devices_output(Output.from_input([])))

    assert (meters.requested, len(meters)) == ((), 0)
    assert reachable.count() == 0


def test_a_second_run_asks_again(reachable, run, imeis):
    """
    Nothing that a run was told outlives it.
    """
    before = run(lambda: fota.get_device_output(imeis[0]))
    reachable.device(imeis[0])["firmware"] = "SR9"

    after = run(lambda: fota.get_device_output(imeis[0]))

    assert (before.firmware, after.firmware) == ("0", "SR9")
    assert reachable.count("devices") == 2


def test_a_second_run_on_the_same_event_loop_asks_again(reachable, run, imeis):
    """
    Under Pulumi's mocks one loop sees many runs: each has a monitor of its own.
    """

    def second():
        reachable.device(imeis[0])["firmware"] = "SR9"
        return fota.get_device_output(imeis[0])

    before, after = run(lambda: fota.get_device_output(imeis[0]), second)

    assert (before.firmware, after.firmware) == ("0", "SR9")
    assert reachable.count("devices") == 2


@pytest.mark.parametrize("status", [200, 503])
def test_a_run_leaves_nothing_behind(reachable, run, imeis, monkeypatch, status):
    """
    When its event loop is gone, so is all that the run was told, whether its reads succeeded or failed.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.3")
    if status != 200:
        reachable.answer_with(status)
    loops = []

    def program():
        loops.append(weakref.ref(asyncio.get_running_loop()))
        outputs = [
            fota.get_devices_output(imeis),
            fota.get_account_devices_output(),
            fota.get_available_firmware_output(),
        ]
        return [output.recover(str) for output in outputs]

    run(program)
    for thread in threading.enumerate():
        if thread.name == "fota-read":  # It has answered, and may be about to end.
            thread.join()
    gc.collect()

    assert loops[0]() is None
    assert not any(isinstance(each, batching.BatchingReader) for each in gc.get_objects())


def test_what_was_asked_can_be_forgotten(reachable, run, imeis):
    """
    Tests that share an event loop begin anew.
    """

    def program():
        first = fota.get_device_output(imeis[0])
        return first.apply(lambda _: forget_runs()).apply(lambda _: fota.get_device_output(imeis[0]))

    run(program)

    assert reachable.count("devices") == 2
