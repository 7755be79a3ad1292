"""The OpenAPI 3.1 document, made from the table of operations and the structs they speak in."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import reduce
from operator import or_
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from activities.blocks import Line, Who, Words
from rooms.memo_export import ALL_FORMATS
from server.errors import STATUS, ErrorAnswer

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

REF: Final = "#/components/schemas/{name}"
JSON: Final = "application/json"


class Parameter(msgspec.Struct, frozen=True):
    """A parameter in the address."""

    name: str
    place: str  # "path" or "query"
    about: str
    schema: Mapping[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})


class Answer(msgspec.Struct, frozen=True):
    """One answer: a struct as JSON, or another media type."""

    about: str
    shape: Any = None
    media: tuple[str, ...] = (JSON,)


class Operation(msgspec.Struct, frozen=True):
    """One line of the table: an address, its handler, and what it takes and gives."""

    method: str
    path: str
    handler: Handler
    name: str
    about: str
    answers: Mapping[int, Answer]
    body: Any = None
    takes: tuple[str, ...] = ()  # media types of a body that is no JSON
    query: tuple[Parameter, ...] = ()
    token: str = "no"  # "no", "may", "must"
    refusals: tuple[str, ...] = ()


PATH_PARAMETERS: Final = {
    "room": Parameter("room", "path", "The room's id.", {"type": "string", "maxLength": 40}),
    "photo": Parameter("photo", "path", "A picture's id.", {"type": "string", "maxLength": 60}),
    "format": Parameter(
        "format", "path", "File format.",
        {"type": "string", "enum": list(ALL_FORMATS)},
    ),
}  # fmt: skip


def document(operations: Sequence[Operation], version: str, server: str) -> dict[str, Any]:
    """The whole document. `server` is the address of this server."""
    shapes: list[Any] = [ErrorAnswer]
    for operation in operations:
        shapes += [operation.body] if operation.body else []
        shapes += [answer.shape for answer in operation.answers.values() if answer.shape]
    schemas, components = msgspec.json.schema_components(
        shapes, schema_hook=spoken, ref_template=REF
    )
    known = dict(zip(map(id, shapes), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _one(operation, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Talanoa",
            "version": version,
            "summary": "Rooms for live learning exchanges.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "device": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a device, from opening a room or taking a seat.",
                }
            },
        },
    }


def spoken(kind: type[Any]) -> dict[str, Any]:
    """The schema of what only becomes text on the wire."""
    if kind in (Line, Who, Words):
        return {"type": "string"}
    raise NotImplementedError


_twins: dict[Any, Any] = {}


def on_the_wire(kind: Any) -> Any:
    """A type as it looks to those who receive it: sentences, people and words are texts."""
    if kind in (Line, Who, Words):
        return str
    if kind in _twins:
        return _twins[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        _twins[kind] = _twin(kind)
        return _twins[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is None or origin is Literal:
        return kind
    if origin is Annotated:
        return on_the_wire(parts[0])
    seen = tuple(part if part is ... else on_the_wire(part) for part in parts)
    if origin in (Union, UnionType):
        return reduce(or_, seen)
    return (dict if origin is Mapping else origin)[seen]


def _twin(kind: type[msgspec.Struct]) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        wanted = on_the_wire(hints[field.name])
        if field.required:
            fields.append((field.name, wanted))
        else:
            # Defaults are always written, so what they are does not matter here.
            fields.append((field.name, wanted, msgspec.field(default=msgspec.UNSET)))
    config = kind.__struct_config__
    made = msgspec.defstruct(
        kind.__name__, fields, tag_field=config.tag_field, tag=config.tag, kw_only=True
    )
    made.__doc__ = kind.__doc__
    return made


def _one(operation: Operation, known: Mapping[int, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", operation.path)
    parameters = [PATH_PARAMETERS[name] for name in names] + list(operation.query)
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.about,
        "responses": {
            str(status): _answer(answer, known) for status, answer in operation.answers.items()
        },
    }
    if parameters:
        made["parameters"] = [
            {
                "name": one.name,
                "in": one.place,
                "required": one.place == "path",
                "description": one.about,
                "schema": dict(one.schema),
            }
            for one in parameters
        ]
    if operation.body:
        made["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": known[id(operation.body)]}},
        }
    if operation.takes:
        binary = {"schema": {"type": "string", "format": "binary"}}
        made["requestBody"] = {
            "required": True,
            "content": {media: binary for media in operation.takes},
        }
    refusals: dict[int, list[str]] = {}
    for reason in operation.refusals:
        refusals.setdefault(STATUS[reason], []).append(reason)
    for status, reasons in sorted(refusals.items()):
        made["responses"][str(status)] = _answer(
            Answer("Refused: " + ", ".join(reasons) + ".", ErrorAnswer), {}
        )
        made["responses"][str(status)]["content"][JSON]["schema"] = {
            "$ref": REF.format(name="ErrorAnswer")
        }
    if operation.token != "no":
        made["security"] = [{"device": []}] + ([{}] if operation.token == "may" else [])
    return made


def _answer(answer: Answer, known: Mapping[int, Any]) -> dict[str, Any]:
    if answer.shape is None and answer.media == ():
        return {"description": answer.about}
    schema = known.get(id(answer.shape), {}) if answer.shape else {}
    return {
        "description": answer.about,
        "content": {media: ({"schema": schema} if schema else {}) for media in answer.media},
    }


def encoded(operations: Sequence[Operation], version: str, server: str) -> bytes:
    """The document as JSON bytes."""
    return msgspec.json.encode(document(operations, version, server))
