"""A small world to test in: an instance that is set up, companies in it, and people who sign in.

Everything here goes through the gateway, as a client would.
"""

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

ADMIN = {"admin_username": "root", "admin_email": "root@vaultaris.test", "admin_password": "correct horse battery"}
PASSWORD = "a perfectly fine pass phrase"
CONSOLE = "vaultaris-console"
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{next(_numbers)}"


class Refused(AssertionError):
    """An answer that the test did not expect, with its body."""


class Api:
    """Calls through the gateway with one credential."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url, self.token = url, token
        self._http = httpx.AsyncClient(base_url=url, timeout=35, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def with_token(self, token: str | None) -> "Api":
        return Api(self.url, token)

    async def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """The raw answer."""
        return await self._http.request(method, path, **kwargs)

    async def expect(self, status: int, method: str, path: str, **kwargs: Any) -> Any:
        """The decoded body of an answer that must have ``status``."""
        response = await self.call(method, path, **kwargs)
        if response.status_code != status:
            raise Refused(f"{method} {path}: {response.status_code}, not {status}: {response.text[:500]}")
        return response.json() if response.content else None

    async def get(self, path: str, **params: Any) -> Any:
        return await self.expect(200, "GET", path, params=params)

    async def create(self, path: str, body: dict[str, Any]) -> Any:
        """``data`` of a 201."""
        return (await self.expect(201, "POST", path, json=body))["data"]

    async def act(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """``data`` of a 200 to a POST."""
        return (await self.expect(200, "POST", path, json=body or {}))["data"]

    async def assign(self, path: str, body: dict[str, Any]) -> None:
        await self.expect(204, "POST", path, json=body)

    async def update(self, path: str, body: dict[str, Any]) -> Any:
        return (await self.expect(200, "PUT", path, json=body))["data"]

    async def delete(self, path: str) -> None:
        await self.expect(204, "DELETE", path)

    async def token_request(self, **form: str) -> httpx.Response:
        """The raw answer of the token endpoint."""
        return await self._http.post("/oauth/token", data=form)

    async def sign_in(self, username: str, password: str, client_id: str, **more: str) -> dict[str, Any]:
        """A password sign-in that must work: the token response."""
        form = {"grant_type": "password", "client_id": client_id, "username": username, "password": password, **more}
        response = await self.token_request(**form)
        if response.status_code != 200:
            raise Refused(f"sign-in of {username}: {response.status_code} {response.text}")
        tokens: dict[str, Any] = response.json()
        return tokens

    async def close(self) -> None:
        await self._http.aclose()


@dataclass
class Company:
    """A tenant with an administrator who is signed in, and a public client for sign-ins."""

    id: str
    path: str
    client_id: str
    admin: Api
    admin_user: dict[str, Any]
    roles: dict[str, str] = field(default_factory=dict)

    async def add_user(self, **fields: Any) -> dict[str, Any]:
        """A user with a password, unlike all others."""
        name = unique("user")
        body = {"username": name, "email": f"{name}@company.test", "password": PASSWORD, **fields}
        user: dict[str, Any] = await self.admin.create(f"{self.path}/users", body)
        return user

    async def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> dict[str, Any]:
        return await self.admin.sign_in(username, password, self.client_id, **more)

    async def signed_in(self, user: dict[str, Any]) -> Api:
        """Calls as that user."""
        tokens = await self.sign_in(user["username"])
        return self.admin.with_token(tokens["access_token"])

    async def add_role(self, *permissions: str) -> dict[str, Any]:
        """A role that grants ``resource:action`` each."""
        role: dict[str, Any] = await self.admin.create(f"{self.path}/roles", {"name": unique("role")})
        for permission in permissions:
            await self.attach(role, permission)
        return role

    async def attach(self, role: dict[str, Any], permission: str) -> dict[str, Any]:
        resource, action = permission.rsplit(":", 1)
        body = {"name": permission, "resource": resource, "action": action}
        response = await self.admin.call("POST", f"{self.path}/permissions", json=body)
        assert response.status_code in (200, 201), response.text
        made: dict[str, Any] = response.json()["data"]
        await self.admin.assign(f"{self.path}/roles/{role['id']}/permissions", {"permission_id": made["id"]})
        return made

    async def give(self, user: dict[str, Any], role: dict[str, Any]) -> None:
        await self.admin.assign(f"{self.path}/users/{user['id']}/roles", {"role_id": role["id"]})

    async def machine(self, *scopes: str) -> Api:
        """Calls as a confidential client that holds ``scopes``."""
        body = {
            "name": unique("machine"), "client_id": unique("machine"), "redirect_uris": [],
            "allowed_grant_types": ["client_credentials"],
            "allowed_scopes": list(scopes), "default_scopes": list(scopes),
        }  # fmt: skip
        made = await self.admin.create(f"{self.path}/clients", body)
        response = await self.admin.token_request(
            grant_type="client_credentials",
            client_id=made["client"]["client_id"],
            client_secret=made["client_secret"],
        )
        assert response.status_code == 200, response.text
        return self.admin.with_token(response.json()["access_token"])

    async def lent(self, token: str, *scopes: str) -> str:
        """A token that the person behind ``token`` lets a third party's client have."""
        redirect = {"redirect_uri": "https://app.example/cb"}
        body = {
            "name": unique("app"), "redirect_uris": list(redirect.values()), "require_pkce": False,
            "allowed_grant_types": ["authorization_code"], "allowed_scopes": list(scopes),
        }  # fmt: skip
        made = await self.admin.create(f"{self.path}/clients", body)
        client_id, person = made["client"]["client_id"], self.admin.with_token(token)
        asked = {"client_id": client_id, "response_type": "code", "scope": " ".join(scopes), **redirect}
        page = (await self.admin.call("GET", "/oauth/authorize", params=asked)).headers["location"]
        (request_id,) = parse_qs(urlsplit(page).query)["request_id"]
        told = await person.act(f"/oauth/consent/{request_id}/approve", {"approved_scopes": list(scopes)})
        form = {"client_id": client_id, "client_secret": made["client_secret"], "code": told["parameters"]["code"]}
        answer = await person.token_request(grant_type="authorization_code", **form, **redirect)
        return str(answer.json()["access_token"])

    async def may(self, checker: Api, user: dict[str, Any], resource: str, action: str) -> bool:
        """What the permission check answers."""
        body = {"user_id": user["id"], "resource": resource, "action": action}
        answer = await checker.act(f"{self.path}/integration/check-permission", body)
        return bool(answer["allowed"])


