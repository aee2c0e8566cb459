"""What authors bring from other systems comes through, or is said; it is never printed as it stands."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from test_markup import HEAD, faults, folder_with, page_of, rendered

from generator.base.errors import ContentError
from generator.content import texts
from generator.markup import reading


def assert_anchors(page) -> None:
    """Whatever a link may lead to is there."""
    ids = {html.unescape(id_) for id_ in re.findall(r'\bid="([^"]*)"', page.html + page.references_html)}
    assert page.anchors <= ids


def shown(tmp_path: Path, body: str) -> str:
    """A page's HTML, formulas as their letters between ⟦ and ⟧."""
    page = page_of(tmp_path, body)
    assert not faults(page)
    assert_anchors(page)
    found = re.sub(r"(?s)<math.*?</math>", lambda m: f"⟦{re.sub('<[^>]*>', '', m[0])}⟧", page.html)
    return html.unescape(re.sub(r'<a class="anchor".*?</a>', "", found))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # Signs that were escaped from kramdown for MathJax
        (r"a \\( x\_i \in R \\) b \\(\alpha\\)", "<p>a ⟦xi∈R⟧ b ⟦α⟧</p>"),
        (r"\\(f: \\{1\\} \mapsto \{2\}\\), \\[ a^2 \\] c", "<p>⟦f:{1}↦{2}⟧, ⟦a2⟧ c</p>"),
        ("\\\\[\na \\\\\\\\ b\n\\\\]", '<div class="equation">⟦ab⟧</div>'),
        (r"\(\alpha\) and \[\beta\]", "<p>⟦α⟧ and ⟦β⟧</p>"),
        (r"a \\(b and c\\d", r"<p>a \(b and c\d</p>"),
        ("An edge $$e$$ has $$ e^+ $$, of $$G$$.", "<p>An edge ⟦e⟧ has ⟦e+⟧, of ⟦G⟧.</p>"),
        ("Where $`a_1`$ is.", "<p>Where ⟦a1⟧ is.</p>"),
        ("Text\n```math\na\n\nb\n```\nText", '<div class="equation">⟦ab⟧</div>'),
        ("```{math}\n:label: eq-one\na\n```\n\n@eq-one", '<div class="equation" id="eq-one">⟦a⟧'),
        # Words in braces, which are roles of MyST before code alone
        ("a {figure}, {ref}, {cite:p} and {doc}", "<p>a {figure}, {ref}, {cite:p} and {doc}</p>"),
        # Brackets that Word's and Google's texts escape
        (r"as \[1\] and \[2, 3\], \[Figure 1 here\] \[...\]", "<p>as [1] and [2, 3], [Figure 1 here] […]</p>"),
        ("\\[Figure 1 here\\]", "<p>[Figure 1 here]</p>"),
        (r"\[x\] \[ab = c\] \[\text{word}\]", "<p>⟦x⟧ ⟦ab=c⟧ ⟦word⟧</p>"),
        ("[see @olah2014, @papyan2020 and @olah2014, p. 3]", "(see <a "),
        # Attributes on the line below a block
        ("## H\n{: .no_toc #own }\n\n[x](#own)", '<h2 id="own" data-number="1">H</h2>\n<p><a href="#own">x</a></p>'),
        ("Words.\n{: .notice}", '<p class="notice">Words.</p>'),
        ("> Q\n{: .prompt }", '<blockquote class="prompt">\n<p>Q</p>\n</blockquote>'),
        ("- a\n{: #list .l}", '<ul class="l" id="list">\n<li>a</li>\n</ul>'),
        ('[l](gallery.html){:target="_blank"}', '<p><a href="gallery.html" target="_blank">l</a></p>'),
        # Macros outside of formulas
        ("\\newcommand{\\v}[1]{(#1)}\n\\def\\w{w} % w\n\n$\\v{a}\\w$", "<p>⟦(a)w⟧</p>"),
        # Formulas and values in HTML
        ("<div>\n$x^2$ {{ results.count }} <code>$y$</code>\n</div>", "<div>\n⟦x2⟧ 18 <code>$y$</code>\n</div>"),
        (r"<div>\(x_{\alpha}\), \[y\] <code>\(z\)</code></div>", r"<div>⟦xα⟧, ⟦y⟧ <code>\(z\)</code></div>"),
        ('<h1 align="center">Big</h1>', '<h2 class="align-center">Big</h2>'),
        ('<table border="1"><tr><td width="9" valign="top">x</td></tr></table>', "<tr><td>x</td></tr>"),
        ('<details markdown="1">\n<summary>S</summary>\n\n*t*\n\n</details>', "<p><em>t</em></p></details>"),
        # A paragraph around blocks, of which HTML knows none
        ('<p align="center">\n\n*t*\n\n- a\n</p>\n\nu', '<div class="align-center">\n<p><em>t</em></p>\n<ul>\n<li>a'),
        ("- <P>\n  <!-- </p> -->\n\n  *t*\n\n  </P>", "<div>\n\n<p><em>t</em></p></div>"),
        ("<p>t\n\n*u*\n\n<p>v</p>", "<p>t\n</p>\n<p><em>u</em></p>\n<p>v</p>"),
        ("[up](#top)", '<p><a href="#">up</a></p>'),
        ('<a id="top"></a>\n\n[up](#top)', '<a href="#top">up</a>'),
        ('<a name="x"/>y [l](#x)', '<p><a id="x"></a>y <a href="#x">l</a></p>'),
        ("<div/>\n\n*t*", "<div></div>\n\n<p><em>t</em></p>"),
        # Abbreviations
        (
            "CSS, *CSS 3* and `CSS`.\n\n*[CSS]: Sheets\n*[CSS 3]: Later ones",
            '<p><abbr title="Sheets">CSS</abbr>, <em><abbr title="Later ones">CSS 3</abbr></em> and <code>CSS',
        ),
        ("CSSs and xCSS\n*[CSS]: Sheets\n\n- a", "<p>CSSs and xCSS</p>\n<ul>"),
        # Marks
        ("==a *b*\nc==, ++d++", "<p><mark>a <em>b</em>\nc</mark>, <ins>d</ins></p>"),
        ("a == b == c, x==y==z, C++ and D++, i++ + j++", "<p>a == b == c, x==y==z, C++ and D++, i++ + j++</p>"),
        # Styles, where the page has something for them; Pandoc's classes that are elements
        ('<p style="text-align: center">x</p>', '<p class="align-center">x</p>'),
        ('<img src="pictures/room.png" alt="x" style="max-width:48%">', 'alt="x" class="width-50"'),
        ('<img src="pictures/room.png" alt="x" height="4" style="width: 100px;">', 'alt="x" width="100" data-dark'),
        ('<img src="pictures/room.png" alt="x" style="width:1in;height:2in">', 'alt="x" width="96" data-dark'),
        ("[a]{.underline} [b]{.mark}", '<u class="underline">a</u> <mark class="mark">b</mark>'),
        # Scripts without blanks between words
        ("**「強調」**は**注意：**次\nの", "<p><strong>「強調」</strong>は<strong>注意：</strong>次の</p>"),
        ("단어 **강조(예)**는", "<p>단어 <strong>강조(예)</strong>는</p>"),
        (
            "図は@fig-aを。\n\n![図](pictures/room.png){#fig-a}",
            '図は<a class="reference" href="#fig-a">Figure\u00a01</a>を。',
        ),
        ("如@olah2014所述", "</a>所述</p>"),
        # Callouts
        ("> [!info] Own *title*\n> Text", '<p class="admonition-title">Own <em>title</em></p>\n<p>Text</p>'),
        ("> [!question]- Fold?\n>\n> Yes", "<details><summary>Fold?</summary>\n<p>Yes</p>\n</details>"),
        ("> [!bug]+\n> No", "<details open><summary>Bug</summary>\n<p>No</p>\n</details>"),
        ("> [!danger]\n> No", '<div class="admonition caution" role="note"><p class="admonition-title">Danger</p>'),
        ("::: {.column-margin}\nT\n:::", '<aside class="sidenote" role="note"><p>T</p>'),
        (
            '!!! note "Own *title*"\n\n    T\n\n    - a\n\nAfter',
            "<em>title</em></p>\n<p>T</p>\n<ul>\n<li>a</li>\n</ul>\n</div>\n<p>After",
        ),
        (
            "Words\n!!! danger inline end\n    T",
            '<div class="admonition caution" role="note"><p class="admonition-title">Danger</p>',
        ),
        (
            "??? question\n    T\n\n    !!! tip\n        U",
            '<details><summary>Question</summary>\n<p>T</p>\n<div class="admonition tip"',
        ),
        ('???+ note "Open"\n    T', "<details open><summary>Open</summary>\n<p>T</p>"),
        (
            "- a\n\n    !!! tip\n        T",
            '<li>\n<p>a</p>\n<div class="admonition tip" role="note"><p class="admonition-title">Tip</p>\n<p>T</p>',
        ),
        ("```{note}\nT\n```", '<p class="admonition-title">Note</p>\n<p>T</p>'),
        (
            "````{admonition} Mind\n:class: warning\n*T*\n\n```python\n1\n```\n````\n\nAfter",
            '<p class="admonition-title">Mind</p>\n<p><em>T</em></p>',
        ),
        ("```{dropdown} More\nT\n```", "<details><summary>More</summary>\n<p>T</p>"),
        (":::{admonition} Mind\n:class: tip\n*T*\n:::", '<p class="admonition-title">Mind</p>\n<p><em>T</em></p>'),
        (":::{dropdown} More\nT\n:::", "<details><summary>More</summary>\n<p>T</p>"),
        (":::{note}\n:class: dropdown\nT\n:::", "<details><summary>Note</summary>\n<p>T</p>"),
        (":::{prf:lemma} Own\nT\n:::", '<span class="statement-name">Own</span>'),
        ("::: {#lem-a}\n## Own\nT\n:::", '<span class="statement-name">Own</span>'),
        ("::: {.columns}\n:::: {.column width=50%}\nT\n::::\n:::\nU", "\n<p>T</p>\n<p>U</p>"),
        ("[l](#own)\n\n::: {#own .x}\nT\n:::", '<div id="own">\n<p>T</p>\n</div>'),
        (":::tip[Own *title*]\nT\n:::", '<p class="admonition-title">Own <em>title</em></p>'),
        (":::danger\nT\n:::", '<div class="admonition caution" role="note"><p class="admonition-title">Danger</p>'),
        ("| a |\n|---|\n| $\\|x\\|$ |", "<td>⟦|x|⟧</td>"),
        ("```{margin}\nT\n```", '<aside class="sidenote" role="note"><p>T</p>'),
        ("![A|60](pictures/room.png)", 'alt="A" width="60"'),
        ("![A|60x9](pictures/room.png)", 'alt="A" width="60"'),
        ('![A](pictures/room.png){width="1.5in" height="9in"}', 'alt="A" width="144"'),
        ('![C](pictures/room.png){#fig-c width=12.7mm fig-alt="so"}', 'alt="so" width="48"'),
        ("::: {.callout-tip}\n## Own\n\nText\n:::", '<p class="admonition-title">Own</p>\n<p>Text</p>'),
        ("::: {.callout-tip collapse=true}\n# Own\nT\n:::", "<details><summary>Own</summary>\n<p>T</p>"),
        ("::: {.callout-note collapse=true icon=false}\nT\n:::", "<details><summary>Note</summary>\n<p>T</p>"),
        ('~~~ {#c .python .numberLines startFrom="9"}\n1\n~~~', '<code class="language-python">'),
        ("```txt\n<a>\n```", '<code class="language-txt"><a></code>'),
        ('"a $b$" and "$c$" and "{{ 3 }}", "so @olah2014"', "“a ⟦b⟧” and “⟦c⟧” and “3”, “so <a"),
        ("$$\n\\begin{cases}\n1\n\n\\end{cases}\n$$\n\nT", "</div>\n<p>T</p>"),
        (": A {#tbl-a}\n\n| a |\n|---|\n| b |\n\ntable: C\n\n| c |\n|---|\n| d |", "Table 2</a> C</figcaption>"),
        (":::{admonition} Own\nT\n:::", '<p class="admonition-title">Own</p>\n<p>T</p>'),
        ("as\n$$\\begin{aligned}\na\\end{aligned}$$ and $$b$$ c", "<p>as\n⟦a⟧ and ⟦b⟧ c</p>"),
        (
            '$$a \\label{x}$$ and [1](#x){reference="x"}',
            '⟦a(1)⟧ and <a class="reference" href="#eq-x">1</a>',
        ),
        ("$$\\begin{aligned}a\\label{x}\\\\b\\label{y}\\end{aligned}$$\n\n\\eqref{y}", 'href="#eq-y">(2)</a>'),
        ("- a\n\n```{=html}\n<!-- -->\n```\n\n- b", "</ul>\n<ul>"),
        ("::: {#fig-a .x}\n![](pictures/room.png){width=60}\n\nC *d*\n:::\n\n@fig-a", 'alt="C d" width="60"'),
        ("::: {#fig-a}\n![B](pictures/room.png)\n\nC\n:::\n\n@fig-a", 'alt="B" width="'),
        ("::: {#tbl-a .striped}\n| a |\n|---|\n| b |\n\nC\n:::\n\n@tbl-a", 'href="#tbl-a">Table 1</a> C</figcaption>'),
        ("Thanks, [@ada](https://x.org)", '<a href="https://x.org">@ada</a></p>'),
        ("a\\[i\\] \\[[l](https://x.org)\\]", 'a[i] [<a href="https://x.org">l</a>]'),
        ("\\[**b**\\] \\[*i*\\] c\\[^1\\]", "[<strong>b</strong>] [<em>i</em>] c[^1]"),
        ("| a |\n|---|\n| b |\n\n: T\nu.\n{#tbl-t}", 'href="#tbl-t">Table 1</a> T\nu.</figcaption>'),
    ],
)
def test_it_comes_through(tmp_path: Path, text: str, wanted: str) -> None:
    assert wanted in shown(tmp_path, text + "\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("* TOC\n{:toc}", "8: a table of contents of kramdown; expected neither it nor its list: the page has its own"),
        ("a\n\n{: .x}", '9: "{: .x}" belongs to nothing; expected it directly below a block'),
        ("1. a\n{: start=3}", '8: unknown attribute "start"; expected #label or .class'),
        ("## H\n{: #main}", '7: the label "main" is kept for the page itself; expected another label'),
        ("a\n:label:`x`", '8: a role of reStructuredText, ":label:"; expected @key, @fig-name or a link'),
        ("Words.\n\n^thm-3", '9: a block\'s name of Obsidian, "^thm-3"; expected {#label} at a heading or block'),
        ('a<d-cite key="k"></d-cite>', '7: the HTML "<d-cite>"; expected [@key]'),
        ("[TOC]", '7: a table of contents, "[TOC]"; expected nothing: the page has its own'),
        ("(sec:a)=\n\n## A", '7: a label of MyST, "(sec:a)="; expected {#label} behind a heading'),
        ('--8<-- "a.md"', '7: a file put in by MkDocs, "--8<--"; expected its text'),
        ("```{note}\nT", '7: the code cell "{note}"; expected /// note | … ///'),
        ("!!! note", '7: an admonition of MkDocs, "!!! note"; expected /// note | Title … ///'),
        ("{% cite k %}", "7: {% is not part of a text; expected [@key]"),
        ("% Title\n% Me", '7: a comment of LaTeX or MyST, "% T"; expected <!-- comment -->'),
        (
            "+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+",
            '7: a grid table of Pandoc, "+---+---+"; expected a table like | a | b |, as `pandoc -t gfm` writes it',
        ),
        ("`<b>`{=html}", '7: raw text of Pandoc, "{=html}"; expected Markdown, or HTML as it stands'),
        ("a {/* b */}", '7: a comment of MDX, "{/*"; expected <!-- comment -->'),
        ("import A, { b } from 'c';", '7: code of MDX, "import A, { b } from"; expected nothing'),
        (
            "image::room.png[A]",
            '7: a macro of AsciiDoc, "image::room.png[A]"; expected Markdown, as ![what it shows](picture.png)',
        ),
        ("a\n`{r} nrow(x)`", '8: the code cell "{r}" in a sentence; expected an expression like {{ results.count }}'),
        ("\\def\\a{b} and", "7: text beside a macro's definition; expected the definition in a paragraph of its own"),
        ('<div markdown="1">\n*a*\n</div>', "7: Markdown directly behind <div>; expected an empty line between them"),
        (
            "<p>\n$\\foo$\n</p>",
            '8: TeX: unknown command "\\foo"; expected one of https://temml.org/docs/en/supported'
            ", or of macros in the front matter",
        ),
    ],
)
def test_it_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        rendered(texts.read(folder_with(tmp_path, text + "\n")))
    assert [str(problem).rpartition("article.md:")[2] for problem in caught.value.problems] == [message]


