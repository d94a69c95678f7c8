"""The device-management protocols, and the spellings under which ThingSpace's pages know them.

Imports nothing of ours.
"""

from __future__ import annotations

#: The protocols by the names that the v3 filter takes (ThingSpace, Device information for a list (v3), `protocol`).
PROTOCOLS: tuple[str, ...] = ("LWM2M", "OMADM", "HTTP")

# v2 and the firmware list say OMD-DM, the prose OMA-DM, a campaign's request OMA, one client library OMDADM.
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
    """Give the one name of a protocol, or `None` where the text is none that ThingSpace's pages know."""
    return _SPELLINGS.get(text.strip().upper().replace("-", ""))
