"""Cookies of hosted pages: for this host alone and for every path, out of reach of scripts.

They begin with ``__Host-``, so that no other host can plant them (RFC 6265bis section 4.1.3.2). Where the external
address is plain http, which is for development on loopback, they go without: not every browser would keep them.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.responses import Response

FORM: Final = "vaultaris-form"
"""Names the browser, so that a form's token can be bound to it. Ends with the browser."""

NOTICE: Final = "vaultaris-notice"
"""What a form's answer has to say on the page that follows it; sealed."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and sets cookies. ``secure`` where clients reach us over https."""

    secure: bool

    def read(self, request: Request, name: str) -> str:
        """The cookie's value; empty when there is none."""
        return request.cookies.get(self._full(name), "")

    def set(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Sets a cookie for so many seconds, or until the browser ends."""
        # Lax and not Strict: people come here from an application's site, and bring their cookie along.
        response.set_cookie(
            self._full(name), value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response, name: str) -> None:
        """Has the browser forget it."""
        self.set(response, name, "", seconds=0)

    def _full(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name
