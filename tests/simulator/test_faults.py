"""Faults: how they are written, at which calls they happen, and what they do."""

from __future__ import annotations

import gzip
import json

import pytest

from pulumi_fota.simulator import faults

IMEI = "356938035643809"
TOKEN = "/api/ts/v1/oauth2/token"


def statuses(caller, calls=6):
    return [caller.devices([IMEI]).status for _ in range(calls)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("503", [503] * 6),
        ("devices:503", [503] * 6),
        ("login:503", [200] * 6),
        ("devices:503*2", [503, 503, 200, 200, 200, 200]),
        ("devices:503@3", [200, 200, 503, 200, 200, 200]),
        ("devices:503*2@3", [200, 200, 503, 503, 200, 200]),
        ("devices:503~2", [503, 200, 503, 200, 503, 200]),
        ("devices:503@2~3", [200, 503, 200, 200, 503, 200]),
        ("devices:503*1@2~3", [200, 503, 200, 200, 200, 200]),
    ],
)
def test_a_fault_happens_at_the_calls_that_it_names(caller, spec, expected):
    """
    The kind of call, how often, beginning when, and at every how many.
    """
    caller.simulator.fault(spec)

    assert statuses(caller) == expected


def test_calls_are_counted_from_when_the_fault_was_put_in(caller):
    """
    What came before does not count.
    """
    statuses(caller, 4)
    caller.simulator.fault("devices:503@2")

    assert statuses(caller, 3) == [200, 503, 200]


def test_what_a_text_leaves_out_may_be_given_beside_it(caller):
    """
    The arguments say the same as the text, and what the text says goes first.
    """
    caller.simulator.fault("503", on="devices", times=1, first=2)
    caller.simulator.fault("devices:502*1", on="login", first=4)

    assert statuses(caller) == [200, 503, 200, 502, 200, 200]


def test_limited_faults_go_first_in_order_then_the_newest_of_the_others(caller):
    """
    One fault happens at a call.
    """
    simulator = caller.simulator
    simulator.answer_with(500)
    simulator.answer_with(502)
    simulator.answer_with(503, times=1)
    simulator.answer_with(504, times=2)

    assert statuses(caller, 5) == [503, 504, 504, 502, 502]


def test_answering_normally_ends_every_fault(caller):
    """
    Limited ones, endless ones, and chaos.
    """
    caller.simulator.fault("503*3")
    caller.simulator.fault("502")
    caller.simulator.chaos(1)
    caller.simulator.answer_normally()

    assert statuses(caller, 50) == [200] * 50


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "no such fault: ''"),
        ("devices:sesion-expired", "no such fault: 'sesion-expired'; did you mean 'session-expired'?"),
        ("device:503", "no such call: 'device'; there are token, login, devices, account_devices, firmware, other"),
        ("503*0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503@0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503~0", "how often a fault happens, and at which calls, is counted from 1"),
        ("slow", "'slow' says no seconds, such as slow=1.5"),
        ("slow=x", "'slow=x' says no seconds, such as slow=1.5"),
        ("slow=-1", "'slow=-1' says no seconds, such as slow=1.5"),
        ("slow=nan", "'slow=nan' says no seconds, such as slow=1.5"),
        ("cut=3", "'cut=3' takes no value"),
        ("900901=x", "'900901=x' takes no value"),
    ],
)
def test_a_text_that_is_no_fault_is_refused(spec, message):
    """
    The message says what is wrong with it.
    """
    with pytest.raises(ValueError) as caught:
        faults.parse(spec)

    assert str(caught.value) == message


def test_a_name_like_no_other_is_answered_with_all_there_are():
    """
    Whoever types nonsense reads the whole list.
    """
    with pytest.raises(ValueError, match="^no such fault: 'qqq'; there is refused, redirect, slow, session-expired, "):
        faults.parse("qqq")


def test_a_status_may_carry_its_retry_after(caller):
    """
    A value after a status is the Retry-After header, of whatever text.
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
    302, to a host that cannot exist unless another is named.
    """
    caller.simulator.fault(spec)

    reply = caller.devices([IMEI])

    assert (reply.status, reply.headers["Location"]) == (302, target or "http://127.0.0.1:1/x")


