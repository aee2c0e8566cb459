"""A page that one test leaves as it was for the next, which spares a third of what its opening takes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.rest import watch

EMULATED = frozenset(
    {"color_scheme", "reduced_motion", "forced_colors"}
)  # of a reader's, what an open page may be given


class Kept:
    """Such a page of a browser: of no phone, with scripts, without permissions."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page: Page | None = None

    def take(self, width: int, height: int, **emulated: Any) -> Page:
        """The page, which is the taker's until it is given back."""
        page, self.page = self.page, None
        if page is None or page.is_closed():
            context = self.browser.new_context()
            watch(context)
            page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        if emulated:
            page.emulate_media(**emulated)
        return page

    def give(self, page: Page) -> None:
        """Have it back, without what a reader or a test may have set; where it cannot be, the next is another."""
        try:
            page.unroute_all()
            page.mouse.move(0, 0)
            page.evaluate("localStorage.clear(), sessionStorage.clear()")
            page.goto("about:blank")
            page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
        except Error:
            page.context.close()
        else:
            self.page = page
