"""Markdown to HTML: every construct, every mistake with its exact message, and that the HTML is valid."""

import dataclasses
import datetime
import re
import shutil
import textwrap
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from generator.base import language, limits
from generator.base.errors import ContentError, Problem
from generator.base.memo import Memo
from generator.base.overlay import Overlay
from generator.content import texts
from generator.content.predictions import Prediction, Predictions
from generator.guide import LISTS
from generator.markup import document, numbering
from generator.markup.blocks.figure import ANY
from generator.runs.results import Picture, Result, Results, UnknownResult
from generator.site.charts import chart
from generator.site.charts.specification import OPTIONS
from generator.site.templates import TemplateRenderer

FIXTURE = Path(__file__).parent / "sites" / "markup"
EXPECTED = FIXTURE.parent / "markup.expected"  # made by running this file; look at what changed
HEAD = "---\ntitle: T\ndescription: D\nauthors: [A B]\ndate: 2026-01-01\n---\n"
RENDERER = TemplateRenderer(Overlay(FIXTURE.parents[2] / "templates"))
FILL = RENDERER.render
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
            measures={
                "accuracy": 0.97 + 0.001 * seed * classes,
                "least_distance": 2.0 / classes,
                "angles": [30.0, 60.5],
            },
            pictures={"angles": Picture(f"plots/{classes}/{label}.angles", ("webp", "png"), 240, 240, "alt", "Angles")},
            files={},
        )
        for classes in (2, 3, 4)
        for activation, label in (("tanh", "tanh"), ("relu", "ReLU"))
        for seed in (1, 2, 3)
    )


def drawn(call, warn=None):
    """A figure as the page would draw it."""
    number = f'<a id="{call.label}-number" class="figure-number" href="#{call.label}">Figure {call.number}</a>'
    alt = call.options.get("alt", "computed")
    return (
        f'<figure id="{call.label}" class="figure figure--{call.options["size"]}" aria-labelledby="{call.named_by}"'
        f' data-figure="{call.name}">'
        f'<img src="x.png" alt="{alt}"><figcaption>{number} {call.caption_html}</figcaption></figure>'
    )


def rendered(article, **changes):
    env = document.Environment(grid(), FIGURES, drawn, FILL, addresses=["gallery.html", "404.html"])
    return document.render(article, dataclasses.replace(env, **changes))


# HTML that a browser need not mend

VOID = {"img", "br", "hr", "wbr", "input", "source", "track"}
PHRASING = {
    *("a", "abbr", "br", "button", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "math"),
    *("q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr"),
    *("input", "picture", "source", "track", "video"),
}
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
                self.named += attrs[name].split()
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
    names = re.compile(
        r"-(caption|number|title)$|^fig-[\w-]+\.\d+$"
    )  # of figures and tables, and charts' shapes: no anchors
    unsaid = [f"unlisted id {name}" for name in found.ids if name not in page.anchors and not names.search(name)]
    return found.faults + dead + unsaid


def page_of(tmp_path, body, **changes):
    """The article's page of `folder_with`."""
    return rendered(texts.read(folder_with(tmp_path, body)), **changes)[0]


def text_of(markup):
    """What is read of a piece of HTML, with plain spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


def first_paragraph(tmp_path, body):
    """What is read of it on the article's page."""
    return text_of(page_of(tmp_path, body).html.partition("</p>")[0])


# Mistakes


def folder_with(tmp_path, body, head=HEAD):
    """A content folder whose article is `body`, from line 7 on, beside a second page and files of its own."""
    folder = tmp_path / "content"
    shutil.copytree(FIXTURE, folder)
    (folder / "article.md").write_text(head + body, encoding="utf-8")
    (folder / "second.md").write_text("---\ntitle: Second\n---\n\n## Two {#sec-two}\n\nWords.\n", encoding="utf-8")
    return folder


def said(folder, **changes):
    """Everything that is wrong with a folder, without the folder's own path."""
    with pytest.raises(ContentError) as caught:
        rendered(texts.read(folder), **changes)
    return str(caught.value).replace(f"{folder}/", "")


def mistakes():
    """The cases of mistakes.txt: a body, then what is said of it: !! before a mistake, ?? before a warning."""
    for case in (FIXTURE.parent / "mistakes.txt").read_text(encoding="utf-8").split("\n====\n"):
        body, _, messages = re.sub(r"\n(!!|\?\?) ", r"\0\1 ", "\n" + case.rstrip("\n")).partition("\0")
        yield body[1:], messages.split("\0")


@pytest.mark.parametrize(("body", "messages"), list(mistakes()), ids=lambda text: str(text).split("\n")[0][:50])
def test_every_mistake_is_said_with_its_line(tmp_path, body, messages):
    folder = folder_with(tmp_path, body)
    try:
        found = [f"?? {warned}" for warned in rendered(texts.read(folder))[0].warnings]
    except ContentError as error:
        found = [f"!! {problem}" for problem in error.problems]
    assert [line.replace(f"{folder}/article.md:", "").replace(f"{folder}/", "") for line in found] == messages


def test_a_theorem_has_a_number_a_name_and_references_and_a_proof_an_end(tmp_path):
    body = "@thm-a, [-@thm-a] and Theorem @lem-b\n\n::: theorem | After $x$\n    id: thm-a\n\nIt is.\n:::\n\n"
    body += "/// lemma\n    id: lem-b\n\nSo.\n///\n\n/// proof | of @thm-a\nClear.\n///\n"
    page = page_of(tmp_path, body)
    text = " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<math>.*?</math>", "x", page.html)).split())
    assert text == ("Theorem 1 , 1 and Theorem Lemma 1 Theorem 1 After x It is. Lemma 1 So. Proof of Theorem 1 Clear.")
    assert '<div class="statement statement--theorem" id="thm-a">' in page.html and "statement--proof" in page.html


def test_a_link_without_words_says_what_it_leads_to(tmp_path):
    body = "[](second.md), [](second.md#sec-two), [](#sec-a), @sec-a\n\n"
    body += "# A *part* of $x^2$ {#sec-a .unnumbered}\n"
    assert first_paragraph(tmp_path, body) == "Second, Section 1 (“Second”), “A part of x²”, “A part of x²”"


def test_references_of_latex_say_what_they_say_there(tmp_path):
    body = r"Theorem \ref{thm:a}, \autoref{thm:a}, \cref{sec:one}, Table \ref{tab:t}, \eqref{eq:e}, \Cref{eq:e}"
    body += "\n\n# One {#sec-one}\n\n/// theorem\n    id: thm-a\n\nSo.\n///\n\n$$x \\label{eq:e}$$\n\n"
    body += "| a |\n|---|\n| b |\n\n: T {#tbl-t}\n"
    assert first_paragraph(tmp_path, body) == "Theorem 1, Theorem 1, Section 1, Table 1, (1), Equation 1"
    several = body.replace("Theorem", r"See Eq.~\eqref{eq:e}, Table~\ref{tab:t} and \cref{eq:e, thm:a}. Theorem", 1)
    folder = folder_with(tmp_path / "several", several)
    markup = rendered(texts.read(folder))[0]
    assert not markup.warnings
    assert text_of(markup.html).startswith("See Eq. (1), Table 1 and Equation 1, Theorem 1.")
    assert "Eq.\u00a0<a" in markup.html and "Table\u00a0<a" in markup.html


