"""Whether, and about what, the person is to be asked (OpenID Connect Core section 3.1.2.1)."""

from typing import get_args

from vaultaris_auth.authorization_requests.parameters import Prompt
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

PROMPTS: tuple[Prompt, ...] = get_args(Prompt)


async def check_prompt(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`."""
    asked = request.form.get("prompt", "").split()
    if not set(asked) <= set(PROMPTS):
        raise InvalidRequest("The prompt is not known.")
    if "none" in asked and len(asked) > 1:
        raise InvalidRequest("The prompt none stands alone.")
    request.prompt = tuple(each for each in PROMPTS if each in asked)
