"""From what the protocol wants next to the page that does it."""

from typing import assert_never

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authorization_requests.next_step import Consent, Done, NextStep, Refused, SignIn
from vaultaris_auth.hosted.leaving import leave
from vaultaris_auth.hosted.look import Look
from vaultaris_auth.hosted.refusals import RequestFinished
from vaultaris_auth.hosted.rendering import see_other
from vaultaris_auth.hosted.waiting import page_path


def follow(request: Request, look: Look, step: NextStep) -> Response:
    """The answer that takes the browser one step on."""
    match step:
        case SignIn():
            return see_other(page_path(request, "sign-in"))
        case Consent():
            return see_other(page_path(request, "consent"))
        case Done():
            return leave(request, look, step.response)
        case Refused():
            raise RequestFinished
        case _:
            assert_never(step)
