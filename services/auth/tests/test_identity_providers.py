"""Management of identity providers."""

from typing import Any, get_args
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, TestClient, headers_of
from services.auth.tests.certificates import certificate
from vaultaris_auth.identity_providers.models import IdentityProvider, secret_purpose
from vaultaris_auth.identity_providers.presets import PRESETS, ProviderType
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id
from vaultaris_kit.outbound import Guard

SECRET = "the-plain-secret-of-the-provider"


@pytest.fixture(scope="session")
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/identity-providers"


async def create(auth: AuthProcess, path: str, admin: Headers, **fields: Any) -> dict[str, Any]:
    body = {"name": f"idp-{new_id()}", "provider_type": "oidc", **fields}
    answer = await auth.http.post(path, json=body, headers=admin)
    assert answer.status_code == 201, answer.text
    assert SECRET not in answer.text
    return dict(answer.json()["data"])


class TestPresets:
    def test_every_preset_is_a_type_and_leads_to_the_outside(self) -> None:
        assert set(PRESETS) | {"oidc", "oauth2", "saml", "ldap"} == set(get_args(ProviderType))
        for preset in PRESETS.values():
            for url in (preset.authorization_url, preset.token_url, preset.userinfo_url, preset.jwks_url):
                assert url is None or Guard().problem_of(url.replace("{provider_id}", "common")) is None


