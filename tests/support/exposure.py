"""All that somebody can get to see of an object: in texts, in dumps, in what it holds."""

from __future__ import annotations

import gc
import json
import pickle
import traceback
import types
from typing import TYPE_CHECKING, Any

import attrs
import dill

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEPTH = 6
_NOT_HELD = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.FrameType,
    types.TracebackType,
)


def of_error(error: BaseException) -> Iterator[tuple[str, object]]:
    """Show an error as a message, a crash report and a walk over its insides do; with what each way is called."""
    for number, link in enumerate(_chain(error)):
        place = f"error {number} of the chain ({type(link).__name__})"
        yield f"{place}, text", f"{link} {link!r} {link.args!r}"
        yield f"{place}, attributes", repr(vars(link))
        yield f"{place}, notes", repr(getattr(link, "__notes__", None))
        report = traceback.TracebackException.from_exception(link, capture_locals=True, compact=False)
        yield f"{place}, traceback with locals", "".join(report.format())
    yield from _dumped(error)
    yield "what it holds", held_by(error)


def of_value(value: Any) -> Iterator[tuple[str, object]]:
    """Show a value as a log, a report and a dump do; with what each way is called."""
    for name, show in {
        "repr": repr,
        "str": str,
        "format": "{}".format,
        "percent": lambda it: "%s %r" % (it, it),  # noqa: UP031 (one of the ways)
        "vars": lambda it: repr(getattr(it, "__dict__", None)),
        "dir": lambda it: repr(dir(it)),
        "attributes": lambda it: repr([getattr(it, name, None) for name in dir(it) if not name.startswith("_")]),
        "asdict": lambda it: repr(attrs.asdict(it)) if attrs.has(type(it)) else "",
        "astuple": lambda it: repr(attrs.astuple(it)) if attrs.has(type(it)) else "",
        "json": lambda it: json.dumps(it, default=lambda part: getattr(part, "__dict__", None) or repr(part)),
    }.items():
        yield name, _tried(show, value)
    yield from _dumped(value)


def held_by(root: object) -> bytes:
    """Return every text that is held, six steps deep, line by line; not the frames it passed, nor code."""
    seen = {id(root)}
    layer: list[Any] = [root]
    texts: list[bytes] = []
    for _ in range(_DEPTH):
        layer = [item for item in gc.get_referents(*layer) if not isinstance(item, _NOT_HELD) and id(item) not in seen]
        seen.update(map(id, layer))
        texts += [item.encode("utf-8", "replace") for item in layer if isinstance(item, str)]
        texts += [bytes(item) for item in layer if isinstance(item, (bytes, bytearray))]
    return b"\n".join(texts)


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop(0)
        if link is not None and link not in chain:
            chain.append(link)
            waiting += [link.__cause__, link.__context__]
    return chain


def _dumped(value: object) -> Iterator[tuple[str, object]]:
    for name, dump in {"pickle": pickle.dumps, "dill": dill.dumps}.items():
        yield name, _tried(dump, value)


def _tried(show: Any, value: object) -> object:
    """Show it, or tell why that is refused: a refusal may show too much as well."""
    try:
        return show(value)
    except Exception as refused:  # noqa: BLE001 (whatever stands in the way)
        return f"{refused!r} {refused}"
