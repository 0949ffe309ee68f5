"""Token exchange (RFC 8693): who may act for whom is the client's policy, and tenants never cross."""

import pytest
import pytest_asyncio

from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import ACCESS_TOKEN, EXCHANGE, App, register
from tests.e2e.world import Company, World
from vaultaris_auth.tokens.verified import claims_of

Policy = dict[str, list[str]]


async def service(company: Company, policy: Policy | None) -> App:
    """A confidential client that may exchange tokens as ``policy`` says."""
    return await register(
        company, redirect_uris=[], allowed_grant_types=[EXCHANGE, "client_credentials"],
        allowed_scopes=["openid", "profile"], default_scopes=["openid"], token_exchange=policy,
    )  # fmt: skip


def of(token: str, **more: str) -> dict[str, str]:
    """The form of an exchange."""
    return {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN, **more}


def acting(token: str) -> dict[str, str]:
    return {"actor_token": token, "actor_token_type": ACCESS_TOKEN}


@pytest_asyncio.fixture(scope="module")
async def stock(firm: Company) -> App:
    """Who is called in the end."""
    return await register(firm, redirect_uris=[], allowed_grant_types=["client_credentials"])


@pytest_asyncio.fixture(scope="module")
async def orders(firm: Company, app: App, stock: App) -> App:
    """Who is called by ``app`` and calls ``stock``, by delegation."""
    policy = {"subject_clients": [app.client_id], "audiences": [stock.client_id], "modes": ["delegation"]}
    return await service(firm, policy)


@pytest_asyncio.fixture
async def token(app: App, person: Person) -> str:
    """The person's access token of ``app``."""
    return str((await app.sign_in(person, scope="openid profile"))["access_token"])


async def own_token(client: App) -> str:
    return str((await client.given("token", grant_type="client_credentials"))["access_token"])


class TestDelegation:
    async def test_the_actor_is_told_and_nothing_grows(
        self, firm: Company, app: App, orders: App, stock: App, token: str
    ) -> None:
        answer = await orders.given("token", **of(token, audience=stock.client_id, scope="openid"))
        assert (answer["issued_token_type"], answer["scope"]) == (ACCESS_TOKEN, "openid")
        assert "refresh_token" not in answer
        before, after = claims_of(token), claims_of(answer["access_token"])
        assert (after["sub"], after["sid"]) == (before["sub"], before["sid"])
        assert (after["aud"], after["act"]) == (
            stock.client_id, {"sub": orders.row_id, "client_id": orders.client_id}
        )  # fmt: skip
        assert after["exp"] <= before["exp"]
        assert (await stock.given("introspect", token=answer["access_token"]))["act"] == after["act"]
        for path in (f"{firm.path}/users", "/oauth/userinfo"):
            await firm.admin.with_token(answer["access_token"]).expect(401, "GET", path)

    async def test_it_ends_with_what_it_came_from(self, app: App, orders: App, token: str) -> None:
        exchanged = (await orders.given("token", **of(token)))["access_token"]
        assert await orders.is_active(exchanged)
        assert (await app.post("revoke", token=token)).status_code == 200
        assert not await orders.is_active(exchanged)

    async def test_an_actor_of_its_own(self, orders: App, token: str) -> None:
        actor = await own_token(orders)
        answer = await orders.given("token", **of(token), **acting(actor))
        assert claims_of(answer["access_token"])["act"]["sub"] == claims_of(actor)["sub"]


class TestRefused:
    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"audience": "nobody"}, "invalid_target"),
            ({"resource": "https://stock.example.com"}, "invalid_target"),
            ({"scope": "openid email"}, "invalid_scope"),
            ({"subject_token": "x"}, "invalid_request"),
            ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
            ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
            ({"actor_token": "x"}, "invalid_request"),
        ],
    )
    async def test_what_is_asked_for(self, orders: App, token: str, form: dict[str, str], error: str) -> None:
        assert await orders.refusal("token", **{**of(token), **form}) == error

    @pytest.mark.parametrize(
        "policy",
        [None, {"subject_clients": ["somebody-else"]}, {"subject_clients": []}],
        ids=["no policy", "other clients", "its own alone"],
    )
    async def test_whose_tokens(self, firm: Company, token: str, policy: Policy | None) -> None:
        assert await (await service(firm, policy)).refusal("token", **of(token)) == "unauthorized_client"

    async def test_how(self, firm: Company, app: App, orders: App, token: str) -> None:
        impersonator = await service(firm, {"subject_clients": [app.client_id], "modes": ["impersonation"]})
        assert "act" not in claims_of((await impersonator.given("token", **of(token)))["access_token"])
        delegated = acting(await own_token(impersonator))
        assert await impersonator.refusal("token", **of(token), **delegated) == "unauthorized_client"

    async def test_anothers_actor(self, orders: App, stock: App, token: str) -> None:
        assert await orders.refusal("token", **of(token), **acting(await own_token(stock))) == "invalid_request"

    async def test_nobody_as_subject(self, orders: App) -> None:
        assert await orders.refusal("token", **of(await own_token(orders))) == "invalid_request"

    async def test_a_public_client(self, firm: Company, token: str) -> None:
        public = await register(firm, is_public=True, redirect_uris=[], allowed_grant_types=[EXCHANGE])
        assert await public.refusal("token", **of(token)) == "unauthorized_client"

    async def test_a_revoked_token(self, app: App, orders: App, token: str) -> None:
        await app.post("revoke", token=token)
        assert await orders.refusal("token", **of(token)) == "invalid_request"


class TestTenantsNeverCross:
    async def test_subject_actor_and_audience(self, world: World, app: App, orders: App, token: str) -> None:
        """Not even where a policy names the other tenant's client."""
        elsewhere = await world.add_company()
        thief = await service(elsewhere, {"subject_clients": [app.client_id], "audiences": [app.client_id]})
        assert await thief.refusal("token", **of(token)) == "invalid_request"
        assert await orders.refusal("token", **of(token), **acting(await own_token(thief))) == "invalid_request"
        assert await orders.refusal("token", **of(token, audience=thief.client_id)) == "invalid_target"
        assert await thief.given("introspect", token=token) == {"active": False}
        assert (await thief.post("revoke", token=token)).status_code == 200
        assert await app.is_active(token)

    async def test_an_audience_in_another_tenant(self, world: World, app: App) -> None:
        elsewhere = await world.add_company()
        policy = {"subject_clients": [elsewhere.client_id], "audiences": [app.client_id]}
        subject = (await elsewhere.sign_in(elsewhere.admin_user["username"], scope="openid"))["access_token"]
        other = await service(elsewhere, policy)
        assert (await other.given("token", **of(subject)))["access_token"]
        assert await other.refusal("token", **of(subject, audience=app.client_id)) == "invalid_grant"
