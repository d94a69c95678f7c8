"""The fixture `thingspace` and the mocks, as tests of a program use them."""

import datetime as dt
import os
import socket
import subprocess
import sys

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.errors import DeviceNotFound
from pulumi_fota.simulator import FleetError
from pulumi_fota.simulator.fleet import DEVICE_FIELDS
from pulumi_fota.testing import Mocks


def test_the_fixture_is_reached_by_the_settings(thingspace):
    """
    A test adds devices, and reads them as the program would.
    """
    imeis = thingspace.add_devices(4)

    meters = fota.get_devices(imeis)

    assert [meter.imei for meter in meters] == sorted(imeis)
    assert meters.count_by("make") == {"Quectel": 1, "SEQUANS COMMUNICATIONS": 2, "Telit": 1}
    assert thingspace.simulator.count("devices") == 1
    assert meters.where(last_connection_time=None).firmware_by_imei == {imeis[2]: "BG96MAR02A07M1G"}


def test_the_imeis_of_the_factory_have_a_check_digit_that_fits(thingspace, caplog):
    """
    Reading them causes no warning.
    """
    fota.get_devices(thingspace.add_devices(30))

    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


def test_a_device_is_changed_and_removed(thingspace):
    """
    The next read sees it.
    """
    (imei,) = thingspace.add_devices(firmware="1", fotaEligible=False)
    assert fota.get_device(imei).fota_eligible is False

    thingspace.change(imei, firmware="2")
    assert fota.get_device(imei).firmware == "2"

    thingspace.remove(imei)
    with pytest.raises(DeviceNotFound):
        fota.get_device(imei)


@pytest.mark.parametrize("move", ["change", "remove"])
def test_a_device_that_was_not_added_is_neither_changed_nor_removed(thingspace, move):
    """
    The message says what to do.
    """
    thingspace.add_devices(2)

    with pytest.raises(FleetError) as refused:
        getattr(thingspace, move)("356938035643809")

    assert str(refused.value) == (
        "account '0000123456-00001' has no device '356938035643809' among its 2: "
        "add it first, or use one of those in `imeis`"
    )


def test_a_snapshot_answers_under_the_mocks_as_the_real_one(thingspace, loop):
    """
    Its outputs are what its provider stores.
    """
    imeis = thingspace.add_devices(2, firmware="1")
    pulumi.runtime.set_mocks(Mocks())
    seen = []

    @pulumi.runtime.test
    def program():
        meters = fota.get_devices(imeis)
        snapshot = fota.DeviceSnapshot("meters", devices=meters)
        return pulumi.Output.all(snapshot.firmware, snapshot.count, snapshot.digest).apply(seen.append)

    program()

    ((firmware, count, digest),) = seen
    assert firmware == dict.fromkeys(imeis, "1")
    assert count == 2
    assert len(digest) == 64


def test_imeis_out_of_a_stash_are_read_under_the_mocks(thingspace, loop):
    """
    A resource that has the IMEIs of a site returns them, so the devices are known.
    """
    imeis = thingspace.add_devices(2, firmware="1")
    pulumi.runtime.set_mocks(Mocks())
    seen = []

    @pulumi.runtime.test
    def program():
        site = pulumi.Stash("site", input=list(imeis))
        return fota.get_devices_output(site.output).apply(lambda meters: seen.append(meters.firmware_by_imei))

    program()

    assert seen == [dict.fromkeys(imeis, "1")]


TESTS_ON_ONE_PORT = """
import pytest

import pulumi_fota as fota
from pulumi_fota.simulator import Simulator

Simulator.__init__.__kwdefaults__["port"] = {port}  # As the system may give it twice.


def test_a_refused_login(thingspace):
    thingspace.simulator.change_password("sim-other")
    with pytest.raises(fota.CredentialsRefused):
        fota.get_devices(thingspace.add_devices())


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_login(thingspace, time):
    fota.get_devices(thingspace.add_devices())
    assert thingspace.simulator.count("login") == 1
"""


def test_a_test_sees_nothing_of_another_and_leaves_nothing_behind(tmp_path):
    """
    Neither a token nor a refused login of one test reaches the next, nor the state folder of the user.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "test_one_port.py").write_text(TESTS_ON_ONE_PORT.format(port=port), encoding="utf-8")
    state = tmp_path / "state of the person"
    environment = {**os.environ, "XDG_STATE_HOME": str(state), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "pulumi_fota", "test_one_port.py"]

    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, "3 passed" in done.stdout) == (0, True), done.stdout + done.stderr
    assert not state.exists()


TESTS_OF_ONE_RUN = """
import json

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota import rules
from pulumi_fota.testing import Mocks

pulumi.runtime.set_mocks(Mocks())  # Once, so that all tests have one connection to the engine.
pulumi.runtime.set_all_config({"fota:gate": "advisory"})
gate = fota.Gate("meters", rules.licensed())
kept = []  # As a module may keep what it declares.


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_gate(thingspace, tmp_path, monkeypatch, caplog, time):
    monkeypatch.setenv("FOTA_REPORT_DIR", str(tmp_path))
    devices = fota.get_devices(thingspace.add_devices(2))
    kept.append(devices)

    gate.require(devices)

    assert [json.loads(path.read_text())["number"] for path in tmp_path.glob("*.json")] == [1]
    assert "the gates of this stack stop nothing" in caplog.text