def test_labels_of_latex_in_captions_name_figures_and_tables(tmp_path):
    body = r"\autoref{fig:a_b}, \ref{plain}, \autoref{tab:t}, \ref{table:u}, \ref{fig-own}"
    body += "\n\n![A *b* $x$,\nc. \\label{fig:a_b}](pictures/room.png)\n\n"
    body += "![\\label{plain}B](pictures/room.png){ width=20% }\n\n"
    body += "![C \\label{fig:c}](pictures/room.png){#fig-own}\n\n- ![D \\label{fig:d}](pictures/room.png)\n\n"
    body += "Table: T $x$. \\label{tab:t}\n\n| a |\n|---|\n| b |\n\n| a |\n|---|\n| b |\n\n: U. \\label{table:u}\n"
    page = page_of(tmp_path, body)
    assert first_paragraph(tmp_path / "first", body) == "Figure 1, 2, Table 1, 2, 3"
    assert re.findall(r'<figure id="([^"]*)"', page.html) == [
        "fig-a_b",
        "fig-plain",
        "fig-own",
        "fig-d",
        "tbl-t",
        "tbl-u",
    ]
    assert "label" not in text_of(page.html) and 'alt="A b x, c."' in page.html and not page.warnings


def test_formulas_and_references_in_a_paragraph_are_read_as_pandoc_writes_them(tmp_path):
    body = """We have $$\\begin{equation}
\\label{eq:one}
a = b
\\end{equation}$$ by $$\\begin{align*} c &= d
\\end{align*}$$ [\\[eq:one\\]](#eq:one){reference-type="eqref"
reference="eq:one"}, Section [2](#sec:s){reference-type="ref" reference="sec:s"},
[3](#sec:s){reference-type="ref+Label" reference="sec:s"}. $$x \\label{eq:x}$$

[words
here]{.a
.b}

## S {#sec-s}

@eq-x
"""
    page = page_of(tmp_path, body)
    said = [("#eq-one", "(1)"), ("#sec-s", "1"), ("#sec-s", "Section 1"), ("#eq-x", "Equation 2")]
    assert words_of_references(page) == said and "reference" not in text_of(page.html)
    assert page.html.count('<math display="block"') == 3 and '<span class="a b">' in page.html


def test_formulas_that_follow_each_other_are_each_on_lines_of_their_own(tmp_path):
    html = page_of(tmp_path, "$$a +\nb$$ $$b$$\n\n$$a$$ $$b\nc$$ so\n\nSo $$d$$ is in the text.\n").html
    assert html.count('<math display="block"') == 3 and "So <math><mi>d" in html


def test_what_pandoc_writes_of_html_and_sphinx_is_read(tmp_path):
    body = '[K]{.kbd} [red]{style="color: red"} [a, b](#x){reference-type="ref" reference="sec:a,sec:b"}\n\n'
    body += ":::: tip\n::: title\nA *title*\n:::\n\nText.\n::::\n\n:::: tip\n::: title\n:::\n\nBare.\n::::\n\n"
    page = page_of(tmp_path, body + "# A {#sec-a}\n\nx\n\n# B {#sec-b}\n\nx\n")
    assert text_of(page.html).startswith("K red 1, 2 A title Text. Tip Bare.") and "<kbd" in page.html
    assert [str(warned).rpartition("/")[2] for warned in page.warnings] == [
        'article.md:7: the style "color: red" is left out, as the page has its own [html-style]'
    ]


def test_the_caption_of_a_table_may_stand_within_its_block(tmp_path):
    rows = "| a |\n|---|\n| b |\n\n"
    for caption in (": *So* it is.", "*So* it is."):
        html = page_of(tmp_path / caption[:1], f"\\ref{{tab:x}}\n\n::: {{#tbl-x}}\n{rows}{caption}\n:::\n").html
        assert text_of(html).startswith("1 Table 1 So it is. a b") and html.count("<em>So</em>") == 1


def test_a_statement_of_others_has_its_name_in_braces(tmp_path):
    html = page_of(tmp_path, '::: {.theorem #thm-a name="Of all"}\nSo.\n:::\n').html
    assert text_of(html) == "Theorem 1 Of all So."


def test_callouts_of_others_have_looks_and_names_of_their_own(tmp_path):
    html = page_of(tmp_path, "> [!note|right] T\n> A.\n\n:::spoiler More\nB.\n:::\n").html
    assert text_of(html) == "T A. More B." and "<summary>More" in html


def test_what_a_tag_says_is_the_number_whatever_it_is(tmp_path):
    body = r"@eq-s, [-@eq-s], \ref{eq:s}, \eqref{eq:s}, @eq-b, [](#eq-h), \eqref{eq:h}, @eq-n"
    body += "\n\n$$a \\tag{*}$$ {#eq-s}\n\n$$b \\tag{$\\star$}$$ {#eq-b}\n\n"
    body += "$$c \\label{eq:h} \\tag{<img src=x>}$$\n\n$$d$$ {#eq-n}\n"
    html = page_of(tmp_path, body).html
    tag = "&lt;img src=x&gt;"
    said = f"Equation\u00a0*, *, *, (*), Equation\u00a0⋆, Equation\u00a0{tag}, ({tag}), Equation\u00a01"
    assert re.sub("<[^>]*>", "", html.partition("</p>")[0]) == said
    assert "<img" not in html and html.count('class="equation-number"') == 1


def test_what_is_wrong_on_many_lines_in_the_same_words_is_told_once_with_the_lines(tmp_path):
    cell = "```{{r, fig.cap='{}'}}\n1\n```\n\n"
    three = said(folder_with(tmp_path / "three", "".join(map(cell.format, "abc"))))
    told = 'the code cell "{r}"; expected ```r for code to read: nothing in a text runs'
    assert three.split("\n") == [f"article.md:{line}: {told}" for line in (7, 11, 15)]
    many = said(folder_with(tmp_path / "many", "".join(map(cell.format, "abcde")) + "[x](#no)\n"))
    first, other = many.split("\n")
    assert first == f"article.md:7: {told}; also on lines 11, 15, 19, 23" and other.startswith("article.md:27: a link")


def test_no_reference_stands_for_a_sign_that_reading_keeps_for_itself(tmp_path):
    sign = "&#xE000;9&#xe001;"
    places = [sign, f"a\nb {sign}", f'[x](https://x.org "{sign}")', f"![a {sign}](own.png)", f'<b title="{sign}">x</b>']
    places += [f"<div>\n{sign}</div>", f"## H {sign}", f"## H {sign} {{#sec-h}}", f"| {sign} |\n|---|\n| x |"]
    places += [f"- a\n  - {sign}", f"[r]\n\n[r]: https://x.org '{sign}'", "&#61448;"]
    body = "\n\n".join(places)
    at = [7 + body[: m.start()].count("\n") for m in re.finditer(f"{re.escape(sign)}|&#61448;", body)]
    at[-2] -= 2  # where the label is used
    told = "an invisible character, U+{}"
    wanted = [(line, told.format("E000" if line < at[-1] else "F008"), "none") for line in at]
    with pytest.raises(ContentError) as caught:
        rendered(texts.read(folder_with(tmp_path, f"{body}\n")))
    found = [(problem.line, problem.wrong, problem.expected) for problem in caught.value.problems]
    assert [each for each in found if "invisible" in each[1]] == wanted


