"""The directory: users created, read and listed through the gateway, in a tenant of a known size."""

import itertools
from dataclasses import dataclass

from bench.connection import Connection, compose
from bench.drive import Step, measure
from bench.place import Place
from bench.steps import fault_of, spread
from bench.table import render
from tests.e2e.world import Company

_CONNECTIONS = 16
_PEOPLE = 200


@dataclass(frozen=True)
class Population:
    """A tenant to measure in, and some of its users' ids; the cases don't mind how they came there."""

    company: Company
    people: list[str]


async def run(place: Place) -> str:
    """All cases, one after the other; reading comes first, while the size of the tenant is known."""
    population = await _few(place)
    path, token = f"{population.company.path}/users", population.company.admin.token
    reads = [compose("GET", place.gateway, f"{path}/{person}", token=token) for person in population.people]
    pages = [compose("GET", place.gateway, f"{path}?per_page=20&page={page + 1}", token=token) for page in range(10)]
    size = len(population.people)
    cases: list[tuple[str, list[Step]]] = [
        (f"user get, {size:,} users", spread(place.connections(_CONNECTIONS), reads, b'"username":')),
        (f"user list, {size:,} users", spread(place.connections(_CONNECTIONS), pages, b'"total":')),
        ("user create, no password", _creating(place, path, token)),
    ]
    return render([await measure(name, steps, place.pids, place.bounds) for name, steps in cases])


async def _few(place: Place) -> Population:
    """A small company, made through the API."""
    company = await place.world.add_company()
    people = [await company.add_user(password=None) for _ in range(_PEOPLE)]
    return Population(company, [person["id"] for person in people])


def _creating(place: Place, path: str, token: str | None) -> list[Step]:
    """Every request makes another user."""
    numbers = itertools.count()

    def step_on(connection: Connection) -> Step:
        async def step() -> str:
            name = f"bench-{next(numbers)}"
            body = {"username": name, "email": f"{name}@bench.test"}
            return fault_of(await connection.ask(compose("POST", place.gateway, path, token=token, body=body)), 201)

        return step

    return [step_on(connection) for connection in place.connections(_CONNECTIONS)]
