"""The pages by address. Handlers are wrapped so that refusals are pages too."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from vaultaris_auth.hosted.consent import send_consent, show_consent
from vaultaris_auth.hosted.device import (
    send_device,
    send_device_confirm,
    show_device,
    show_device_confirm,
    show_device_denied,
    show_device_done,
)
from vaultaris_auth.hosted.device_sign_in import send_device_sign_in, show_device_sign_in
from vaultaris_auth.hosted.refusals import Handler, hosted_page
from vaultaris_auth.hosted.second_factor import show_second_factor
from vaultaris_auth.hosted.sign_in import send_sign_in, show_sign_in
from vaultaris_auth.hosted.sign_out import send_sign_out, show_sign_out
from vaultaris_auth.hosted.signed_out import show_signed_out
from vaultaris_auth.hosted.tenant_page import show_nothing
from vaultaris_kit.http.lean import LeanRoute

router = APIRouter(prefix="/hosted/{slug}", tags=["hosted"], route_class=LeanRoute, default_response_class=HTMLResponse)

_REQUEST: Final = {"name": "request_id", "in": "query", "required": True, "schema": {"type": "string"}}
_LANGUAGE: Final = {"name": "ui_locales", "in": "query", "schema": {"type": "string"}}
_SLUG: Final = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}
_SEE_OTHER: Final[dict[int | str, dict[str, Any]]] = {303: {"description": "On to the next page."}}


def _page(method: str, path: str, name: str, handler: Handler, *fields: str, waiting: bool = True) -> None:
    parameters = [_SLUG, *([_REQUEST] if waiting else []), _LANGUAGE]
    extra: dict[str, Any] = {"parameters": parameters}
    if method == "POST":
        properties = {field: {"type": "string"} for field in ("form_token", *fields)}
        schema = {"type": "object", "properties": properties, "required": ["form_token"]}
        extra["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    router.add_api_route(
        path, hosted_page(handler), methods=[method], operation_id=name, responses=_SEE_OTHER, openapi_extra=extra
    )


_page("GET", "/sign-in", "hosted-sign-in", show_sign_in)
_page("POST", "/sign-in", "hosted-sign-in-send", send_sign_in, "login", "password")
_page("GET", "/second-factor", "hosted-second-factor", show_second_factor)
_page("GET", "/consent", "hosted-consent", show_consent)
_page("POST", "/consent", "hosted-consent-send", send_consent, "account_id", "decision")
_page("GET", "/sign-out", "hosted-sign-out", show_sign_out, waiting=False)
_page("POST", "/sign-out", "hosted-sign-out-send", send_sign_out, "decision", waiting=False)
_page("GET", "/signed-out", "hosted-signed-out", show_signed_out, waiting=False)
_page("GET", "/device", "hosted-device", show_device, waiting=False)
_page("POST", "/device", "hosted-device-send", send_device, "user_code", waiting=False)
_page("GET", "/device/sign-in", "hosted-device-sign-in", show_device_sign_in, waiting=False)
_page("POST", "/device/sign-in", "hosted-device-sign-in-send", send_device_sign_in, "login", "password", waiting=False)
_page("GET", "/device/confirm", "hosted-device-confirm", show_device_confirm, waiting=False)
_page(
    "POST", "/device/confirm", "hosted-device-confirm-send", send_device_confirm, "account_id", "decision",
    waiting=False,
)  # fmt: skip
_page("GET", "/device/done", "hosted-device-done", show_device_done, waiting=False)
_page("GET", "/device/denied", "hosted-device-denied", show_device_denied, waiting=False)
router.add_api_route("/{rest:path}", hosted_page(show_nothing), methods=["GET"], include_in_schema=False)