def test_references_in_code_are_not_resolved(tmp_path):
    assert "&amp;#xE000;" in page_of(tmp_path, "`&#xE000;` &#x1F600;").html


def test_an_expression_in_a_title_is_told(tmp_path):
    head = HEAD.replace("title: T", 'title: T\nsubtitle: "{{ results.count }} nets"')
    warned = " ".join(map(str, rendered(texts.read(folder_with(tmp_path, "x\n", head)))[0].warnings))
    assert 'article.md:3: an expression in a subtitle, "{{ results.count }}"; expected what it says, as' in warned


def test_what_is_left_of_latex_in_a_title_is_told(tmp_path):
    head = HEAD.replace("title: T", "title: On \\emph{this}").replace("[A B]", "Ada Lee \\and Bo Ek")
    folder = folder_with(tmp_path, "x\n", head)
    assert said(folder) == 'article.md:2: a command of LaTeX, "\\emph"; expected *words*'
    assert [author.name for author in texts.read(folder).meta.authors] == ["Ada Lee", "Bo Ek"]


def test_all_pages_are_read_before_anything_is_said(tmp_path):
    folder = folder_with(tmp_path, "@fig-no and @nobody\n\n{{ reslts }}\n")
    (folder / "second.md").write_text("---\ntitle: Second\n---\n\n[x](#no)\n", encoding="utf-8")
    assert [line.partition(";")[0] for line in said(folder).split("\n")] == [
        'article.md:7: undefined citation "nobody"',
        'article.md:7: undefined figure "fig-no"',
        'article.md:9: unknown name "reslts"',
        'second.md:5: a link to "#no", which is not on the page',
    ]


def test_mistakes_in_footnotes_and_captions_have_their_own_lines(tmp_path):
    body = "x[^a]\n\n[^a]: one\n    two $\\foo$\n\n    three {{ y }}\n\n/// figure | angles\n\nOne\n@tbl-z\n///\n"
    assert said(folder_with(tmp_path, body)).split("\n") == [
        'article.md:10: TeX: unknown command "\\foo"; expected one of https://temml.org/docs/en/supported'
        ", or of macros in the front matter",
        'article.md:12: unknown name "y"; expected results',
        'article.md:17: undefined table "tbl-z"',
    ]


NAMED = {  # a text with a name in it; a name that was nearly right
    "/// {}\n\nx\n///": "figre",
    "::: {}\nx\n:::": "sidenot",
    "/// figure | {}\n\nx\n///": "angels",
    "/// figure | angles\n    {}: 1\n\nx\n///": "clases",
    "/// figure | pictures/room.png\n    {}: 1\n    alt: x\n\nx\n///": "widht",
    "/// details | x\n    {}: true\n\nx\n///": "opne",
    "{{{{ {}.count }}}}": "reslts",
    "{{{{ results.{} }}}}": "cuont",
    "{{{{ results.count | {} }}}}": "roud",
    "{{{{ results.median('{}') }}}}": "acuracy",
    "{{{{ results.where(activation='{}').count }}}}": "thanh",
    "{{{{ results.where({}=2).count }}}}": "clases",
    "[x]{{claim='results.count > 1' {}=1}}": "need_seeds",
    "<abbr {}='x'>y</abbr>": "titel",
    "```{}\nx\n```": "pyton",
    "$\\{}$": "alhpa",
    "$$\\begin{{{0}}}x\\end{{{0}}}$$": "aling",
}


@pytest.mark.parametrize(("text", "name"), NAMED.items())
def test_an_unknown_name_is_told_the_nearest_or_where_all_are(tmp_path, text, name):
    def told(word):
        try:
            return "\n".join(map(str, page_of(tmp_path / word, text.format(word)).warnings))
        except ContentError as error:
            return str(error)

    assert "; did you mean " in told(name)
    assert re.search(r"; expected (?!none)\S", told("qqqqqqqq"))


def test_a_long_list_is_named_and_not_said(tmp_path):
    """Each is one that `peek list` has."""
    many = [f"figure-{n}" for n in range(40)]
    folder = folder_with(tmp_path, "/// figure | qqq\n\nx\n///\n\n{{ results.count | qqq }}\n")
    lists = re.findall(r"expected one that `peek list (\w+)` shows", said(folder, figure_names=many))
    assert lists == ["figures", "filters"] and {*lists} <= LISTS.keys()


def test_a_figure_that_cannot_be_drawn_is_a_mistake_at_its_line(tmp_path):
    def refused(call, warn):
        raise UnknownResult("no run with classes=9")

    def broken(call, warn):
        raise ContentError([Problem(call.place, "the template broke")])

    folder = folder_with(tmp_path, "Text.\n\n/// figure | angles\n\nCaption.\n///\n")
    assert said(folder, render_figure=refused) == "article.md:9: no run with classes=9"
    assert said(folder, render_figure=broken) == "article.md:9: the template broke"


# Pages


@pytest.mark.parametrize("name", ["index.html", "second.html"])
def test_the_fixture_becomes_what_is_expected(name):
    page = {page.path: page for page in rendered(texts.read(FIXTURE))}[name]
    assert f"{page.html}\n{page.references_html}\n" == (EXPECTED / name).read_text(encoding="utf-8")


def test_the_fixture_is_valid_and_all_its_links_lead_somewhere():
    for page in rendered(texts.read(FIXTURE)):
        assert not faults(page)
        assert not page.warnings


def test_the_validity_check_sees_what_browsers_mend():
    html = '<p><div id="a"></div></p><a href="#b">x<button>y</button></a><ul><p></p></ul><i id="a" aria-labelledby="c">'
    assert len(Validity(html).faults) == 6


def test_a_figure_is_named_by_its_number_and_its_title(tmp_path):
    """A caption that does not begin with a title in bold leaves the number."""
    texts = {"title": "**So.** It was.", "none": "It was so.", "late": "It was **so.**"}
    body = "".join(f"/// figure | angles\n    id: fig-{name}\n\n{text}\n///\n\n" for name, text in texts.items())
    page = page_of(tmp_path, body)
    assert [call.named_by for call in page.figures] == [
        "fig-title-number fig-title-title",
        "fig-none-number",
        "fig-late-number",
    ]
    assert not faults(page)


