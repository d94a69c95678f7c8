"""From page to page, to the end.

Knows nothing of HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.errors import UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.thingspace.rows import Page

MOST_PAGES = 10_000


def pages(fetch_page: Callable[[str | None], Page]) -> Iterator[Page]:
    """Ask for page after page, each from the cursor of the last.

    A cursor is the IMEI that the next page begins behind, so it must grow: that ends every loop.

    Raises:
        UnexpectedResponse: It does not grow.
    """
    last = "0"
    cursor: str | None = None
    for number in range(1, MOST_PAGES + 1):
        page = fetch_page(cursor)
        yield page
        cursor = page.cursor
        if cursor is None:
            return
        if int(cursor) <= int(last):
            raise UnexpectedResponse.cursor_not_growing(number, cursor, last)
        last = cursor
    raise UnexpectedResponse.too_many_pages(MOST_PAGES)
