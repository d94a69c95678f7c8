"""Firmware facts of Verizon ThingSpace devices in Pulumi programs."""

__version__ = "0.1.0"
