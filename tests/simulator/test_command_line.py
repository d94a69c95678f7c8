"""`python -m pulumi_fota.simulator`: its output, its options, and how it ends."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys

import pytest
import requests

from pulumi_fota.simulator import made_imeis
from pulumi_fota.simulator.faults import NAMES

COMMAND = [sys.executable, "-m", "pulumi_fota.simulator"]
SETTINGS = """
# Settings for a shell:
export FOTA_ACCOUNT=0000123456-00001
export FOTA_BASE_URL={url}
export FOTA_KEY=sim-key
export FOTA_SECRET=sim-secret
export FOTA_USERNAME=sim-user
export FOTA_PASSWORD=sim-password

# Settings for a stack:
pulumi config set fota:account 0000123456-00001
pulumi config set fota:baseUrl {url}
pulumi config set --secret fota:key sim-key
pulumi config set --secret fota:secret sim-secret
pulumi config set fota:username sim-user
pulumi config set --secret fota:password sim-password
"""
READ = "/api/fota/v3/devices/0000123456-00001"


@pytest.fixture
def path(tmp_path, fleet):
    """
    The small fleet in a file.
    """
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(fleet), encoding="utf-8")
    return path


@pytest.fixture
def run(path):
    """
    Runs the command until it ends by itself.
    """

    def run(*arguments, fleet=path, **environment):
        return subprocess.run(
            [*COMMAND, *(["--fleet", str(fleet)] if fleet else []), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | environment,
        )

    return run


@pytest.fixture
def start(path):
    """
    Starts the command, returns the process and the URL that it prints, and stops it after the test.
    """
    started = []

    def start(*arguments, fleet=path, **environment):
        process = subprocess.Popen(
            [*COMMAND, *(["--fleet", str(fleet)] if fleet else []), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        )
        started.append(process)
        return process, process.stdout.readline().rstrip("\n")

    yield start
    for process in started:
        process.kill()
        process.communicate()


def token(url, key="sim-key", secret="sim-secret"):  # noqa: S107 - The simulator's.
    form = {"grant_type": "client_credentials"}
    return requests.post(f"{url}/api/ts/v1/oauth2/token", data=form, auth=(key, secret), timeout=10)


def login(url, username="sim-user", password="sim-password"):  # noqa: S107 - The simulator's.
    headers = {"Authorization": f"Bearer {token(url).json()['access_token']}"}
    body = {"username": username, "password": password}
    answer = requests.post(f"{url}/api/m2m/v1/session/login", json=body, headers=headers, timeout=10)
    return headers | {"VZ-M2M-Token": answer.json()["sessionToken"]}


def read(url, headers):
    return requests.post(url + READ, json={"deviceList": ["356938035643809"]}, headers=headers, timeout=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_ends_quietly(start, number):
    """
    The URL is the first line of stdout, and a signal ends the process with 0 and no message.
    """
    process, url = start("--port", "0")
    read_once = read(url, login(url))

    process.send_signal(number)
    out, err = process.stdout.read(), process.stderr.read()

    assert read_once.json()["deviceCount"] == 1
    assert process.wait(timeout=10) == 0
    assert out == SETTINGS.format(url=url)
    assert "Traceback" not in err


def test_it_says_what_it_decides_and_not_what_was_said(start):
    """
    There is a line for each request, without credentials, tokens, accounts or IMEIs.
    """
    process, url = start()
    headers = login(url)
    read(url, headers)

    process.terminate()
    _, err = process.communicate(timeout=10)

    assert [line.split(",")[0] for line in err.splitlines()] == ["token: 200", "login: 200", "devices: 200"]
    assert not [word for word in ("sim-", *headers.values(), "0000123456", "356938035643809") if word in err]


def test_a_changed_fleet_file_is_read_again(start, path, fleet):
    """
    The next read sees an upgrade in the file; a broken file is ignored, which one line says.
    """
    process, url = start()
    headers = login(url)
    fleet["deviceList"][0]["firmware"] = "9.9"
    path.write_text(json.dumps(fleet), encoding="utf-8")
    changed = read(url, headers).json()["deviceList"][0]["firmware"]

    path.write_text("{", encoding="utf-8")
    kept = [read(url, headers).json()["deviceList"][0]["firmware"] for _ in range(3)]
    process.terminate()
    _, err = process.communicate(timeout=10)

    assert (changed, kept) == ("9.9", ["9.9"] * 3)
    assert err.count("the fleet stays as it was") == 1


def test_faults_and_latency_are_options(start):
    """
    Both may be given together, and faults several times.
    """
    _, url = start("--fault", "devices:503*1", "--fault", "devices:429=7*1", "--latency", "0.2")
    headers = login(url)

    answers = [read(url, headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert min(answer.elapsed.total_seconds() for answer in answers) >= 0.2


def test_chaos_is_an_option(start):
    """
    Some calls fail, and others do not.
    """
    _, url = start("--chaos", "1")

    statuses = {token(url).status_code for _ in range(80)}

    assert 200 in statuses
    assert len(statuses) > 1


def test_credentials_come_from_the_environment(start):
    """
    They are not on the command line, where every user of the machine could read them, and they are not printed.
    """
    process, url = start(SIM_KEY="sim-k", SIM_SECRET="sim-s", SIM_USERNAME="sim-u", SIM_PASSWORD="sim-p")

    assert token(url).status_code == 401
    assert token(url, "sim-k", "sim-s").status_code == 200
    process.terminate()
    out = process.stdout.read()
    assert 'export FOTA_PASSWORD="$SIM_PASSWORD"' in out
    assert "sim-" not in out


def test_the_printed_settings_work_in_a_shell(start, tmp_path):
    """
    A program that is started after them reads the fleet.
    """
    process, _ = start(SIM_PASSWORD="sim-p")
    read_first = "import pulumi_fota as fota; print(len(fota.get_devices(['356938035643809'])))"
    lines = [process.stdout.readline() for _ in range(8)]
    environment = {**os.environ, "SIM_PASSWORD": "sim-p"}

    done = subprocess.run(
        ["sh", "-c", "".join(lines) + f'{sys.executable} -c "{read_first}"'],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )

    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_a_reader_of_the_first_line_may_close_the_pipe(path):
    """
    The simulator continues to serve, as after `head -1`.
    """
    process = subprocess.Popen(
        [*COMMAND, "--fleet", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    url = process.stdout.readline().decode().strip()
    process.stdout.close()

    status = token(url).status_code
    process.terminate()

    assert (status, process.wait(timeout=10)) == (200, 0)


def account_devices(url):
    page = requests.get(f"{url}/api/fota/v3/devices/0000123456-00001", headers=login(url), timeout=10).json()
    return {row["deviceId"]: row for row in page["deviceList"]}


def test_a_plausible_fleet_needs_no_file(start):
    """
    There are as many devices as were asked for, with times before now.
    """
    _, url = start("--devices", "20", fleet=None)

    rows = account_devices(url)

    assert sorted(rows) == sorted(made_imeis(20))
    assert max(row["refreshTime"] for row in rows.values()) < dt.datetime.now(dt.timezone.utc).isoformat(" ")


def test_a_plausible_fleet_may_have_the_devices_of_a_file(start, tmp_path):
    """
    The file has one IMEI a line; blank lines and a byte order mark do not matter.
    """
    (tmp_path / "imeis.txt").write_text("\ufeff356938035643809\n\n  359999000000018 \n", encoding="utf-8")

    _, url = start("--imeis", str(tmp_path / "imeis.txt"), fleet=None)

    assert sorted(account_devices(url)) == ["356938035643809", "359999000000018"]


def test_a_file_with_a_line_that_is_not_an_imei_is_refused(run, tmp_path):
    """
    The error is one line that names the file and the line.
    """
    (tmp_path / "imeis.txt").write_text("356938035643809\nIMEI\n", encoding="utf-8")

    ended = run("--imeis", str(tmp_path / "imeis.txt"), fleet=None)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{tmp_path}/imeis.txt, line 2: 'IMEI' is not an IMEI of 15 digits\n"


@pytest.mark.parametrize("name", ["SIM_KEY", "SIM_SECRET", "SIM_USERNAME", "SIM_PASSWORD"])
def test_a_credential_that_might_be_real_is_refused_at_the_start(run, name):
    """
    The message names the variable, and does not show what is in it.
    """
    ended = run(**{name: "hunter2"})

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{name} does not begin with 'sim-': never give the simulator a real credential\n"


def test_a_fleet_file_that_is_missing_is_refused(run, tmp_path):
    """
    The error is one line, without a traceback.
    """
    ended = run(fleet=tmp_path / "none.json")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"cannot read fleet file {tmp_path}/none.json: No such file or directory\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("no JSON", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "an account has no accountName, which must be a string"),
    ],
)
def test_a_file_that_holds_no_fleet_is_refused(run, path, content, found):
    """
    The error is one line that names the file and says what is wrong with it.
    """
    path.write_text(content, encoding="utf-8")

    ended = run()

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"fleet file {path}: {found}\n"


def test_a_port_in_use_is_refused(run):
    """
    The error is one line that names address and port.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--port", str(port))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"cannot serve at 127.0.0.1:{port}: Address already in use\n"


