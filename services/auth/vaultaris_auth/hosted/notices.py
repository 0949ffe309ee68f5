"""What a form's answer has to say on the page that follows: carried over the redirect in a sealed cookie.

Every form is answered with a redirect (Post/Redirect/Get), so that reload and the back button never send it twice.
"""

import base64
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.hosted.cookies import NOTICE, Cookies
from vaultaris_kit.crypto import Sealer

_PURPOSE: Final = "hosted notice"
_SECONDS: Final = 120
_MAX_CHARS: Final = 3000


class Notice(msgspec.Struct, frozen=True):
    """``error`` is a message's key without its group; ``typed`` is what goes back into the form."""

    page: str
    error: str
    typed: str = ""


class Notices:
    """Keeps and takes notices; one a browser."""

    def __init__(self, sealer: Sealer, cookies: Cookies) -> None:
        self._sealer, self._cookies = sealer, cookies

    def keep(self, response: Response, notice: Notice) -> None:
        """Leaves a notice for the page ``notice.page`` (path and query)."""
        sealed = self._sealer.seal(msgspec.json.encode(notice), _PURPOSE)
        self._cookies.set(response, NOTICE, base64.urlsafe_b64encode(sealed).decode(), seconds=_SECONDS)

    def clear(self, response: Response) -> None:
        """Once shown, it is over."""
        self._cookies.clear(response, NOTICE)

    def take(self, request: Request, page: str) -> Notice | None:
        """The notice for this page, if there is one. A cookie that is not ours counts as none."""
        sealed = self._cookies.read(request, NOTICE)
        if not 0 < len(sealed) <= _MAX_CHARS:
            return None
        try:
            opened = self._sealer.open(base64.urlsafe_b64decode(sealed), _PURPOSE)
            notice = msgspec.json.decode(opened, type=Notice)
        except (InvalidTag, ValueError, KeyError, msgspec.MsgspecError):
            return None
        return notice if notice.page == page else None
