"""What the OpenAPI document says of routes that read their own bodies."""

from typing import Any, Final

import msgspec

_TENANT: Final = {"name": "tenant_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_EXPLAIN: Final = {
    "name": "explain",
    "in": "query",
    "description": "Whether the answer carries a trace.",
    "schema": {"type": "boolean", "default": False},
}
_FRESH: Final = {
    "name": "at_least_as_fresh",
    "in": "query",
    "description": "A `Vaultaris-Consistency-Token`: the answer takes that write into account for certain.",
    "schema": {"type": "string"},
}


def describe(kind: type[msgspec.Struct], *, in_tenant: bool = True, explained: bool = True) -> dict[str, Any]:
    """``openapi_extra`` of a route that takes ``kind`` as its JSON body."""
    schema, components = msgspec.json.schema_components([kind])
    return {
        "parameters": [*([_TENANT] if in_tenant else []), *([_EXPLAIN, _FRESH] if explained else [])],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inline(schema[0], components)}},
        },
    }


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it points to; none of ours is recursive."""
    if isinstance(schema, list):
        return [_inline(each, components) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(components[schema["$ref"].rpartition("/")[2]], components)
    return {key: _inline(value, components) for key, value in schema.items()}