def test_an_address_that_is_none_is_refused(run):
    """
    The error is one line that names the address.
    """
    ended = run("--host", "nosuch.invalid")

    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot serve at nosuch.invalid:0: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "x"], "argument --port: 'x' is not a port (0 to 65535)"),
        (["--port", "65536"], "argument --port: '65536' is not a port (0 to 65535)"),
        (["--latency", "-1"], "argument --latency: '-1' is not a number of seconds (0 to 3600)"),
        (["--latency", "nan"], "argument --latency: 'nan' is not a number of seconds (0 to 3600)"),
        (["--fault", "devices:sesion-expired"], "unknown fault 'sesion-expired'; did you mean 'session-expired'?"),
        (["--chaos", "x"], "argument --chaos: invalid int value: 'x'"),
        (["--flaet"], "unrecognized arguments: --flaet"),
        (["--devices", "3"], "argument --devices: not allowed with argument --fleet"),
        (["--devices", "0"], "argument --devices: '0' is not a number of devices (1 to 1,000,000)"),
    ],
)
def test_a_wrong_option_is_a_usage_error(run, arguments, message):
    """
    The exit code is 2, and the last line says what is wrong.
    """
    ended = run(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.rstrip("\n").endswith(message)


def test_a_fleet_is_required(run):
    """
    The last line names the three options.
    """
    ended = run(fleet=None)

    assert ended.returncode == 2
    assert ended.stderr.endswith("error: one of the arguments --fleet --devices --imeis is required\n")


def test_help_tells_how_a_fault_is_written(run):
    """
    The help has the parts of a fault, examples, and the name of every fault.
    """
    ended = run("--help")

    assert ended.returncode == 0
    assert "[CALL:]FAULT[=VALUE][*TIMES][@FIRST][~EVERY]" in ended.stdout
    words = ended.stdout.replace(",", " ").split()
    assert not [name for name in NAMES if not name[0].isdigit() and not any(word.startswith(name) for word in words)]
    assert "SIM_PASSWORD" in ended.stdout


def test_two_signals_at_once_end_it(start):
    """
    Ctrl-C in a terminal and a parent that cleans up come together; the process ends each time.
    """
    ended = []
    for _ in range(12):
        process, _ = start("--port", "0")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        ended.append(process.returncode)

    assert ended == [0] * 12


def test_two_signals_end_it_where_an_import_has_started_a_thread(start, tmp_path):
    """
    Older releases of the Pulumi SDK start one; it blocks no signal, and receives those that the main thread does not.
    """
    (tmp_path / "sitecustomize.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    folders = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    ended = []
    for _ in range(4):
        process, _ = start("--port", "0", PYTHONPATH=folders)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        ended.append(process.returncode)

    assert ended == [0] * 4
