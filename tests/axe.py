"""What axe says of a page."""

from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

SCRIPT = Path(axe_core_python.__file__).parent / "axe.min.js"
# All that axe knows but the strictest level of contrast.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental"]
# Of siblings that differ in their words alone: two and the last. Axe takes minutes where there are thousands.
THIN = r"""() => {
  const names = / (id|href|src|srcset|alt|title|for|value|popovertarget|aria-(label\w*|describedby|controls))="[^"]*"/g;
  const bare = (html) => html.replace(names, "").replace(/>[^<]*/g, ">").replace(/(film--\w+) s-\w+/g, "$1");
  for (const parent of [...document.querySelectorAll("main *")].reverse()) { // what is thinned is alike
    const met = new Map();
    for (const child of [...parent.children].slice(0, -1)) {
      const alike = bare(child.outerHTML);
      met.set(alike, (met.get(alike) ?? 0) + 1);
      if (met.get(alike) > 2) child.remove();
    }
  }
}"""
FINDS = """([of, options]) => axe.run(of ?? document, {resultTypes: ["violations"], ...options}).then(({violations}) =>
  violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`)))"""


def finds(page: Page, of: str | None = None, **options: Any) -> list[str]:
    """What is wrong on a page, or in what a selector names."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDS, [of, options])
    return found


def thin(page: Page) -> None:
    """Take from a page what says nothing new to axe."""
    page.evaluate(THIN)