@pytest.mark.timeout(20)  # where the time grew with the square of the length, minutes would not do
def test_long_lines_that_are_nearly_another_systems_are_read(tmp_path: Path) -> None:
    long = 20_000
    lines = ("!!! a" + " " * long + "!", "!!! " + "a" * long + "!", "```{note}" + " " * long + "`", "==a ++b " * long)
    text = "\n\n".join(lines) + '\n\n<p style="' + "a:" * long + '">x</p>\n'
    assert len(reading.read(text, 1).units) == len(lines) + 1
    abstract = "`" * long + "a [" + "@a" * long + " *a _a" * long
    head = HEAD.replace("title: T", f"title: T\nabstract: '{abstract}'")
    assert texts.read(folder_with(tmp_path / "other", "x\n", head)).meta.abstract


def test_captions_above_tables_are_those_of_the_tables_below_them(tmp_path: Path) -> None:
    table = "| a |\n|---|\n| 1 |\n\n"
    text = f"Table: One *b* {{#tbl-one}}\n\n{table}Table: Two\n\n{table}{table}: Three\n\nTable: none\n\n@tbl-one\n"
    page = page_of(tmp_path, text)
    captions = re.findall(r"<figcaption.*?>(Table \d)</a> (.*?)</figcaption>", page.html)
    assert captions == [("Table 1", "One <em>b</em>"), ("Table 2", "Two"), ("Table 3", "Three")]
    assert "<p>Table: none</p>" in page.html and 'href="#tbl-one">Table' in page.html


