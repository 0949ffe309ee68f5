"""What a scope lets a client do, in words for people. Hosted pages translate; this is what the API tells."""

from typing import Final

DESCRIPTIONS: Final[dict[str, str]] = {
    "openid": "Know who you are",
    "profile": "See your name, picture and language",
    "email": "See your e-mail address",
    "phone": "See your telephone number",
    "offline_access": "Stay connected while you are away",
}


def describe_scope(scope: str) -> str:
    """A right of the management API reads as such; a scope of the client's own is told by its name."""
    if scope in DESCRIPTIONS:
        return DESCRIPTIONS[scope]
    resource, colon, action = scope.rpartition(":")
    if not colon:
        return scope
    what = "everything" if resource == "*" else resource.replace("-", " ")
    how = "Do anything" if action == "*" else action.replace("-", " ").capitalize()
    return f"{how} with {what} on your behalf" if action == "*" else f"{how} {what} on your behalf"
