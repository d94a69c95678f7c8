"""What Pulumi keeps of the fleet: the snapshot of a set of devices."""

from pulumi_fota.resources.device_snapshot import DeviceSnapshot

__all__ = ["DeviceSnapshot"]
