"""Many threads at once: one token, one login, one retry."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.errors import CredentialsRefused, FotaError, ServiceUnavailable, ThingSpaceError
from pulumi_fota.settings import User
from pulumi_fota.simulator import Simulator
from pulumi_fota.thingspace.auth import TokenCache
from pulumi_fota.thingspace.client import Client
from pulumi_fota.thingspace.http import HttpConnection
from pulumi_fota.thingspace.process import Service
from support.fleet import IMEI
from support.virtual_machine import settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.thingspace.http import Failure, Request, Response
    from pulumi_fota.thingspace.workers import Runtime


def _together(count: int, work: Callable[[], Any]) -> list[Any]:
    """Let so many threads begin at one moment, and give what each returned or raised."""
    barrier = threading.Barrier(count)
    results: list[Any] = []

    def begin() -> None:
        barrier.wait()
        try:
            results.append(work())
        except FotaError as error:
            results.append(error)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def _hasty() -> Iterator[None]:
    """
    Threads that take turns as often as they can.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.row(58)
@pytest.mark.usefixtures("_hasty")
def test_one_thread_of_many_renews_a_token():
    """
    Of 16 threads that find the token dead at once, one renews it and all get the same, 300 times over.
    """
    cache = TokenCache(None, time.monotonic)
    renewals = []

    def renew(last: Any) -> tuple[Secret, None]:
        renewals.append(last)
        return Secret(f"token {len(renewals)}"), None

    for round_ in range(300):
        cache.mark_refused(round_, "900901")
        tokens = _together(16, lambda: cache.get(renew))
        assert {token.generation for token in tokens} == {round_ + 1}

    assert len(renewals) == 300


@pytest.mark.row(58)
def test_threads_that_waited_get_the_error_of_the_one_that_tried(simulator: Simulator, client: Callable[..., Client]):
    """
    Eight callers with a wrong password make one login, and all of them get the same error.
    """
    reader = client(simulator.url, user=User(username="sim-user", password=Secret("sim-wrong")))
    simulator.latency = 0.1

    errors = _together(8, lambda: reader.devices([IMEI]))

    assert simulator.count("login") == 1
    assert {str(error) for error in errors} == {str(errors[0])}
    assert len({id(error) for error in errors}) == 8
    assert all(isinstance(error, CredentialsRefused) for error in errors)


@pytest.mark.row(58)
@pytest.mark.parametrize(
    ("error", "is_shared"),
    [
        (ServiceUnavailable("it did not finish within 5 s", "run it again", of_one_read=True), False),
        (ServiceUnavailable("it asks to wait 20 s", "run it again", of_one_read=True).about("get a token"), False),
        (ServiceUnavailable("ThingSpace is unavailable (503)", "run it again later"), True),
        (CredentialsRefused("ThingSpace does not accept this application key", "look"), True),
    ],
)
def test_limits_of_one_read_end_no_other(error: ThingSpaceError, is_shared: bool):
    """
    A thread that waited gets the error of the one that tried, unless that ran out of its own time: then it tries.
    """
    cache = TokenCache(None, time.monotonic)
    waiters: list[Any] = []

    def fail(_last: Any) -> Any:
        waiter.start()
        while not cache._changed._waiters:  # type: ignore[attr-defined] (nothing else tells)
            time.sleep(0.001)
        raise error

    def wait() -> None:
        try:
            waiters.append(cache.get(lambda _last: (Secret("token"), None)).text)
        except ThingSpaceError as shared:
            waiters.append(str(shared))

    waiter = threading.Thread(target=wait)
    with pytest.raises(ServiceUnavailable if isinstance(error, ServiceUnavailable) else CredentialsRefused):
        cache.get(fail)
    waiter.join(10)

    assert waiters == [str(error) if is_shared else Secret("token")]


@pytest.mark.row(58)
def test_read_of_little_time_ends_no_other_read(simulator: Simulator, client: Callable[..., Client]):
    """
    A read that waited for the token of one whose deadline passed fetches it itself.
    """
    patient = client(simulator.url)
    hasty = attrs.evolve(patient, settings=attrs.evolve(patient.settings, deadline=0.3))
    simulator.fault("token:slow=0.6")

    def read_hastily() -> None:
        with contextlib.suppress(ServiceUnavailable):
            hasty.devices([IMEI])

    first = threading.Thread(target=read_hastily)
    first.start()
    while not simulator.count("token"):
        time.sleep(0.001)
    devices = patient.devices([IMEI])
    first.join(10)

    assert len(devices) == 1


