"""Records what a release stores, once, before it is released: `python tests/golden/record.py`.

Writes tests/golden/VERSION/: a whole state for each kind of snapshot, and the stored provider. A file that is
there already is never written again, since it is what people have in their state. Needs the engine in .engine.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import pulumi
from pulumi import automation as auto

import pulumi_fota as fota
from pulumi_fota.simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "0000123456-00001"
IMEIS = ["356938035643809", "359999000000018", "359999000000026", "490154203237518"]  # The third is not in the account.
FLEET = json.loads((Path(__file__).parent / "fleet.json").read_text(encoding="utf-8"))
#: What the engine notes of the machine that it ran on, and of the time.
NOT_OURS = {"sourcePosition", "stackTrace", "created", "modified"}


def read(connection=None, *, account_wide=False):
    return fota.get_account_devices(connection=connection) if account_wide else fota.get_devices(IMEIS, connection=connection)


KINDS = {
    "devices": lambda: fota.DeviceSnapshot("meters", read()),
    "cohorts": lambda: fota.DeviceSnapshot("meters", read(), record="cohorts"),
    "account": lambda: fota.DeviceSnapshot("meters", read(account_wide=True)),
    "pinned": lambda: fota.DeviceSnapshot("meters", read(), pinned=True),
    "secret": lambda: fota.DeviceSnapshot("meters", pulumi.Output.secret(read())),
    "connection": lambda: fota.DeviceSnapshot("meters", read(fota.Connection.named("east"))),
}


def record(kind, folder):
    with tempfile.TemporaryDirectory() as backend:
        os.environ["PULUMI_BACKEND_URL"] = f"file://{backend}"
        stack = auto.create_stack("dev", project_name="fleet", program=lambda: KINDS[kind]() and None)
        stack.up()
        deployment = stack.export_stack().deployment
        # The Automation API exports secrets in plain; the command line does not.
        exported = json.loads(stack.workspace._run_pulumi_cmd_sync(["stack", "export", "--stack", "dev"]).stdout)
    for resource in exported["deployment"]["resources"]:
        for key in NOT_OURS & resource.keys():
            del resource[key]
    exported["deployment"]["manifest"]["time"] = "2022-02-05T00:00:00Z"
    (folder / f"{kind}.json").write_text(json.dumps(exported, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return next(each["inputs"]["__provider"] for each in deployment["resources"] if "DeviceSnapshot" in each["type"])


def main():
    folder = Path(__file__).parent / fota.__version__
    folder.mkdir(exist_ok=True)
    os.environ.update(
        PATH=f"{ROOT / '.engine' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        PULUMI_CONFIG_PASSPHRASE="",
        PULUMI_SKIP_UPDATE_CHECK="true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
        PULUMI_PYTHON_CMD=sys.executable,
    )
    with Simulator(FLEET) as simulator:
        given = {"BASE_URL": simulator.url, "ACCOUNT": ACCOUNT}
        login = {"KEY": "sim-key", "SECRET": "sim-secret", "USERNAME": "sim-user", "PASSWORD": "sim-password"}
        os.environ.update({f"FOTA_{name}": value for name, value in {**given, **login}.items()})
        os.environ.update({f"FOTA_CONNECTION_EAST_{name}": value for name, value in {**given, **login}.items()})
        for kind in KINDS:
            if not (folder / f"{kind}.json").exists():
                (folder / "provider.txt").write_text(record(kind, folder) + "\n", encoding="utf-8")


main()
