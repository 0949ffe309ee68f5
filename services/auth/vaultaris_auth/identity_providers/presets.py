"""Well-known sites: what a tenant need not type in. Whatever the tenant sets itself goes before this."""

from dataclasses import dataclass, field
from typing import Final, Literal

ProviderType = Literal[
    "oidc", "oauth2", "saml", "ldap",
    "apple", "azure", "bitbucket", "discord", "facebook", "github", "gitlab", "google", "linkedin", "slack", "twitch",
]  # fmt: skip
"""The first four are generic; the others are keys of :data:`PRESETS`."""

DIRECTORY: Final = "{provider_id}"
"""Stands for ``provider_id``: the external directory whose people may sign in."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Endpoints and scopes of a site. ``attribute_mapping`` goes from our fields to its claims.

    ``provider_id`` is what :data:`DIRECTORY` stands for when the tenant names none.
    """

    authorization_url: str
    token_url: str
    userinfo_url: str | None = None
    jwks_url: str | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    attribute_mapping: dict[str, str] = field(default_factory=dict)
    provider_id: str | None = None


PRESETS: Final[dict[str, Preset]] = {
    "apple": Preset(
        "https://appleid.apple.com/auth/authorize",
        "https://appleid.apple.com/auth/token",
        jwks_url="https://appleid.apple.com/auth/keys",
        scopes=("openid", "name", "email"),
    ),
    "azure": Preset(
        f"https://login.microsoftonline.com/{DIRECTORY}/oauth2/v2.0/authorize",
        f"https://login.microsoftonline.com/{DIRECTORY}/oauth2/v2.0/token",
        "https://graph.microsoft.com/oidc/userinfo",
        f"https://login.microsoftonline.com/{DIRECTORY}/discovery/v2.0/keys",
        provider_id="organizations",
    ),
    "bitbucket": Preset(
        "https://bitbucket.org/site/oauth2/authorize",
        "https://bitbucket.org/site/oauth2/access_token",
        "https://api.bitbucket.org/2.0/user",
        scopes=("account", "email"),
        attribute_mapping={"sub": "account_id", "username": "nickname", "display_name": "display_name"},
    ),
    "discord": Preset(
        "https://discord.com/oauth2/authorize",
        "https://discord.com/api/oauth2/token",
        "https://discord.com/api/users/@me",
        scopes=("identify", "email"),
        attribute_mapping={
            "sub": "id", "username": "username", "display_name": "global_name", "email": "email",
            "email_verified": "verified",
        },
    ),
    "facebook": Preset(
        "https://www.facebook.com/dialog/oauth",
        "https://graph.facebook.com/oauth/access_token",
        "https://graph.facebook.com/me?fields=id,name,first_name,last_name,email",
        scopes=("public_profile", "email"),
        attribute_mapping={
            "sub": "id", "display_name": "name", "first_name": "first_name", "last_name": "last_name",
            "email": "email",
        },
    ),
    "github": Preset(
        "https://github.com/login/oauth/authorize",
        "https://github.com/login/oauth/access_token",
        "https://api.github.com/user",
        scopes=("read:user", "user:email"),
        attribute_mapping={
            "sub": "id", "username": "login", "display_name": "name", "email": "email", "avatar_url": "avatar_url",
        },
    ),
    "gitlab": Preset(
        "https://gitlab.com/oauth/authorize",
        "https://gitlab.com/oauth/token",
        "https://gitlab.com/oauth/userinfo",
        "https://gitlab.com/oauth/discovery/keys",
    ),
    "google": Preset(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://openidconnect.googleapis.com/v1/userinfo",
        "https://www.googleapis.com/oauth2/v3/certs",
    ),
    "linkedin": Preset(
        "https://www.linkedin.com/oauth/v2/authorization",
        "https://www.linkedin.com/oauth/v2/accessToken",
        "https://api.linkedin.com/v2/userinfo",
        "https://www.linkedin.com/oauth/openid/jwks",
    ),
    "slack": Preset(
        "https://slack.com/openid/connect/authorize",
        "https://slack.com/api/openid.connect.token",
        "https://slack.com/api/openid.connect.userInfo",
        "https://slack.com/openid/connect/keys",
    ),
    "twitch": Preset(
        "https://id.twitch.tv/oauth2/authorize",
        "https://id.twitch.tv/oauth2/token",
        "https://id.twitch.tv/oauth2/userinfo",
        "https://id.twitch.tv/oauth2/keys",
        scopes=("openid", "user:read:email"),
        attribute_mapping={"username": "preferred_username", "avatar_url": "picture"},
    ),
}  # fmt: skip
