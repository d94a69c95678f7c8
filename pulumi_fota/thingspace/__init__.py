"""Reading from ThingSpace over HTTP.

Two tokens, one retry loop, one deadline, one origin. Turns the API's JSON into values of the model, completely or
with an error. Knows nothing of Pulumi.
"""

from pulumi_fota.thingspace.client import Client, client_for

__all__ = ["Client", "client_for"]
