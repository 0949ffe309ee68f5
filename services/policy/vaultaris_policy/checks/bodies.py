"""Reading a body straight into a struct; only a bad one is looked at twice, to say precisely what is wrong."""

import re
from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

import msgspec

from vaultaris_kit.errors import Detail, Invalid
from vaultaris_kit.http.body import MAX_DEPTH, parse_json
from vaultaris_kit.http.fields import MAX_JSON_BYTES

Body = TypeVar("Body", bound=msgspec.Struct)

_AT: Final = re.compile(r"^(?P<message>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_MISSING: Final = re.compile(r"^Object missing required field `(?P<field>[^`]+)`$")
_NUL_ESCAPE: Final = b"\\u0000"


class BodyReader(Generic[Body]):
    """Decodes bodies of one kind."""

    def __init__(self, kind: type[Body]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode
        self._fields = msgspec.structs.fields(kind)

    def read(self, body: bytes) -> Body:
        """The struct. Raises :class:`BadRequest` when malformed, :class:`Invalid` with every bad field."""
        if _NUL_ESCAPE not in body:
            try:
                return self._decode(body)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass  # the slow way below says why
        return self._explain(parse_json(body))

    def _explain(self, value: Any) -> Body:
        try:
            return msgspec.convert(value, self._kind)
        except msgspec.ValidationError as fault:
            if not isinstance(value, dict):
                raise Invalid(details=[_detail(str(fault), "body")]) from fault
            raise Invalid(details=list(self._faults(value))) from fault

    def _faults(self, value: dict[str, Any]) -> Iterator[Detail]:
        for field in self._fields:
            if field.encode_name not in value:
                if field.required:
                    yield Detail(field=field.encode_name, message="Field required.", code="missing")
                continue
            try:
                msgspec.convert(value[field.encode_name], field.type)
            except msgspec.ValidationError as fault:
                yield _detail(str(fault), field.encode_name)


def check_text(value: str, field: str, maximum: int) -> None:
    """What the structs and the parser of bodies see to over HTTP. Raises :class:`Invalid`."""
    if not 1 <= len(value) <= maximum:
        raise Invalid.field(field, f"Must have 1 to {maximum} characters.", "length")
    if "\x00" in value:
        raise Invalid.field(field, "NUL characters are not allowed.", "nul")


def check_context(context: dict[str, Any] | None, field: str) -> None:
    """Raises :class:`Invalid` when the free attributes are too large, nested too deeply, or hold a NUL character."""
    if not context:
        return
    encoded = msgspec.json.encode(context)
    if len(encoded) > MAX_JSON_BYTES:
        raise Invalid.field(field, f"Must not exceed {MAX_JSON_BYTES} bytes of JSON.", "too_large")
    if _NUL_ESCAPE in encoded or encoded.count(b"[") + encoded.count(b"{") > MAX_DEPTH:  # only then can it be wrong
        parse_json(encoded)


def _detail(fault: str, field: str) -> Detail:
    """msgspec's ``Expected `str`, got `int` - at `$[3].resource``` as a detail of ``checks.3.resource``."""
    found = _AT.match(fault)
    message, path = (found["message"], found["path"] or "") if found else (fault, "")
    steps = [field, *(name or index for name, index in _STEP.findall(path))]
    missing = _MISSING.match(message)
    if missing:
        return Detail(field=".".join([*steps, missing["field"]]), message="Field required.", code="missing")
    return Detail(field=".".join(steps), message=message, code=_code(message))


def _code(message: str) -> str:
    if "of length" in message:
        return "length"
    return "uuid" if "UUID" in message else "type"
