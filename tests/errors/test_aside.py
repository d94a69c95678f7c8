"""What a message says of values, and what is left of it without them."""

from __future__ import annotations

import copy
import pickle

import pytest

from pulumi_fota.errors import DeviceNotFound, InvalidImei
from pulumi_fota.errors.aside import aside, in_full, in_short
from pulumi_fota.errors.discretion import discretion, told

IMEI = "356938035643809"


@pytest.mark.parametrize(
    ("message", "full", "short"),
    [
        ("no value", "no value", "no value"),
        (f"device{aside(f' {IMEI}')} came twice", f"device {IMEI} came twice", "device came twice"),
        (f"{aside(IMEI, 'it')} and {aside('B', 'the other')}", f"{IMEI} and B", "it and the other"),
        (f"a{aside(f' b{aside(IMEI)} c')} d", f"a b{IMEI} c d", "a d"),
        (f"two lines{aside(f' {IMEI}{chr(10)}{IMEI}')}", f"two lines {IMEI}\n{IMEI}", "two lines"),
    ],
)
def test_a_message_is_told_with_and_without_its_values(message: str, full: str, short: str):
    """
    Both read as sentences, and neither shows where a value was marked.
    """
    assert (in_full(message), in_short(message)) == (full, short)


@pytest.mark.parametrize("mark", ["\ufdd0", "\ufdd1", "\ufdd2", "\ufdd1\ufdd2", "\ufdd2\ufdd0"])
def test_a_value_that_brings_marks_along_is_left_out_whole(mark: str):
    """
    Whatever the service or a file sends, no part of a value gets out.
    """
    message = f"device{aside(f' {mark}{IMEI}{mark}{IMEI}')} came twice"

    assert in_short(message) == "device came twice"
    assert in_full(message) == f"device {IMEI}{IMEI} came twice"


def test_discretion_ends_with_its_block():
    """
    What is decided for one lookup holds for no other, also where one block stands within another.
    """
    message = f"device{aside(f' {IMEI}')}"
    heard = []

    with discretion(secret=True):
        heard.append(told(message))
        with discretion(secret=False):
            heard.append(told(message))
        heard.append(told(message))
    heard.append(told(message))

    assert heard == ["device", f"device {IMEI}", "device", f"device {IMEI}"]


def test_an_error_is_told_without_values_where_that_is_asked():
    """
    It is another error of the same class; the first one, which somebody else may wait for, stays as it is.
    """
    error = DeviceNotFound.asked_for(IMEI, account="0000123456-00001")

    with discretion(secret=True):
        discreet = error.told()

    assert type(discreet) is DeviceNotFound
    assert str(discreet) == (
        "the device is not in the account: the carrier's answer left it out; "
        "check the IMEI, or the account that the device is billed to"
    )
    assert IMEI in str(error)
    assert error.told() is error


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301 (ours)
def test_a_copy_of_an_error_tells_the_same(copied):
    """
    Refused logins are kept and raised again as copies.
    """
    error = copied(InvalidImei.read("'x'", "is empty"))

    with discretion(secret=True):
        discreet = error.told()

    assert (str(error), str(discreet)) == ("IMEI 'x' is empty", "the IMEI is empty")


def test_no_device_is_named_at_refresh():
    """
    The engine does not tell the provider that what it has in state is a secret; an account is told as ever.
    """
    error = DeviceNotFound.asked_for(IMEI, account="0000123456-00001", refusal=f"no {IMEI}").at_refresh()

    assert str(error).startswith("device … is not in account '0000123456-00001': the carrier says 'no …'; check")
