"""What the bearer of a bad API key is told, wherever that is found out."""

from vaultaris_kit.errors import Unauthorized


def refused_key() -> Unauthorized:
    """401 with the scheme that would do (RFC 9110 section 15.5.2); why is nobody's business."""
    return Unauthorized("The API key is not valid.", headers={"WWW-Authenticate": "ApiKey"})