@pytest.mark.parametrize("firmware", ["1", "2"])
def test_a_lookup(thingspace, firmware):
    seen = []
    imeis = thingspace.add_devices(1, firmware=firmware)

    @pulumi.runtime.test
    def program():
        return fota.get_devices_output(imeis).apply(lambda devices: seen.extend(devices.firmware_by_imei.values()))

    program()

    assert seen == [firmware]
"""


def test_a_test_begins_a_run_of_its_own(tmp_path):
    """
    Neither the number of a gate's report, nor a warning that is given once in a run, nor an answer is left of a test
    before, also where all of them have one connection to the engine.
    """
    (tmp_path / "test_one_run.py").write_text(TESTS_OF_ONE_RUN, encoding="utf-8")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "pulumi_fota", "test_one_run.py"]

    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout + done.stderr


WITHOUT_WERKZEUG = "import sys; sys.modules['werkzeug'] = None; "


def test_pytest_runs_in_projects_that_have_no_extra(tmp_path, monkeypatch):
    """
    The plugin is loaded for every project in an environment, so it needs nothing that only an extra installs.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # Those of others may need it.
    (tmp_path / "test_other.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    run = f"{WITHOUT_WERKZEUG}import pytest; sys.exit(pytest.main(['-q', '-p', 'pulumi_fota', 'test_other.py']))"

    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_simulator_without_its_extra_says_what_to_install(tmp_path):
    """
    As a process it prints one line.
    """
    run = f"{WITHOUT_WERKZEUG}import runpy; runpy._run_module_as_main('pulumi_fota.simulator')"

    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "install the package with its extra `simulator`, or `testing` for its fixture" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize("use", ["add_devices", "change"])
@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("licenceAssigned", "licenseAssigned"),
        ("fota_eligible", "fotaEligible"),
        ("FotaEligible", "fotaEligible"),
        ("firmwares", "firmware"),
        ("last_connection", "lastConnectionTime"),
    ],
)
def test_a_misspelt_field_is_refused(thingspace, use, field, meant):
    """
    The test would pass and test nothing; the message names the field that was probably meant.
    """
    (imei,) = thingspace.add_devices()
    arguments = [imei] if use == "change" else []

    with pytest.raises(TypeError) as refused:
        getattr(thingspace, use)(*arguments, **{field: False})

    assert str(refused.value) == (
        f"unknown field '{field}'; did you mean '{meant}'? (other keys of a row: extra={{'{field}': …}})"
    )
    assert fota.get_devices([imei])[imei].extra == {}
    assert len(thingspace.simulator.account) == 1


def test_a_field_like_no_other_is_answered_with_all_there_are(thingspace):
    """
    The IMEI is not one of them.
    """
    with pytest.raises(TypeError) as refused:
        thingspace.add_devices(battery=5)

    assert str(refused.value).startswith("unknown field 'battery'; use one of mdn, make, model, firmware, ")
    assert "deviceId" not in str(refused.value)


def test_other_keys_of_a_row_are_extra(thingspace):
    """
    The program gets them where it gets all that the API does not document.
    """
    (imei,) = thingspace.add_devices(extra={"battery": 5, "licenceAssigned": False})
    thingspace.change(imei, firmware="2", extra={"battery": 4})

    device = fota.get_device(imei)

    assert device.extra == {"battery": 4, "licenceAssigned": False}
    assert (device.firmware, device.license_assigned) == ("2", True)


def test_every_documented_field_may_be_given(thingspace):
    """
    With any JSON value, since the service may send any.
    """
    fields = dict.fromkeys(DEVICE_FIELDS[1:], None)

    (imei,) = thingspace.add_devices(**fields)

    assert thingspace.simulator.device(imei) == {"deviceId": imei, **fields}


@pytest.mark.parametrize("given", [{"deviceId": "356938035643809"}, {"extra": {"deviceId": "356938035643809"}}])
def test_the_imei_is_not_a_field(thingspace, given):
    """
    The returned IMEIs would not be those of the devices.
    """
    message = "the IMEI is not a field: add a device of your own with `simulator.add({'deviceId': …})`"

    with pytest.raises(TypeError) as added:
        thingspace.add_devices(**given)
    with pytest.raises(TypeError) as changed:
        thingspace.change(*thingspace.add_devices(), **given)

    assert (str(added.value), str(changed.value)) == (message, message)


def test_a_value_that_json_does_not_have_is_refused(thingspace):
    """
    That is said at once, and not when a program reads the device.
    """
    (imei,) = thingspace.add_devices()
    time = dt.datetime(2022, 2, 4, tzinfo=dt.timezone.utc)

    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        thingspace.add_devices(lastConnectionTime=time)
    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        thingspace.change(imei, lastConnectionTime=time)
    assert fota.get_device(imei).firmware == "SR1.2.0.0-10657"
