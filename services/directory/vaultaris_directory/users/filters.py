"""What lists and exports of users may be narrowed by, as query parameters."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from vaultaris_directory.users.repository import UserFilter
from vaultaris_directory.users.schemas import Status


async def user_filter(  # async, because FastAPI sends other functions to a thread
    status: Annotated[Status | None, Query()] = None,
    email: Annotated[str | None, Query(max_length=254)] = None,
    role_id: Annotated[UUID | None, Query(description="Only users given this role directly.")] = None,
    group_id: Annotated[UUID | None, Query(description="Only users put into this group.")] = None,
) -> UserFilter:
    """The filter that the query describes."""
    return UserFilter(status, email, role_id, group_id)
