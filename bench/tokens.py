"""Tokens: client credentials, refresh, password sign-in, validate, introspect. All through the gateway."""

import asyncio

from bench import argon2
from bench.connection import Connection, compose, compose_form
from bench.drive import Step, measure
from bench.figures import Figures
from bench.place import Place, machine_client
from bench.steps import fault_of, repeat, spread
from bench.table import render
from tests.e2e.world import PASSWORD, Company

_CONNECTIONS = 32
_SIGN_IN_CONNECTIONS = 8
_PEOPLE = 16
_ALONE_SECONDS = 3.0
_TOKEN = "/oauth/token"
_LIVE = b'"active":true'


async def run(place: Place) -> str:
    """All cases, one after the other."""
    company = await place.world.add_company()
    people = [await company.add_user() for _ in range(_PEOPLE)]
    names = [person["username"] for person in people]
    machine = await machine_client(company)
    refreshing = [_Family(place, company) for _ in range(_CONNECTIONS)]
    for number, family in enumerate(refreshing):
        await family.begin(names[number % _PEOPLE])
    rows = [
        await _client_credentials(place, machine),
        await measure("refresh", [family.rotate for family in refreshing], place.pids, place.bounds),
        await _sign_in(place, company, names),
        *await _judged(place, company, machine, [family.access_token for family in refreshing]),
    ]
    return render(rows)


async def _client_credentials(place: Place, machine: dict[str, str]) -> Figures:
    request = compose_form(place.gateway, _TOKEN, {"grant_type": "client_credentials", **machine})
    steps = [repeat(connection, [request], mark=b'"access_token"') for connection in place.connections(_CONNECTIONS)]
    return await measure("client credentials", steps, place.pids, place.bounds)


class _Family:
    """A family of refresh tokens; every rotation spends the token that the one before it brought."""

    def __init__(self, place: Place, company: Company) -> None:
        self._connection = Connection(place.gateway)
        self._client_id = company.client_id
        self._refresh_token = self.access_token = ""

    async def begin(self, username: str) -> None:
        """Signs in. Raises ValueError when that is refused."""
        fields = {"grant_type": "password", "username": username, "password": PASSWORD, "scope": "offline_access"}
        if fault := await self._ask(fields):
            raise ValueError(f"{username} may not sign in: {fault}")

    async def rotate(self) -> str:
        """The step."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": self._refresh_token})

    async def _ask(self, fields: dict[str, str]) -> str:
        request = compose_form(self._connection.address, _TOKEN, {"client_id": self._client_id, **fields})
        answer = await self._connection.ask(request)
        if fault := fault_of(answer, 200):
            return fault
        tokens = answer.json()
        self._refresh_token, self.access_token = str(tokens["refresh_token"]), str(tokens["access_token"])
        return ""


async def _sign_in(place: Place, company: Company, names: list[str]) -> Figures:
    """Beside the case itself: how many verifications Argon2id alone does here, with as many threads as cores.

    It is asked before and after, because the machine itself may change its speed meanwhile.
    """
    before = await asyncio.to_thread(argon2.verifications, _ALONE_SECONDS)
    requests = [
        compose_form(place.gateway, _TOKEN, {
            "grant_type": "password", "client_id": company.client_id, "username": name, "password": PASSWORD,
        })
        for name in names
    ]  # fmt: skip
    steps = spread(place.connections(_SIGN_IN_CONNECTIONS), requests, b'"access_token"')
    measured = await measure("password sign-in", steps, place.pids, place.bounds)
    after = await asyncio.to_thread(argon2.verifications, _ALONE_SECONDS)
    return argon2.beside(measured, argon2.mean(before, after))


async def _judged(place: Place, company: Company, machine: dict[str, str], tokens: list[str]) -> list[Figures]:
    """Validate and introspect, over the live access tokens of several people."""
    scopes = {"grant_type": "client_credentials", **machine}
    token = (await company.admin.token_request(**scopes)).json()["access_token"]
    validate = [
        compose("POST", place.gateway, "/api/v1/integration/token/validate", token=token, body={"token": each})
        for each in tokens
    ]
    introspect = [compose_form(place.gateway, "/oauth/introspect", {"token": each, **machine}) for each in tokens]
    cases: list[tuple[str, list[Step]]] = [
        ("token validate", spread(place.connections(_CONNECTIONS), validate, b'"valid":true')),
        ("introspect", spread(place.connections(_CONNECTIONS), introspect, _LIVE)),
    ]
    return [await measure(name, steps, place.pids, place.bounds) for name, steps in cases]
