"""Guard one resource with a gate: it waits for the fleet, and so does what depends on it.

The rest goes ahead under `pulumi up --skip-preview --continue-on-error`. A preview, and an update that begins with
one, ends where the gate stops.
"""

import pulumi

import pulumi_fota as fota
from pulumi_fota import rules

meters = fota.get_devices(fota.read_imeis("meters.csv"))
gate = fota.Gate("protocol", rules.allowed_versions("SR1.2.0.0-10657", "SR1.3.0.0-11002", model="GM01Q"))

# Each stands in for a resource of yours, since it needs no cloud.
endpoint = pulumi.Stash("endpoint", input={"protocol": 2}, opts=pulumi.ResourceOptions(hooks=gate.hooks(meters)))
route = pulumi.Stash("route", input={"to": endpoint.output})
dashboard = pulumi.Stash("dashboard", input={"meters": len(meters)})
