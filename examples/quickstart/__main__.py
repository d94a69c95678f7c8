"""Read what the carrier knows of some meters, stop if they are not fit, and build one thing for each cohort."""

import pulumi

import pulumi_fota as fota
from pulumi_fota import rules

meters = fota.get_devices(fota.read_imeis("meters.csv"))

gate = fota.Gate(
    "meters",
    rules.fota_eligible(),
    rules.active(),
    rules.allowed_versions("SR1.2.0.0-10657", "SR1.3.0.0-11002", model="GM01Q"),
)
gate.require(meters)

snapshot = fota.DeviceSnapshot("meters", devices=meters)

for cohort in meters.cohorts():
    # Stands in for the service that talks to these devices, since it needs no cloud.
    pulumi.Stash(
        f"service-{cohort.key}",
        input={"make": cohort.make, "model": cohort.model, "firmware": cohort.firmware},
    )

pulumi.export("firmware", meters.count_by("firmware"))
pulumi.export("digest", snapshot.digest)
