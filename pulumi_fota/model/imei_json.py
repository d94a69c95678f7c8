"""The rows of a JSON document of devices: a list, JSON Lines, or an answer of ThingSpace.

Source: ThingSpace, Device information (v3), `deviceList[].deviceId`; ThingSpace Connectivity Management, the list of
devices (`devices/actions/list`), `devices[].deviceIds[]`. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from pulumi_fota._text import shown
from pulumi_fota.errors import InvalidImei
from pulumi_fota.model.imei import InvalidItem
from pulumi_fota.model.imei_cell import candidates, holds_imei, is_blank
from pulumi_fota.model.imei_table import DeviceRow, DeviceRows, unreadable
from pulumi_fota.model.text_file import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LISTS = ("imeis", "devices", "deviceList")  # The keys under which an object may hold the list.
_MORE = ("hasMoreData", "hasMore", "has_more", "next", "nextPage", "nextPageToken", "nextCursor", "@odata.nextLink")
_KIND_OF_IMEI = "imei"


class _Doubled(dict[str, Any]):
    """An object in which a key appears twice."""

    key: str


def read_json(text: str, name: str, column: str | None, *, in_lines: bool, by_key: bool) -> DeviceRows:
    """Read the rows of a JSON document of devices.

    Args:
        text: The text of its file.
        name: The name of the file, for errors.
        column: The key of the IMEIs, if the program named it.
        in_lines: Whether each line is a document.
        by_key: Whether the `fields` of rows are needed: then each row must be an object.

    Raises:
        InvalidImei: It is not JSON, or not a complete list of devices.
    """
    if not text.strip():
        return DeviceRows(rows=[])
    try:
        items = list(_items(_documents(text, name, in_lines=in_lines), name))
        for position, item in items:
            if key := _doubled_key(item):
                raise unreadable(name, f"{position} has the key {shown(key)} twice: rename one of them")
    except RecursionError:
        raise unreadable(name, "it is nested too deeply") from None
    if by_key:
        for position, item in items:
            if not isinstance(item, dict):
                raise unreadable(name, f"{position} is not an object, so where= has no keys to look at")
    return DeviceRows(rows=list(_rows(items, column)))


def _documents(text: str, name: str, *, in_lines: bool) -> list[tuple[str, Any]]:
    """Return the documents of a file: those of its lines, each with its position, or the one that it is."""
    if in_lines:
        return list(_lines(text, name))
    try:
        return [("", _parse(text))]
    except ValueError as error:
        broken = error
    try:
        documents = list(_lines(text, name))
    except InvalidImei:
        documents = []
    if len(documents) > 1 and all(isinstance(document, dict) for _, document in documents):
        return documents  # It is called .json, and holds JSON Lines.
    raise unreadable(name, f"it is not JSON: {broken}")


def _lines(text: str, name: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(split_lines(text), start=1):
        if line.strip():
            try:
                document = _parse(line)
            except ValueError as error:
                raise unreadable(name, f"line {number:,} is not JSON: {error}") from None
            if isinstance(document, list):
                raise unreadable(name, f"line {number:,} is a list: name a file that holds one document .json")
            yield f"line {number:,}", document


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    keys = [key for key, _ in pairs]
    doubled.key = next(key for key in keys if keys.count(key) > 1)
    return doubled


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value of JSON")


def _doubled_key(value: Any) -> str | None:
    if isinstance(value, _Doubled):
        return value.key
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_doubled_key, within)), None)


def _items(documents: Sequence[tuple[str, Any]], name: str) -> Iterator[tuple[str, Any]]:
    """Return the items of a list or of pages, each with its position."""
    if len(documents) == 1 and not documents[0][0]:
        document = documents[0][1]
        if isinstance(document, dict):
            yield from _of_page(document, name, more=document)
            return
        if not isinstance(document, list):
            raise unreadable(name, 'it is not a list, such as ["356938035643809"]')
        documents = [
            (f"page {number:,}" if _is_page(item) else f"item {number:,}", item)
            for number, item in enumerate(document, start=1)
        ]
    if not any(_is_page(document) for _, document in documents):
        yield from documents
        return
    last = documents[-1][1]
    for position, document in documents:
        if not _is_page(document):
            raise unreadable(name, f"{position} is not a page with a list of devices, as others are")
        for place, item in _of_page(document, name, more=last):
            yield f"{position}, {place}", item


def _is_page(document: Any) -> bool:
    return isinstance(document, dict) and any(isinstance(document.get(key), list) for key in _LISTS)


def _of_page(page: dict[str, Any], name: str, *, more: Any) -> Iterator[tuple[str, Any]]:
    """Yield the items of an answer of ThingSpace, or of an object like one.

    Args:
        page: The answer.
        name: The name of the file, for errors.
        more: The last page, which must not say that there are more pages.
    """
    if isinstance(page, _Doubled):
        raise unreadable(name, f"it has the key {shown(page.key)} twice: rename one of them")
    if str(page.get("schema", "")).startswith("pulumi-fota/"):
        raise unreadable(name, f"it is a document of the schema {shown(page['schema'])}: read it with read_devices")
    known = [key for key in _LISTS if key in page]
    lists = [key for key in known if isinstance(page[key], list)] or known
    if not lists:
        keys = ", ".join(shown(key) for key in list(page)[:20]) or "no key"
        raise unreadable(
            name,
            f"it is an object with {keys}, and no list as 'imeis', 'devices' or 'deviceList': save the list itself",
        )
    if len(lists) > 1:
        raise unreadable(
            name, f"it holds two lists, {shown(lists[0])} and {shown(lists[1])}: save the one that is meant"
        )
    devices = page[lists[0]]
    if devices is not None and not isinstance(devices, list):
        raise unreadable(name, f"its {shown(lists[0])} is of type {type(devices).__name__}: a list was expected")
    if key := next((key for key in _MORE if isinstance(more, dict) and _is_true(more.get(key))), None):
        raise unreadable(
            name, f"it is the first page of a longer list: save all pages (its {shown(key)} says that there are more)"
        )
    for number, item in enumerate(devices or [], start=1):
        yield f"item {number:,}", item


def _is_true(value: Any) -> bool:
    return bool(value) and not (isinstance(value, str) and value.casefold() == "false")


def _rows(items: Sequence[tuple[str, Any]], column: str | None) -> Iterator[DeviceRow]:
    objects = [item for _, item in items if isinstance(item, dict)]
    holding = {key for item in objects for key, value in item.items() if holds_imei(value)}
    common = {key for item in objects for key in _keys(item, column, holding)}
    for position, item in items:
        if not isinstance(item, dict):
            yield DeviceRow(position=position, value=item)
            continue
        value = _value(item, column, holding)
        lacks = isinstance(value, InvalidItem) and bool(common) and not _keys(item, column, holding)
        hides = any(map(holds_imei, item.values()))
        yield DeviceRow(position=position, value=value, fields=item, lacks_key=lacks and not hides)


def _keys(item: dict[str, Any], column: str | None, holding: set[str]) -> list[str]:
    """Return the keys of an object that may be that of its IMEI."""
    if column is not None:
        return [column] if column in item else []
    names = list(item)
    return [names[place] for place in candidates(names, None, holds=lambda place: names[place] in holding)]


def _value(item: dict[str, Any], column: str | None, holding: set[str]) -> Any:
    """Return what should be the IMEI of an object, or an item that says why there is none."""
    keys = _keys(item, column, holding)
    if column is None and isinstance(item.get("deviceIds"), list):
        return _of_kind_imei(item, keys)
    if len(keys) == 1:
        return item[keys[0]]
    if keys:
        return InvalidItem(
            item, f"has {len(keys)} keys that may be that of the IMEI, {_and(keys)}: name the right one with column="
        )
    named = shown(column) if column is not None else "that is called IMEI or device ID"
    return InvalidItem(item, f"has no key {named}: name the right one with column=")


def _of_kind_imei(item: dict[str, Any], keys: Sequence[str]) -> Any:
    """Return the IMEI among the IDs of a device, as ThingSpace lists them; `None` if there is none of that kind."""
    ids: set[Any] = set()
    for entry in item["deviceIds"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str) or "id" not in entry:
            return InvalidItem(item, "has an entry of 'deviceIds' without a kind and an id")
        if entry["kind"].strip().casefold() == _KIND_OF_IMEI:
            if not isinstance(entry["id"], str | None):
                return entry["id"]
            ids.add(entry["id"])
    ids |= {item[key] for key in keys if holds_imei(item[key])}
    present = [each for each in ids if not is_blank(each)]
    if len(present) > 1:
        return InvalidItem(item, f"has {len(present)} IMEIs, {_and(sorted(present))}: write one IMEI an item")
    return present[0] if present else None


def _and(names: Sequence[str]) -> str:
    return " and ".join(map(shown, names))
