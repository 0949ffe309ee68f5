"""The services' OpenAPI documents made into one.

Paths that the gateway does not route are left out. A component keeps its name unless two services mean
different things by it: then the later service's gets the service's name in front.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from vaultaris_edge.docs.security import SCHEMES, security_of
from vaultaris_gateway.routes import owner_of
from vaultaris_kit import surface

Document = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_REF = "#/components/"


def merge(parts: Mapping[str, Document], head: Document) -> Document:
    """One document from the parts by service name (``gateway`` for edge's own), led by ``head``."""
    merged: Document = head | {"paths": {}, "components": {"securitySchemes": SCHEMES}}
    operations: set[str] = set()
    for service, part in parts.items():
        renamed = _renamed(part, service, merged["components"])
        for kind, found in renamed.get("components", {}).items():
            if kind != "securitySchemes":
                merged["components"].setdefault(kind, {}).update(found)
        for path, item in renamed.get("paths", {}).items():
            if owner_of(path) == service:
                merged["paths"].setdefault(path, {}).update(_item(path, item, service, operations))
    merged["paths"] = dict(sorted(merged["paths"].items()))
    return merged | {"tags": [{"name": tag} for tag in _tags(merged["paths"])]}


def _item(path: str, item: Document, service: str, operations: set[str]) -> Document:
    """A path item whose operations have unique ids and say how a caller proves who they are."""
    item = dict(item)
    for method in _METHODS:
        if method in item:
            operation = dict(item[method])
            operation["operationId"] = _unique(operation.get("operationId") or f"{method}-{path}", service, operations)
            operation["security"] = security_of(method, path)
            item[method] = operation
    return item


def _unique(operation_id: str, service: str, taken: set[str]) -> str:
    for candidate in (operation_id, f"{service}-{operation_id}"):
        if candidate not in taken:
            taken.add(candidate)
            return candidate
    number = next(n for n in range(2, len(taken) + 3) if f"{service}-{operation_id}-{n}" not in taken)
    taken.add(f"{service}-{operation_id}-{number}")
    return f"{service}-{operation_id}-{number}"


def _tags(paths: Document) -> list[str]:
    """All tags in use, in the order of the surface's sections."""
    used = {tag for item in paths.values() for method in _METHODS for tag in item.get(method, {}).get("tags", ())}
    sections = list(dict.fromkeys(row.section for row in surface.rows()))
    return [tag for tag in sections if tag in used] + sorted(used.difference(sections))


def _renamed(part: Document, service: str, taken: Document) -> Document:
    """The part with every component renamed that would change the meaning of one that is there already."""
    components = part.get("components", {})
    new_names = {
        (kind, name): _free(f"{service.capitalize()}{name}", components.get(kind, {}), taken.get(kind, {}))
        for kind, name in _clashes(components, taken)
    }
    part = deepcopy(part)
    for (kind, name), new in new_names.items():
        part["components"][kind][new] = part["components"][kind].pop(name)
    for node in _nodes(part):
        for key, value in node.items():
            if isinstance(value, str) and value.startswith(_REF):
                kind, _, name = value.removeprefix(_REF).partition("/")
                node[key] = f"{_REF}{kind}/{new_names.get((kind, name), name)}"
    return part


def _free(name: str, *used: Document) -> str:
    """The name, with as many underscores behind it as it takes to be new."""
    while any(name in names for names in used):
        name += "_"
    return name


def _clashes(components: Document, taken: Document) -> set[tuple[str, str]]:
    """Components that differ from the one of that name, and all that refer to such a one."""
    here = {(kind, name) for kind, found in components.items() if kind != "securitySchemes" for name in found}
    shared = {(kind, name) for kind, name in here if name in taken.get(kind, {})}
    clashing = {key for key in shared if components[key[0]][key[1]] != taken[key[0]][key[1]]}
    while True:
        more = {key for key in shared - clashing if _references(components[key[0]][key[1]]) & clashing}
        if not more:
            return clashing
        clashing |= more


def _references(value: Any) -> set[tuple[str, str]]:
    found = (text for node in _nodes(value) for text in node.values() if isinstance(text, str))
    parts = (text.removeprefix(_REF).partition("/") for text in found if text.startswith(_REF))
    return {(kind, name) for kind, _, name in parts}


def _nodes(value: Any) -> Iterator[Document]:
    """Every object in a JSON value: ``$ref`` and discriminator mappings alike are strings in one."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def encode(document: Document) -> bytes:
    """The document as compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
