"""The dynamic resource that remembers what a set of devices was when the stack was last deployed.

Owns the resource, its provider, and what Pulumi keeps of both for ever: the type token and the provider's
path. The form of the facts is the concern of `stored_form.py`.
"""

# No postponed annotations here: the SDK would look up their names in the module of a user's subclass.
# mypy: disable-error-code="no-any-return"
# `pulumi.get` gives Any, and is what a getter returns.

import sys
import uuid
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from pulumi_fota._text import encodable, shown
from pulumi_fota.errors import FotaError, InvalidArgument
from pulumi_fota.model import DeviceSet
from pulumi_fota.resources.change import in_words
from pulumi_fota.resources.reading import SharedReads, ask_thingspace
from pulumi_fota.resources.stored_form import (
    KEYS,
    PINNED_KEYS,
    RECORDS,
    ReadQuery,
    Record,
    entry_of,
    is_known,
    keep_more,
    schema_errors,
    size_warning,
    title,
    to_facts,
    to_stored,
)

_PROVIDER = "__provider"  # The SDK's own key, which stands among the properties.


class DeviceSnapshotProvider(ResourceProvider):
    """Keeps the facts of one set of devices as the program last saw them.

    Pulumi stores this class in the stack's state by module and name, so moving or renaming it strands every
    snapshot already deployed. It has no attribute in the program, so that what is stored never changes. It
    leaves `diff` alone: the engine then compares the inputs itself and shows the changed keys alone.
    """

    serialize_as_secret_always = False  # There is nothing in it, and everybody may see so.

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the config for a read, the one operation that needs it."""
        self._reads = SharedReads(lambda query: ask_thingspace(query, req.config))

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse what cannot be stored, all of it at once, and say in one line what changed."""
        if isinstance(news.get("account"), Unknown) and "account" in olds:
            # Devices that a preview does not know yet are hardly ever those of another account. Were it left
            # open, every such preview would announce a replacement.
            news["account"] = olds["account"]
        before, after = _facts(olds), _facts(news)
        failures = [CheckFailure("", InvalidArgument.changed_input(error)) for error in schema_errors(after)]
        if not failures and not schema_errors(before) and is_known(after):
            _say(in_words(before, after), of=title(after))
            news["more"] = keep_more(before, after)["more"]
        return CheckResult(news, failures)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Store what the program saw."""
        return CreateResult(f"snapshot-{uuid.uuid4()}", _facts(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Store what the program sees now."""
        return UpdateResult(_facts(news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask ThingSpace again. A failure is raised, since it says nothing about the devices."""
        stored = _facts(props)
        refresh = f"refresh of {title(stored)}"
        failure: FotaError | None = None
        try:
            facts = self._read_again(stored)
        except FotaError as error:
            failure = error.at_refresh().preceded_by(refresh)
        if failure:  # Raised out here, so that nothing is chained to it and it stands alone on the screen.
            raise failure
        _say(in_words(stored, facts), of=refresh)
        return ReadResult(id_, facts, inputs=dict(facts))

    def _read_again(self, stored: dict[str, Any]) -> dict[str, Any]:
        if "more" not in stored:
            raise InvalidArgument.unreleased_state()
        if errors := schema_errors(stored):
            raise InvalidArgument.changed_state(errors)
        if stored["pinned"]:
            return stored
        try:
            query = ReadQuery.of_stored(stored)
        except ValueError:
            raise InvalidArgument.changed_state(["`imeis` is not as a snapshot stores it"]) from None
        name = entry_of(stored["more"], "name")  # After a rename the old one, since a refresh runs no program.
        return keep_more(stored, to_stored(self._reads.devices(query), name=name, record=stored["record"]))


def _facts(props: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in props.items() if key != _PROVIDER}


def _say(line: str | None, *, of: str) -> None:
    """Print to the stack's diagnostics, which is where the engine puts what a provider prints.

    What the stream has no character for is written as its code, as stderr does: no name keeps a snapshot from
    being stored.
    """
    if line:
        text = encodable(f"{of}: {line}\n", sys.stdout.encoding or "utf-8")
        sys.stdout.write(text)  # In one piece: the provider answers in several threads.


class DeviceSnapshot(Resource, module="fota", name="DeviceSnapshot"):
    """Remembers a set of devices in the stack's state: history, drift, and a trigger for other resources.

    The program reads the devices; the snapshot stores what it saw. So `pulumi preview` shows each IMEI whose
    facts changed, `pulumi refresh` asks ThingSpace again, and `digest` changes when the facts do. The
    snapshot itself sends nothing during `preview`, `up` and `destroy`.

    A set of another account replaces the snapshot.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the type token in a subclass, whose snapshots are snapshots still.

        Raises:
            InvalidArgument: The class names a token of its own.
        """
        if own := [key for key in ("module", "name") if key in kwargs]:
            raise InvalidArgument.own_token(cls.__name__, own)
        super().__init_subclass__(module="fota", name="DeviceSnapshot", **kwargs)

    def __init__(
        self,
        name: str,
        devices: DeviceSet | pulumi.Output[DeviceSet],
        *,
        record: Record = "devices",
        pinned: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Store a set of devices under this name.

        Args:
            name: The resource's name, as ever in Pulumi.
            devices: What `get_devices` or `get_devices_output` gave, or a part of it.
            record: `"devices"` stores the firmware of each IMEI and what is out of the ordinary about it;
                `"cohorts"` stores numbers alone, and the IMEIs in a compact form for the next refresh.
            pinned: Keep the first facts as a baseline, through `up` and `refresh`. Of a snapshot that exists
                already it keeps what is in state; `pulumi up --replace URN` pins today's facts.
            opts: The options of any resource.

        Raises:
            InvalidArgument: An argument cannot be used, or the devices were read through a `Connection`
                without a name, which a refresh could not find again. Of an Output it stops the program later.
        """
        if record not in RECORDS:
            raise InvalidArgument.unknown_record(name, record, known=RECORDS)
        if not isinstance(pinned, bool):
            raise InvalidArgument.no_flag(f"snapshot {shown(name)}: pinned=", pinned)

        def to_store(found: Any) -> dict[str, Any]:
            if not isinstance(found, DeviceSet):
                raise InvalidArgument.no_device_set(name, type(found).__name__)
            if not found.refreshable:
                raise InvalidArgument.unnamed_connection(name)
            facts = to_stored(found, name=name, record=record, pinned=pinned)
            if warning := size_warning(name, facts):
                pulumi.log.warn(warning, self)
            return facts

        if isinstance(devices, pulumi.Output):
            stored = devices.apply(to_store)
            props = {**{key: stored[key] for key in KEYS}, "record": record, "pinned": pinned}
        else:
            props = to_store(devices)
        own = pulumi.ResourceOptions(
            replace_on_changes=["account"], ignore_changes=list(PINNED_KEYS) if pinned else None
        )
        options = pulumi.ResourceOptions.merge(opts, own)
        super().__init__(DeviceSnapshotProvider(), name, props, options)

    @property
    @pulumi.getter
    def account(self) -> pulumi.Output[str]:
        """The billing account."""
        return pulumi.get(self, "account")

    @property
    @pulumi.getter
    def protocol(self) -> pulumi.Output[str]:
        """The protocol filter of the read; empty where none was sent."""
        return pulumi.get(self, "protocol")

    @property
    @pulumi.getter
    def connection(self) -> pulumi.Output[str]:
        """The name of the connection; empty for the default one."""
        return pulumi.get(self, "connection")

    @property
    @pulumi.getter
    def firmware(self) -> pulumi.Output[Mapping[str, str]]:
        """The firmware of each IMEI, as received, or `unknown`; empty with `record="cohorts"`."""
        return pulumi.get(self, "firmware")

    @property
    @pulumi.getter
    def ineligible(self) -> pulumi.Output[Mapping[str, Any]]:
        """Devices that are not known to be eligible: IMEI to `no` or `unknown`.

        With `record="cohorts"` the number of devices for each of these words; so too the next three.
        """
        return pulumi.get(self, "ineligible")

    @property
    @pulumi.getter
    def unlicensed(self) -> pulumi.Output[Mapping[str, Any]]:
        """Devices that are not known to be licensed: IMEI to `no` or `unknown`."""
        return pulumi.get(self, "unlicensed")

    @property
    @pulumi.getter
    def inactive(self) -> pulumi.Output[Mapping[str, Any]]:
        """Devices whose status is another than active: IMEI to the status in lower case, or `unknown`."""
        return pulumi.get(self, "inactive")

    @property
    @pulumi.getter
    def missing(self) -> pulumi.Output[Mapping[str, Any]]:
        """IMEIs that were asked for and of which the answer gave no facts: IMEI to `unknown`."""
        return pulumi.get(self, "missing")

    @property
    @pulumi.getter
    def count(self) -> pulumi.Output[int]:
        """How many devices were returned; the missing ones are not among them."""
        return pulumi.get(self, "count")

    @property
    @pulumi.getter
    def cohorts(self) -> pulumi.Output[Mapping[str, Mapping[str, Mapping[str, int]]]]:
        """How many devices of each make, model and firmware; make and model in lower case.

        The 1,000 largest cohorts are listed. The devices of the others are counted under their make and model
        as `(other versions)`, for the 1,000 makes and models that have the most of them; what is left stands
        under `(other makes)`, `(other models)`, `(other versions)`.
        """
        return pulumi.get(self, "cohorts")

    @property
    @pulumi.getter
    def digest(self) -> pulumi.Output[str]:
        """64 hexadecimal digits that change when the facts do: what other resources take as a trigger."""
        return pulumi.get(self, "digest")

    @property
    def facts(self) -> pulumi.Output[Mapping[str, Any]]:
        """A new Output of all stored facts by name, for a function that takes them whole.

        They are those of the getters, with `scope`, `record`, `pinned` and `imeis`, by which the devices are found
        again, and the resource's `name`.
        """
        return pulumi.Output.all(**{key: pulumi.get(self, key) for key in KEYS}).apply(to_facts)
