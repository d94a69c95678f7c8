"""What an error says besides, where a refresh tells it."""

import pytest

from pulumi_fota.errors import (
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
        CredentialsRefused.not_sent_again(3, ""),
        CredentialsRefused.key("invalid_client"),
        RequestRefused.not_allowed(403, "no"),
        RequestRefused.redirected(302, "example.invalid"),
        RequestRefused.by_service(400, "no", do="check fota:account").about("read 3 devices"),
        ServiceUnavailable.host_not_found("example.invalid"),
        ServiceUnavailable.connection_refused("127.0.0.1", 9),
        ServiceUnavailable.certificate("example.invalid", "self-signed"),
        ServiceUnavailable.out_of_time(300, ServiceUnavailable.broken()).about("read 3 devices"),
        UnexpectedResponse.page(200, "text/html", ""),
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
    [ServiceUnavailable.unavailable(503, ""), ServiceUnavailable.broken(), UnexpectedResponse.empty(200)],
    ids=str,
)
def test_an_error_that_no_setting_mends_tells_that_nothing_was_lost(error):
    """
    And no more.
    """
    assert str(error.at_refresh()) == f"{error}\n{KEPT}"
