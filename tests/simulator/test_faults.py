"""What each fault does."""

from __future__ import annotations

import gzip

import pytest

from support.fleet import B

IMEI = A = "356938035643809"


def test_a_status_may_carry_its_retry_after(caller):
    """
    The value after a status is the Retry-After header, whatever it is.
    """
    caller.simulator.fault("429=20*1")
    caller.simulator.fault("503=Wed, 21 Oct 2026 07:28:00 GMT*1")

    first, second = caller.devices([IMEI]), caller.devices([IMEI])

    assert (first.status, first.headers["Retry-After"]) == (429, "20")
    assert (second.status, second.headers["Retry-After"]) == (503, "Wed, 21 Oct 2026 07:28:00 GMT")


@pytest.mark.parametrize(
    ("spec", "target"), [("redirect", "https://elsewhere.invalid/"), ("redirect=http://127.0.0.1:1/x", None)]
)
def test_a_redirect_points_elsewhere(caller, spec, target):
    """
    The status is 302, and the host does not exist by default.
    """
    caller.simulator.fault(spec)

    reply = caller.devices([IMEI])

    assert (reply.status, reply.headers["Location"]) == (302, target or "http://127.0.0.1:1/x")


def test_slow_answers_are_late_and_otherwise_good(caller, clock):
    """
    The response takes longer, in addition to the latency.
    """
    caller.simulator.latency = 0.5
    caller.simulator.fault("slow=2*1")

    first, second = caller.devices([IMEI]).status, caller.devices([IMEI]).status

    assert (first, second) == (200, 200)
    assert clock.now == 1003.0


@pytest.mark.parametrize(
    ("spec", "code"), [("session-expired@1", "SessionToken.Expired"), ("bearer-expired@1", "900901")]
)
def test_an_expired_token_stays_dead_and_a_new_one_is_good(caller, spec, code):
    """
    These faults change the account: the old token is invalid from then on, and the next one is valid.
    """
    caller.simulator.fault(spec)
    refused = [caller.devices([IMEI]) for _ in range(2)]
    old = caller.bearer, caller.session

    caller.bearer = caller.token().json["access_token"]
    caller.session = caller.login().json["sessionToken"]

    assert all(code in reply.body.decode() for reply in refused)
    assert caller.devices([IMEI]).status == 200
    assert (caller.bearer, caller.session) != old


@pytest.mark.parametrize("spec", ["900901", "devices:refused", "session-refused", "session-unauthorized"])
def test_a_refused_token_is_only_said_to_be_dead(caller, spec):
    """
    These faults are responses alone: the same token is valid at the next call, and the endpoint returns it again.
    """
    caller.simulator.fault(spec, times=1, on="devices")
    before = caller.token().json["access_token"]

    assert caller.devices([IMEI]).status in (400, 401)
    assert caller.devices([IMEI]).status == 200
    assert caller.token().json["access_token"] == before


def test_a_refused_login_counts_towards_the_lock(caller):
    """
    Five of them lock the user, though the password was right.
    """
    caller.simulator.fault("login:refused*5")

    replies = [caller.login() for _ in range(6)]

    assert {reply.status for reply in replies} == {400}
    assert caller.simulator.tokens.locked


def test_a_lock_comes_before_the_login(caller):
    """
    The user is locked when the login arrives.
    """
    caller.simulator.fault("login:locked@1")

    assert caller.login().json["errorCode"].endswith("User.Locked")
    assert caller.login().json["errorCode"].endswith("User.Locked")


def test_a_refused_client_is_the_tokens_own_refusal(caller):
    """
    `refused` is the usual refusal of the kind of call.
    """
    caller.simulator.fault("token:refused")

    assert caller.token().json["error"] == "invalid_client"


def test_a_packed_answer_unpacks_to_the_same(caller):
    """
    The headers say gzip and the length of what is sent.
    """
    plain = caller.devices([IMEI])
    caller.simulator.fault("gzip")

    packed = caller.devices([IMEI])

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.body))
    assert gzip.decompress(packed.body) == plain.body


def test_a_cut_answer_is_shorter_than_it_says(caller):
    """
    The length in the header is that of the whole body.
    """
    plain = caller.devices([IMEI])
    caller.simulator.fault("cut")

    cut = caller.devices([IMEI])

    assert cut.headers["Content-Length"] == plain.headers["Content-Length"]
    assert plain.body.startswith(cut.body)
    assert 0 < len(cut.body) < len(plain.body)


@pytest.mark.parametrize(
    ("spec", "kind", "body"),
    [
        ("empty", "application/json", b""),
        ("html", "text/html", b"<html><body>maintenance</body></html>"),
        ("bad-json", "application/json", b'{"deviceList": [{"deviceId": '),
    ],
)
def test_a_good_status_may_come_with_a_bad_body(caller, spec, kind, body):
    """
    The status is 200, and there is no list of devices in the body.
    """
    caller.simulator.fault(spec)

    reply = caller.devices([IMEI])

    assert (reply.status, reply.headers["Content-Type"], reply.body) == (200, kind, body)
    assert reply.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    ("spec", "imeis"),
    [
        ("row-missing", [B]),
        ("row-doubled", [A, B, A]),
        ("row-foreign", [A, B, "990000999999990"]),
        ("other-account", [A, B]),
    ],
)
def test_rows_may_be_wrong(caller, spec, imeis):
    """
    One is missing, one is there twice, or one was not asked for.
    """
    caller.simulator.fault(spec)

    assert caller.devices([A, B]).imeis == imeis


def test_another_account_may_answer(caller):
    """
    The name of the account in the response is another one.
    """
    caller.simulator.fault("other-account")

    assert caller.devices([A]).json["accountName"] == "0000999999-00009"


def test_a_cursor_may_be_stuck(caller):
    """
    There are always more devices, and they begin at the same place.
    """
    caller.simulator.fault("cursor-stuck")

    pages = [caller.account_devices().json for _ in range(2)]

    assert [(page["hasMoreData"], page["lastSeenDeviceId"]) for page in pages] == [(True, "000000000000001")] * 2


@pytest.mark.parametrize("spec", ["row-missing", "row-doubled", "row-foreign", "other-account", "cursor-stuck"])
def test_a_refusal_and_a_bare_list_are_not_spoiled(caller, spec):
    """
    These faults happen to lists of devices alone.
    """
    caller.simulator.fault(spec)

    assert caller.devices([]).message == "Device list is empty"
    assert caller.firmware(protocol="all").json == []


def test_a_function_may_change_good_answers(caller):
    """
    It changes the value in place, or returns another one.
    """
    caller.simulator.alter(lambda body: body.update(deviceCount=7), times=1)
    caller.simulator.alter(lambda body: [body], times=1)

    assert caller.devices([A]).json["deviceCount"] == 7
    assert isinstance(caller.devices([A]).json, list)
