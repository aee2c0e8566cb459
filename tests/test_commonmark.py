"""What CommonMark and GitHub's extensions say comes out: their examples, and what is drawn from their pieces."""

import datetime
import functools
import gc
import html
import json
import re
import time
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import html_trees
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from test_markup import FILL, FIXTURE, drawn

from generator.base.errors import ContentError
from generator.content import frontmatter, texts
from generator.markup import document
from generator.markup.constructs import typography
from generator.runs.results import Result, Results

SPECIFICATION = Path(__file__).parent / "specification" / "commonmark.jsonl"
EXAMPLES = [json.loads(line) for line in SPECIFICATION.read_text(encoding="utf-8").splitlines()]
BARE = (608, 611, 612)  # whose bare addresses GitHub makes links
META = frontmatter.Meta("T", "D", (), datetime.date(2026, 1, 1))
WORKS = texts.read(FIXTURE).bibliography

REFUSED = re.compile(  # what may stop a build: links that lead nowhere, HTML that is not listed or not whole
    r"a link to |a link of a wiki|the HTML |the attribute |<\w+> without its partner|the comment is not closed"
)


def reader():
    """markdown-it as GitHub extends it."""
    md = MarkdownIt("commonmark", {"tasklists": True}).enable(["table", "strikethrough"])
    gfm_autolink_plugin(md)
    md.inline.ruler.before("strikethrough", "tildes", typography.tildes)
    return md


READER = reader()


def addresses(text):
    """Where the links and pictures of Markdown or HTML lead to in the site."""
    found = re.findall(r'(?:href|src)="([^"]*)"|\]\((\S+?)\)', text)
    paths = (unquote(html.unescape(a or b)).partition("#")[0] for a, b in found)
    return {PurePosixPath(path).as_posix() for path in paths}


def page_of(text, known=()):
    """A text as a page. known: addresses of the site."""
    page = texts.Page("a.md", "a.md", "index.html", META, text, 1)
    files = Results([Result("r", "e", "k", "l", {}, {}, {}, {address: address for address in known})])
    article = texts.Article((page,), WORKS, ())
    [written] = document.render(article, document.Environment(files, (), drawn, FILL))
    return written


def compared(text):
    """What a page says of a text and what it should say, or None twice when it may be refused."""
    wanted = READER.render(text)
    try:
        found = page_of(text, addresses(wanted + text)).html
    except ContentError as error:
        assert all(REFUSED.match(problem.wrong) for problem in error.problems), error
        return None, None
    return html_trees.said(found), html_trees.said(wanted)


@functools.cache
def of_example(at):
    return compared(EXAMPLES[at]["markdown"])


@pytest.mark.parametrize("section", sorted({example["section"] for example in EXAMPLES}))
def test_the_examples_of_the_specification(section):
    for at, example in enumerate(EXAMPLES):
        if example["section"] == section:
            found, wanted = of_example(at)
            assert found == wanted, example["example"]
            if wanted is not None and example["example"] not in BARE:
                assert wanted == html_trees.said(example["html"]), example["example"]


def test_most_examples_are_pages():
    refused = [example["example"] for at, example in enumerate(EXAMPLES) if of_example(at) == (None, None)]
    assert len(refused) <= 55


