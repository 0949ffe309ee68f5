"""What hosted pages need while the service runs."""

from vaultaris_auth.hosted.assets import assets
from vaultaris_auth.hosted.cookies import Cookies
from vaultaris_auth.hosted.forms import FormGuard
from vaultaris_auth.hosted.messages.catalogue import catalogues
from vaultaris_auth.hosted.notices import Notices
from vaultaris_auth.hosted.tenants import HostedTenants
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.service import Runtime


def provide_hosted(runtime: Runtime, sealer: Sealer) -> None:
    """Provides the parts, and reads catalogues and assets before the first request needs them."""
    secret, *also_accepted = (each.encode() for each in runtime.settings.jwt_secrets)
    cookies = Cookies(secure=runtime.settings.external_url.startswith("https://"))
    tenants = HostedTenants(runtime.peers, runtime.access)
    for part in (tenants, FormGuard(secret, cookies, *also_accepted), Notices(sealer, cookies)):
        runtime.provide(part)
    catalogues()
    assets()
