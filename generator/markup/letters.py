"""Letters that none of the page's fonts has, of the scripts that they are made for.

A word in which one letter comes from another font looks broken. Scripts of which our fonts have no letter at all, as
Arabic, Han or Cyrillic, are left to the reader's system on purpose: there a whole text is in one font.
"""

from __future__ import annotations

import re

SCRIPTS = (  # Latin and Greek
    "A-Za-zªµºÀ-ÖØ-öø-\u02af\u0370-\u0374\u0376-\u037d\u037f\u0386\u0388-\u03e1\u03f0-\u03ff\u1d00-\u1dbf"
    "\u1e00-\u1fff\u2c60-\u2c7f\ua722-\ua7ff"
)
HELD = (  # those of them that a font in templates/fonts has
    "A-Za-zµºÀ-ÖØ-öø-\u017f\u0218-\u021b\u0374\u037a\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03d1\u03d5"
    "\u03d7\u03d9\u03db\u03dd\u03e1\u03f4\u03f7-\u03f8\u1e9e"
)
_FOREIGN = re.compile(f"(?![{HELD}])[{SCRIPTS}]")
_UNREAD = re.compile(r"<(code|pre|math|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)  # in fonts of their own


def without_font(html: str) -> list[str]:
    """The letters of a page's text that no font of ours has, each once, in their order."""
    if not _FOREIGN.search(html):
        return []
    return list(dict.fromkeys(filter(str.isalpha, _FOREIGN.findall(_UNREAD.sub("", html)))))
