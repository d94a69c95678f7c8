"""A simulator of ThingSpace."""

from pulumi_fota.simulator.credentials import Credentials
from pulumi_fota.simulator.exchange import Answer, Request
from pulumi_fota.simulator.fleet import Account, FleetError
from pulumi_fota.simulator.simulator import Simulator

__all__ = ["Account", "Answer", "Credentials", "FleetError", "Request", "Simulator"]
