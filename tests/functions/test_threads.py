"""A read or a gate in a thread that is not in the context of the program's run would use other settings."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.errors import InvalidArgument
from support.fleet import A

GATE = fota.Gate("meters", rules.active())
MESSAGE = (
    "this thread is not in the context of the Pulumi program that is running, so it would use settings other than "
    "those of the stack{}: start its work with contextvars.copy_context().run, from a copy that the program makes for "
    "each call"
)


def in_pool(work, *arguments):
    """
    Do work in a thread as a program does that reads several sets at once.
    """
    with ThreadPoolExecutor() as pool:
        return pool.submit(work, *arguments).result()


def in_thread(work, *arguments):
    """
    Likewise, in a thread by hand.
    """
    results = []

    def keep():
        try:
            results.append(work(*arguments))
        except InvalidArgument as error:
            results.append(error)

    thread = threading.Thread(target=keep)
    thread.start()
    thread.join()
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


READS = {
    "get_devices": lambda: fota.get_devices([A]),
    "get_device": lambda: fota.get_device(A),
    "get_account_devices": fota.get_account_devices,
    "get_available_firmware": fota.get_available_firmware,
    "get_devices_output": lambda: fota.get_devices_output([A]),
}


@pytest.mark.parametrize("start", [in_pool, in_thread])
@pytest.mark.parametrize("read", READS)
def test_a_read_in_a_thread_without_the_context_of_the_run_is_an_error(reachable, run, start, read):
    """
    It would see neither stack config nor the engine, and might reach the live host.
    """

    def program():
        with pytest.raises(InvalidArgument) as refused:
            start(READS[read])
        assert str(refused.value) == MESSAGE.format("; nothing was sent to ThingSpace")

    run(program)

    assert reachable.count() == 0


def test_a_read_in_a_coroutine_of_the_program_is_told_so_too(reachable, run):
    """
    The loop's own threads have no context either, unless `asyncio.to_thread` starts the work.
    """

    async def reads():
        loop = asyncio.get_running_loop()
        with pytest.raises(InvalidArgument):
            await loop.run_in_executor(None, fota.get_devices, [A])
        return await asyncio.to_thread(fota.get_devices, [A])

    assert len(run(reads)) == 1


@pytest.mark.parametrize("method", ["require", "hooks"])
def test_a_gate_in_such_a_thread_is_an_error(reachable, run, method):
    """
    Masking and rehearsal would be lost.
    """

    def program():
        devices = fota.get_devices([A])
        with pytest.raises(InvalidArgument) as refused:
            in_pool(getattr(GATE, method), devices)
        assert str(refused.value) == MESSAGE.format("")

    run(program)


def test_threads_in_a_copy_of_the_context_read_and_are_gated(reachable, run):
    """
    As the message says: one copy for each call.
    """

    def check(imei):
        return GATE.require(fota.get_devices([imei]))

    def program():
        with ThreadPoolExecutor() as pool:
            threads = [pool.submit(contextvars.copy_context().run, check, A) for _ in range(3)]
            return [len(thread.result()) for thread in threads]

    assert run(program) == [1, 1, 1]


def test_a_verdict_needs_no_settings(reachable, run):
    """
    `Gate.check` stops nothing and writes nothing, so it may be called anywhere.
    """

    def program():
        return in_pool(GATE.check, fota.get_devices([A])).passed

    assert run(program)


def test_threads_of_other_programs_are_free(reachable):
    """
    Where no Pulumi program runs, a thread has nothing to miss.
    """
    assert len(in_pool(fota.get_devices, [A])) == 1


def test_threads_are_free_after_the_run(reachable, run):
    """
    A process may run a program and go on.
    """
    run(lambda: fota.get_devices([A]))

    assert len(in_pool(fota.get_devices, [A])) == 1
