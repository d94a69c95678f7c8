"""Read the devices whose IMEIs come out of another resource, and so are not known before it is created."""

import pulumi

import pulumi_fota as fota
from pulumi_fota import rules

# Stands in for the resource that knows which meters a site has: a table, a queue, another provider.
site = pulumi.Stash("site", input=["356938035643809", "359999000000018"])

meters = fota.get_devices_output(site.output)
checked = fota.Gate("site", rules.fota_eligible()).require(meters)

fota.DeviceSnapshot("site", devices=checked)

pulumi.export("firmware", checked.apply(lambda devices: devices.count_by("firmware")))
