"""What the tests of a program need: ThingSpace in process, and Pulumi mocks that know our resource.

The fixture `thingspace` needs the package installed with its extra `testing`.
"""

from pulumi_fota.testing.fake_thingspace import FakeThingSpace
from pulumi_fota.testing.mocks import Mocks

__all__ = ["FakeThingSpace", "Mocks"]