def test_slow_answers_are_late_and_otherwise_good(caller, clock):
    """
    The answer takes that much longer, on top of the latency.
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
    These faults happen to the account: the old token opens nothing any more, the next one does.
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
    These faults are answers alone: the same token is good at the next call, and the endpoint hands it out again.
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
    assert caller.simulator.access.locked


def test_a_lock_comes_before_the_login(caller):
    """
    The user is locked when the login arrives.
    """
    caller.simulator.fault("login:locked@1")

    assert caller.login().json["errorCode"].endswith("User.Locked")
    assert caller.login().json["errorCode"].endswith("User.Locked")


def test_a_refused_client_is_the_tokens_own_refusal(caller):
    """
    `refused` means what the kind of call is usually refused with.
    """
    caller.simulator.fault("token:refused")

    assert caller.token().json["error"] == "invalid_client"


def test_a_packed_answer_unpacks_to_the_same(caller):
    """
    gzip, with its header and the length of what is sent.
    """
    plain = caller.devices([IMEI])
    caller.simulator.fault("gzip")

    packed = caller.devices([IMEI])

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.body))
    assert gzip.decompress(packed.body) == plain.body


def test_a_cut_answer_is_shorter_than_it_says(caller):
    """
    The length in the header is the whole one.
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
    200, and no list of devices in it.
    """
    caller.simulator.fault(spec)

    reply = caller.devices([IMEI])

    assert (reply.status, reply.headers["Content-Type"], reply.body) == (200, kind, body)
    assert reply.headers["Content-Length"] == str(len(body))


A, B = "356938035643809", "359999000000018"


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
    One left out, one twice, one that nobody asked for.
    """
    caller.simulator.fault(spec)

    assert caller.devices([A, B]).imeis == imeis


def test_another_account_may_answer(caller):
    """
    The account's name in the answer is not the one asked for.
    """
    caller.simulator.fault("other-account")

    assert caller.devices([A]).json["accountName"] == "0000999999-00009"


def test_a_cursor_may_be_stuck(caller):
    """
    There is more for ever, and it goes on at the same place.
    """
    caller.simulator.fault("cursor-stuck")

    pages = [caller.account_devices().json for _ in range(2)]

    assert [(page["hasMoreData"], page["lastSeenDeviceId"]) for page in pages] == [(True, "000000000000001")] * 2


@pytest.mark.parametrize("spec", ["row-missing", "row-doubled", "row-foreign", "other-account", "cursor-stuck"])
def test_a_refusal_and_a_bare_list_are_not_spoiled(caller, spec):
    """
    These faults are ones of device lists that came back.
    """
    caller.simulator.fault(spec)

    assert caller.devices([]).message == "Device list is empty"
    assert caller.firmware(protocol="all").json == []


def test_a_function_may_change_good_answers(caller):
    """
    In place, or by what it returns.
    """
    caller.simulator.alter(lambda body: body.update(deviceCount=7), times=1)
    caller.simulator.alter(lambda body: [body], times=1)

    assert caller.devices([A]).json["deviceCount"] == 7
    assert isinstance(caller.devices([A]).json, list)


def run_of_chaos(caller, seed, calls=1000):
    caller.simulator.chaos(seed)
    replies = []
    for _ in range(calls):
        caller.bearer, caller.session = caller.simulator.bearer(), caller.simulator.session()
        replies.append(caller.devices([IMEI]))
    return [(reply.status, len(reply.body)) for reply in replies]


def test_chaos_is_the_same_for_the_same_seed(call):
    """
    A rehearsal can be repeated.
    """
    first, again, other = (run_of_chaos(call(), seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_chaos_breaks_about_a_tenth_of_the_calls_in_many_ways(call):
    """
    Between 5 and 15 % of 1,000 calls; statuses, refusals of both tokens, and bodies.
    """
    good = (200, len(call().devices([IMEI]).body))

    broken = [reply for reply in run_of_chaos(call(), 3) if reply != good]

    assert 50 <= len(broken) <= 150
    assert {400, 401, 429, 500, 502, 503, 504} <= {status for status, _ in broken}


def test_chaos_never_refuses_a_login(caller):
    """
    Nobody gets locked by a rehearsal.
    """
    caller.simulator.chaos(4)

    assert {caller.login().status for _ in range(300)} == {200}


def test_chaos_asks_for_short_waits_only(caller):
    """
    A rehearsal that is throttled goes on after a second.
    """
    caller.simulator.chaos(5)

    waits = {reply.headers.get("Retry-After") for reply in (caller.token() for _ in range(400)) if reply.status == 429}

    assert waits == {"1"}


def test_every_chaotic_fault_exists():
    """
    The faults that chaos draws are ones that can be made.
    """
    drawn = {spec for specs in faults._CHAOS.values() for spec in specs}

    assert {faults.fault(spec).name for spec in drawn}
    assert "login-refused" not in json.dumps(sorted(drawn))
