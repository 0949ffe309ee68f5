"""Calls whose answers must be as the story tells them; otherwise the story ends here."""

import time
from dataclasses import dataclass, replace
from typing import Any

import httpx

from examples.story.telling import Teller

_LONGEST_WAIT_SECONDS = 150.0
_LONGEST_QUOTE = 500
_TOO_MANY = 429


class Untrue(Exception):
    """Something did not happen as told."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls over ``http``, with ``token`` if they have one."""

    teller: Teller
    http: httpx.Client
    token: str = ""

    def with_token(self, token: str) -> "Caller":
        return replace(self, token=token)

    def ask(self, expect: int, method: str, path: str, *, show: tuple[str, ...] = (), **content: Any) -> Any:
        """Calls and tells; the decoded body (None without one). ``content`` as httpx takes it: json, data, params.

        Raises Untrue when the status is not ``expect``.
        """
        response = self._send(method, path, content)
        self.teller.call(response, show if response.status_code == expect else ())
        return _checked(response, expect)

    def ask_quietly(self, expect: int, method: str, path: str, **content: Any) -> Any:
        """The same, untold: for the hundredth call of its kind."""
        return _checked(self._send(method, path, content), expect)

    def _send(self, method: str, path: str, content: dict[str, Any]) -> httpx.Response:
        """The answer; over the rate limit, waits as it was told to and asks again."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while True:
            response = self.http.request(method, path, headers=headers, **content)
            if response.status_code != _TOO_MANY or time.monotonic() > deadline:
                return response
            seconds = int(response.headers["retry-after"])
            if seconds > 1:
                limit = response.headers.get("x-ratelimit-limit", "only so many")
                self.teller.say(
                    f"[yellow]429[/] The limit: {limit} requests per address. Waiting {seconds} s, as told."
                )
            time.sleep(seconds)


def insist(holds: bool, claim: str) -> None:
    """Raises Untrue unless the claim holds."""
    if not holds:
        raise Untrue(claim)


def _checked(response: httpx.Response, expect: int) -> Any:
    asked = f"{response.request.method} {response.request.url}"
    answered = f"{asked} answered {response.status_code}, not {expect}: {response.text[:_LONGEST_QUOTE]}"
    insist(response.status_code == expect, answered)
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        raise Untrue(f"{asked} did not answer in JSON: {response.text[:_LONGEST_QUOTE]}") from None
