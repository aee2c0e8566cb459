"""What a page allows itself: a strict Content-Security-Policy, which browsers hold it to.

    page = guarded(page)

Everything comes from beside the page; of what stands in the page itself, scripts and styles run that were there when it
was made, by their SHA-256. A policy that knows no unsafe-inline forbids style attributes: what templates say in them
becomes classes of a <style> in the head.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re

from ..base.memo import digest

TAG = re.compile(r"""<[a-zA-Z][^\s/>]*(?:\s+[^\s=/>"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*\s*/?>""")
STYLE, CLASS = re.compile(r'\sstyle="([^"]*)"'), re.compile(r'(\sclass=")([^"]*)')
SCRIPT = re.compile(r"<script(?![^>]*\s(?:src=|type=\"application/))[^>]*>(.*?)</script>", re.DOTALL)
SHEET = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
BEGIN = '<meta charset="utf-8">\n'  # in templates/base.html; the policy holds for what stands below it
MARK = '<meta http-equiv="Content-Security-Policy"'
POLICY = re.compile(rf"{MARK}[^>]*>\n")
ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "frame-src": "'self'",  # a figure's own page, which tells its height
    "worker-src": "blob:",  # training, off the main thread
    "base-uri": "'none'",
    "form-action": "'none'",
}


def guarded(page: str, served: bool = False) -> str:
    """A page with its policy, in place of one that it had.

    served  whether `peek serve` changes it while it is open
    """
    page = POLICY.sub("", styled(page), count=1)
    allowed = dict(ALLOWED)
    allowed["script-src"] += _sums(SCRIPT, page)
    allowed["style-src"] += " 'unsafe-inline'" if served else _sums(SHEET, page)
    if served:
        allowed["connect-src"] = "'self'"
    said = "; ".join(f"{name} {sources}" for name, sources in allowed.items())
    return page.replace(BEGIN, f'{BEGIN}{MARK} content="{said}">\n', 1)


def styled(page: str) -> str:
    """A page whose style attributes are classes, named by what they say."""
    parts, rules, done = [], {}, 0
    at = page.find(' style="')
    while at >= 0:
        begins = page.rfind("<", 0, at)
        tag = TAG.match(page, begins) if begins >= done else None
        if tag and tag.end() > at and (found := STYLE.search(tag[0])):
            name = _name(found[1])
            rules[name] = html.unescape(found[1])
            bare = STYLE.sub("", tag[0], count=1)
            named = CLASS.sub(rf"\g<1>\g<2> {name}", bare, count=1)
            ends = re.match(r"<[^\s/>]+", bare)
            if named == bare and ends:
                named = f'{ends[0]} class="{name}"{bare[ends.end() :]}'
            parts += [page[done:begins], named]
            done = tag.end()
        at = page.find(' style="', max(done, at + 1))
    if not rules:
        return page
    # Whatever has no such id: as strong as the attribute was.
    sheet = "".join(f".{name}:not(#s){{{rules[name]}}}\n" for name in sorted(rules))
    return ("".join(parts) + page[done:]).replace("</head>", f"<style>\n{sheet}</style>\n</head>", 1)


def _name(rule: str) -> str:
    """A class of a rule: "s-share-0_5" where that says all of it, as it packs well; else with a sum."""
    told = re.fullmatch(r"--([a-z]+): ?(\d+(?:\.\d+)?)", rule)
    return f"s-{told[1]}-{told[2].replace('.', '_')}" if told else f"s-{digest(rule)[:6]}"


def _sums(kind: re.Pattern[str], page: str) -> str:
    """The sources that a policy allows by their sums: SHA-256 of what stands in elements of a kind."""
    found = dict.fromkeys(hashlib.sha256(match[1].encode()).digest() for match in kind.finditer(page))
    return "".join(f" 'sha256-{base64.b64encode(of).decode()}'" for of in found)
