"""Read what the carrier knows of a fleet, and export a summary for people and for other stacks."""

import pulumi

import pulumi_fota as fota

meters = fota.get_devices(fota.read_imeis("meters.csv"))
available = fota.get_available_firmware()

pulumi.export("devices", len(meters))
pulumi.export("missing", len(meters.missing))
pulumi.export("firmware", meters.count_by("make", "model", "firmware"))
pulumi.export("eligible", meters.count_by("fota_eligible"))
pulumi.export("upgradable", meters.where(lambda meter: bool(available.waiting_for(meter))).count_by("make", "model"))
pulumi.export("digest", meters.digest)