def test_a_caption_between_two_tables_is_that_of_the_one_above_unless_that_has_one(tmp_path: Path) -> None:
    table = "| a |\n|---|\n| b |\n\n"
    page = page_of(tmp_path, f"{table}Table: One {{#tbl-one}}\n\n{table}Table: Two\n\n{table}")
    assert re.findall(r"</a> (\w+)</figcaption>|(</table>)", page.html) == [
        *(("One", ""), ("", "</table>"), ("Two", ""), ("", "</table>"), ("", "</table>"))
    ]


def test_a_style_that_the_page_does_not_have_is_told_and_left_out(tmp_path: Path) -> None:
    page = page_of(tmp_path, 'Text\n\n<p style="color: red; background: url(https://x.org/a)">x</p>\n')
    [warned] = page.warnings
    assert warned.name == "html-style" and "style=" not in page.html and "x.org" not in page.html
    said = 'the style "color: red; background: url(https://x.o…" of <p> is left out, as the page has its own'
    assert warned.said.endswith(f"article.md:9: {said}")


def test_what_is_odd_hides_no_mistake_in_the_same_words(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        rendered(texts.read(folder_with(tmp_path, "A :smile:, [[a wiki]] and \\textbf{bold}.\n")))
    assert [problem.wrong for problem in caught.value.problems] == [
        'a command of LaTeX, "\\textbf"',
        'a link of a wiki, "[[a wiki]]"',
    ]


@pytest.mark.parametrize(
    ("heading", "ids"),
    [
        ("Building Node.js on C++", ["building-nodejs-on-c", "building-node.js-on-c", "building-node-js-on-c"]),
        ("1. What's `new`?", ["1-whats-new", "whats-new", "what-s-new"]),
        ("A snake_case & more", ["a-snake_case--more", "a-snake_case-more"]),
        ("Eta<sup>2</sup> <!-- x -->of `<b>`", ["eta2-of-b", "eta2-of-b"]),
        ("Überblick", ["überblick", "%C3%BCberblick", "Überblick"]),
    ],
)
def test_links_to_headings_as_other_systems_name_them_lead_there(tmp_path: Path, heading: str, ids: list[str]) -> None:
    page = page_of(tmp_path, f"## {heading}\n\n" + " ".join(f"[x](#{id_}) [x](second.md#two)" for id_ in ids) + "\n")
    assert len({unquote(href) for href in re.findall(r'href="(#[^"]*)">x', page.html)}) == 1


def test_the_second_of_equal_headings_is_numbered_from_one(tmp_path: Path) -> None:
    """GitHub's #setup-1 is our #setup-2."""
    page = page_of(tmp_path, "## Setup\n\n## Setup\n\n[a](#setup) [b](#setup-1) [c](#setup-2)\n")
    assert re.findall(r'<a href="([^"]*)">(\w)</a>', page.html) == [
        ("#setup", "a"),
        ("#setup-2", "b"),
        ("#setup-2", "c"),
    ]


def test_what_is_text_stays_text(tmp_path: Path) -> None:
    text = "10:30:45 and a:b:`c` 5 + 6, 50\n% of all, {:nothing} :rocket: fine, \\{: .x}"
    assert page_of(tmp_path, text + "\n").html.startswith("<p>10:30:45")


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ("# References\n", ["A"]),
        ("# References\n\n::: {#refs}\n:::\n", ["A"]),
        ("## Bibliography {-}\n\n[^1]: N\n", ["A"]),
        ("# Footnotes\n\n[^1]: N\n\n# Literature cited:\n", ["A"]),
        ("# References\n\nT\n", ["A", "References"]),
        ("# References\n\n# B\n", ["A", "References", "B"]),
    ],
)
def test_last_headings_for_what_a_page_lists_are_its_own(tmp_path: Path, end: str, wanted: list[str]) -> None:
    note = "[^1]" if "[^1]" in end else ""
    page = page_of(tmp_path, f"# A\n\nAs @olah2014 says{note}.\n\n{end}")
    assert [entry.html for entry in page.toc] == wanted
    assert re.findall(r"<h2 id=[^>]* data-number[^>]*>(.*?)<a", page.html) == wanted
    assert_anchors(page)
    assert sum("empty-section" in str(warned) for warned in page.warnings) == wanted.count("B")


