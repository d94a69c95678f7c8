"""A protocol filter leaves healthy devices out, so whatever counts them as missing names the filter."""

import logging

import pulumi_fota as fota
from pulumi_fota import rules

A = "356938035643809"


def test_the_line_of_a_read_names_the_filter_if_devices_are_missing(reachable, caplog):
    """
    Without the filter they would have come back.
    """
    caplog.set_level(logging.INFO, "pulumi_fota")

    fota.get_devices([A], protocol="HTTP")
    fota.get_devices([A], protocol="LWM2M")

    lines = [message for message in caplog.messages if "missing" in message]
    assert lines[0].endswith("; 1 missing (only HTTP devices were asked for)")
    assert lines[1].endswith("; 0 missing")


def test_a_gate_names_the_filter_if_devices_are_missing(reachable):
    """
    The reason is the filter, and not the account.
    """
    verdict = fota.Gate("meters", rules.active()).check(fota.get_devices([A], protocol="HTTP"))

    assert not verdict.passed
    assert "did not come back to a read of HTTP devices alone" in verdict.message