def test_what_a_page_says_of_itself():
    article, second = rendered(texts.read(FIXTURE))
    assert [(entry.id, entry.number, len(entry.children)) for entry in article.toc] == [
        ("sec-seven", "1", 1),
        ("asides", "2", 0),
    ]
    assert [(call.name, call.number, call.label) for call in article.figures] == [
        ("angles", "1", "fig-corners"),
        ("pictures/bend.svg", "2", "fig-bend"),
    ]
    call = article.figures[0]
    assert call.options == {
        **{"id": "fig-corners", "classes": [4], "activation": ["tanh", "relu"], "size": "wide"},
        "alt": "Angles of 18 networks",
    }
    assert call.caption_html.startswith(
        '<strong id="fig-corners-title">Four corners.</strong>'
    ) and call.place.endswith("article.md:29")
    assert article.cited == ("olah2014", "papyan2020", "goedel1931")
    assert re.findall(r'<a href="(https:[^"]*)"', article.html) == [
        *("https://example.org/?a=1&amp;b=2", "https://colah.github.io/"),
    ]
    assert [claim.verdict for claim in article.claims] == ["holds", "refuted", "open"]
    assert (article.path, second.path, second.title) == ("index.html", "second.html", "A second page")


def test_a_work_that_nobody_cites_is_a_warning():
    article = texts.read(FIXTURE)
    warned = document.unused_works(article, rendered(article))
    assert list(map(str, warned)) == [f'{FIXTURE}/references.bib:29: "spare2001" is never cited [uncited-work]']


def test_a_list_of_references_speaks_the_page_s_language(tmp_path):
    (tmp_path / "article.md").write_text(HEAD + "See @two2020.\n")
    work = "@article{two2020, author = {One, Ada and Two, Bo}, title = {T}, year = 2020, journal = {J}}\n"
    (tmp_path / "references.bib").write_text(work)
    spanish = language.load("es", RENDERER.templates)
    page = rendered(texts.read(tmp_path), words=spanish)[0]
    assert 'aria-label="Volver a la cita 1 de One y Two\u00a02020"' in page.references_html


def test_a_work_of_a_list_from_right_to_left_runs_as_its_own_script_does(tmp_path):
    (tmp_path / "article.md").write_text(HEAD + "و@one2020 و[@one2020].\n", encoding="utf-8")
    (tmp_path / "references.bib").write_text("@misc{one2020, author = {One, Ada}, title = {T}, year = 2020}\n")
    page = rendered(texts.read(tmp_path), words=language.load("ar", RENDERER.templates))[0]
    assert text_of(page.html) == "وOne (2020) و(One 2020)."  # "and" stands against the word behind it
    assert '<li id="ref-one2020" dir="auto">' in page.references_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("全~~删除：~~请看。", "<p>全<s>删除：</s>请看。</p>"),
        ("看==标记==文字，++加++了", "<p>看<mark>标记</mark>文字，<ins>加</ins>了</p>"),
        ("a==b==c, a++b++c, a~~b", "<p>a==b==c, a++b++c, a~~b</p>"),
    ],
)
def test_marks_stand_against_letters_where_no_blanks_are_written(tmp_path, text, html):
    assert page_of(tmp_path, text).html == html


WORKS = r"""@misc{2020key, author={Ada Moss}, title={In $n$ Dimensions}, year=2020}
@misc{it's, author={Ada Moss}, title={Alone}, year=2020}
@misc{it's, title={Again}}
@misc{a/b+c:d, author={Uwe Rohr}, title={$\foo$ \foo},
  year=2021}
"""


def cited(tmp_path, body, works=WORKS, front=""):
    folder = folder_with(tmp_path, body, HEAD[:-4] + front + "---\n")
    (folder / "references.bib").write_text(works, encoding="utf-8")
    return folder


def test_a_tie_before_a_work_is_a_blank_at_which_no_line_ends(tmp_path):
    folder = cited(tmp_path, r"As~\citet{2020key} says~\cite{2020key}.")
    assert re.sub("<[^>]*>", "", rendered(texts.read(folder))[0].html).startswith("As\u00a0Moss (2020) says\u00a0(Moss")


def test_a_work_whose_key_a_text_ends_is_told_the_way_to_cite_it(tmp_path):
    folder = cited(tmp_path, "As @it's and [@it's, p. 3].")
    told = 'article.md:7: undefined citation "it"; expected @{it\'s}, as its key has signs that may end one'
    assert [line.removeprefix(f"{folder}/") for line in said(folder).split("\n")] == [told]


def test_works_are_cited_by_any_key_and_lettered_among_the_cited(tmp_path):
    folder = cited(tmp_path, "As @2020key. [see @2020key, p. 3; -@{it's}] and [-@2020key]\n\n```\n@a/b+c:d\n```\n")
    page = rendered(texts.read(folder))[0]
    said = [re.sub(r"<[^>]*>", "", found) for found in re.findall(r"<p>As.*?</p>", page.html)]
    assert said == ["As Moss (2020b). (see Moss\u00a02020b, p.\u00a03; 2020a) and (2020b)"]
    assert {"ref-2020key", "ref-it's", "cite-2020key.3", "cite-it's.1"} <= page.anchors
    assert 'href="#ref-it&#x27;s"' in page.html and "<math" in page.references_html
    assert [warned.name for warned in page.warnings] == ["odd-work"]
    (folder / "article.md").write_text(HEAD + "As @2020key, `@{it's}`.\n", encoding="utf-8")
    assert "Moss (2020)<" in rendered(texts.read(folder))[0].html


def test_works_are_numbered_where_the_front_matter_asks_for_it(tmp_path):
    body = "As @{it's} says [-@2020key, p. 3; @{it's}].\n"
    page = rendered(texts.read(cited(tmp_path, body, front="citations: numbered\n")))[0]
    assert "As Moss [1] says [2, p. 3; 1]." in text_of(page.html)
    assert [found.partition("</li>")[0][:52] for found in page.references_html.split("<li ")[1:]] == [
        'id="ref-it&#x27;s"><span class="reference-number">[1',
        'id="ref-2020key"><span class="reference-number">[2]<',
    ]
    with pytest.raises(ContentError, match='unknown way to cite "numberd"; did you mean "numbered"'):
        rendered(texts.read(cited(tmp_path / "again", body, front="citations: numberd\n")))


def test_what_is_wrong_with_a_work_is_said_once_by_who_cites_it(tmp_path):
    folder = cited(tmp_path, "@a/b+c:d and @a/b+c:d, [@2020kez]\n")
    (folder / "second.md").write_text("---\ntitle: Second\n---\n\n@a/b+c:d\n", encoding="utf-8")
    assert said(folder).split("\n") == [
        'references.bib:4: TeX: unknown command "\\foo"; expected one of https://temml.org/docs/en/supported'
        ", or of macros in the front matter",
        'references.bib:4: unknown TeX command "\\foo"; expected the letter itself',
        'article.md:7: undefined citation "2020kez"; did you mean "2020key"?',
    ]


def test_what_is_odd_and_not_wrong_is_a_warning(tmp_path):
    page = page_of(tmp_path, "### Deep\n\n[^spare]: never\n\n[label]: gallery.html\n")
    assert [str(warned).rpartition("/")[2] for warned in page.warnings] == [
        "article.md:7: a heading skips a level; expected ## at most [heading-level]",
        'article.md:9: the footnote "spare" is never used [unused-footnote]',
        'article.md:11: the link label "label" is never used [unused-link]',
    ]


