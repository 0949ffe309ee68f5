"""HTTP: users in bulk."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from vaultaris_directory.bulk.exporting import export_users, tell_export
from vaultaris_directory.bulk.formats import MEDIA_TYPES, Format, format_sent, format_wanted
from vaultaris_directory.bulk.importing import Import
from vaultaris_directory.bulk.rows import read_rows
from vaultaris_directory.bulk.schemas import ExportedUser, IfExists, ImportedUser, ImportReport
from vaultaris_directory.users.filters import user_filter
from vaultaris_directory.users.repository import UserFilter
from vaultaris_kit.consistency import HEADER, collect_events, token_of
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.http.streaming import StreamedResponse
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/users", tags=["users"])

_TEXT = {"schema": {"type": "string"}}
_BODY = {
    "required": True,
    "content": {
        "application/x-ndjson": {"itemSchema": ImportedUser.model_json_schema(), **_TEXT},
        "text/csv": _TEXT,
    },
}
_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/x-ndjson": {"itemSchema": ExportedUser.model_json_schema(), **_TEXT},
            "text/csv": _TEXT,
        },
        "description": "A user a line.",
    }
}


@router.post("/import", operation_id="users-import", openapi_extra={"requestBody": _BODY})
async def import_users(
    request: Request,
    response: Response,
    tenant_id: UUID,
    principal: Annotated[Principal, allow("users:import")],
    if_exists: Annotated[IfExists, Query(description="What to do with a row whose user name is there.")] = "error",
    dry_run: Annotated[bool, Query(description="Only say what would happen.")] = False,
) -> One[ImportReport]:
    """NDJSON or CSV by `Content-Type`, at most 64 MiB and 200,000 rows, whose length is known when they are sent.

    A row is taken whole or not at all; good rows stay when others fail, also when the call ends early. Send it with
    `dry_run=true` first. `update` needs `users:update` too, roles need `roles:assign`, groups `groups:assign`; nobody
    can give what they don't hold. A known user keeps their password.
    """
    runtime = runtime_of(request)
    kind = format_sent(request.headers.get("content-type", ""))
    if if_exists == "update":
        await runtime.access.require(principal, "users:update", tenant_id)
    events = collect_events()
    report = await Import(runtime, principal, tenant_id, if_exists, dry_run).run(read_rows(request.stream(), kind))
    if events:
        response.headers[HEADER] = token_of(events)
    return one(report)


@router.get("/export", operation_id="users-export", response_class=StreamedResponse, responses=_LINES)
async def export(
    request: Request,
    tenant_id: UUID,
    principal: Annotated[Principal, allow("users:export")],
    wanted: Annotated[UserFilter, Depends(user_filter)],
    format: Annotated[Format | None, Query(description="Goes before Accept; NDJSON otherwise.")] = None,  # noqa: A002 - the parameter's name
) -> StreamedResponse:
    """All live users that the filters leave, oldest first, with the names of their roles and paths of their groups.

    What is exported can be imported. In a CSV, an apostrophe precedes what a spreadsheet would take for a formula.
    """
    kind = format_wanted(format, request.headers.get("accept", ""))
    database = runtime_of(request).database
    if request.method == "GET":  # HEAD hands nobody anything
        await tell_export(database, principal, tenant_id, kind)
    lines = export_users(database, tenant_id=tenant_id, kind=kind, wanted=wanted)
    headers = {"Content-Disposition": f'attachment; filename="users.{kind}"', "Cache-Control": "no-store"}
    return StreamedResponse(lines, media_type=MEDIA_TYPES[kind], headers=headers)
