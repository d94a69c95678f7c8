"""What is left of an error if arguments are secret."""

from __future__ import annotations

import copy
import pickle

import pytest

from pulumi_fota.errors import DeviceNotFound, FotaError, RequestRefused, ServiceUnavailable
from support import exposure
from support.fleet import ACCOUNT, IMEI


def held(error: BaseException) -> str:
    """Return all that somebody can get to see of an error."""
    return " ".join(str(seen) for _, seen in exposure.of_error(error))


def test_what_others_wrote_is_left_out():
    """
    The sentence around it stays, and reads without it.
    """
    error = FotaError("the rule raised ValueError", quoted=f": {IMEI} no", rest=" (a.py, line 3)")

    assert str(error) == f"the rule raised ValueError: {IMEI} no (a.py, line 3)"
    assert str(error.redacted()) == "the rule raised ValueError (a.py, line 3)"


def test_imeis_and_given_values_are_hidden():
    """
    Wherever they stand in our own sentence.
    """
    error = DeviceNotFound(f"device {IMEI} is not in account {ACCOUNT!r}", quoted=" ('no')", rest="; check the IMEI")

    assert str(error.redacted([ACCOUNT])) == "device … is not in account '…'; check the IMEI"


def test_a_redacted_error_is_a_new_one_that_holds_nothing_of_the_first():
    """
    Of the same class; the first one, which somebody else may wait for, stays as it is.
    """
    refused = RequestRefused("ThingSpace refused the request (400)", "ask", quoted=f": {IMEI} no").about(
        f"read account {ACCOUNT}"
    )
    try:
        raise refused from ValueError(IMEI)
    except RequestRefused as raised:
        error = raised

    redacted = error.redacted([ACCOUNT])

    assert type(redacted) is RequestRefused
    assert str(redacted) == "cannot read account …: ThingSpace refused the request (400); ask"
    assert IMEI not in held(redacted)
    assert ACCOUNT not in held(redacted)
    assert str(error) == f"cannot read account {ACCOUNT}: ThingSpace refused the request (400): {IMEI} no; ask"


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301 (ours)
def test_a_copy_of_an_error_is_redacted_alike(copied):
    """
    Refused logins are kept and raised again as copies.
    """
    unavailable = ServiceUnavailable("ThingSpace is unavailable (503", "run it again later", quoted=", CODE", rest=")")
    error = copied(unavailable.about("read 3 devices"))

    assert str(error) == "cannot read 3 devices: ThingSpace is unavailable (503, CODE); run it again later"
    assert str(error.redacted()) == "cannot read 3 devices: ThingSpace is unavailable (503); run it again later"


@pytest.mark.parametrize(
    "around",
    [
        lambda error: ServiceUnavailable.around(error, after=", and asks to wait 100 s", do="wait"),
        lambda error: ServiceUnavailable.around(error, before="it took too long: ", do="run it again"),
        lambda error: ServiceUnavailable.around(error, before="it did not finish (", after=")", do=""),
        lambda error: error.about("read 3 devices", ", 2 attempts in 1.0 s"),
        lambda error: error.preceded_by("at first"),
    ],
)
def test_a_quotation_stays_one_inside_of_another_error(around):
    """
    What others wrote is left out however deep it stands, and nothing else is.
    """
    limited = ServiceUnavailable("ThingSpace limits the calls (429", "run it again", quoted=", A.CODE", rest=")")
    error = around(limited)

    assert str(error.redacted()) == str(error).replace(", A.CODE", "")
    assert ", A.CODE" in str(error)


@pytest.mark.parametrize("head", [None, "rule 'own' could not judge device 3"])
def test_an_error_that_is_all_quotation_tells_its_type(head):
    """
    One of ours that a function of the program raised may say anything.
    """
    error = DeviceNotFound("a b").as_quotation()
    shown = error if head is None else error.preceded_by(head)

    assert (str(error), type(error)) == ("a b", DeviceNotFound)
    assert str(shown.redacted()) == (head or "a function of the program raised DeviceNotFound")


def test_no_device_is_named_at_refresh():
    """
    The engine does not tell the provider that what it has in state is a secret; an account is told as ever.
    """
    error = DeviceNotFound(f"device {IMEI} is not in account {ACCOUNT!r}", quoted=f" ('no {IMEI}')", rest="; check it")
    error = error.at_refresh()

    assert str(error).startswith(f"device … is not in account '{ACCOUNT}' ('no …'); check")