def test_who_cites_without_works_is_told_where_they_come_from(tmp_path):
    folder = folder_with(tmp_path, "As @lee2020 says.\n")
    (folder / "second.md").unlink()
    (folder / "references.bib").unlink()
    wanted = r"expected a key of references\.bib, which has no works \(Zotero and others export BibTeX\), or"
    assert re.search(wanted, said(folder))


def test_a_heading_is_linked_to_by_its_title(tmp_path):
    links = (
        "[A first part], [so][A first part], [Größe & *Maß*][] [Other] `[Twice]` [Twice]{.small} [Twice](#b) $[Twice]$"
    )
    heads = "## A first part {#b}\n\n> ## Größe & *Maß*\n\n## Twice\n\n## Twice\n\n## Of $x$\n\n[Of $x$] and [x]\n\n"
    html = page_of(tmp_path / "named", f"{heads}{links}\n").html
    words = ("A first part", "so", "Größe &amp; <em>Maß</em>", "Twice")
    assert re.findall(r'<a href="(#.*?)">(.*?)</a>', html) == list(
        zip(("#b", "#b", "#größe-maß", "#b"), words, strict=True)
    )
    assert "[Other] <code>[Twice]</code>" in html and '<span class="small">Twice</span>' in html and "[Of " in html
    given = page_of(tmp_path / "given", f"{heads}{links}\n\n[a first part]: gallery.html\n").html
    assert given.count('href="gallery.html"') == 2, "what the text gives comes first"


def test_a_heading_is_linked_to_as_by_the_label_of_a_link(tmp_path):
    """Whatever is capital and wherever a line ends, and whatever stands beside it."""
    html = page_of(tmp_path, "## A Part\n\n## a part {#b}\n\n[a part] and [a\nPart]\n\n[so][a part]\n").html
    assert re.findall(r'<a href="(#.*?)">', html) == ["#a-part"] * 3


def test_a_link_by_a_title_follows_the_heading(tmp_path):
    memo = Memo()
    folder = folder_with(tmp_path, "## One\n\nSee [One] and [Two].\n")
    for title, linked in (("One", ["#one"]), ("Two", ["#two"]), ("Three", [])):
        (folder / "article.md").write_text(f"{HEAD}## {title}\n\nSee [One] and [Two].\n", encoding="utf-8")
        (html,) = (page.html for page in rendered(texts.read(folder), memo=memo) if page.path == "index.html")
        assert re.findall(r'<a href="(#.*?)">', html) == linked


ITEMS = ["one, which\n{}goes on", "*two*", "three\n\n{}```\n{}b) no\n{}```\n\n{}- four\n{}- five", "{{{{ 6 }}}}"]


@pytest.mark.parametrize(
    ("markers", "attributes"),
    [
        ("a) b) c) d)", 'class="bracket-a" type="a"'),
        ("(A) (B) (C) (D)", 'class="brackets-A" type="A"'),
        ("(i) (ii) (iii) (iv)", 'class="brackets-i" type="i"'),
        ("A. B. C. D.", 'type="A"'),
        ("9.) 10.) 11.) 12.)", 'class="bracket-1" start="9"'),
        ("a.) b.) c.) d.)", 'class="bracket-a" type="a"'),
        ("viii. ix. x. xi.", 'start="8" type="i"'),
        ("h. i. j. k.", 'start="8" type="a"'),
        ("XCIX) C) CI) CII)", 'class="bracket-I" start="99" type="I"'),
        ("(9) (10) (11) (12)", 'class="brackets-1" start="9"'),
        ("#. #. #. #.", ""),
    ],
)
@pytest.mark.parametrize("around", ["{}", "> {}", "- {}"])
def test_lists_count_in_the_ways_of_pandoc_and_hold_what_lists_hold(tmp_path, markers, attributes, around):
    def shown(name, markers):
        items = (f"{m} {item.format(*[' ' * (len(m) + 1)] * 5)}" for m, item in zip(markers, ITEMS, strict=True))
        first, *lines = "\n".join(items).split("\n")
        below = around.replace("-", " ")
        text = "\n".join([around.format(first), *(below.format(line) for line in lines)])
        return page_of(tmp_path / name, f"{text}\n\nz").html

    digits, other = shown("digits", ["1.", "2.", "3.", "4."]), shown("other", markers.split())
    assert other.replace(f"<ol {attributes}>" if attributes else "<ol>", "<ol>") == digits
    assert digits.count("<ol") == 1


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("  (i) one\n (ii) two\n(iii) three", 3),
        ("1. of\n     i. one\n    ii. two\n   iii. three", 4),
        ("  a) one\nlazy\n  b) two", 2),
        ("(a) one\n\n    deep\n\n(b) two", 2),
        ("a)\tone\n\n\tdeep\n\nb)\ttwo", 2),
        ("a) one\n\n shallow\n\nb) two", 0),
        *((f"a) one\n{other}\nb) two", 0) for other in ("***", "# z", "> z", "```\nz\n```", "<p>z</p>\n")),
    ],
)
def test_the_items_of_a_list_are_those_that_the_parser_takes(tmp_path, text, items):
    html = page_of(tmp_path, f"{text}\n").html
    assert html.count("<li>") == items and len(re.findall(r"\w\) ", text_of(html))) == (0 if items else 2)