class TestCreate:
    async def test_defaults(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        made = await create(auth, path, admin)
        assert made["tenant_id"] == str(directory.home)
        assert made["status"] == "active"
        assert (made["auto_create_users"], made["update_user_on_login"], made["sync_groups"]) == (True, True, False)
        assert (made["priority"], made["scopes"], made["attribute_mapping"]) == (0, None, None)
        assert made["has_client_secret"] is False
        answer = await auth.http.get(f"{path}/{made['id']}", headers=admin)
        assert answer.json()["data"] == made
        assert answer.headers["etag"] == '"1"'

    @pytest.mark.parametrize("field", ["client_secret", "client_secret_encrypted"])
    async def test_the_secret_is_sealed_and_never_shown(
        self,
        auth: AuthProcess,
        path: str,
        admin: Headers,
        database: Database,
        directory: FakeDirectory,
        environ: dict[str, str],
        field: str,
    ) -> None:
        made = await create(auth, path, admin, **{field: SECRET})
        assert made["has_client_secret"] is True
        assert SECRET not in (await auth.http.get(path, headers=admin)).text
        async with database.tenant(directory.home) as session:
            row = await session.get_one(IdentityProvider, UUID(made["id"]))
        assert row.client_secret_sealed is not None
        assert SECRET.encode() not in row.client_secret_sealed
        sealer = Sealer(environ["ENCRYPTION_KEY"].encode())
        assert sealer.open(row.client_secret_sealed, secret_purpose(row)).decode() == SECRET
        with pytest.raises(InvalidTag):
            sealer.open(row.client_secret_sealed, secret_purpose(IdentityProvider(id=new_id())))

    async def test_a_preset_knows_its_addresses(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        made = await create(auth, path, admin, provider_type="google", client_id="x")
        assert made["authorization_url"] == "https://accounts.google.com/o/oauth2/v2/auth"
        assert made["scopes"] == ["openid", "profile", "email"]
        mine = {"token_url": "https://proxy.example.com/token", "provider_id": "f81d4fae-7dec"}
        own = await create(auth, path, admin, provider_type="azure", **mine)
        assert own["authorization_url"] == "https://login.microsoftonline.com/f81d4fae-7dec/oauth2/v2.0/authorize"
        assert own["token_url"] == mine["token_url"]
        cleared = await auth.http.put(f"{path}/{own['id']}", json=dict.fromkeys(mine), headers=admin)
        assert cleared.json()["data"]["token_url"].startswith("https://login.microsoftonline.com/organizations/")

    async def test_certificates_are_told_by_fingerprint(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        pem, base64, fingerprint = certificate()
        sent = {"saml_certificate": pem, "saml_signing_certificate": base64, "saml_slo_url": "https://idp.example/slo"}
        made = await create(auth, path, admin, provider_type="saml", **sent)
        assert made["saml_certificate_fingerprint"] == fingerprint
        assert made["saml_signing_certificate_fingerprint"] == fingerprint
        assert not sent.keys() & made.keys()

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"token_url": "idp.example.com/token"}, "token_url"),
            ({"token_url": "https://10.0.0.1/token"}, "token_url"),
            ({"userinfo_url": "https://169.254.169.254/latest/meta-data"}, "userinfo_url"),
            ({"jwks_url": "https://[fd00:ec2::254]/keys"}, "jwks_url"),
            ({"authorization_url": "javascript:alert(1)"}, "authorization_url"),
            ({"saml_sso_url": "https://user@idp.example.com"}, "saml_sso_url"),
            ({"saml_slo_url": "ftp://idp.example.com"}, "saml_slo_url"),
            ({"logo_url": "javascript:alert(1)"}, "logo_url"),
            ({"provider_type": "myspace"}, "provider_type"),
            ({"provider_type": "azure", "provider_id": "../../evil"}, "provider_id"),
            ({"status": "asleep"}, "status"),
            ({"priority": 2**31}, "priority"),
            ({"priority": "1"}, "priority"),
            ({"scopes": ["a b"]}, "scopes.0"),
            ({"saml_certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, "saml_certificate"),
            ({"saml_certificate": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "saml_certificate"),
            ({"saml_signing_certificate": "not base64 !"}, "saml_signing_certificate"),
            ({"client_secret": ""}, "client_secret"),
            ({"attribute_mapping": {"x": "y" * 70_000}}, "attribute_mapping"),
            ({"default_roles": ["nobody"]}, "default_roles"),
        ],
    )
    async def test_refuses(
        self, auth: AuthProcess, path: str, admin: Headers, fields: dict[str, Any], field: str
    ) -> None:
        body = {"name": f"idp-{new_id()}", "provider_type": "oidc", **fields}
        answer = await auth.http.post(path, json=body, headers=admin)
        assert answer.status_code == 422, answer.text
        assert [detail["field"] for detail in answer.json()["details"]] == [field]

    async def test_nobody_gives_away_rights_they_lack(
        self, auth: AuthProcess, path: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        rights = ("identity-providers:create", "identity-providers:update", "orders:read")
        headers = await headers_of(auth, client, directory, *rights)
        made = await create(auth, path, headers, default_roles=["clerk"])
        for more in ({"default_roles": ["clerk", "boss"]}, {"sync_groups": True}):
            body = {"name": f"idp-{new_id()}", "provider_type": "oidc", **more}
            assert (await auth.http.post(path, json=body, headers=headers)).status_code == 403
            assert (await auth.http.put(f"{path}/{made['id']}", json=more, headers=headers)).status_code == 403


class TestUpdate:
    async def test_with_the_create_body_again(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        made = await create(auth, path, admin, client_secret=SECRET, display_name="Mine")
        body = {"name": made["name"], "provider_type": "oidc", "display_name": None, "status": "inactive"}
        answer = await auth.http.put(f"{path}/{made['id']}", json=body, headers=admin)
        changed = answer.json()["data"]
        assert (changed["display_name"], changed["status"]) == (None, "inactive")
        assert changed["has_client_secret"] is True
        cleared = await auth.http.put(f"{path}/{made['id']}", json={"client_secret": None}, headers=admin)
        assert cleared.json()["data"]["has_client_secret"] is False

    async def test_bad_values_change_nothing(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        made = await create(auth, path, admin)
        body = {"display_name": "New", "token_url": "https://127.1/"}
        assert (await auth.http.put(f"{path}/{made['id']}", json=body, headers=admin)).status_code == 422
        assert (await auth.http.get(f"{path}/{made['id']}", headers=admin)).json()["data"] == made

    async def test_a_taken_name(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        taken, made = await create(auth, path, admin), await create(auth, path, admin)
        answer = await auth.http.put(f"{path}/{made['id']}", json={"name": taken["name"]}, headers=admin)
        assert answer.status_code == 409


class TestOffered:
    async def test_the_active_ones_in_order_without_a_credential(
        self, auth: AuthProcess, admin: Headers, directory: FakeDirectory, path: str
    ) -> None:
        later = await create(auth, path, admin, name=f"b-{new_id()}", priority=-5, client_secret=SECRET)
        sooner = await create(auth, path, admin, name=f"a-{new_id()}", priority=-5)
        hidden = await create(auth, path, admin, status="inactive")
        answer = await auth.http.get(f"{path}/login")
        offered = answer.json()["data"]
        assert [each["id"] for each in offered[:2]] == [sooner["id"], later["id"]]
        assert hidden["id"] not in {each["id"] for each in offered}
        assert set(offered[0]) == {"id", "name", "display_name", "provider_type", "logo_url", "priority"}

    async def test_of_another_tenant(self, auth: AuthProcess, path: str, directory: FakeDirectory) -> None:
        theirs = path.replace(str(directory.home), str(directory.other))
        assert (await auth.http.get(f"{theirs}/login")).json() == {"success": True, "data": []}
        nobody = path.replace(str(directory.home), str(new_id()))
        assert (await auth.http.get(f"{nobody}/login")).status_code == 404


class TestIsolation:
    async def test_another_tenants_are_not_found(
        self, auth: AuthProcess, path: str, admin: Headers, client: TestClient, directory: FakeDirectory
    ) -> None:
        made = await create(auth, path, admin)
        theirs = path.replace(str(directory.home), str(directory.other))
        assert (await auth.http.get(f"{theirs}/{made['id']}", headers=admin)).status_code == 403
        plain = await headers_of(auth, client, directory)
        for method in ("GET", "PUT", "DELETE"):
            answer = await auth.http.request(method, f"{path}/{made['id']}", json={}, headers=plain)
            assert answer.status_code == 403
