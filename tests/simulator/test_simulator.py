"""The simulator as other tests use it."""

from __future__ import annotations

import pytest

from pulumi_fota.simulator import Simulator
from support.fleet import A


def test_requests_are_kept_as_they_came(caller):
    """
    Kind, method, path, query, headers in any case, body, and the status of the response.
    """
    caller.devices([A], query={"protocol": "LWM2M"})

    (request,) = caller.simulator.requests
    assert (request.kind, request.method, request.status) == ("devices", "POST", 200)
    assert request.path == "/api/fota/v3/devices/0000123456-00001"
    assert request.query == {"protocol": "LWM2M"}
    assert request.headers["vz-m2m-token"] == caller.session
    assert request.json == {"deviceList": [A]}
    assert request.text == '{"deviceList": ["356938035643809"]}'


def test_requests_are_counted_by_kind(caller):
    """
    Every request that reached the simulator counts, whatever the response was.
    """
    caller.token()
    caller.login(password="sim-wrong")
    caller.devices([])
    caller.devices([A])
    caller.account_devices()
    caller.firmware(protocol="all")
    caller.send("GET", "/favicon.ico")

    counts = {
        kind: caller.simulator.count(kind) for kind in ("token", "login", "devices", "account_devices", "firmware")
    }

    assert counts == {"token": 1, "login": 1, "devices": 2, "account_devices": 1, "firmware": 1}
    assert caller.simulator.count("other") == 1
    assert caller.simulator.count() == 7


def test_what_reached_it_can_be_forgotten(caller):
    """
    There are no requests, and they are counted from zero.
    """
    caller.devices([A])

    caller.simulator.forget_requests()

    assert caller.simulator.requests == []
    assert caller.simulator.count() == 0


def test_a_kind_that_is_none_cannot_be_counted(caller):
    """
    A misspelt kind would always count nothing.
    """
    with pytest.raises(ValueError, match="unknown kind of request 'device'; did you mean 'devices'"):
        caller.simulator.count("device")


def test_requests_need_not_be_kept(call):
    """
    A simulator that runs for a long time counts requests and keeps none.
    """
    caller = call(record=False)

    caller.devices([A])

    assert caller.simulator.requests == []
    assert caller.simulator.count("devices") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "kind", "body"),
    [
        ({"status": 503, "body": b"\xff\x00", "content_type": "text/html"}, 503, "text/html", b"\xff\x00"),
        ({"body": "{"}, 200, "application/json", b"{"),
        ({"json": {"a": 1}}, 200, "application/json", b'{"a": 1}'),
        ({"json": []}, 200, "application/json", b"[]"),
        ({"json": 0, "status": 400}, 400, "application/json", b"0"),
        ({"status": 200}, 200, None, b""),
        ({"status": 204}, 204, None, b""),
    ],
)
def test_any_answer_can_be_given(caller, arguments, status, kind, body):
    """
    A status with its usual body, any bytes, or any JSON value.
    """
    caller.simulator.answer_with(**arguments)

    reply = caller.devices([A])

    assert (reply.status, reply.headers.get("Content-Type"), reply.body) == (status, kind, body)


def test_no_content_has_no_length(caller):
    """
    204 has neither type nor length.
    """
    caller.simulator.answer_with(204)

    assert caller.devices([A]).headers == {}


def test_an_answer_may_have_more_headers(caller):
    """
    A header that is there already is replaced.
    """
    caller.simulator.answer_with(429, headers={"Retry-After": "20", "content-type": "text/plain"})

    headers = caller.devices([A]).headers

    assert headers["Retry-After"] == "20"
    assert headers["content-type"] == "text/plain"
    assert "Content-Type" not in headers


def test_an_answer_may_be_late(caller, clock):
    """
    The delay is added to the latency.
    """
    caller.simulator.latency = 1
    caller.simulator.answer_with(503, delay=2.5)

    caller.devices([A])

    assert clock.now == 1003.5


def test_other_answers_are_for_the_kind_that_is_named(caller):
    """
    Other kinds are answered as usual.
    """
    caller.simulator.answer_with(503, on="devices", times=2)

    assert caller.account_devices().status == 200
    assert [caller.devices([A]).status for _ in range(3)] == [503, 503, 200]


def test_a_bearer_can_end_a_little_later(caller, clock):
    """
    With `after` the token has some seconds left.
    """
    caller.simulator.expire_bearer(after=1)

    left = caller.token().json["expires_in"]
    good = caller.devices([A]).status
    clock.sleep(1)

    assert (left, good, caller.devices([A]).status) == (1, 200, 401)


def test_sessions_end_when_told(caller):
    """
    All of them end, as after 20 idle minutes.
    """
    caller.simulator.expire_session()

    assert caller.devices([A]).json["errorCode"].endswith("SessionToken.Expired")


def test_tokens_can_be_the_same_in_each_run(call):
    """
    A seed fixes bearer and sessions.
    """
    first, second, other = call(seed=7), call(seed=7), call(seed=8)

    assert (first.bearer, first.session) == (second.bearer, second.session)
    assert first.bearer != other.bearer


def test_a_simulator_that_does_not_serve_has_no_url(fleet):
    """
    The message says how to start it.
    """
    simulator = Simulator(fleet)

    with pytest.raises(RuntimeError) as caught:
        _ = simulator.url

    assert str(caught.value) == "the simulator is not serving: use it in a with statement, or start() it"


def test_what_becomes_of_unknown_devices_is_one_of_three(fleet):
    """
    A misspelt choice would be taken for the default.
    """
    with pytest.raises(ValueError, match="unknown"):
        Simulator(fleet, unknown="ommit")


@pytest.mark.parametrize("name", ["page_size", "post_page_size", "max_devices"])
def test_a_page_or_a_request_has_at_least_one_device(fleet, name):
    """
    A page without devices would lead to the same page for ever.
    """
    with pytest.raises(ValueError, match=f"'{name}' must be >= 1: 0"):
        Simulator(fleet, **{name: 0})


def test_decisions_are_logged_without_what_was_said(caller, caplog):
    """
    The log has kind, status and sizes, and no credential, token, account or IMEI.
    """
    caplog.set_level("DEBUG")

    caller.login()
    size = len(caller.devices([A]).body)

    assert caplog.messages == ["login: 200, 52 bytes in, 56 out", f"devices: 200, 35 bytes in, {size} out"]
