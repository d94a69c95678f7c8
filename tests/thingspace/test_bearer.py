"""The bearer: how it is fetched, what may stand in the answer, and how its life is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_fota._secret import Secret
from pulumi_fota.errors import ServiceUnavailable, UnexpectedResponse
from pulumi_fota.thingspace.auth import bearer_in
from support.fleet import IMEI

if TYPE_CHECKING:
    from support.virtual_machine import VirtualMachine

HOUR = 3600.0


@pytest.mark.row(33)
def test_token_endpoint_that_is_down_is_asked_three_times(machine: VirtualMachine):
    """
    The failure is told as the service's, and the key is not blamed.
    """
    machine.simulator.fault("503", on="token")

    with pytest.raises(ServiceUnavailable) as error:
        machine.client().devices([IMEI])

    waited = f"{sum(machine.waits):.1f}"
    assert str(error.value) == (
        f"cannot get a token: ThingSpace is unavailable (503), 3 attempts in {waited} s; run it again later"
    )
    assert machine.kinds() == ["token"] * 3


@pytest.mark.row(33)
def test_bearer_that_is_good_is_used_while_the_token_endpoint_is_down(machine: VirtualMachine):
    """
    Nobody asks for a token while there is one.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.fault("503", on="token")

    assert len(client.devices([IMEI])) == 1


@pytest.mark.row(35)
def test_bearer_is_used_to_its_end(machine: VirtualMachine):
    """
    With 3 s left a bearer is as good as any, and ThingSpace would give no other.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.now += HOUR - 3
    machine.simulator.forget_requests()

    client.devices([IMEI])

    assert "token" not in machine.kinds()


@pytest.mark.row(35)
def test_last_two_seconds_of_a_bearer_are_waited_for(machine: VirtualMachine):
    """
    So close to its end a bearer might end under way; the next one is there only after it.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.now += HOUR - 1.5
    machine.simulator.forget_requests()

    client.devices([IMEI])

    assert machine.waits == [pytest.approx(1.5)]
    assert machine.kinds() == ["token", "devices", "login", "devices"]


@pytest.mark.row(35)
def test_bearer_that_arrives_at_its_end_is_fetched_once_more(machine: VirtualMachine):
    """
    Where the first bearer has 1 s left, its end is waited for and another one fetched.
    """
    machine.simulator.bearer()
    machine.now += HOUR - 1

    assert len(machine.client().devices([IMEI])) == 1
    assert machine.waits == [1.0]
    assert machine.kinds() == ["token", "token", "login", "devices"]


@pytest.mark.row(35)
def test_bearer_without_a_life_is_used_until_it_is_refused(machine: VirtualMachine):
    """
    A service that always says 0 s is asked twice, and not before every request.
    """
    machine.simulator.alter(lambda body: body.update(expires_in=0), on="token")
    client = machine.client()

    client.devices([IMEI])
    client.devices([IMEI])

    assert machine.kinds() == ["token", "token", "login", "devices", "devices"]


@pytest.mark.row(32)
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ({}, None),
        ({"expires_in": "3600"}, 3600.0),
        ({"expires_in": 0}, 0.0),
        ({"expires_in": -1}, 0.0),
        ({"expires_in": 1e9}, 3600.0),
        ({"expires_in": 59.5}, 59.5),
        ({"expires_in": True}, None),
        ({"expires_in": "soon"}, None),
        ({"expires_in": None}, None),
    ],
)
def test_life_of_a_bearer_is_read_with_care(value: dict[str, Any], seconds: float | None):
    """
    Never below 0 s, never above the hour that is documented, and unknown where it is no number.
    """
    assert bearer_in({"access_token": "sim-1", **value}, "get a token") == (Secret("sim-1"), seconds)


@pytest.mark.row(32)
@pytest.mark.parametrize(
    "answer",
    [
        {"expires_in": 3600},
        {"access_token": ""},
        {"access_token": "CANARY\n"},
        {"access_token": " CANARY"},
        {"access_token": "CANARY\N{LATIN SMALL LETTER E WITH ACUTE}"},
        {"access_token": "CANARY" * 1000},
        {"access_token": 5},
        {"access_token": "CANARY", "token_type": "mac"},
        ["CANARY"],
    ],
)
def test_answer_without_a_usable_bearer_is_an_error(machine: VirtualMachine, answer: Any):
    """
    What cannot travel in a header is refused before it is put into one, and is not shown.
    """
    machine.simulator.answer_with(json=answer, on="token")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        "cannot get a token: ThingSpace answered without a usable access token; "
        "please report it as an issue of pulumi_fota"
    )
    assert machine.kinds() == ["token"]


@pytest.mark.row(32)
def test_life_that_is_no_json_is_an_error_without_the_token(machine: VirtualMachine):
    """
    A life of NaN makes the whole answer unusable; nothing of it is quoted.
    """
    machine.simulator.answer_with(body=b'{"access_token": "CANARY", "expires_in": NaN}', on="token")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        "cannot get a token: the answer contains NaN; please report it as an issue of pulumi_fota"
    )


@pytest.mark.row(32)
@settings(deadline=None)
@given(token=st.text() | st.just("sim-1"), seconds=st.none() | st.floats() | st.integers() | st.text())
def test_bearer_from_an_answer_fits_into_a_header(token: str, seconds: object):
    """
    Whatever the endpoint sends, what is kept is visible ASCII with a life of 0 to 3600 s.
    """
    try:
        text, life = bearer_in({"access_token": token, "expires_in": seconds}, "get a token")
    except UnexpectedResponse:
        return

    assert text.reveal().isascii()
    assert text.reveal().isprintable()
    assert life is None or 0 <= life <= HOUR


@pytest.mark.row(56)
@pytest.mark.parametrize("jump", [-315_000_000, -HOUR, HOUR, 315_000_000])
def test_wall_clock_that_jumps_changes_nothing(machine: VirtualMachine, jump: float):
    """
    Lives and waits are counted by the clock that nobody sets.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.wall_offset += jump

    client.devices([IMEI])

    assert machine.kinds() == ["token", "login", "devices", "devices"]
