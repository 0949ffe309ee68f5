"""Field types and body bases that the resources share."""

from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from vaultaris_kit.http.envelopes import RequestBody

MAX_JSON_BYTES = 64 * 1024
MAX_URL_CHARS = 2048


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    if len(msgspec.json.encode(value)) > MAX_JSON_BYTES:
        raise ValueError(f"must not exceed {MAX_JSON_BYTES} bytes of JSON")
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_bounded)]
"""A free JSON object of at most 64 KiB; its depth is bounded where the body is parsed."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Url = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_URL_CHARS, pattern=r"^https?://[^\s\"'<>]+$")
]
HttpsUrl = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_URL_CHARS, pattern=r"^https://[^\s\"'<>]+$")
]
"""For what the product's own pages show: browsers would refuse or warn of anything else there."""
Colour = Annotated[str, Field(pattern=r"^#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$", max_length=9)]


class CreateBody(RequestBody):
    """Body of a create or an action: an explicit null is the same as a missing field."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, body: Any) -> Any:
        return {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else body


class UpdateBody(RequestBody):
    """Body of a PUT, which merges: a missing field keeps its value.

    Null clears the fields named in ``clearable`` and is the same as missing for the others.
    """

    clearable: ClassVar[frozenset[str]] = frozenset()

    def changes(self) -> dict[str, Any]:
        """The fields that the caller really sent, by name."""
        sent = ((name, getattr(self, name)) for name in self.model_fields_set)
        return {name: value for name, value in sent if value is not None or name in self.clearable}
