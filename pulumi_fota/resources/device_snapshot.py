"""The dynamic resource that keeps the facts of a set of devices in the stack's state.

Owns the resource, its provider, and what Pulumi keeps of both for ever: the type token and the provider's path. Knows
nothing of the form in which facts are stored (`stored_form.py`).
"""

# No postponed annotations here: the SDK would look up their names in the module of a user's subclass.

import sys
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

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
from pulumi_fota.errors import FotaError, InvalidArgument, described
from pulumi_fota.model import DeviceSet
from pulumi_fota.resources.changes_line import changes_line
from pulumi_fota.resources.refresh import SharedReads, read_again
from pulumi_fota.resources.stored_form import (
    KEYS,
    PINNED_KEYS,
    RECORDS,
    SCHEMA,
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

if TYPE_CHECKING:
    from typing_extensions import Self

_PROVIDER = "__provider"  # The SDK's own key, which stands among the properties.


class DeviceSnapshotProvider(ResourceProvider):
    """Stores the facts that the program passes, and reads them again for a refresh.

    Pulumi stores this class in the stack's state by module and name, so moving or renaming it would strand every
    snapshot that is deployed. It has no attributes in the program, so what is stored never changes. It does not
    override `diff`: the engine then compares the inputs itself and shows the changed keys alone.
    """

    serialize_as_secret_always = False  # The stored provider holds nothing, so nothing needs to be hidden.

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the config for `read`, the one operation that needs it."""
        self._reads = SharedReads(lambda query: read_again(query, req.config))

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Report everything that is malformed at once, and print in one line what changed."""
        if isinstance(news.get("account"), Unknown) and "account" in olds:
            # Devices that a preview does not know yet are rarely those of another account. If the account stayed
            # unknown, every such preview would announce a replacement.
            news["account"] = olds["account"]
        before, after = _facts(olds), _facts(news)
        advice = "take out the transform or policy that changes what DeviceSnapshot passes"
        failures = [CheckFailure("", f"{error}: {advice}") for error in schema_errors(after)]
        if not failures and not schema_errors(before) and is_known(after):
            _print(changes_line(before, after), about=title(after))
            news["more"] = keep_more(before, after)["more"]
        return CheckResult(news, failures)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Store the facts that the program passed."""
        return CreateResult(f"snapshot-{uuid.uuid4()}", _facts(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Store the facts that the program passes now."""
        return UpdateResult(_facts(news))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask ThingSpace again. A failure is raised and leaves the state as it is."""
        stored = _facts(props)
        refresh = f"refresh of {title(stored)}"
        failure: FotaError | None = None
        try:
            facts = self._read_again(stored)
        except FotaError as error:
            failure = error.at_refresh().preceded_by(refresh)
        if failure:  # Raised outside of the block above, so that the SDK prints no chained error.
            raise failure
        _print(changes_line(stored, facts), about=refresh)
        return ReadResult(id_, facts, inputs=dict(facts))

    def _read_again(self, stored: dict[str, Any]) -> dict[str, Any]:
        if "more" not in stored:
            raise InvalidArgument(
                "the snapshot was stored before the first release of pulumi_fota, in a form that no release reads; "
                "store the facts anew with `pulumi up --replace URN`"
            )
        if errors := schema_errors(stored):
            raise _unreadable_state(", ".join(errors))
        if stored["pinned"]:
            return stored
        try:
            query = ReadQuery.of_stored(stored)
        except ValueError:
            raise _unreadable_state("`imeis` is not as a snapshot stores it") from None
        name = entry_of(stored["more"], "name")  # After a rename this is the old one: a refresh runs no program.
        return keep_more(stored, to_stored(self._reads.devices(query), name=name, record=stored["record"]))


def _unreadable_state(reason: str) -> InvalidArgument:
    return InvalidArgument(
        f"the snapshot's state cannot be read: {reason}; "
        "import the state as it was, or store the facts anew with `pulumi up --replace URN`"
    )


def _facts(props: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in props.items() if key != _PROVIDER}


def _print(line: str | None, *, about: str) -> None:
    """Print a line to the stack's diagnostics, which is where the engine puts a provider's output.

    A character that the stream cannot encode is written as its code, as on stderr: no name keeps a snapshot from being
    stored.
    """
    if line:
        text = encodable(f"{about}: {line}\n", sys.stdout.encoding or "utf-8")
        sys.stdout.write(text)  # In one piece, since the provider answers in several threads.


T = TypeVar("T")


class _Fact(property, Generic[T]):
    """A stored fact as an Output, with the type and the text of its key in `SCHEMA`.

    A property with a getter of the SDK, since the SDK looks for those in the base classes of a user's subclass as well.
    It reads plain annotations, `count: Output[int]`, of the subclass alone, and numbers would stay floats there.
    """

    def __init__(self, key: str) -> None:
        def get(resource: Resource) -> Any:
            return pulumi.get(resource, key)

        get.__name__, get.__doc__ = key, SCHEMA[key].doc
        output: Any = pulumi.Output  # mypy takes what stands in the brackets for a type.
        get.__annotations__ = {"return": output[SCHEMA[key].output_type]}
        super().__init__(pulumi.getter(get))

    @overload
    def __get__(self, instance: None, owner: type | None = None, /) -> "Self": ...
    @overload
    def __get__(self, instance: Resource, owner: type | None = None, /) -> pulumi.Output[T]: ...
    def __get__(self, instance: Resource | None, owner: type | None = None, /) -> Any:
        return super().__get__(instance, owner)


class DeviceSnapshot(Resource, module="fota", name="DeviceSnapshot"):
    """Keeps the facts of a set of devices in the stack's state: history, drift, and a trigger for other resources.

    The program reads the devices; the snapshot stores their facts. So `pulumi preview` shows each IMEI whose facts
    changed, `pulumi refresh` asks ThingSpace again, and `digest` changes when the facts do. The snapshot itself sends
    nothing during `preview`, `up` and `destroy`.

    Devices of another account replace the snapshot.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the type token in a subclass, so that what is in state is found again.

        Raises:
            InvalidArgument: The class names a token of its own.
        """
        if own := [key for key in ("module", "name") if key in kwargs]:
            named = " and ".join(f"{key}=" for key in own)
            raise InvalidArgument(
                f"class {cls.__name__} names {named}: leave it out, since a subclass of DeviceSnapshot keeps its type, "
                "by which what is in state is found again"
            )
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
            name: The name of the resource.
            devices: The result of `get_devices` or `get_devices_output`, or a part of it.
            record: `"devices"` stores the firmware of each IMEI, and its eligibility, licence and status if they are
                not as they should be; `"cohorts"` stores numbers alone, and the IMEIs in a compact form for a refresh.
            pinned: Whether to keep the first facts as a baseline, through `up` and `refresh`. If the snapshot exists
                already, it keeps what is in state, recorded as it is there; `pulumi up --replace URN` pins today's
                facts.
            opts: The options of any resource.

        Raises:
            InvalidArgument: An argument is invalid, or the devices were read through a `Connection` without a name,
                which a refresh could not find again. If `devices` is an Output, or if a pinned snapshot is recorded in
                another way in state, the error stops the program later.
        """
        if record not in RECORDS:
            raise InvalidArgument(
                f"snapshot {shown(name)}: record= is {described(record)}: use one of {', '.join(map(repr, RECORDS))}"
            )
        if not isinstance(pinned, bool):
            raise InvalidArgument(
                f"snapshot {shown(name)}: pinned= is {described(pinned)}: "
                "pass True or False (from config: `config.get_bool(…) or False`)"
            )

        def to_store(value: Any) -> dict[str, Any]:
            if not isinstance(value, DeviceSet):
                raise InvalidArgument(
                    f"snapshot {shown(name)}: devices= is of type {type(value).__name__}: "
                    "pass what get_devices or get_devices_output gave, or a part of it"
                )
            if not value.refreshable:
                raise InvalidArgument(
                    f"snapshot {shown(name)}: its devices were read through a Connection without a name, and "
                    "`pulumi refresh` could not find its credentials again: store them under `fota:connections` and "
                    "read through Connection.named(…)"
                )
            facts = to_stored(value, name=name, record=record, pinned=pinned)
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
        if pinned:
            pulumi.get(self, "record").apply(lambda in_state: _check_record(name, record, in_state))

    account: _Fact[str] = _Fact("account")
    protocol: _Fact[str] = _Fact("protocol")
    connection: _Fact[str] = _Fact("connection")
    firmware: _Fact[Mapping[str, str]] = _Fact("firmware")
    ineligible: _Fact[Mapping[str, Any]] = _Fact("ineligible")
    unlicensed: _Fact[Mapping[str, Any]] = _Fact("unlicensed")
    inactive: _Fact[Mapping[str, Any]] = _Fact("inactive")
    missing: _Fact[Mapping[str, Any]] = _Fact("missing")
    count: _Fact[int] = _Fact("count")
    cohorts: _Fact[Mapping[str, Mapping[str, Mapping[str, int]]]] = _Fact("cohorts")
    digest: _Fact[str] = _Fact("digest")

    @property
    def facts(self) -> pulumi.Output[Mapping[str, Any]]:
        """A new Output of all stored facts by name, for a function that takes all of them, such as `compare`.

        It holds the other properties; `scope`, `record`, `pinned` and `imeis`, by which a refresh finds the devices;
        and the `name` of the resource.
        """
        return pulumi.Output.all(**{key: pulumi.get(self, key) for key in KEYS}).apply(to_facts)


def _check_record(name: str, record: str, in_state: str) -> None:
    """Check that a baseline is recorded as the program says: under `ignore_changes` the engine keeps what is in state.

    Raises:
        InvalidArgument: It is recorded in another way.
    """
    if record != in_state:
        raise InvalidArgument(
            f"snapshot {shown(name)}: record= is {record!r}, but the pinned facts in state are recorded as "
            f"{in_state!r}: pass record={in_state!r}, that of its state, or pin today's facts with "
            "`pulumi up --replace URN`"
        )