GITHUB = [  # what GitHub's extensions are given -> what they show
    (
        "| foo | bar |\n| --- | --- |\n| baz | bim |",
        "<table><thead><tr><th>foo<th>bar<tbody><tr><td>baz<td>bim</table>",
    ),
    (
        "| abc | defghi |\n:-: | -----------:\nbar | baz",
        '<table><thead><tr><th align="center">abc<th align="right">defghi'
        '<tbody><tr><td align="center">bar<td align="right">baz</table>',
    ),
    (
        "| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |",
        "<table><thead><tr><th>f|oo<tbody><tr><td>b <code>|</code> az<tr><td>b <strong>|</strong> im</table>",
    ),
    (
        "| abc | def |\n| --- | --- |\n| bar | baz |\n> bar",
        "<table><thead><tr><th>abc<th>def<tbody><tr><td>bar<td>baz</table><blockquote><p>bar</blockquote>",
    ),
    (
        "| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar",
        "<table><thead><tr><th>abc<th>def<tbody><tr><td>bar<td>baz<tr><td>bar<td></table><p>bar",
    ),
    ("| abc | def |\n| --- |\n| bar |", "<p>| abc | def |\n| --- |\n| bar |"),
    (
        "| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |",
        "<table><thead><tr><th>abc<th>def<tbody><tr><td>bar<td><tr><td>bar<td>baz</table>",
    ),
    ("| abc | def |\n| --- | --- |", "<table><thead><tr><th>abc<th>def</table>"),
    (
        "- [ ] foo\n- [x] bar",
        '<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox"> foo'
        '<li class="task-list-item"><input type="checkbox" checked> bar</ul>',
    ),
    ("~~Hi~~ Hello, world!", "<p><s>Hi</s> Hello, world!"),
    ("This ~~has a\n\nnew paragraph~~.", "<p>This ~~has a<p>new paragraph~~."),
    ("This will ~~~not~~~ strike.", "<p>This will ~~~not~~~ strike."),
    (
        "Visit www.commonmark.org/help now",
        '<p>Visit <a href="http://www.commonmark.org/help">www.commonmark.org/help</a> now',
    ),
    ("Visit www.commonmark.org.", '<p>Visit <a href="http://www.commonmark.org">www.commonmark.org</a>.'),
    (
        "(www.google.com/search?q=Markup+(business))",
        '<p>(<a href="http://www.google.com/search?q=Markup+(business)">www.google.com/search?q=Markup+(business)</a>)',
    ),
    (
        "www.google.com/search?q=commonmark&hl;",
        '<p><a href="http://www.google.com/search?q=commonmark">www.google.com/search?q=commonmark</a>&amp;hl;',
    ),
    ("www.commonmark.org/he<lp", '<p><a href="http://www.commonmark.org/he">www.commonmark.org/he</a>&lt;lp'),
    ("http://commonmark.org", '<p><a href="http://commonmark.org">http://commonmark.org</a>'),
    ("foo@bar.baz", '<p><a href="mailto:foo@bar.baz">foo@bar.baz</a>'),
    (
        "hello+xyz@mail.example, not hello@mail+xyz.example",
        '<p><a href="mailto:hello+xyz@mail.example">hello+xyz@mail.example</a>, not hello@mail+xyz.example',
    ),
    ("a.b-c_d@a.b-", "<p>a.b-c_d@a.b-"),
]


@pytest.mark.parametrize(("text", "wanted"), GITHUB)
def test_the_examples_of_githubs_extensions(text, wanted):
    assert html_trees.said(page_of(text).html) == html_trees.said(wanted)


def test_html_that_github_filters_is_a_mistake():
    with pytest.raises(ContentError) as caught:
        page_of("<strong>a</strong> <title> <style> <em>b</em>")
    assert [problem.wrong for problem in caught.value.problems] == ['the HTML "<style>"', 'the HTML "<title>"']


# Drawn from pieces

WORDS = ["a", "bc", "é", "1", "x y", "Word"]
SIGNS = [
    *(
        "*",
        "**",
        "***",
        "_",
        "__",
        "`",
        "``",
        "~~",
        "[",
        "]",
        "![",
        "](a.html)",
        "](<b.html>)",
        '](a.html "T")',
        "(",
        ")",
    ),
    *("[r]", "[R][]", "[t][r]", "[t](b.html)", "![p *q*](a.html 'T')", "&amp;", "&copy;", "&#35;", "&no;", "&"),
    *(
        "<b>x</b>",
        "<br>",
        "<!-- c -->",
        "<i class='k'>*y*</i>",
        "<https://e.org/>",
        "<a@e.org>",
        "<",
        ">",
        "<b",
        "</b>",
    ),
    *("https://e.org/a_b", "www.e.org.", "a@e.org", "\\*", "\\_", "\\`", "\\\\", "\\", "\\<", "\\!", '"', "'", "--"),
    *(
        "---",
        "...",
        "  \n",
        "\\\n",
        "\n",
        " ",
        "  ",
        "\t",
        "!",
        "#",
        "+",
        "-",
        ".",
        ",",
        "1.",
        "2)",
        "|",
        "\u00a0",
        "“",
    ),
]
PHRASES = st.lists(st.sampled_from(WORDS + SIGNS), min_size=1, max_size=10).map("".join)
LEAVES = st.one_of(
    PHRASES,
    st.tuples(
        st.sampled_from(["# ", "### ", "  ## ", "###### ", "#"]), PHRASES, st.sampled_from(["", " #", " ##  "])
    ).map("".join),
    st.tuples(PHRASES, st.sampled_from(["\n===", "\n---", "\n  -"])).map("".join),
    st.sampled_from(["***", "---", "- - -", " ___", "    code", "\tcode", "    a\n\n      b", "<div>\n*x*\n</div>"]),
    st.sampled_from(["<div>\n\n*x*\n\n</div>", "<!-- a\n\nb -->", "<details><summary>s</summary>\n\nx\n</details>"]),
    st.sampled_from(["[r]: a.html 'T'", '[r]:\n  <b.html>\n  "T\n  U"', "[ß*]: a.html\n[t]", "[r]: a.html x"]),
    st.tuples(
        st.sampled_from(["```", "~~~~", "  ```", "``` py", "~~~ a`b"]), PHRASES, st.sampled_from(["```", "~~~~", ""])
    ).map("\n".join),
    st.sampled_from(["| a | b |\n|---|:-:|\n| *c* | d |", "a|b\n-|-\n`c\\|d`|e|f\ng", "|a|\n|-|", "a | b\n- | -"]),
    st.sampled_from(["- [ ] a\n- [x] *b*", "- [x]", "", "\n"]),
)