def test_a_list_ends_where_it_is_counted_otherwise(tmp_path):
    html = page_of(tmp_path, "a) one\nb) two\n1. three\n\n#. four\n\n(1) five\n(2) six\n\n(1) seven\n(2) eight\n").html
    assert [len(re.findall("<li>", each)) for each in html.split("<ol")[1:]] == [2, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "text",
    [
        "a) one",
        "A. Lee and\nB. Ng",
        "a) one\nc) three",
        "a) one\nB) two",
        "a) one\n(b) two",
        "so\na) one\nb) two",
        "ab) c\nac) d",
    ],
)
def test_what_may_be_a_name_or_the_end_of_a_sentence_is_no_list(tmp_path, text):
    assert "<ol" not in page_of(tmp_path, f"{text}\n").html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b** `c*` \\*d\\*", "<p><em>a</em> <strong>b</strong> <code>c*</code> *d*</p>"),
        ('a 26" and 5\' 3" "wheel of 26"', '<p>a 26" and 5’ 3" “wheel of 26”</p>'),
        ("\"*hi*\" ('a') it's '90s...", "<p>“<em>hi</em>” (‘a’) it’s ’90s…</p>"),
        ('他说"*你*好"了，"一"和"二"。', "<p>他说“<em>你</em>好”了，“一”和“二”。</p>"),
        ('قال و"اسم" ثم', "<p>قال و“اسم” ثم</p>"),
        ('中"和 "词"', "<p>中”和 “词”</p>"),
        ("a\\@b.org \\@you $5 and $6", "<p>a@b.org @you $5 and $6</p>"),
        (
            "``a ` b`` `{{ x }}` `$y$` `@z`",
            "<p><code>a ` b</code> <code>{{ x }}</code> <code>$y$</code> <code>@z</code></p>",
        ),
        ("{{ '<b> *x*' }} *{{ results.count }}*", "<p>&lt;b&gt; *x* <em>18</em></p>"),
        ("[{{ 'all' }}]({{ 'gallery' }}.html)", '<p><a href="gallery.html">all</a></p>'),
        (
            "[x](<gallery.html> 'T \"1\"'){.a .b}",
            '<p><a class="a b" href="gallery.html" title="T &quot;1&quot;">x</a></p>',
        ),
        ("[words]{.small #w} [y](#w)", '<p><span class="small" id="w">words</span> <a href="#w">y</a></p>'),
        (
            "[w]{#1.-a-2.5} [w](#1.-a-2.5) [v]{#v.w}",  # as Google Docs names headings
            '<p><span id="1.-a-2.5">w</span> <a href="#1.-a-2.5">w</a> <span class="w" id="v">v</span></p>',
        ),
        ("*em*{.x} [ ] [sic]", '<p><em class="x">em</em> [ ] [sic]</p>'),
        (
            'H<sub>2</sub>O <abbr title="R">r</abbr> &mdash; &lt;',
            '<p>H<sub>2</sub>O <abbr title="R">r</abbr> — &lt;</p>',
        ),
        ("a <!-- b\nc --> d", "<p>a  d</p>"),
        ("<ada@example.org>", '<p><a href="mailto:ada@example.org">ada@example.org</a></p>'),
        ("[1. a\nb](gallery.html)", '<p><a href="gallery.html">1. a\nb</a></p>'),
        ("***", "<hr>"),
        ("[a]{lang=he}", '<p><span lang="he">a</span></p>'),
        ("<p>AT&T &lt; R&D &copy; &#65;</p>", "<p>AT&amp;T &lt; R&amp;D © A</p>"),
        ("<p>\u2028 AT&T \u2028\n&lt; R&D</p>", "<p>\u2028 AT&amp;T \u2028\n&lt; R&amp;D</p>"),
        ("$a_b$ *c_d*", "<p><math><msub><mi>a</mi><mi>b</mi></msub></math> <em>c_d</em></p>"),
    ],
)
def test_running_text(tmp_path, text, html):
    assert page_of(tmp_path, text).html == html


def test_what_is_said_around_a_citation_is_text(tmp_path):
    page = page_of(tmp_path, "[*see* @olah2014, p. 3 and *passim*, $x$; also @papyan2020]. @olah2014 [`a`, 33--35]")
    said = "(see Olah\u00a02014, p.\u00a03 and passim, x; also Papyan et al.\u00a02020). Olah (2014, a, 33–35)"
    assert re.sub(r"<[^>]*>", "", page.html) == said
    assert page.html.startswith('<p>(<em>see</em> <a class="citation"') and "<em>passim</em>, <math>" in page.html


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[see\n@olah2014,\np. 3]", "(see Olah 2014, p. 3)"),
        ("[@olah2014\np. 3]", "(Olah 2014 p. 3)"),
        ("@olah2014\n[p. 3]", "Olah (2014, p. 3)"),
        ("[see, e.g., @olah2014]", "(see, e.g., Olah 2014)"),
        (
            "[*e.g.*, @olah2014, @papyan2020 and @olah2014, p. 3]",
            "(e.g., Olah 2014; Papyan et al. 2020; Olah 2014, p. 3)",
        ),
        (
            "[@olah2014{pp. iv-vi}], [@olah2014, {33-35} with more]",
            "(Olah 2014, pp. iv-vi), (Olah 2014, 33–35 with more)",
        ),
        ("Olah -@olah2014 and -@olah2014 [p. 3]", "Olah (2014) and (2014, p. 3)"),
        ("A--@olah2014, x-@olah2014", "A–Olah (2014), x-Olah (2014)"),
    ],
)
def test_a_citation_may_be_broken_over_lines_and_said_in_every_way_of_pandoc(tmp_path, text, read):
    assert first_paragraph(tmp_path, text).replace("\u00a0", " ") == read


def test_a_reference_without_its_word_is_a_number(tmp_path):
    page = page_of(tmp_path, "Figures @fig-a and [-@fig-a].\n\n/// figure | angles\n    id: fig-a\nx\n///\n")
    assert re.findall(r'class="reference"[^>]*>(.*?)</a>', page.html) == ["Figure\xa01", "1"]


def test_a_fence_of_colons_names_its_block_in_braces(tmp_path):
    assert "A note." in page_of(tmp_path, ":::{note}\nA note.\n:::\n").html


def test_code_is_left_alone_and_coloured(tmp_path):
    page = page_of(tmp_path, '```python\ndef f(x):\n\n    return "{{ x }}"  # $y$ @z\n```\n')
    assert '<code class="language-python"><span class="k">def</span>' in page.html
    assert "\n\n    <span" in page.html and "{{ x }}" in page.html
    assert text_of(page.html) == 'def f(x): return "{{ x }}" # $y$ @z'


def test_blocks_inside_lists_stay_there(tmp_path):
    inside = "/// note | N\n    id: n\n\nInside.\n\n$$x$$\n///\n\n```\n  kept\n```\n"
    body = f"- one\n\n{textwrap.indent(inside, '    ')}\n- two\n"
    page = page_of(tmp_path, body)
    assert not faults(page)
    assert re.fullmatch(
        r'(?s)<ul>\n<li>\n<p>one</p>\n<div class="admonition.*  kept.*</li>\n<li>\n<p>two</p>\n</li>\n</ul>', page.html
    )


def test_a_footnote_used_twice_has_two_ways_back(tmp_path):
    page = page_of(tmp_path, "a[^n] b[^n]\n\n[^n]: Note[^m].\n\n[^m]: Deeper.\n")
    assert 'id="fnref-n"' in page.html and 'href="#fnref-n.2"' in page.html
    assert page.html.index('id="fn-n"') < page.html.index('id="fn-m"')
    assert not faults(page)


def test_numbers_follow_the_text_and_labels_are_made_where_none_is_given(tmp_path):
    figure = "/// figure | angles\n\nC.\n///\n\n"
    page = page_of(
        tmp_path, f"## One\n\n## One\n\n### In {{.unnumbered}}\n\n### Out\n\n{figure}{figure}$$a$$ {{#eq-a}}\n\n@eq-a\n"
    )
    assert [(call.number, call.label) for call in page.figures] == [("1", "fig-angles"), ("2", "fig-angles-2")]
    assert [(entry.id, entry.number) for entry in page.toc] == [("one", "1"), ("one-2", "2")]
    assert [(entry.id, entry.number) for entry in page.toc[1].children] == [("in", ""), ("out", "2.1")]
    assert 'href="#eq-a">(1)</a>' in page.html and "Equation\u00a01" in page.html


def article_of(tmp_path, front, first, *others, works=None):
    """An article of several pages: article.md, p2.md, p3.md, …; front: more lines of its front matter."""
    folder = folder_with(tmp_path, first, HEAD[:-4] + front + "---\n")
    (folder / "second.md").unlink()
    if works is not None:
        (folder / "references.bib").write_text(works, encoding="utf-8")
    for count, body in enumerate(others, 2):
        page = f"---\ntitle: Page {count}\nnav_order: {count}\n---\n{body}"
        (folder / f"p{count}.md").write_text(page, encoding="utf-8")
    return texts.read(folder)


