"""The whole article in one file: styles, fonts, scripts, pictures and runs inside, nothing beside it.

    page = single(files, base_url="")

The file can be sent by e-mail and opened without a network. Links that lead to the site's other pages lead to where
the site lives, or become plain text while that is unknown; what is made of such links alone is left out.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote

from ..base.store import File, content_of
from .assets import LATER_SCRIPT, PAGE_SCRIPT
from .media_types import kind_of
from .policy import guarded

FILES = Mapping[str, File]
ALONE = re.compile(r' <span class="figure-source figure-alone">.*?</span>')  # the way to a figure's own page
WAYS = ("nav", "li", "span")  # elements of which some are made of links alone
URL = re.compile(r"url\((['\"]?)([^'\")]+)\1\)")


def single(files: FILES, base_url: str = "", page: str = "index.html") -> bytes:
    """A page of a site with everything it needs inside.

    files  the site: path -> content, or a file that holds it
    """
    packer = _Packer(files, base_url.rstrip("/"))
    packer.feed(ALONE.sub("", packer.text(page)))
    packer.close()
    return guarded("".join(packer.out)).encode()


def embedded(files: FILES, path: str) -> str:
    """A file of the site as a data: URL."""
    return f"data:{kind_of(path)};base64,{base64.b64encode(content_of(files[path])).decode()}"


class _Way(NamedTuple):
    """An element of WAYS: whether it only leads somewhere, and how much was written, linked and not linked before."""

    tag: str
    leads: bool
    began: int
    kept: int
    lost: int


class _Packer(HTMLParser):
    """Copies a page, and puts in what it points at.

    A light picture's PNG gives way to its WebP, which is the smaller of the two and which the page offers anyway.
    """

    def __init__(self, files: FILES, base_url: str) -> None:
        super().__init__(convert_charrefs=False)
        self.files = files
        self.base_url = base_url
        self.out: list[str] = []
        self.scripts: list[str] = []
        self.awaited = False  # whether this is what the page says of its figures' scripts, which it must bring along
        self.explored = False  # whether it has an explorable, whose runs it must bring along
        self.skipping = ""
        self.styling = False  # whether this is within a <style>
        self.links: list[bool] = []  # for each open <a>: whether it was kept
        self.kept = self.lost = 0  # links so far
        self.ways: list[_Way] = []  # those that are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        text = self.get_starttag_text() or ""
        address = self.own(values.get("href", "") or values.get("src", "") or values.get("srcset", ""))
        poster = self.own(values.get("poster", ""))
        self.explored |= "data-explorable" in values
        if tag in WAYS:
            leads = tag == "nav" or "figure-source" in values.get("class", "").split()
            leads |= tag == "li" and any(way.tag == "nav" for way in self.ways)
            self.ways.append(_Way(tag, leads, len(self.out), self.kept, self.lost))
        if tag == "link" and address:
            self.out.append(self.link(values, address))
        elif tag == "script" and address:
            later = [LATER_SCRIPT] if address == PAGE_SCRIPT and LATER_SCRIPT in self.files else []
            self.scripts += map(self.text, (address, *later))
            self.skipping = "script"
        elif tag in ("video", "audio", "track") or (tag == "source" and "src" in values):
            text = replaced(text, "src", embedded(self.files, address)) if address else text
            self.out.append(replaced(text, "poster", embedded(self.files, poster)) if poster else text)
        elif tag == "source" and address and "data-theme" not in values:
            return
        elif tag in ("img", "source") and address:
            smaller = re.sub(r"\.png$", ".webp", address) if tag == "img" else address
            chosen = smaller if smaller in self.files else address
            self.out.append(replaced(text, "src" if tag == "img" else "srcset", embedded(self.files, chosen)))
        elif tag == "a":
            self.anchor(text, values)
        else:
            self.styling = tag == "style"
            self.awaited = values.get("id") == "figure-scripts"
            self.out.append(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.styling = False
        if tag == self.skipping:
            self.skipping = ""
        elif tag == "a":
            self.out.append("</a>" if self.links.pop() else "</span>")
        else:
            if tag == "body":
                self.finish()
            self.out.append(f"</{tag}>")
            if tag in WAYS:
                self.leave(tag)

    def handle_data(self, data: str) -> None:
        if self.awaited:
            figures = json.loads(data)
            self.scripts += map(self.text, dict.fromkeys(path for _, paths in figures for path in paths))
            data, self.awaited = json.dumps([[name, []] for name, _ in figures]), False
        if not self.skipping:
            self.out.append(self.styled(data, "") if self.styling else data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def text(self, path: str) -> str:
        """A file of the site."""
        return content_of(self.files[path]).decode()

    def own(self, address: str) -> str:
        """The site's file that an address names, or ""."""
        path = unquote(address.partition("?")[0].partition("#")[0])
        return path if path in self.files else ""

    def link(self, values: dict[str, str], address: str) -> str:
        """A stylesheet as a <style>, an icon as data; a preload is not needed any more."""
        if values.get("rel") == "stylesheet":
            return f"<style>\n{self.styled(self.text(address), 'assets/')}</style>"
        if values.get("rel") == "icon":
            kind = html.escape(values.get("type", ""))
            return f'<link rel="icon" type="{kind}" href="{embedded(self.files, address)}">'
        return ""

    def styled(self, text: str, folder: str) -> str:
        """CSS with the files it names inside."""

        def put(match: re.Match[str]) -> str:
            path = self.own(folder + match[2])
            return f"url({embedded(self.files, path)})" if path else match[0]

        return URL.sub(put, text)

    def anchor(self, text: str, values: dict[str, str]) -> None:
        """A link: kept when it stays in the page or leaves the site; else made absolute, or plain text."""
        address = values.get("href", "")
        path = address.partition("#")[0].partition("?")[0]
        if path in ("index.html", "./"):
            text = replaced(text, "href", "#" + address.partition("#")[2])
        elif self.own(address) and self.base_url:
            text = replaced(text, "href", f"{self.base_url}/{address}")
        kept = not self.own(address) or path == "index.html" or bool(self.base_url)
        self.links.append(kept)
        self.kept += kept
        self.lost += not kept
        self.out.append(text if kept else "<span>")

    def leave(self, tag: str) -> None:
        """Leave out what was made of links alone, if none was kept."""
        while self.ways and (way := self.ways.pop()):
            if way.tag == tag:
                if way.leads and self.kept == way.kept and self.lost > way.lost:
                    del self.out[way.began :]
                return

    def finish(self) -> None:
        """Scripts last: they were deferred. Then the runs that the page can show."""
        for script in self.scripts:
            self.out.append(f"<script>\n{closed(script)}</script>\n")
        if self.explored:
            for path in sorted(self.files):
                if path.startswith("data/") and path.endswith(".js"):
                    self.out.append(f"<script>{closed(self.text(path))}</script>\n")


def replaced(tag: str, name: str, value: str) -> str:
    """A start tag's text with another value for an attribute."""
    return re.sub(rf"(\s{name}=)(\"[^\"]*\"|'[^']*')", lambda found: f'{found[1]}"{value}"', tag, count=1)


def closed(script: str) -> str:
    """A script that ends its element neither early nor, behind what begins a comment and a script, too late."""
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")