@st.composite
def inside(draw, children):
    """Blocks in a list or a quote, or below each other; some lines lose their indent."""
    blocks = draw(st.lists(children, min_size=1, max_size=3))
    text = draw(st.sampled_from(["\n\n", "\n", "\n\n\n"])).join(blocks)
    first = draw(st.sampled_from(["> ", ">", "- ", "* ", "+   ", "-\t", "1. ", "2) ", "10. ", "-     ", "", "-\n"]))
    rest = first if first.startswith(">") else " " * draw(st.sampled_from([len(first), len(first), 2, 4]))
    lost = draw(st.sets(st.integers(1, 6), max_size=2))
    lines = text.split("\n")
    return first + "\n".join(line if not number or number in lost else rest + line for number, line in enumerate(lines))


TEXTS = st.recursive(LEAVES, inside, max_leaves=6).filter(lambda text: "\\~" not in text)  # ~sub~ is our own


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(TEXTS)
def test_a_text_reads_as_its_parser_reads_it(text):
    found, wanted = compared(text)
    assert found == wanted


OWN = [
    *(
        "$",
        "$$",
        "$x^2$",
        "\\(y\\)",
        "\\[",
        "\\]",
        "\\eqref{e}",
        "\n$$\nx\n$$ {#eq-a}\n",
        "{{",
        "}}",
        "{{ 1 + 1 }}",
        "{{ no }}",
    ),
    *(
        "@olah2014",
        "[@olah2014, p. 3]",
        "[-@no; @olah2014]",
        "@fig-a",
        "@",
        "[^n]",
        "[^",
        "\n\n[^n]: *b*\n\n    c\n",
        "^[x]",
        "^[",
    ),
    *(
        "\n/// note | T\n",
        "\n///\n",
        "\n/// details\n    open: true\n",
        "\n::: {.tip}\n",
        "\n:::\n",
        "\n> [!NOTE]\n> ",
        "\n/// tab | A\n",
    ),
    *(
        "{#a .b}",
        "{.c}",
        '{claim="1 < 2"}',
        "{",
        "}",
        "~s~",
        "^2^",
        "~",
        "^",
        "\n\n: ",
        "\n: T {#tbl-a}\n",
        "==m==",
        "[[w]]",
        "%%",
    ),
    *(
        "<div>",
        "</div>",
        "<script>",
        "<a name='x'>",
        "\n## A {#a}\n",
        "\n# B\n",
        "```{python}\n",
        "\ue005",
        "\u2028",
        "\0",
    ),
]
OWN_TEXTS = st.lists(st.one_of(st.sampled_from(OWN), st.sampled_from(WORDS + SIGNS), LEAVES), max_size=12).map("".join)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(OWN_TEXTS)
def test_what_is_our_own_gives_a_page_or_mistakes(text):
    try:
        made = page_of(text, ("a.html", "b.html"))
    except ContentError as error:
        lines = [int(problem.place.rpartition(":")[2]) for problem in error.problems]
        assert all(1 <= line <= text.count("\n") + 1 for line in lines), error
    else:
        assert not re.search("[\ue000-\ue004]", made.html)


# Of any length

