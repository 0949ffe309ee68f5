"""``/api/v1/docs``: the reference page, its script, and the OpenAPI document."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import FileResponse, HTMLResponse, Response

from vaultaris_edge.docs.document import ApiDocument
from vaultaris_edge.docs.page import DOCUMENT_PATH, POLICY, SCRIPT_PATH, compressed_script, page, script_file
from vaultaris_kit.errors import NotFound

_ONE_DAY = "public, max-age=86400"


def docs_router(document: ApiDocument) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["docs"])

    @router.get("/api/v1/docs", operation_id="docs-ui", summary="Browsable API reference", response_class=HTMLResponse)
    async def reference() -> HTMLResponse:
        return HTMLResponse(page(), headers={"content-security-policy": POLICY, "cache-control": "no-cache"})

    @router.get(DOCUMENT_PATH, operation_id="docs-openapi", summary="The OpenAPI 3.1 document", response_model=dict)
    async def openapi(if_none_match: Annotated[str | None, Header(max_length=200)] = None) -> Response:
        published = await document.published()
        headers = {"etag": published.etag, "cache-control": "no-cache"}
        if if_none_match == published.etag:
            return Response(status_code=304, headers=headers)
        return Response(published.body, media_type="application/json", headers=headers)

    @router.get(SCRIPT_PATH, include_in_schema=False)
    async def script(accept_encoding: Annotated[str, Header(max_length=500)] = "") -> Response:
        bundle = script_file()
        if bundle is None:
            raise NotFound
        headers = {"cache-control": _ONE_DAY, "vary": "accept-encoding"}
        if "gzip" not in accept_encoding:
            return FileResponse(bundle, media_type="text/javascript", headers=headers)
        body = await asyncio.to_thread(compressed_script, bundle)
        return Response(body, media_type="text/javascript", headers=headers | {"content-encoding": "gzip"})

    return router
