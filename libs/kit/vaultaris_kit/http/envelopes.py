"""The envelopes ONE, LIST and PAGE, and list queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")
Source = TypeVar("Source")

MAX_PER_PAGE = 100
MAX_LIST = 1000
MAX_PAGE = 1_000_000


class One(BaseModel, Generic[Item]):
    """``{"success": true, "data": {…}}``."""

    success: Literal[True] = True
    data: Item


class ListOf(BaseModel, Generic[Item]):
    """``{"success": true, "data": […]}``: a complete short list, capped at 1000."""

    success: Literal[True] = True
    data: list[Item]


class PageMeta(BaseModel):
    page: int
    per_page: int
    total: int


class PageOf(BaseModel, Generic[Item]):
    """One page. Carries no ``success``: clients would unwrap it and lose the page numbers."""

    data: list[Item]
    meta: PageMeta
    page: int
    per_page: int
    total: int


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What every list understands. ``per_page`` is already cut to the maximum."""

    page: int = 1
    per_page: int = 20
    search: str | None = None
    sort: str | None = None
    order: Literal["asc", "desc"] = "desc"
    include_deleted: bool = False

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


async def _page_query(  # async, because FastAPI sends other functions to a thread
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="1-based.")] = 1,
    per_page: Annotated[int, Query(ge=1, description="At most 100; larger values are cut.")] = 20,
    search: Annotated[str | None, Query(max_length=200, description="Substring search.")] = None,
    sort: Annotated[str | None, Query(max_length=50, description="Field to sort by.")] = None,
    order: Annotated[Literal["asc", "desc"], Query()] = "desc",
    include_deleted: Annotated[bool, Query(description="Deleted ones too.")] = False,
) -> PageQuery:
    return PageQuery(page, min(per_page, MAX_PER_PAGE), search or None, sort, order, include_deleted)


Paging = Annotated[PageQuery, Depends(_page_query)]
"""Parameter type of list routes."""


def one(data: Item) -> One[Item]:
    return One(data=data)


def list_of(rows: Sequence[Source], shape: Callable[[Source], Item]) -> ListOf[Item]:
    return ListOf(data=[shape(row) for row in rows[:MAX_LIST]])


def page_of(rows: Sequence[Source], total: int, query: PageQuery, shape: Callable[[Source], Item]) -> PageOf[Item]:
    meta = PageMeta(page=query.page, per_page=query.per_page, total=total)
    return PageOf(
        data=[shape(row) for row in rows], meta=meta, page=meta.page, per_page=meta.per_page, total=meta.total
    )


class RequestBody(BaseModel):
    """Base of every request body: unknown fields are ignored, strings are bounded by their own fields."""

    model_config = ConfigDict(extra="ignore", str_max_length=100_000)