LENGTH = 8_000
# Of the processor: a few times what the slowest takes, and where two times are not worth comparing.
PATIENCE_S, SLACK_S = 3.0, 0.18
PIECES = [
    *(
        "[",
        "]",
        "![",
        "[a",
        "[a](",
        "![a](",
        "[a]{",
        "[a][",
        "[[a",
        "](a b",
        "^[",
        "[^",
        "[^a ",
        "[^a]",
        "[`",
        "`",
        "` ",
    ),
    *(
        "<",
        "<a ",
        "a <!-- ",
        "a<?",
        "a<![CDATA[",
        "<!A ",
        "<b>x</b> ",
        "*a **a ",
        "a**b",
        "*_",
        "**x **",
        "_a __a ",
        "~a ",
        "~~a ",
    ),
    *(
        "(",
        "$",
        "$a ",
        "$$a ",
        "a$b",
        "\\(",
        "\\[",
        "\\[x[y]",
        "\\begin{align}\n",
        "$$\na\n",
        "{{",
        "{{ a ",
        '{{ " ',
        "{%",
    ),
    *(
        "{",
        "{.a ",
        '*a*{a="b ',
        "@",
        "@a",
        "@a ",
        "[@",
        "[@a; ",
        "@{",
        "@a:.",
        "a@b.",
        "@a [",
        "^",
        "^a",
        '"',
        ' "a ',
        "'",
        "\"'",
    ),
    *(
        "-- ",
        "a...",
        "&",
        "&#1",
        "&a;",
        "\\",
        "\\*",
        "==a ",
        "%%",
        "\\cite[a]",
        "|a",
        "-- | ",
        ":",
        ": ",
        "www.",
        "http://",
    ),
    *(
        "http://a.b/(",
        "http://a.b/)",
        "mailto:a@b ",
        "a\\\n",
        "word ",
        "word\n",
        "word\n\n",
        "\n",
        "\t",
        "# a\n",
        "a\n===\n",
    ),
    *(
        "- a\n",
        "- [ ] a\n",
        "> a\nb\n",
        "```\n",
        "    a\n",
        "|a|\n|-|\n|b|\n\n",
        ": a\n\n",
        "a\n: b\n\n",
        "/// note\n",
        "::: note\n",
        "a\tb\n",
        "a. b\n",
        "[1] a\n",
        "<p>\n\na\n\n",
    ),
    *("\\cref{", "``a'' ", "a~A", "\\begin{a", "\\verb", "a\\,"),
    *("/// note | a\n\nx\n///\n\n", "::: note\n/// note\n", "{{ '|' }}|", "[a]: a.html\n", "[^a]: b\n\n", "<div>\n\n"),
]
TEXTS_OF_A_LENGTH = {
    **{piece: lambda length, piece=piece: piece * (length // len(piece)) for piece in PIECES},
    "brackets that close": lambda length: "[a" * (length // 3) + "]" * (length // 3),
    "notes in notes": lambda length: "^[a" * (length // 4) + "]" * (length // 4),
    "a last brace": lambda length: '{{ " ' * (length // 5) + "}}",
    "runs of backticks": lambda length: "".join(f"a{'`' * (n % 300)}" for n in range(length // 150)),
    "columns": lambda length: "\n".join(cell * (length // 6) + "|" for cell in ("|a", "|-", "|b")),
    "rows": lambda length: "|a|b|\n|-|-|\n" + "|c|d|\n" * (length // 6),
    "labels": lambda length: "".join(f"[{n}]: a.html\n" for n in range(length // 14)) + "\n[1]",
    "quotes in quotes": lambda length: "> " * (length // 80),
    "headings": lambda length: "".join(f"# {n}\n\n[{n}]\n" for n in range(length // 14)),
    "letters": lambda length: "a) x\nb) y\n\nz\n\n" * (length // 14),
    "numbers and rules": lambda length: "#. x\n***\n" * (length // 9),
    "numbers and gaps": lambda length: "#. x\n\n y\n\n" * (length // 11),
    "numbers and headings in an item": lambda length: "- q\n" + "  #. # h\n  x\n" * (length // 13),
    "letters without a second": lambda length: "a) x\n   (i) y\n\n" * (length // 15),
    "letters in an item": lambda length: "- q\n" + "  a) x\n" * (length // 7),
    "numbers in an item": lambda length: "- q\n" + "".join(f"  ({n}) x\n" for n in range(2, length // 9)),
    "letters in letters": lambda length: "".join(f"{'   ' * n}a) a\n" for n in range(int(length**0.5))),
    "lists in lists": lambda length: "- " * (length // 80),
    "ever deeper": lambda length: "".join(f"{'  ' * n}- a\n" for n in range(int(length**0.5))),
    "ever more quotes": lambda length: "".join(f"{'>' * (n % 100)} a\n" for n in range(length // 50)),
    "blocks in quotes": lambda length: "> " * 100 + "/// note\n" * (length // 9),
    "elements in elements": lambda length: "<b>" * (length // 280) + "</b>" * (length // 280),
}


def seconds(text):
    """How long a page of a text takes, of the processor, without what all that a process holds costs it at times."""
    gc.disable()
    began = time.process_time()
    try:
        page_of(text)
    except ContentError as error:
        assert error.problems
    finally:
        gc.enable()
    return time.process_time() - began


@pytest.mark.parametrize("name", TEXTS_OF_A_LENGTH, ids=repr)
def test_time_is_linear_in_the_length(name):
    made = TEXTS_OF_A_LENGTH[name]
    taken = seconds(made(LENGTH))
    assert taken < PATIENCE_S
    assert taken < SLACK_S or taken < 3 * seconds(made(LENGTH // 2)) + SLACK_S
