"""A refresh that cannot reach ThingSpace, or does not get an answer, fails and leaves the state as it was."""

import socket

import pytest
from pulumi import automation as auto

WHERE_SETTINGS_ARE = (
    "The snapshot in state is as it was. A refresh is given the config of the last `pulumi up`, not today's: hand "
    "over what is new in the environment, which goes first here, or run `pulumi refresh --run-program`."
)
REFRESH = "refresh of snapshot 'meters'"
READ = f"{REFRESH}: cannot read 3 devices of account '0000123456-00001'"
BAD_ANSWERS = {
    "500": f"ServiceUnavailable: {READ}: ThingSpace is unavailable (500",
    "not-found": f"RequestRefused: {READ}: the gateway refused the request (404)",
    "html": f"UnexpectedResponse: {READ}: the answer is text/html",
    "empty": f"UnexpectedResponse: {READ}: ThingSpace answered 200 without",
    "INACTIVE_ACCOUNT": f"RequestRefused: {READ}: ThingSpace refused the request",
    "session-refused": f"CredentialsRefused: {READ}: the session ended",
}


@pytest.fixture
def failing(stack, snapshot, reads):
    """
    Return a function that refreshes a snapshot of the fleet, which fails, and makes certain that nothing in state
    moved. It gives the error that the snapshot showed.
    """
    fleet = stack(snapshot(reads()))
    fleet.up()
    before = state(fleet)

    def refresh():
        with pytest.raises(auto.CommandError):
            fleet.refresh()

        assert state(fleet) == before
        (error,) = [text for text, urn in zip(fleet.messages, fleet.urns, strict=True) if urn.endswith("::meters")]
        return error.rstrip()

    return refresh


def state(fleet):
    """Return all that is in state, except what a failed refresh drops and the engine keeps for itself."""
    resources = fleet.handle.export_stack().deployment["resources"]
    return [{key: value for key, value in each.items() if key != "propertyDependencies"} for each in resources]


def test_a_bad_answer_is_an_error_with_its_cause(failing, simulator):
    """
    The last words are the message: which snapshot, what could not be read, what was found, what to do, and that nothing
    was lost.
    """
    for fault, told in BAD_ANSWERS.items():
        simulator.answer_normally()
        simulator.answer_with(500, on="devices") if fault == "500" else simulator.fault(fault, on="devices")

        error = failing()

        message = error[error.index(told.split(":")[0]) :]
        assert message.startswith(told)
        assert message.splitlines()[-1].startswith("The snapshot in state is as it was.")
        assert error.count("  File ") == 3, "the two frames of the SDK, and the one that raises"
        assert "During handling" not in error


def test_a_host_that_cannot_be_reached_is_an_error(failing, monkeypatch):
    """
    A name that does not resolve, as on a laptop without its VPN.
    """
    monkeypatch.setenv("FOTA_BASE_URL", "https://thingspace.invalid")
    error = failing()

    assert f"ServiceUnavailable: {REFRESH}: cannot get a token: the host thingspace.invalid was not found" in error


def test_a_refused_connection_is_an_error(failing, monkeypatch):
    """
    A port that nobody listens on. Where the message names a setting, it tells which one a refresh sees: the person
    may have corrected it just now.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    monkeypatch.setenv("FOTA_BASE_URL", f"http://127.0.0.1:{port}")
    error = failing()

    told = f"{REFRESH}: cannot get a token: 127.0.0.1 refused the connection on port {port}"
    assert f"ServiceUnavailable: {told}" in error
    assert error.endswith(f"or fota:baseUrl is wrong\n{WHERE_SETTINGS_ARE}")


def test_settings_that_are_gone_are_an_error_that_tells_where_a_refresh_looks(failing, monkeypatch):
    """
    The environment goes first there; what is half there is not mixed with what the config has.
    """
    monkeypatch.setenv("FOTA_KEY", "sim-key")
    error = failing()

    assert f"InvalidSetting: {REFRESH}: 1 setting is missing or invalid" in error
    assert error.endswith(WHERE_SETTINGS_ARE)