@pytest.mark.parametrize(
    ("end", "is_last"),
    [("", True), ("\n[^1]: A *note*.\n\n[^2]: B\n", True), ("\nText.\n", False), ("\n[^1]: N\n\n# B\n", False)],
)
def test_a_place_for_the_works_behind_all_else_is_right(tmp_path: Path, end: str, is_last: bool) -> None:
    notes = "".join(sorted(set(re.findall(r"\[\^\d\]", end))))
    page = page_of(tmp_path, f"As @olah2014 says.{notes}\n\n::: {{#refs}}\n:::\n{end}")
    assert ("{#refs}" in str(page.warnings)) == (not is_last)


@pytest.mark.parametrize("end", ["# References\n", "# **Bibliography**\n\nThese.\n"])
def test_a_last_heading_for_works_says_nothing_of_the_level_of_the_others(tmp_path: Path, end: str) -> None:
    page = page_of(tmp_path, f"See @sec-b.\n\n## A\n\nAs @olah2014 says.\n\n## B {{#sec-b}}\n\n### C\n\nT\n\n{end}")
    assert not page.warnings
    numbers = re.findall(r'<h(\d) id=[^>]* data-number="([^"]*)"', page.html)
    assert numbers == [("2", "1"), ("2", "2"), ("3", "2.1"), ("2", "3")][: 3 + ("These" in end)]


def test_a_heading_for_works_stays_where_a_page_cites_none(tmp_path: Path) -> None:
    assert "References" in page_of(tmp_path, "# A\n\nT\n\n# References\n").html