def words_of_references(page):
    found = re.findall(r'<a class="reference" href="([^"]*)">(.*?)</a>', page.html)
    return [(href, text_of(said)) for href, said in found]


NUMBERED = "## S {{#sec-{0}}}\n\n/// figure | angles\n    id: fig-{0}\n\nC.\n///\n\n$$x$$ {{#eq-{0}}}\n\n"
NUMBERED += "\\begin{{align}} a &= b \\label{{eq:row{0}}} \\end{{align}}\n\n"


@pytest.mark.parametrize(
    ("numbering", "said"),
    [
        ("", ["1", "Figure 1 (“Page 2”)", "Section 1 (“Page 2”)", "Equation 1 (“Page 2”)", "(2) (“Page 2”)"]),
        ("continuous", ["1", "Figure 2", "Section 2", "Equation 3", "(4)"]),
        ("by-page", ["1.1", "Figure 2.1", "Section 2.1", "Equation 2.1", "(2.2)"]),
    ],
)
def test_numbers_over_several_pages_are_as_the_first_page_wants_them(tmp_path, numbering, said):
    refers = "@fig-a @fig-b @sec-b @eq-b \\eqref{eq:rowb} $\\eqref{eq:rowb}$\n"
    front = f"numbering: {numbering}\n" if numbering else ""
    article = article_of(tmp_path, front, NUMBERED.format("a") + refers, NUMBERED.format("b"), refers)
    first, second, third = rendered(article)
    own, *others = words_of_references(first)
    assert own == ("#fig-a", f"Figure {said[0]}")
    hrefs = ["p2.html#fig-b", "p2.html#sec-b", "p2.html#eq-b", "p2.html#eq-rowb"]
    assert others == list(zip(hrefs, said[1:], strict=True)) and words_of_references(third)[1:] == others
    assert "p2.html#eq-rowb".partition("#")[2] in re.findall(r'id="([^"]*)"', second.html)
    assert first.names_sections and not second.names_sections


def test_macros_hold_on_the_page_that_defines_them_and_those_of_the_first_on_all(tmp_path):
    front = "macros: {R: '\\mathbb{R}'}\n"
    article = article_of(tmp_path, front, "$\\newcommand{\\Q}{q} \\R$ and $\\Q$\n", "$\\R$\n", "$\\Q$\n")
    with pytest.raises(ContentError) as caught:
        rendered(article)
    found = [(Path(problem.place).name, problem.wrong) for problem in caught.value.problems]
    assert found == [("p3.md:5", 'TeX: unknown command "\\Q"')]
    pages = [page for page in article.pages if page.path != "p3.md"]
    assert ["ℝ" in page.html for page in rendered(dataclasses.replace(article, pages=tuple(pages)))] == [True, True]


NAMES = """names:
  tanh: results.where(activation="tanh")
  least: tanh.min("accuracy")
"""


def test_names_hold_on_the_page_that_gives_them_and_those_of_the_first_on_all(tmp_path):
    said = '{{ least | percent }} [of {{ tanh.count }}]{claim="least > 0.9"}\n'
    table = "/// table | T\n    of: tanh\n    rows: [classes]\n    columns: [accuracy]\n///\n"
    long = said.replace("least", "results.where(activation='tanh').min('accuracy')").replace(
        "tanh.count", "results.where(activation='tanh').count"
    )
    (tmp_path / "plain").mkdir()
    (plain,) = rendered(article_of(tmp_path / "plain", "", long))
    article_of(tmp_path, NAMES, f"{said}\n{table}", said)
    (tmp_path / "content" / "p3.md").write_text(
        '---\ntitle: Three\nnames:\n  least: "2"\n---\n{{ least }} {{ tanh.count }}\n'
    )
    first, second, third = rendered(texts.read(tmp_path / "content"))
    shown = lambda page: re.sub(r"<code>.*?</code>", "", page.html.partition("<figure")[0]).strip()  # noqa: E731
    assert shown(first) == shown(second) == shown(plain)
    assert text_of(third.html) == "2 9"
    asked = 'where(activation="tanh").min("accuracy") &gt; 0.9</code>'
    assert asked in first.html.replace("<wbr>", "")  # readers are told what was asked
    assert first.html.count("<tr>") == 4


@pytest.mark.parametrize(
    ("names", "body", "place", "wrong", "nearest"),
    [
        ("results: results.where(classes=2)", "", "article.md:7", 'names: "results" is a name already', None),
        ("a: b.count\n  b: results", "", "article.md:7", 'names: unknown name "b"', None),
        ("a: a.count", "", "article.md:7", 'names: unknown name "a"', None),
        (
            "tanh: results.where(clases=2)",
            "",
            "article.md:7",
            'names: unknown result "clases"; did you mean "classes"?',
            None,
        ),
        ("tanh: results", "{{ tahn.count }}", "article.md:9", 'unknown name "tahn"', "tanh"),
    ],
)
def test_a_name_that_is_wrong_is_told_where_it_is_given(tmp_path, names, body, place, wrong, nearest):
    article = article_of(tmp_path, f"names:\n  {names}\n", f"{body}\n", "A second page.\n")
    with pytest.raises(ContentError) as caught:
        rendered(article)
    (problem,) = caught.value.problems
    assert (problem.place.rpartition("/")[2], problem.wrong, problem.nearest) == (place, wrong, nearest)


def test_names_of_names_that_grow_without_end_are_told(tmp_path):
    doubled = "".join(f"  n{at}: n{at - 1} + n{at - 1}\n" for at in range(1, 16))
    with pytest.raises(ContentError) as caught:
        rendered(article_of(tmp_path, f"names:\n  n0: results.count\n{doubled}", "A text.\n"))
    found = re.findall(r"names: an expression of ([\d,]+) characters", str(caught.value))
    assert found and all(int(length.replace(",", "")) < 3 * limits.EXPRESSION for length in found)


TEMPLATES = FIXTURE.parents[2] / "templates"


def test_every_id_that_a_page_gives_by_itself_is_known():
    """Those of the templates around a text and of the script; what they make of a label is in PARTS."""
    around = [
        "base.html",
        "article.html",
        "figure.html",
        *(f"blocks/{path.name}" for path in TEMPLATES.glob("blocks/*")),
    ]
    said = {id_ for name in around for id_ in re.findall(r'\bid="([^"]*)"', (TEMPLATES / name).read_text())}
    said |= set(re.findall(r'\.id = "([^"]*)"', "".join(path.read_text() for path in TEMPLATES.rglob("*.js"))))
    fixed = {id_ for id_ in said if "{" not in id_}
    made = {id_.rpartition("-")[2] for id_ in said if id_.endswith(("number", "title", "caption"))}
    assert fixed <= {*numbering.OURS} and made <= {*numbering.PARTS}


