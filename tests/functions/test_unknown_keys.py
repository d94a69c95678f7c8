"""Config keys in our namespace that nobody knows are named in one warning a run."""

import pulumi
import pytest

import pulumi_fota as fota
from support.fleet import A


@pytest.fixture
def warnings(caplog):
    """
    Return the warnings of a run about config keys.
    """
    return lambda: [message for message in caplog.messages if "config key" in message]


def program(*keys):
    """
    Make a program that looks up a few times, with config that has these keys.
    """

    def look_up():
        pulumi.runtime.set_all_config(dict.fromkeys(keys, "cnr-value"))
        fota.get_device(A)
        first = fota.get_device_output(A)
        return [first, fota.get_account_devices_output(), first.apply(lambda _: fota.get_available_firmware_output())]

    return look_up


def test_unknown_keys_are_named_in_one_warning_a_run(reachable, run, warnings):
    """
    The keys are named, their values are not.
    """
    run(program("fota:fleet", "fota:imeis"))

    assert warnings() == [
        (
            "fota: 2 config keys are not settings and nothing here reads them: fota:fleet, fota:imeis; remove what is "
            "not needed, and move what the program itself reads to a namespace other than fota"
        )
    ]


def test_a_second_run_warns_again(reachable, run, warnings):
    """
    Each run stands for itself.
    """
    run(program("fota:fleet"), program("fota:fleet"))

    assert len(warnings()) == 2


def test_in_a_project_called_fota_they_are_the_programs_own(reachable, run, warnings):
    """
    There `pulumi config set fleet …` makes such keys.
    """
    look_up = program("fota:fleet")

    def in_project():
        pulumi.runtime.settings._set_project("fota")
        return look_up()

    run(in_project)

    assert warnings() == []
