"""The snapshot of a set of devices: a resource that keeps facts in the stack's state."""

from pulumi_fota.resources.device_snapshot import DeviceSnapshot

__all__ = ["DeviceSnapshot"]