def test_ids_of_authors_never_meet_the_pages_own(tmp_path):
    titles = [*numbering.OURS, "cite olah2014.1", "claim 1", "fn n", "fnref n", "ref olah2014"]
    titles += [f"fig angles {part}" for part in numbering.PARTS] + ["tbl x caption", "angles", "angles"]
    headings = "".join(f"## {title.replace('-', ' ').capitalize()}\n\n" for title in titles)
    body = "a[^n] [@olah2014] [A]{claim=\"results.min('accuracy') > 0\"}\n\n[^n]: N\n\n"
    body += "/// figure | angles\n\n**C.** c\n///\n\n"
    page = page_of(tmp_path, f"{body}{headings}/// table | T\n    id: tbl-x\n\n| a |\n|---|\n| b |\n///\n")
    assert not faults(page)
    own = {entry.id for entry in page.toc}
    assert len(own) == len(titles) and not own & {*numbering.OURS}
    assert not [id_ for id_ in own if id_.startswith(numbering.RESERVED)]


@pytest.mark.parametrize("id_", [*numbering.OURS, "cite-x", "fig-a-title"])
@pytest.mark.parametrize("form", ["## H {{#{}}}\n", "[w]{{#{}}}\n", '<a name="{}"></a>\n', "*e*{{#{}}}\n"])
def test_a_label_that_the_page_itself_gives_is_refused(tmp_path, id_, form):
    body = form.format(id_) + "\n/// figure | angles\n    id: fig-a\n\n**C.** c\n///\n"
    assert f'article.md:7: the label "{id_}" is kept for the page itself' in said(folder_with(tmp_path, body))


OF_ONE_YEAR = "".join(f"@misc{{{k}, author={{A B}}, title={{{k}}}, year=2020}}\n" for k in ("one", "two"))


def test_letters_of_works_count_over_all_pages(tmp_path):
    first, second = rendered(article_of(tmp_path, "", "@one\n", "@two\n", works=OF_ONE_YEAR))
    assert "B (2020a)" in first.html and "B (2020b)" in second.html


def test_numbers_of_works_count_over_all_pages(tmp_path):
    numbered = "citations: numbered\n"
    first, second = rendered(article_of(tmp_path, numbered, "[@two]\n", "[@one] [@two]\n", works=OF_ONE_YEAR))
    assert [text_of(page.html) for page in (first, second)] == ["[1]", "[2] [1]"]
    assert second.references_html.index("ref-two") < second.references_html.index("ref-one")


def test_same_author_and_year_get_letters(tmp_path):
    [page] = rendered(article_of(tmp_path, "", "@one and [@two]", works=OF_ONE_YEAR.replace("{one}", "{Z}")))
    assert "B (2020b)" in page.html and "B\u00a02020a" in page.html
    assert page.references_html.index("ref-two") < page.references_html.index("ref-one")


def test_a_letter_of_a_name_that_no_font_has_is_told_where_the_work_stands(tmp_path):
    works = "\n@misc{k, author={Nguyễn, A}, title={T}, year=2020}\n"
    [page] = rendered(article_of(tmp_path, "", "A\n\nline, [@k, p.~3]\n", works=works))
    assert [str(warned).partition("content/")[2] for warned in page.warnings] == [
        'references.bib:2: no font of the page has "ễ" (U+1EC5) [letter-without-font]'
    ]
    assert "p.\u00a03" in page.html


def test_words_are_those_that_are_read(tmp_path):
    text = "Two words[^n], $x+y$ and `code`.\n\n[All agree]{claim=\"results.min('accuracy') > 0\"}\n\n[^n]: Note.\n"
    assert page_of(tmp_path, text).words == len(
        ["Two", "words1", "x", "and", "code", "All", "agree", "Notes", "Note", "↩"]
    )


def test_the_same_text_gives_the_same_bytes():
    article = texts.read(FIXTURE)
    once, again = (
        [(page.html, page.references_html, dataclasses.replace(page, body=None)) for page in rendered(article)]
        for _ in range(2)
    )
    assert once == again


# The authoring guide

CONTENT = Path(__file__).parent.parent / "content"


def charted(call):
    """A chart as the page draws it."""
    made = chart(call.options, {"results": grid()}, RENDERER.words)
    return FILL("figures/chart.html", {"call": call, "options": call.options, "chart": lambda: made})


def guide(folder):
    """content/README.md as a page, read in this folder, with runs for its examples."""
    shutil.copy(CONTENT / "README.md", folder / "article.md")
    shutil.copy(CONTENT / texts.WORKS, folder)
    expected = Prediction("They learn.", "results.min('accuracy') > 0.5", 0, "guide")
    article = dataclasses.replace(
        texts.read(folder),
        assets=tuple(texts.assets(CONTENT)),
        predictions=Predictions(datetime.date(2026, 11, 29), (expected,)),
    )
    [page] = rendered(
        article,
        figure_names=[*FIGURES, "chart"],
        render_figure=lambda call, warn: charted(call) if call.name == "chart" else drawn(call),
        figure_options={"chart": dict.fromkeys(OPTIONS, ANY)},
    )
    return page


def test_the_guide_is_built_from_what_it_shows(tmp_path):
    page = guide(tmp_path)
    assert not faults(page) and not page.warnings
    shown = "\n".join(re.findall(r"(?s)^```markdown\n(.*?)^```", page.page.body, flags=re.MULTILINE))
    used = re.sub(r"(?s)^(`{3,}).*?^\1", "", page.page.body, flags=re.MULTILINE)
    for sign in CONSTRUCTS:
        assert re.search(sign, shown), f"the guide does not show {sign}"
        assert re.search(sign, used), f"the guide does not use {sign}"


CONSTRUCTS = [
    *(r"\*\w", r"\*\*\w", r"`\w", r"^- ", r"^1\. ", r"^\| ", r"^> ", r"^:   ", r"^## .*\{#sec-", r"\[\w[^]]*\]\("),
    *(r"<https://", r"\$\w", r"^\$\$", r"\{#eq-", r"@eq-", r"@fig-", r"@tbl-", r"@sec-", r"\[@\w", r"(?<!\[)@olah"),
    *(r"\[\^\w+\]", r"^\[\^\w+\]:", r"\{\{ ", r"\| percent", r"claim=", r"needs_seeds=", r"refuted", r"!\[\w"),
    *(
        r'alt=""',
        r"<sub>",
        r"<!--",
        r"\\\$",
        r"^/// figure \| pictures/",
        r"^/// figure \| chart",
        r"size: wide",
        r"open: true",
    ),
    *(
        r"^- \[x\]",
        r"~~\w",
        r"\w~\d~",
        r"\^\d\^",
        r"\\$",
        r"\^\[",
        r"\[-@",
        r"^::: note",
        r"^> \[!TIP\]",
        r"^\\begin\{align",
    ),
    *(
        r"\\\(",
        r"\\eqref",
        r"\{#fig-[\w-]+ width",
        r"^: .*\{#tbl-",
        r"\{\.invert",
        r"\.webm$",
        r"<img",
        r"<abbr",
        r" -- ",
    ),
    *(rf"^/// {name}" for name in numbering.BLOCKS),
]
CONSTRUCTS = [re.compile(sign, re.MULTILINE) for sign in CONSTRUCTS]


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for sheet in rendered(texts.read(FIXTURE)):
        (EXPECTED / sheet.path).write_text(f"{sheet.html}\n{sheet.references_html}\n", encoding="utf-8")
