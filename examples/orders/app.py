"""Orders: a small application that lets Vaultaris decide, with nothing but HTTP. Copy it and change the orders.

Each request asks two things: is the caller's token alive, and may they do this? Neither answer is kept, so a
role taken away or a session ended counts from the next request on. Without an answer nobody gets in (503).
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

TIMEOUT = httpx.Timeout(3.0, connect=1.0)
RENEW_BEFORE_EXPIRY_SECONDS = 30.0
BEARER = HTTPBearer(auto_error=False)
log = logging.getLogger("uvicorn.error")


class VaultarisAway(Exception):
    """No usable answer: unreachable, too slow, over the rate limit, or it refuses this application's credential."""


@dataclass(frozen=True)
class Caller:
    """Who is calling, as Vaultaris says."""

    id: str
    name: str


class Vaultaris:
    """The two questions, and this application's own token to ask them with."""

    def __init__(self, http: httpx.AsyncClient, tenant_id: str, client_id: str, client_secret: str) -> None:
        self._http = http
        self._tenant_id = tenant_id
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._token = ""
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()

    async def caller(self, token: str) -> Caller | None:
        """Whose living token this is. None for a dead one, another tenant's, or one that is no person's."""
        answer = await self._ask("/api/v1/integration/token/validate", {"token": token})
        if not answer["valid"] or not answer["user_id"] or answer["tenant_id"] != self._tenant_id:
            return None
        return Caller(answer["user_id"], answer["username"])

    async def may(self, caller: Caller, resource: str, action: str) -> bool:
        """Whether the caller may do this at this moment."""
        path = f"/api/v1/tenants/{self._tenant_id}/integration/check-permission"
        answer = await self._ask(path, {"user_id": caller.id, "resource": resource, "action": action})
        return answer["allowed"] is True

    async def _ask(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        token = await self._own_token()
        response = await self._post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        if response.status_code == httpx.codes.UNAUTHORIZED:  # revoked before its time: once more with a fresh one
            token = await self._own_token(spent=token)
            response = await self._post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        data: dict[str, Any] = _content(path, response)["data"]
        return data

    async def _own_token(self, spent: str = "") -> str:
        async with self._renewing:  # many requests, one renewal
            if self._token == spent or time.monotonic() >= self._renew_at:
                response = await self._post("/oauth/token", data={"grant_type": "client_credentials", **self._client})
                issued = _content("/oauth/token", response)
                lifetime = float(issued["expires_in"])
                self._renew_at = time.monotonic() + lifetime - min(RENEW_BEFORE_EXPIRY_SECONDS, lifetime / 2)
                self._token = issued["access_token"]
            return self._token

    async def _post(self, path: str, **content: Any) -> httpx.Response:
        try:
            return await self._http.post(path, **content)
        except httpx.HTTPError as cause:
            raise VaultarisAway(f"{path}: {cause!r}") from cause


def _content(path: str, response: httpx.Response) -> dict[str, Any]:
    if response.status_code != httpx.codes.OK:
        raise VaultarisAway(f"{path}: {response.status_code}")
    content: dict[str, Any] = response.json()
    return content


def requires(resource: str, action: str) -> Callable[..., Awaitable[Caller]]:
    """A dependency that tells who is calling: 401 without a living token, 403 without the permission."""

    async def guard(
        request: Request, credential: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> Caller:
        if credential is None:
            raise HTTPException(401, "Sign in first.", {"WWW-Authenticate": "Bearer"})
        vaultaris: Vaultaris = request.app.state.vaultaris
        caller = await vaultaris.caller(credential.credentials)
        if caller is None:
            refusal = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HTTPException(401, "The token is not valid, or no longer.", refusal)
        if not await vaultaris.may(caller, resource, action):
            raise HTTPException(403, f"{caller.name} may not {action} {resource}.")
        return caller

    return guard


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=os.environ["VAULTARIS_URL"], timeout=TIMEOUT) as http:
        names = ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET")
        app.state.vaultaris = Vaultaris(http, *(os.environ[f"VAULTARIS_{name}"] for name in names))
        yield


app = FastAPI(title="Orders", lifespan=lifespan)
orders = {1001: "open", 1002: "open", 1003: "open"}


@app.exception_handler(VaultarisAway)
async def deny_without_an_answer(_request: Request, cause: VaultarisAway) -> JSONResponse:
    log.warning("denied, no answer from Vaultaris: %s", cause)
    return JSONResponse({"detail": "Can't tell who may do what right now."}, 503, {"Retry-After": "5"})


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/orders", dependencies=[Depends(requires("orders", "read"))])
async def list_orders() -> dict[int, str]:
    return orders


@app.post("/orders/{number}/approve")
async def approve_order(
    number: int, caller: Annotated[Caller, Depends(requires("orders", "approve"))]
) -> dict[str, int | str]:
    if number not in orders:
        raise HTTPException(404, "No such order.")
    orders[number] = "approved"
    return {"number": number, "status": "approved", "by": caller.name}