@dataclass
class World:
    """The instance: its administrator, and companies on demand."""

    url: str
    public: Api
    admin: Api

    async def add_company(self) -> Company:
        """A tenant of its own for a test."""
        slug = unique("company")
        tenant = await self.admin.create("/api/v1/tenants", {"name": slug.title(), "slug": slug})
        path = f"/api/v1/tenants/{tenant['id']}"
        client = {
            "name": "Desk", "client_id": f"{slug}-desk", "redirect_uris": [], "is_public": True,
            "allowed_grant_types": ["password", "refresh_token"],
            "allowed_scopes": ["openid", "profile", "email", "offline_access"],
        }  # fmt: skip
        await self.admin.create(f"{path}/clients", client)
        roles = await self.admin.get(f"{path}/roles", per_page=100)
        by_name = {role["name"]: role["id"] for role in roles["data"]}
        company = Company(tenant["id"], path, f"{slug}-desk", self.admin, {}, by_name)
        user = await company.add_user()
        await self.admin.assign(f"{path}/users/{user['id']}/roles", {"role_id": by_name["tenant-admin"]})
        company.admin_user = user
        company.admin = await company.signed_in(user)
        return company


async def open_world(url: str) -> World:
    """Sets the instance up if that is still to be done, and signs its administrator in."""
    public = Api(url)
    state = (await public.get("/setup/check"))["data"]
    if state["requires_setup"]:
        response = await public.call("POST", "/setup", json=ADMIN)
        assert response.status_code in (200, 201), response.text
    tokens = await public.sign_in(ADMIN["admin_username"], ADMIN["admin_password"], CONSOLE)
    return World(url, public, public.with_token(tokens["access_token"]))
