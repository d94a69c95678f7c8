"""The login: what it needs, what it refuses, and how five refusals lock the user."""

from __future__ import annotations

import json
import uuid

import pytest

from support.fleet import IMEI


def test_a_login_gives_a_session_token_that_is_a_guid(caller):
    """
    The response has one field, and reads accept the token in it.
    """
    reply = caller.login()
    caller.session = reply.json["sessionToken"]

    assert reply.status == 200
    assert set(reply.json) == {"sessionToken"}
    assert str(uuid.UUID(caller.session)) == caller.session
    assert caller.devices([IMEI]).status == 200


@pytest.mark.parametrize(("header", "code"), [(None, "900902"), ("Basic abc", "900902"), ("Bearer abc", "900901")])
def test_a_login_needs_the_bearer_and_is_not_counted_without_it(caller, header, code):
    """
    The gateway refuses a login without a valid bearer token before the password is checked.
    """
    reply = caller.login(password="sim-wrong", Authorization=header)

    assert (reply.status, reply.json["fault"]["code"]) == (401, code)
    assert caller.simulator.tokens.refused_logins == 0


@pytest.mark.parametrize(("username", "password"), [("sim-other", "sim-password"), ("sim-user", "sim-other")])
def test_a_wrong_name_or_password_is_refused(caller, username, password):
    """
    The service does not say which of the two is wrong.
    """
    reply = caller.login(username, password)

    assert reply.status == 400
    assert reply.json["errorCode"] == "UnifiedWebService.INPUT_INVALID.Password.Invalid"


def test_five_refusals_in_a_row_lock_the_user(caller):
    """
    From then on the right password is refused too, with another message than a wrong one.
    """
    for _ in range(5):
        caller.login(password="sim-wrong")

    reply = caller.login()

    assert (reply.status, reply.json["errorCode"]) == (400, "UnifiedWebService.REQUEST_FAILED.User.Locked")


def test_a_good_login_forgets_the_refusals_before_it(caller):
    """
    After four refusals, a login and four refusals the user is not locked: only refusals in a row count.
    """
    for _ in range(4):
        caller.login(password="sim-wrong")
    caller.login()
    for _ in range(4):
        caller.login(password="sim-wrong")

    assert caller.login().status == 200


def test_support_unlocks_the_user(caller):
    """
    A locked user stays locked until somebody unlocks it.
    """
    caller.simulator.lock()
    locked = caller.login()
    caller.simulator.unlock()

    assert locked.status == 400
    assert caller.login().status == 200


def test_a_locked_user_keeps_the_sessions_that_are_open(caller):
    """
    The lock applies to logins alone.
    """
    caller.simulator.lock()

    assert caller.devices([IMEI]).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"username=sim-user",
        b"[]",
        b'"sim-user"',
        b'{"username": "sim-user"}',
        b'{"password": "sim-password"}',
        b'{"username": 1, "password": "sim-password"}',
        b'{"username": "sim-user", "password": null}',
    ],
)
def test_another_body_is_refused_and_not_counted(caller, body):
    """
    The body is an object with two strings; anything else does not try a password.
    """
    reply = caller.login(body=body)

    assert (reply.status, reply.json["errorCode"]) == (400, "UnifiedWebService.INPUT_INVALID.RequestUndefined")
    assert caller.simulator.tokens.refused_logins == 0


def test_a_body_that_does_not_say_it_is_json_is_refused(caller):
    """
    The Content-Type must be application/json.
    """
    assert caller.login(**{"Content-Type": "text/plain"}).status == 400


@pytest.mark.parametrize(("username", "password"), [("bob", "sim-password"), ("sim-user", "hunter2")])
def test_credentials_that_might_be_real_are_refused_and_not_counted(caller, username, password):
    """
    The message warns of real credentials.
    """
    reply = caller.login(username, password)

    assert reply.json == {
        "errorCode": "UnifiedWebService.REQUEST_FAILED.Login.NotSimulated",
        "errorMessage": (
            "This is a simulator: it accepts only credentials that begin with 'sim-'. Never send it real ones."
        ),
    }
    assert caller.simulator.tokens.refused_logins == 0


def test_a_second_login_leaves_the_first_session_alone(caller):
    """
    By default, sessions are independent of each other.
    """
    caller.login()

    assert caller.devices([IMEI]).status == 200


def test_with_single_session_a_second_login_ends_the_first(call):
    """
    Whether ThingSpace ends the first session is not documented, so the simulator can do both.
    """
    caller = call(single_session=True)

    caller.login()

    assert caller.devices([IMEI]).json["errorCode"].endswith("SessionToken.Expired")


def test_another_password_is_accepted_after_a_change_and_sessions_go_on(caller):
    """
    A change of the password ends no session.
    """
    caller.simulator.change_password("sim-new")

    assert caller.login(password="sim-password").status == 400
    assert caller.login(password="sim-new").status == 200
    assert caller.devices([IMEI]).status == 200


def test_a_session_lives_while_it_is_used_and_ends_after_20_idle_minutes(caller, clock):
    """
    Each read starts the 20 minutes again.
    """
    used = []
    for _ in range(2):
        clock.sleep(1199)
        used.append(caller.account_devices().status)

    clock.sleep(1200)
    ended = caller.devices([IMEI])

    assert used == [200, 200]
    assert (ended.status, ended.json["errorCode"]) == (400, "UnifiedWebService.REQUEST_FAILED.SessionToken.Expired")


def test_a_read_that_is_refused_for_another_reason_still_uses_the_session(caller, clock):
    """
    A session that authorized a request was used, whatever the response was.
    """
    clock.sleep(1199)
    caller.devices([])
    clock.sleep(1199)

    assert caller.devices([IMEI]).status == 200


@pytest.mark.parametrize(
    ("session", "code"),
    [
        ("", "REQUEST_FAILED.SessionToken.Format"),
        ("abc", "INPUT_INVALID.SessionToken.Invalid"),
        ("c6ea73b5-1f6f-4ebf-9be1-f6c63f95d115", "REQUEST_FAILED.SessionToken.Expired"),
    ],
)
def test_a_session_token_that_opens_nothing_is_refused(caller, session, code):
    """
    Missing, malformed and unknown tokens have different codes, in the form that the pages of the login document.
    """
    caller.session = session

    reply = caller.devices([IMEI])

    assert (reply.status, reply.json["errorCode"]) == (400, f"UnifiedWebService.{code}")


def test_the_bearer_is_looked_at_before_the_session(caller):
    """
    The gateway is before the service, so if both tokens are invalid the bearer token is refused.
    """
    caller.bearer = caller.session = "abc"

    assert caller.devices([IMEI]).json["fault"]["code"] == "900901"


def test_a_login_body_is_never_kept_in_text(caller):
    """
    The repr of a request shows neither headers nor body.
    """
    caller.login()

    shown = repr(caller.simulator.requests)

    assert "sim-password" not in shown
    assert caller.bearer not in shown
    assert json.loads(caller.simulator.requests[-1].body)["password"] == "sim-password"
