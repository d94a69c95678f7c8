"""Firmware facts of Verizon ThingSpace devices in Pulumi programs."""

from pulumi_fota.version import __version__

__all__ = ["__version__"]
