"""The fleet that most tests read: three meters of one account."""

from __future__ import annotations

ACCOUNT = "0000123456-00001"
A, B, C = "356938035643809", "359999000000018", "490154203237518"
IMEI = A  # For a test that reads one device.
UNKNOWN = "359999000000034"  # Another account may have it.
OLD, NEW = "SR1.1.0.0-9001", "SR1.2.0.0-10657"  # The firmware of C, and of the others.
