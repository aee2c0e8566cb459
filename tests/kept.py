"""Pages that one test leaves as they were for the next, which spares a third of what their opening takes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.rest import watch

HANDS = ("has_touch", "is_mobile")
OPTIONS = {*HANDS, "color_scheme", "reduced_motion", "forced_colors"}  # of a context, those with which a page is lent


class Kept:
    """Such pages of a browser, for a pointer or a finger, with scripts and without permissions."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: defaultdict[tuple[bool, ...], list[Page]] = defaultdict(list)
        self.lent: dict[Page, tuple[bool, ...]] = {}

    def take(self, width: int, height: int, **options: Any) -> Page:
        """A page, which is the taker's until it is given back."""
        hands = tuple(bool(options.pop(name, False)) for name in HANDS)
        page = self.free[hands].pop() if self.free[hands] else None
        if page is None or page.is_closed():
            context = self.browser.new_context(**dict(zip(HANDS, hands, strict=True)))
            watch(context)
            page = context.new_page()
        self.lent[page] = hands
        page.set_viewport_size({"width": width, "height": height})
        if options:
            page.emulate_media(**options)
        return page

    def give(self, page: Page) -> None:
        """Have it back, without what a reader or a test may have set; where it cannot be, the next is another."""
        hands = self.lent.pop(page)
        try:
            page.unroute_all()
            page.mouse.move(0, 0)
            page.evaluate("localStorage.clear(), sessionStorage.clear()")
            page.goto("about:blank")
            page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
        except Error:
            page.context.close()
        else:
            self.free[hands].append(page)
