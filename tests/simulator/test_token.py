"""The token endpoint: it gets Basic credentials and a form, and returns the bearer token of the application."""

from __future__ import annotations

import base64

import pytest

from pulumi_fota.simulator import Credentials


def test_a_token_has_the_documented_fields(caller):
    """
    The response has the four fields of RFC 6749 that ThingSpace documents, and an opaque hexadecimal token.
    """
    reply = caller.token()

    assert reply.status == 200
    assert set(reply.json) == {"access_token", "token_type", "expires_in", "scope"}
    assert int(reply.json["access_token"], 16)
    assert reply.json["token_type"] == "Bearer"


def test_within_the_hour_the_same_token_comes_with_what_is_left_of_it(caller, clock):
    """
    A token is valid for an hour from its first issue, so a second request gets the same one and the remaining time.
    """
    first = caller.token().json

    clock.sleep(3000.5)
    second = caller.token().json

    assert second["access_token"] == first["access_token"]
    assert (first["expires_in"], second["expires_in"]) == (3600, 599)


def test_after_the_hour_the_token_is_another_and_the_old_one_is_refused(caller, clock):
    """
    After 3,600 s the old token is refused with 900901, and the endpoint returns a new one.
    """
    old = caller.token().json["access_token"]

    clock.sleep(3600)

    assert caller.devices(["356938035643809"]).json["fault"]["code"] == "900901"
    assert caller.token().json["access_token"] != old


@pytest.mark.parametrize(("key", "secret"), [("sim-other", "sim-secret"), ("sim-key", "sim-other"), ("sim-", "sim-")])
def test_a_wrong_key_or_secret_is_an_invalid_client(caller, key, secret):
    """
    The OAuth server does not say which of the two is wrong.
    """
    reply = caller.token(key, secret)

    assert (reply.status, reply.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("header", [None, "", "Bearer abc", "Basic", "Basic !!!", "Basic c2ltLWtleQ=="])
def test_a_header_that_holds_no_basic_credentials_is_an_invalid_client(caller, header):
    """
    It is missing, of another scheme, not base64, or without a colon.
    """
    reply = caller.token(Authorization=header)

    assert (reply.status, reply.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("key", "secret"), [("real-key", "sim-secret"), ("sim-key", "real-secret")])
def test_credentials_that_might_be_real_are_refused_with_a_warning(caller, key, secret):
    """
    The message warns of real credentials.
    """
    reply = caller.token(key, secret)

    assert reply.status == 401
    assert reply.json["error_description"] == (
        "This is a simulator: it accepts only credentials that begin with 'sim-'. Never send it real ones."
    )


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type", "invalid_request"),
        (b"scope=READ", "invalid_request"),
        (b"grant_type=\xff", "invalid_request"),
        (b'{"grant_type": "client_credentials"}', "invalid_request"),
        (b"grant_type=password", "unsupported_grant_type"),
    ],
)
def test_another_body_is_refused(caller, body, error):
    """
    The body is a form whose grant_type is client_credentials.
    """
    reply = caller.token(body=body)

    assert (reply.status, reply.json["error"]) == (400, error)


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain"])
def test_a_form_that_does_not_say_so_is_refused(caller, kind):
    """
    The Content-Type must be that of a form.
    """
    reply = caller.token(**{"Content-Type": kind})

    assert (reply.status, reply.json["error"]) == (400, "invalid_request")


def test_credentials_of_any_characters_are_taken(call):
    """
    `sim-` may be followed by quotes, per cents, colons (in the secret) and non-ASCII letters.
    """
    credentials = Credentials(key='sim-7Q"\\é', secret="sim-a:b%2F+ü", username="sim-ü", password='sim-"\\')
    caller = call(credentials=credentials)

    assert caller.token(credentials.key, credentials.secret).status == 200
    assert caller.login(credentials.username, credentials.password).status == 200


def test_credentials_never_show(call):
    """
    The repr of the credentials leaves them out.
    """
    assert "sim-" not in repr(Credentials())


@pytest.mark.parametrize("name", ["key", "secret", "username", "password"])
def test_a_simulator_takes_no_credential_that_might_be_real(name):
    """
    The message names the credential, and does not show it.
    """
    with pytest.raises(ValueError, match="^the simulator's ") as caught:
        Credentials(**{name: "realistic"})

    assert str(caught.value) == (f"the simulator's {name} does not begin with 'sim-': never give it a real credential")


def test_the_form_may_name_its_character_set(caller):
    """
    Parameters of the Content-Type do not matter.
    """
    kind = "application/x-www-form-urlencoded; charset=utf-8"

    assert caller.token(**{"Content-Type": kind}).status == 200


def test_the_basic_header_is_read_as_utf_8(caller):
    """
    A header in another encoding has no credentials, and breaks nothing.
    """
    basic = base64.b64encode("sim-é:sim-x".encode("latin-1")).decode()

    assert caller.token(Authorization=f"Basic {basic}").status == 401
