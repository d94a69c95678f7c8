"""The device-management protocols, and how ThingSpace's pages spell them.

Imports nothing of ours.
"""

from __future__ import annotations

#: The protocols, as the filter of v3 spells them (ThingSpace, Device information for a list (v3), `protocol`).
PROTOCOLS: tuple[str, ...] = ("LWM2M", "OMADM", "HTTP")

# v2 and the firmware list use OMD-DM, the text of the pages OMA-DM, the request of a campaign OMA, one client OMDADM.
_SPELLINGS = {
    "LWM2M": "LWM2M",
    "LWMM2M": "LWM2M",
    "OMADM": "OMADM",
    "OMDDM": "OMADM",
    "OMDADM": "OMADM",
    "OMA": "OMADM",
    "HTTP": "HTTP",
    "HTTPS": "HTTP",
}


def canonical_protocol(text: str) -> str | None:
    """Return the name of a protocol as in `PROTOCOLS`, or `None` if the protocol is unknown."""
    return _SPELLINGS.get(text.strip().upper().replace("-", ""))
