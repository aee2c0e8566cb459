"""Markdown to HTML: every construct, every mistake with its exact message, and that the HTML is valid."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from generator import content, markup
from generator.errors import ContentError
from generator.results import Picture, Result, Results

FIXTURE = Path(__file__).parent / "sites" / "markup"
HEAD = "---\ntitle: T\ndescription: D\nauthors: [A B]\ndate: 2026-01-01\n---\n"
FIGURES = ("angles", "grid")


def grid():
    """Eighteen runs: 2, 3 and 4 classes, two activations, three seeds."""
    return Results(
        Result(
            id=f"k{classes}-{activation}-s{seed}",
            experiment="grid",
            key=f"{classes}{activation}{seed}",
            label=label,
            spec={"classes": classes, "activation": activation, "seed": seed},
            measures={"accuracy": 0.97 + 0.001 * seed * classes, "least_distance": 2.0 / classes, "angles": [30.0, 60.5]},
            pictures={"angles": Picture(f"plots/{classes}/{label}.angles", ("webp", "png"), 240, 240, "alt", "Angles")},
            files={},
        )
        for classes in (2, 3, 4)
        for activation, label in (("tanh", "tanh"), ("relu", "ReLU"))
        for seed in (1, 2, 3)
    )


def drawn(call):
    """A figure as the page would draw it."""
    number = f'<a class="figure-number" href="#{call.label}">Figure {call.number}</a>'
    alt = call.options.get("alt", "computed")
    return (
        f'<figure id="{call.label}" class="figure figure--{call.options["size"]}" data-figure="{call.name}">'
        f'<img src="x.png" alt="{alt}"><figcaption>{number} {call.caption_html}</figcaption></figure>'
    )


def rendered(article, **changes):
    arguments = {"results": grid(), "figure_names": FIGURES, "render_figure": drawn, "addresses": ["gallery.html"]}
    return markup.render_article(article, **{**arguments, **changes})


# HTML that a browser need not mend

VOID = {"img", "br", "hr", "wbr"}
PHRASING = set(
    "a abbr br button cite code del em i img ins kbd mark math q s samp small span strong sub sup u var wbr".split()
)
ONLY_PHRASING = {"p", "h2", "h3", "h4", "h5", "h6", "summary", "span", "em", "strong", "a", "code", "pre", "dt", "sup"}
INTERACTIVE = {"a", "button", "summary"}


class Validity(HTMLParser):
    """What is wrong with a piece of HTML: nesting, content models, ids, and the ids that attributes name."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.stack, self.ids, self.named, self.faults = [], [], [], []
        self.feed(html)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self.stack]
        self.faults += sorted({f"id {id_} twice" for id_ in self.ids if self.ids.count(id_) > 1})
        self.faults += [f"no id {name}" for name in self.named if name not in self.ids]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "math" not in self.stack:
            self.check(tag, attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        for name in ("aria-labelledby", "popovertarget"):
            if name in attrs:
                self.named.append(attrs[name])
        if tag not in VOID:
            self.stack.append(tag)

    def check(self, tag, attrs):
        around = set(self.stack)
        if tag not in PHRASING and around & ONLY_PHRASING:
            self.faults.append(f"<{tag}> inside {self.stack}")
        if tag in INTERACTIVE and around & INTERACTIVE:
            self.faults.append(f"<{tag}> inside {self.stack}")
        if tag == "img" and not {"src", "alt"} <= attrs.keys():
            self.faults.append("a picture without src or alt")
        if tag == "li" and self.stack[-1:] not in (["ol"], ["ul"]):
            self.faults.append(f"<li> inside {self.stack}")
        if self.stack[-1:] in (["ol"], ["ul"]) and tag != "li":
            self.faults.append(f"<{tag}> inside a list")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


def faults(page):
    """Those of a page's HTML, and links within it that lead nowhere."""
    html = page.html + page.references_html
    found = Validity(html)
    dead = [f"dead #{name}" for name in re.findall(r'href="#([^"]+)"', html) if name not in found.ids]
    unsaid = [f"unlisted id {name}" for name in found.ids if name not in page.anchors and not name.endswith("-caption")]
    return found.faults + dead + unsaid
