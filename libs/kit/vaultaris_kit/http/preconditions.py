"""Optimistic concurrency: ``ETag`` on single objects, ``If-Match`` on updates and deletes (RFC 9110 section 13)."""

from typing import Annotated

from fastapi import Depends, Header, Response

from vaultaris_kit.errors import BadRequest, PreconditionFailed


def set_etag(response: Response, version: int) -> None:
    """Tells the version of the object that the response carries."""
    response.headers["ETag"] = f'"{version}"'


async def _if_match(if_match: Annotated[str | None, Header(max_length=100)] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdigit()):  # superscripts are digits too, and no numbers
        raise BadRequest("If-Match must hold the ETag of the object.")
    return int(tag)


ExpectedVersion = Annotated[int | None, Depends(_if_match)]
"""The version that the caller last saw; None when they did not say."""


def check_version(version: int, expected: int | None) -> None:
    """Raises :class:`PreconditionFailed` when the object has moved on."""
    if expected is not None and expected != version:
        raise PreconditionFailed
