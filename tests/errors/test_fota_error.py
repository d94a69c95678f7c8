"""What an error says besides, where a refresh tells it."""

import pytest

from pulumi_fota.errors import (
    REPORT,
    CredentialsRefused,
    InvalidSetting,
    RequestRefused,
    ServiceUnavailable,
    UnexpectedResponse,
)

KEPT = "The snapshot in state is as it was."
WHERE = (
    " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the environment, "
    "which goes first here, or run `pulumi refresh --run-program`."
)


@pytest.mark.parametrize(
    "error",
    [
        InvalidSetting.found(["the account is missing"]),
        CredentialsRefused("ThingSpace refused this user and password 3 min ago", "correct them"),
        CredentialsRefused("ThingSpace does not accept this application key", "look", quoted=" (invalid_client)"),
        RequestRefused("the gateway refused the request (403)", "fota:baseUrl is wrong", quoted=": no"),
        RequestRefused("ThingSpace refused the request (400)", "check fota:account", quoted=": no").about(
            "read 3 devices"
        ),
        ServiceUnavailable("the host example.invalid was not found", "check the network, or fota:baseUrl"),
        ServiceUnavailable("it did not finish within 300 s", "raise fota:deadline").about("read 3 devices"),
        UnexpectedResponse("the answer is text/html, not JSON (200)", "check the network and fota:baseUrl"),
    ],
    ids=str,
)
def test_an_error_that_names_a_setting_tells_what_a_refresh_sees_of_it(error):
    """
    The person may have corrected it just now, and a plain refresh is given the old one.
    """
    told = error.at_refresh()

    assert str(told) == f"{error}\n{KEPT}{WHERE}"
    assert type(told) is type(error)


@pytest.mark.parametrize(
    "error",
    [
        ServiceUnavailable("ThingSpace is unavailable (503)", "run it again later"),
        ServiceUnavailable("the connection broke before an answer arrived", "run it again"),
        UnexpectedResponse("ThingSpace answered 200 without a body", REPORT),
    ],
    ids=str,
)
def test_an_error_that_no_setting_mends_tells_that_nothing_was_lost(error):
    """
    And no more.
    """
    assert str(error.at_refresh()) == f"{error}\n{KEPT}"
