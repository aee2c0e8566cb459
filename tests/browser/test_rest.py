"""The tests' own waiting: it lasts until what a page has begun has come, of whatever kind, and no longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.rest import SETTLES_MS, rest, watch

BEGUN = {
    "a frame after frames": "let n = 20; "
    "(function next() { if (n--) requestAnimationFrame(next); else done = true; })()",
    "a timer that another sets": "setTimeout(() => setTimeout((value) => { done = value; }, 200, true), 200)",
    "a script": "const script = document.createElement('script'); script.src = 'late.js'; document.body.append(script)",
    "a transition": "const { style } = document.body; document.body.getBoundingClientRect(); style.opacity = 0.5; "
    "document.body.ontransitionend = () => { done = true; }",
    "scrolling": "addEventListener('scrollend', () => { done = true; }); scrollTo({top: 3000, behavior: 'smooth'})",
    "a run on its way": "document.body.setAttribute('aria-busy', true); "
    "setTimeout(() => { done = true; document.body.removeAttribute('aria-busy'); }, 1500)",
    "a figure in sight": "const view = {visible: true, painted: false, failed: false}; "
    "globalThis.peek = {views: new Map([['fig-bend', view]])}; setTimeout(() => { done = view.painted = true; }, 1500)",
}


@pytest.mark.parametrize("begun", BEGUN)
def test_what_has_begun_is_waited_for(browser: Browser, tmp_path: Path, begun: str) -> None:
    (tmp_path / "late.js").write_text("done = true;")
    style = "transition: opacity 0.6s; height: 5000px"
    (tmp_path / "page.html").write_text(f"<!doctype html><title>A page</title><body style='{style}'>Words.</body>")
    with browser.new_context() as context:
        watch(context)
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        page.evaluate("var done = false; var never = setTimeout(() => { done = 'too long'; }, 60000); undefined")
        rest(page)
        assert page.evaluate("done") is False  # what is far off is not waited for
        page.evaluate(f"(() => {{ {BEGUN[begun]} }})()")
        rest(page, SETTLES_MS)
        assert page.evaluate("done") is True
