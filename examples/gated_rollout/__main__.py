"""Roll out a service that needs new firmware once every meter runs it, or has a waiver with a reason and a date."""

import csv
from datetime import date
from pathlib import Path

import pulumi

import pulumi_fota as fota
from pulumi_fota import rules

# In a file of its own a waiver is one line, asked for and reviewed like any other change.
with Path("waivers.csv").open(encoding="utf-8", newline="") as file:
    waivers = [
        fota.Waiver(rule=row["rule"], imei=row["imei"], reason=row["reason"], until=date.fromisoformat(row["until"]))
        for row in csv.DictReader(file)
    ]

meters = fota.get_devices(fota.read_imeis("meters.csv"))

gate = fota.Gate(
    "rollout",
    rules.fota_eligible(),
    rules.minimum_version("SR1.2.0.0-10657", scheme="dotted", model="GM01Q"),
    waivers=waivers,
)
gate.require(meters)

# Stands in for the service that speaks the protocol of the new firmware, since it needs no cloud.
service = pulumi.Stash("telemetry", input={"image": "registry.example.com/telemetry:2"})

pulumi.export("telemetry", service.output)
