"""What the client waits for, how long, and when it gives up instead."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, get_args

import attrs
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_fota.errors import ServiceUnavailable
from pulumi_fota.thingspace.http import Failure, FailureKind, Response, broken
from pulumi_fota.thingspace.retry import POLICY, seconds_to_wait
from support.fleet import IMEI

if TYPE_CHECKING:
    from support.virtual_machine import VirtualMachine

CANNOT = "cannot read 1 device of account '0000123456-00001': "
LIMITS = "ThingSpace limits the calls of this key (429, 900802)"


def _moment(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(1_700_000_000 + seconds, timezone.utc), usegmt=True)


def _asks(
    machine: VirtualMachine, retry_after: str, *, status: int = 429, times: int | None = None, date: str = ""
) -> None:
    headers = {"Retry-After": retry_after} | ({"Date": date} if date else {})
    machine.simulator.answer_with(status, headers=headers, on="devices", times=times)


@pytest.mark.row(42)
@pytest.mark.parametrize("status", [429, 503])
def test_wait_that_the_service_asks_for_is_waited(machine: VirtualMachine, status: int):
    """
    Exactly as long as it asks, with no chance in it.
    """
    _asks(machine, "4", status=status, times=2)

    assert len(machine.client().devices([IMEI])) == 1
    assert sum(machine.waits) == 8
    assert machine.simulator.count("devices") == 3


@pytest.mark.row(42)
def test_long_wait_is_told_while_it_goes_on(machine: VirtualMachine, caplog: pytest.LogCaptureFixture):
    """
    Above 5 s a line says what is waited for.
    """
    _asks(machine, "20", times=1)

    machine.client().devices([IMEI])

    assert caplog.messages == [f"ThingSpace asks to wait 20 s: {LIMITS}"]


def test_a_wait_is_told_without_the_words_of_the_service_where_the_devices_are_a_secret(
    machine: VirtualMachine, caplog: pytest.LogCaptureFixture
):
    """
    They may repeat what was asked.
    """
    _asks(machine, "20", times=1)

    attrs.evolve(machine.client(), secret=True).devices([IMEI])

    assert caplog.messages == ["ThingSpace asks to wait 20 s: ThingSpace limits the calls of this key (429)"]


@pytest.mark.row(42)
def test_throttling_that_goes_on_ends_the_read(machine: VirtualMachine):
    """
    Three attempts, as for anything that may pass.
    """
    _asks(machine, "3")

    with pytest.raises(ServiceUnavailable) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        CANNOT + LIMITS + ", 3 attempts in 6.0 s; run it again later, with a lower fota:concurrency"
    )


@pytest.mark.row(43)
@pytest.mark.parametrize("skew", [-7200, 0, 7200])
def test_moment_is_counted_from_the_answers_own_date(machine: VirtualMachine, skew: int):
    """
    A clock of this machine that is hours off makes no hours of 7 s.
    """
    machine.wall_offset += skew
    _asks(machine, _moment(7), date=_moment(0), times=1)

    machine.client().devices([IMEI])

    assert sum(machine.waits) == 7


@pytest.mark.row(43)
@pytest.mark.parametrize(("moment", "seconds"), [(7, 7.0), (7200, 60.0), (-5, None), (0, None)])
def test_moment_without_a_date_is_counted_from_this_clock(moment: int, seconds: float | None):
    """
    Then at most as long as is waited anyway, since this clock may be off.
    """
    answer = Response(status=429, body=b"", retry_after=(_moment(moment),))

    with time_machine.travel(datetime.fromtimestamp(1_700_000_000, timezone.utc), tick=False):
        assert seconds_to_wait(answer) == seconds


@pytest.mark.row(44)
@pytest.mark.parametrize(
    ("retry_after", "date", "number"),
    [
        ("61", "", "61"),
        ("3600", "", "3,600"),
        ("99999999999999", "", "99,999,999,999,999"),
        (_moment(3600), _moment(0), "3,600"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", _moment(0), "251,702,300,799"),
    ],
)
def test_wait_that_is_too_long_is_left_to_the_user(machine: VirtualMachine, retry_after: str, date: str, number: str):
    """
    Nothing is slept; the error says the number.
    """
    _asks(machine, retry_after, date=date)

    with pytest.raises(ServiceUnavailable) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        CANNOT + f"{LIMITS}, and asks to wait {number} s; this read waits at most 60 s at a time and 300 s in all; "
        "run it again after that time"
    )
    assert machine.waits == []
    assert machine.simulator.count("devices") == 1


@pytest.mark.row(44)
def test_wait_that_does_not_fit_is_left_to_the_user(machine: VirtualMachine):
    """
    A wait of 20 s is too long where the whole read has 10 s.
    """
    _asks(machine, "20")

    with pytest.raises(ServiceUnavailable, match=r"this read waits at most 60 s at a time and 10 s in all"):
        machine.client(deadline=10).devices([IMEI])

    assert machine.waits == []


@pytest.mark.row(45)
@pytest.mark.parametrize(
    "retry_after", ["-5", "1.5", "inf", "nan", "", "\N{ARABIC-INDIC DIGIT FIVE}", "0", "soon", "2022-02-04"]
)
def test_wait_that_is_no_time_to_come_is_ignored(machine: VirtualMachine, retry_after: str):
    """
    Then the client waits as it would have without it.
    """
    _asks(machine, retry_after, times=1)

    assert len(machine.client().devices([IMEI])) == 1
    assert 0 <= sum(machine.waits) <= 1


@pytest.mark.row(45)
@settings(deadline=None)
@given(first=st.text(max_size=40), more=st.lists(st.text(max_size=5), max_size=1), date=st.text(max_size=40))
def test_reader_of_waits_raises_nothing(first: str, more: list[str], date: str):
    """
    Whatever the headers are, the result is above 0 or `None`.
    """
    answer = Response(status=429, body=b"", retry_after=(first, *more), date=date)

    seconds = seconds_to_wait(answer)

    assert seconds is None or seconds > 0


@pytest.mark.row(45)
def test_two_waits_are_none(machine: VirtualMachine):
    """
    Which of two headers is meant cannot be told.
    """
    assert seconds_to_wait(Response(status=429, body=b"", retry_after=("3", "5"))) is None


def test_policy_says_of_each_failure_how_often_it_is_tried():
    """
    No kind of failure is missing from the table.
    """
    assert set(POLICY) == set(get_args(FailureKind))


@pytest.mark.row(41)
def test_waits_between_attempts_are_drawn_and_grow(machine: VirtualMachine):
    """
    From 0 to 1 s, then from 0 to 2 s, so that clients which failed together do not come back together.
    """
    machine.simulator.fault("502", on="devices")
    client = machine.client()

    for _ in range(3):
        with pytest.raises(ServiceUnavailable):
            client.devices([IMEI])

    firsts, seconds = machine.waits[0::2], machine.waits[1::2]
    assert all(0 <= wait <= 1 for wait in firsts)
    assert all(0 <= wait <= 2 for wait in seconds)
    assert len(set(machine.waits)) == 6


@pytest.mark.row(48)
def test_budget_ends_a_read_of_a_service_that_flaps(machine: VirtualMachine):
    """
    After ten retries without as many successes the client stops, with the numbers.
    """
    client = machine.client(batch_size=1)
    imeis = [str(350000000000000 + n) for n in range(100)]
    machine.simulator.fault("devices:503~2")

    with pytest.raises(ServiceUnavailable) as error:
        client.devices(imeis)

    assert str(error.value) == (
        "cannot read 100 devices of account '0000123456-00001': too many requests failed (11 of 23), most recently: "
        "ThingSpace is unavailable (503); run it again later"
    )


@pytest.mark.row(48)
def test_budget_grows_with_what_succeeds(machine: VirtualMachine):
    """
    A service that fails once in twenty calls is read to the end.
    """
    client = machine.client(batch_size=1)
    imeis = [str(350000000000000 + n) for n in range(400)]
    machine.simulator.fault("devices:503~20")

    assert len(client.devices(imeis).missing) == 400


@pytest.mark.row(7)
def test_deadline_ends_a_read_that_goes_on_failing(machine: VirtualMachine):
    """
    The error names the time and the first trouble, which is the real cause.
    """
    machine.simulator.latency = 2.0
    machine.simulator.fault("devices:502*1")
    machine.simulator.fault("devices:slow=60")

    with pytest.raises(ServiceUnavailable) as error:
        machine.client(deadline=20).devices([IMEI])

    assert str(error.value) == (
        CANNOT + "it did not finish within 20 s; the first problem was: ThingSpace is unavailable (502); "
        "run it again, or raise fota:deadline"
    )
    assert machine.now == 1020.0


@pytest.mark.row(7)
@pytest.mark.parametrize(("deadline", "seconds"), [(2.0, "1.6"), (0.45, "0.1")])
def test_seconds_that_were_left_are_told_rounded(machine: VirtualMachine, deadline: float, seconds: str):
    """
    What an attempt may take is what two calls have left of the deadline, to a tenth of a second.
    """
    machine.simulator.latency = 0.212345
    machine.simulator.fault("devices:slow=60")

    with pytest.raises(ServiceUnavailable) as error:
        machine.client(deadline=deadline).devices([IMEI])

    assert str(error.value) == (
        CANNOT + f"it did not finish within {deadline:g} s; the first problem was: no complete answer arrived within "
        f"{seconds} s; run it again, or raise fota:deadline"
    )


@pytest.mark.row(7)
def test_wait_that_reaches_behind_the_deadline_is_not_begun(machine: VirtualMachine):
    """
    Where the wait before the next attempt does not fit, the failure is told at once.
    """
    machine.next_outcome(Failure(broken(), "interrupted"))
    machine.random.random = lambda: 0.99  # type: ignore[method-assign]

    with pytest.raises(ServiceUnavailable) as error:
        machine.client(deadline=0.5).devices([IMEI])

    assert str(error.value) == "cannot get a token: the connection broke before an answer arrived; run it again"
    assert machine.waits == []