@pytest.mark.row(30)
def test_expiry_of_a_bearer_costs_one_token_call(simulator: Simulator, client: Callable[..., Client]):
    """
    Twenty callers that meet the end of the bearer together fetch one, and open no session.
    """
    reader = client(simulator.url)
    reader.devices([IMEI])
    simulator.expire_bearer()
    simulator.forget_requests()
    simulator.fault("token:slow=0.3")

    results = _together(20, lambda: reader.devices([IMEI]))

    assert [len(result) for result in results] == [1] * 20
    assert (simulator.count("token"), simulator.count("login")) == (1, 0)


@pytest.mark.row(58)
def test_end_of_a_bearer_that_all_know_costs_one_token_call(fleet: dict[str, Any], quick: Runtime):
    """
    Twenty callers whose bearer's life is over, as they know without asking, fetch one and open no session.
    """
    passed = 0.0

    def clock() -> float:
        return time.monotonic() + passed

    with Simulator(fleet, clock=clock) as simulator:
        settings = settings_for(simulator.url)
        reader = Client(settings=settings, service=Service.of(settings, attrs.evolve(quick, clock=clock)))
        simulator.bearer()
        simulator.expire_bearer(after=10)
        reader.devices([IMEI])
        simulator.forget_requests()
        simulator.fault("token:slow=0.3")
        passed = 12.0

        results = _together(20, lambda: reader.devices([IMEI]))

        assert [len(result) for result in results] == [1] * 20
        assert (simulator.count("token"), simulator.count("login"), simulator.count("devices")) == (1, 0, 20)


@pytest.mark.row(33)
def test_renewal_that_fails_is_not_tried_again_by_all(simulator: Simulator, client: Callable[..., Client]):
    """
    Where the one renewal fails, the others do not queue up for more; and a later call works again.
    """
    reader = client(simulator.url)
    reader.devices([IMEI])
    simulator.expire_bearer()
    simulator.forget_requests()
    simulator.fault("token:503")
    simulator.latency = 0.05

    errors = _together(20, lambda: reader.devices([IMEI]))

    assert all(isinstance(error, ServiceUnavailable) for error in errors)
    assert simulator.count("token") <= 6
    simulator.answer_normally()
    assert len(reader.devices([IMEI])) == 1


@pytest.mark.row(47)
@pytest.mark.parametrize("threads", [1, 2, 4, 8])
def test_dead_service_is_asked_by_one_thread_at_a_time(
    simulator: Simulator, client: Callable[..., Client], threads: int
):
    """
    Each thread finds out once, one of them tries again, and nobody else asks meanwhile or afterwards.
    """
    reader = client(simulator.url, batch_size=1, concurrency=threads)
    simulator.fault("devices:503")
    simulator.latency = 0.05

    with pytest.raises(ServiceUnavailable) as error:
        reader.devices([str(350000000000000 + n) for n in range(50)])

    assert "ThingSpace is unavailable (503), 3 attempts in " in str(error.value)
    assert simulator.count("devices") <= 3 + threads - 1


@pytest.mark.row(42)
def test_wait_that_the_service_asks_for_holds_for_all_threads(simulator: Simulator, quick: Runtime):
    """
    While one thread waits, no other sends anything either.
    """
    sent: list[float] = []

    class TimedConnection(HttpConnection):
        def send(self, request: Request, seconds: float) -> Response | Failure:
            sent.append(time.monotonic())
            return super().send(request, seconds)

    settings = settings_for(simulator.url, batch_size=1, concurrency=4)
    reader = Client(settings=settings, service=Service.of(settings, attrs.evolve(quick, connect=TimedConnection)))
    simulator.fault("devices:429=1@3")
    simulator.latency = 0.02

    reader.devices([str(350000000000000 + n) for n in range(30)])

    gaps = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert [gap > 0.8 for gap in gaps].count(True) == 1
    assert len(sent) == 2 + 30 + 1
