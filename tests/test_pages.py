"""Pages from templates, an article and results, without a browser."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from generator.base.errors import ContentError
from generator.base.language import english
from generator.base.overlay import Overlay
from generator.base.store import Store
from generator.base.warnings import Warned
from generator.content import frontmatter, texts
from generator.markup import document
from generator.markup.blocks.figure import ANY
from generator.networks.spec import RunSpec, flat
from generator.runs.results import Picture, Result, Results, UnknownResult
from generator.site import assets, explorables, figures, metadata, pages, words
from generator.site.metadata import BuildInfo, Download
from generator.site.templates import TemplateRenderer

TEMPLATES = Path(__file__).parent.parent / "templates"
OURS = Overlay(TEMPLATES)
FRONT = """---
title: "Rooms & <corners>"
subtitle: Where classes go
authors:
  - name: Ada Example
    url: https://example.org/ada
    affiliation: Institute of Examples
  - name: Grace Sample
date: 2026-03-12
description: A "short" description.
licence: CC BY 4.0
repository: https://example.org/rooms
keywords: [one, two]
---

"""
BODY = """
## First question {#sec-first}

[All are right]{claim="results.min('accuracy') >= 0.9"} about it.

/// figure | hidden-plane
    id: fig-rooms
    classes: [3, 2]
    size: wide

**Two rooms.** Look.
///

/// figure | bend
    id: fig-bend
    classes: [2]
    hide: [seed]

**The bend.** Look.
///

/// figure | grid
    id: fig-grid

**All.** Look.
///
"""


def picture(stem: str, run: str, formats: tuple[str, ...] = ("webp", "png")) -> Picture:
    return Picture(f"plots/{run}.{stem}", formats, 240, 240, f"{stem} of {run} & more", stem.capitalize())


def run(
    classes: int, activation: str, seed: int = 0, experiment: str = "grid", drawn: bool = True, **measures: Any
) -> Result:
    id_ = f"k{classes}-{activation}-s{seed}"
    pictures = {
        "input-plane": picture("input", id_),
        "hidden-plane": picture("hidden", id_),
        "hidden-animation": picture("film", id_, ("gif", "webp", "png")),
    }
    spec = flat(RunSpec(classes, activation, seed)) | {"dataset": "arms", "hidden": [64, 2]}
    known = {"accuracy": 0.95, "loss": 0.02, "least_distance": 1.5, "collapsed": False, "centres": [[0, 1]]}
    files = {"npz": f"data/{experiment}/{id_}.npz", "js": f"data/{experiment}/{id_}.js"} if drawn else {}
    label = {"tanh": "tanh", "relu": "ReLU"}[activation]
    return Result(id_, experiment, "key", label, spec, known | measures, pictures if drawn else {}, files)


RUNS = Results(
    [run(classes, activation) for classes in (2, 3) for activation in ("relu", "tanh")]
    + [run(2, "tanh", seed, "seeds", drawn=False) for seed in range(4)]
)
INFO = BuildInfo(
    versions={"torch": "2.0"},
    profile="standard",
    downloads=(Download("data/grid.csv", 12_345, "ab" * 32, "A row a run."),),
    picture_bytes=1_500_000,
)


def article(folder: Path, body: str = BODY, front: str = FRONT, **others: str) -> texts.Article:
    folder.mkdir(exist_ok=True)
    (folder / "article.md").write_text(front + body, encoding="utf-8")
    for name, text in others.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return texts.read(folder)


def render(
    folder: Path, info: BuildInfo = INFO, body: str = BODY, templates: Path = TEMPLATES, **others: str
) -> dict[str, str]:
    files = pages.render_site(article(folder / "content", body, **others), RUNS, info, Overlay(templates))
    return {path: data.decode() for path, data in files.items() if not path.endswith(".woff2")}


def refused(folder: Path, **how: Any) -> str:
    """What is said where `render` refuses."""
    with pytest.raises(ContentError) as caught:
        render(folder, **how)
    return str(caught.value)


def figure_of(page: str, label: str) -> str:
    """The HTML of a page's figure."""
    return re.search(rf'<figure id="{label}".*?</figure>', page, re.DOTALL)[0]


@pytest.fixture
def own_templates(tmp_path: Path) -> Path:
    """A copy of the templates, to change."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.found
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def test_a_site_has_its_pages_and_assets(tmp_path: Path) -> None:
    files = render(tmp_path)
    assert {"index.html", "gallery.html", "reproduce.html", "404.html", ".nojekyll"} <= set(files)
    assert {"assets/style.css", "assets/page.js", "assets/icon.svg", "assets/fonts/OFL.txt"} <= set(files)
    assert not {"sitemap.xml", "feed.xml"} & set(files)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    assert render(tmp_path) == render(tmp_path)


def test_text_of_authors_is_escaped(tmp_path: Path) -> None:
    for text in render(tmp_path).values():
        assert "<corners>" not in text
    head = Tags(render(tmp_path)["index.html"])
    assert head.all("meta", name="description")[0]["content"] == 'A "short" description.'


def test_a_title_has_its_formulas_set_and_its_marks_as_a_typographer_sets_them(tmp_path: Path) -> None:
    front = FRONT.replace('title: "Rooms & <corners>"', "title: 'It''s \"$R^2$\" & <x> -- so'").replace(
        "subtitle: Where", "subtitle: $\\alpha$, where"
    )
    other = "---\ntitle: The *$x$* of it\n---\n\nText.\n"
    written = article(tmp_path / "content", BODY, front, other=other)
    made = pages.render_site(written, RUNS, INFO, OURS)
    index, second = made["index.html"].decode(), made["other.html"].decode()
    heading = re.sub(r"<math>.*?</math>", "<math>", index[index.index("<h1>") : index.index("</h1>")])
    assert heading == "<h1>It’s “<math>” &amp; &lt;x&gt; – so"
    assert "<msup><mi>R</mi>" in index and '<p class="subtitle"><math><mi>α</mi></math>, where' in index
    assert "<title>It&#39;s &#34;R²&#34; &amp; &lt;x&gt; -- so</title>" in index
    assert "title = {{It&#39;s &#34;$R^2$&#34; \\&amp; &lt;x&gt; -- so}}" in index
    assert "<h1>The <math><mi>x</mi></math> of it</h1>" in second and "<title>The x of it" in second
    with pytest.raises(ContentError, match=r'article.md:2: TeX: unknown command "\\foo"'):
        pages.render_site(article(tmp_path / "content", BODY, front.replace("R^2", r"\foo")), RUNS, INFO, OURS)


@pytest.mark.parametrize(
    ("name", "key"), [("Émile Borel-Ångström", "borelangstrom"), ("Paul Weiß", "weiss"), ("Bjørn Łoś", "los")]
)
def test_a_key_of_bibtex_has_the_letters_of_a_name_without_their_accents(name: str, key: str) -> None:
    meta = frontmatter.Meta("Über Größe", "", (frontmatter.Author(name),), date(2026, 3, 12))
    assert f"@misc{{{key}2026uber," in metadata.Site(meta, [], BuildInfo(), english()).bibtex


def test_the_head_says_who_what_and_when(tmp_path: Path) -> None:
    index = render(tmp_path, BuildInfo(base_url="https://example.org/rooms/", social_card="social-card.png"))[
        "index.html"
    ]
    head = Tags(index)
    assert head.all("link", rel="canonical")[0]["href"] == "https://example.org/rooms/"
    assert [tag["content"] for tag in head.all("meta", name="citation_author")] == ["Ada Example", "Grace Sample"]
    assert head.all("meta", name="citation_publication_date")[0]["content"] == "2026/03/12"
    assert head.all("meta", property="og:image")[0]["content"] == "https://example.org/rooms/social-card.png"
    known = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', index)[1])
    assert known["@type"] == "ScholarlyArticle"
    assert known["author"][0]["affiliation"]["name"] == "Institute of Examples"
    assert known["headline"] == "Rooms & <corners>"


AUTHORS = """authors:
  - {name: Ada Example, orcid: 0000-0002-1825-0097, corresponding: true, roles: [software, writing - original draft]}
  - {name: The Rooms, group: true, affiliation: Institute}
version: "1.10"
data_licence: CC0
"""


def test_who_did_what_under_which_licence_is_said_to_readers_and_machines(tmp_path: Path) -> None:
    front = re.sub("authors:.*?(?=date:)", AUTHORS, FRONT, flags=re.DOTALL)
    index = render(tmp_path, BuildInfo(base_url="https://example.org/rooms/"), front=front)["index.html"]
    known = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', index)[1])
    ada, group = known["author"]
    assert (ada["@type"], ada["@id"]) == ("Person", "https://orcid.org/0000-0002-1825-0097")
    assert (group["@type"], group["parentOrganization"]["name"]) == ("Organization", "Institute")
    assert known["contributor"] == [
        {"@type": "Role", "contributor": ada, "roleName": ["software", "writing – original draft"]}
    ]
    assert (known["identifier"], known["version"]) == ("https://example.org/rooms/", "1.10")
    assert known["license"] == "https://creativecommons.org/licenses/by/4.0/"
    tags = Tags(index)
    assert tags.all("a", rel="license")[0]["href"] == known["license"]
    assert tags.all("meta", name="citation_author_orcid")[0]["content"] == ada["@id"]
    cited = index.partition('id="cite"')[2]
    assert "Version 1.10." in cited and "</a>: corresponding author, software, writing – original draft" in cited


def test_authors_stand_between_the_marks_of_the_language(tmp_path: Path) -> None:
    front = FRONT.replace("Institute of Examples", "Institut d'Art").replace("date:", "language: ar\ndate:")
    index = render(tmp_path, front=front)["index.html"]
    said = re.sub("<[^>]*>", "", index)
    assert "Ada Example، Institut d’Art؛ Grace Sample" in said and "Ada Example، Grace Sample (2026)." in said


def test_paper_says_an_address_once(tmp_path: Path) -> None:
    """Links whose words are their address have the class that the style sheet for paper knows."""
    body = "https://a.org/b_c/ www.c.org [d](https://d.org) [about](https://e.org/about) <https://f.org/?a=1&b=2>\n"
    index = render(
        tmp_path, body=BODY + "\n" + body, front=re.sub("authors:.*?(?=date:)", AUTHORS, FRONT, flags=re.DOTALL)
    )
    said = Tags(index["index.html"]).all("a", **{"class": "bare"})
    assert [link["href"] for link in said] == [
        *("https://a.org/b_c/", "http://www.c.org", "https://f.org/?a=1&b=2", "https://orcid.org/0000-0002-1825-0097"),
    ]
    assert '.prose a[href^="http"].bare::after { content: none; }' in (TEMPLATES / "css/90-print.css").read_text()


def test_the_data_say_for_themselves_what_they_are(tmp_path: Path) -> None:
    front = re.sub("authors:.*?(?=date:)", AUTHORS, FRONT, flags=re.DOTALL)
    single = tuple(Download(f"data/grid/k{k}-tanh-s0.npz", 10, "cd" * 32, "Arrays of one run") for k in (2, 3))
    info = dataclasses.replace(
        INFO,
        downloads=(*INFO.downloads, *single),
        columns={"accuracy": "share of points that are right", "gap": "a | b < c"},
        machine={"processor": "A & B 9000", "instructions": "AVX2", "BLAS": "MKL 2024"},
    )
    files = render(tmp_path, info, BODY + "\n[What they are](data/README.md)\n", front=front)
    said = files["data/README.md"]
    assert said.startswith("# Rooms & &lt;corners>\n\nAda Example, The Rooms (2026). Version 1.10.\n\n")
    assert "under CC0. https://creativecommons.org/publicdomain/zero/1.0/\n\n## " in said
    assert "\n- `grid.csv`: A row a run.\n- `*/*.npz`: Arrays of one run\n- `SHA256SUMS`: " in said
    assert "\n|---|---|\n| `accuracy` | share of points that are right |\n| `gap` | a \\| b &lt; c |\n" in said
    tags = Tags(files["reproduce.html"])
    assert tags.all("a", href="data/README.md") and len(tags.all("a", rel="license")) == 2
    assert '<th scope="row">processor</th><td>A &amp; B 9000</td>' in files["reproduce.html"]
    assert "same bytes" in files["reproduce.html"] and "same bytes" not in render(tmp_path)["reproduce.html"]
    assert "data/README.md" not in render(tmp_path, BuildInfo())


@pytest.mark.parametrize(
    ("licence", "url"),
    [
        ("CC BY-NC-SA 3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("cc0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://example.org/licence", "https://example.org/licence"),
        ("CC BY", ""),
        ("All rights reserved", ""),
    ],
)
def test_a_licence_of_known_name_has_an_address(licence: str, url: str) -> None:
    assert words.licence_url(licence) == url


def test_nothing_absolute_is_written_while_the_address_is_unknown(tmp_path: Path) -> None:
    head = Tags(render(tmp_path)["index.html"])
    assert head.all("link", rel="canonical") == []
    assert head.all("meta", property="og:url") == head.all("meta", property="og:image") == []


def test_feed_and_sitemap_list_every_page(tmp_path: Path) -> None:
    info = BuildInfo(base_url="https://example.org/rooms", built=date(2026, 4, 1))
    more = "---\ntitle: More\nnav_title: Else\n---\n\n## Question\n\nText.\n"
    files = render(tmp_path, info, more=more)
    places = [e.text for e in ElementTree.fromstring(files["sitemap.xml"]).findall(".//{*}loc")]
    assert places == [f"https://example.org/rooms/{p}" for p in ("", "more.html", "gallery.html", "reproduce.html")]
    feed = ElementTree.fromstring(files["feed.xml"])
    assert [e.text for e in feed.findall(".//{*}title")] == ["Rooms & <corners>", "Rooms & <corners>", "More"]
    assert feed.find("{*}updated").text == "2026-04-01T00:00:00Z"
    assert ">Else</a>" in files["index.html"]


def test_a_page_for_wrong_addresses_has_nothing_relative_in_it(tmp_path: Path) -> None:
    for info in (INFO, BuildInfo(base_url="https://example.org/rooms")):
        tags = Tags(render(tmp_path, info)["404.html"])
        links = [said for _, attributes in tags.found for name in ("href", "src") if (said := attributes.get(name))]
        assert all(link.startswith(("https://", "data:")) for link in links)
        assert bool(tags.all("a")) == bool(info.base_url)


def test_a_draft_says_so_and_is_not_indexed(tmp_path: Path) -> None:
    assert Tags(render(tmp_path, BuildInfo(draft=True))["index.html"]).all("meta", name="robots")
    assert not Tags(render(tmp_path)["index.html"]).all("meta", name="robots")


def test_small_multiples_keep_the_order_the_author_gave(tmp_path: Path) -> None:
    figure = figure_of(render(tmp_path)["index.html"], "fig-rooms")
    assert re.findall(r'class="tile-label">\s*(.*?)</p>', figure) == [
        "3 classes, tanh",
        "3 classes, ReLU",
        "2 classes, tanh",
        "2 classes, ReLU",
    ]
    assert 'class="figure-number" href="#fig-rooms">Figure 1</a>' in figure
    assert 'href="reproduce.html#experiment-grid"' in figure


def test_classes_without_words_have_a_legend_where_no_script_numbers_them(tmp_path: Path) -> None:
    files = render(tmp_path)
    drawn = re.findall(r"<figure id=.*?</figure>", files["index.html"], re.DOTALL)
    assert len({"data-explorable" in figure for figure in drawn}) == 2
    for figure in drawn:
        expected = [] if "data-explorable" in figure else ["1", "2", "3"]
        assert re.findall(r"</svg>&nbsp;(\w+)", figure) == expected
    assert "</svg>&nbsp;3</span>" in files["gallery.html"]


def test_pictures_come_in_both_themes_with_size_and_words(tmp_path: Path) -> None:
    tags = Tags(render(tmp_path)["index.html"])
    dark = tags.all("source", **{"data-theme": "dark"})
    assert dark and all(source["srcset"].endswith(".dark.webp") for source in dark)
    for image in tags.all("img"):
        assert image["width"] == image["height"] == "240"
        assert image["alt"].endswith("& more")


def test_animations_rest_behind_a_labelled_control(tmp_path: Path) -> None:
    poster = figure_of(render(tmp_path)["index.html"], "fig-grid")
    assert poster.count('<details class="play">') == 4
    assert not re.search(r'(src|srcset)="[^"]*\.gif"', poster)
    assert "Play</span> ReLU, 3 classes</span></summary>" in poster


def test_an_explorable_gets_the_authors_options_and_its_runs(tmp_path: Path) -> None:
    index = render(tmp_path)["index.html"]
    options = Tags(index).all("div", **{"data-explorable": "bend"})[0]["data-options"]
    assert json.loads(options) == {"run": "grid/k2-tanh-s0", "classes": 2, "hide": ["seed"]}
    known = json.loads(re.search(r'id="peek-runs">(.*?)</script>', index)[1])
    [recipe] = known["recipes"]
    [centres] = explorables.known_of_runs(RUNS)["centres"].values()
    assert centres["tanh"][2] == [[0, 1]] * 5
    assert (recipe["dataset"], recipe["kind"], recipe["plural"]) == ("arms", "spirals", "spiral arms")
    assert recipe["parameters"] == {"turn_rad": 4, "noise_rad": 0.1, "root_radius": 0} and recipe["epochs"] == 3000
    assert known["runs"][0] == {
        "id": "grid/k2-relu-s0",
        "experiment": "grid",
        "classes": 2,
        "activation": "relu",
        "seed": 0,
        "data": "data/grid/k2-relu-s0.js",
        "recipe": 0,
    }
    assert len(known["runs"]) == 4


def test_scripts_are_told_the_optima_without_what_they_do_not_need() -> None:
    best = {"value": 1.4, "points": [[0, 1]], "regions": [], "unique": True}
    laws = {"square": {"points": {"title": "point packing", "optima": {"2": best}}}}
    told = explorables.runs_index(RUNS, laws)["optima"]
    assert told == {"square": {"points": {"optima": {"2": {"value": 1.4, "points": [[0, 1]]}}}}}


def test_a_figure_without_its_script_is_no_explorable(tmp_path: Path, own_templates: Path) -> None:
    (own_templates / "js" / "bend.js").unlink()
    index = render(tmp_path, templates=own_templates)["index.html"]
    assert Tags(index).all("div", **{"data-explorable": "bend"}) == []
    assert Tags(index).all("div", **{"class": "planes"})


def test_a_figure_is_one_file(tmp_path: Path, own_templates: Path) -> None:
    counted = '{{ chosen(["hidden-plane"], options) | length }} of {{ options.most }}'
    text = f'{{# Counts. options: most. #}}\n<p class="count">{counted}</p>'
    (own_templates / "figures" / "count.html").write_text(text, encoding="utf-8")
    body = "/// figure | count\n    id: fig-count\n    most: 9\n\n**So many.** Yes.\n///\n"
    assert '<p class="count">4 of 9</p>' in render(tmp_path, body=body, templates=own_templates)["index.html"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("classes: [9]", "no run with classes=9; expected one of 2, 3"),
        ("experiment: seeds", "needs pictures of its runs: draw = 1 in [experiment.seeds]"),
        ("klasses: [2]", 'unknown option "klasses"'),
    ],
)
def test_a_figure_of_no_run_is_a_mistake_with_its_line(tmp_path: Path, wrong: str, said: str) -> None:
    body = f"/// figure | hidden-plane\n    id: fig-x\n    {wrong}\n\n**X.** Y.\n///\n"
    assert re.match(rf".*article\.md:\d+: .*{re.escape(said)}", refused(tmp_path, body=body))


def test_stops_are_epochs_in_the_order_of_time_with_words_that_may_compute(tmp_path: Path) -> None:
    stops = "    stops:\n        9: Late, of {{ results.count }}.\n        0: Early."
    html = render(tmp_path, body=f"/// figure | bend\n{stops}\n\n**B.** Look.\n///\n")["index.html"]
    (options,) = re.findall("data-options='(.*?)'", html)
    assert json.loads(options)["stops"] == [[0, "Early."], [9, f"Late, of {RUNS.count}."]]


@pytest.mark.parametrize(
    ("stops", "line", "said"),
    [
        ("[0, 9]", 0, "epochs, each with words, as 0: Before training"),
        ("{soon: Early.}", 0, "epochs, each with words"),
        ("\n        0: Early.\n        9: Late {{ results.cont }}", 2, 'did you mean "count"?'),
        ("{0: Early., 3001: Late.}", 0, "a stop at epoch 3001; expected epochs up to 3000, the last of the run"),
    ],
)
def test_a_stop_that_cannot_be_is_a_mistake_with_its_line(tmp_path: Path, stops: str, line: int, said: str) -> None:
    body = f"/// figure | bend\n    stops: {stops}\n\n**B.** Look.\n///\n"
    found = refused(tmp_path, body=body)
    assert said in found
    assert f"article.md:{(FRONT + body[: body.index('stops')]).count(chr(10)) + 1 + line}: " in found


@pytest.mark.parametrize("hidden", ["tools", "[tools]"])
def test_one_control_may_be_hidden_as_several_are(tmp_path: Path, hidden: str) -> None:
    html = render(tmp_path, body=f"/// figure | bend\n    hide: {hidden}\n\n**B.** Look.\n///\n")["index.html"]
    (options,) = re.findall("data-options='(.*?)'", html)
    assert json.loads(options)["hide"] == ["tools"]


MOVED = "/// figure | bend\n    id: fig-bend\n{}\n**B.** Look.\n///\n"


def test_words_may_set_a_figure(tmp_path: Path) -> None:
    """As "Copy link" writes a view. Where no script runs it is a link to the figure."""
    computed = "<#fig-bend.epoch={{ results.where(classes=2).count }}>"
    views = ("#fig-bend.classes=2&fig-bend.epoch=40", "article.md#fig-bend.lattice=1", computed)
    body = MOVED.format("") + "".join(f"\n[So]({view}).\n" for view in views)
    index = Tags(render(tmp_path, body=body)["index.html"])
    found = [(link["href"], link["data-state"]) for link in index.all("a") if "data-state" in link]
    assert found == [
        ("#fig-bend", "fig-bend.classes=2&fig-bend.epoch=40"),
        ("index.html#fig-bend", "fig-bend.lattice=1"),
        ("#fig-bend", f"fig-bend.epoch={RUNS.where(classes=2).count}"),
    ]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("#fig-bend.clases=2", 'unknown "clases" in a view of bend; did you mean "classes"?'),
        ("#fig-bend.hide=seed", 'unknown "hide" in a view of bend; expected one of '),
        ("#fig-bend.classes=9", 'classes is "9" in a view of bend; expected one of 2, 3'),
        ("#fig-bend.epoch=late", 'epoch is "late" in a view of bend; expected a number'),
        ("#fig-bend.lattice=yes", 'lattice is "yes" in a view of bend; expected 0 or 1'),
        ("#fig-bend.epoch=1&fig-bent.epoch=2", 'a view of "fig-bent", which is not on the page'),
        ("#fig-grid.epoch=1", 'a view of "fig-grid", which readers do not move; expected a figure with controls'),
        ("#fig-bent.epoch=1", 'a link to "#fig-bent", which is not on the page; did you mean "fig-bend"?'),
    ],
)
def test_a_view_that_cannot_be_is_a_mistake_with_its_line(tmp_path: Path, view: str, said: str) -> None:
    body = MOVED.format("") + "\n/// figure | grid\n    id: fig-grid\n\n**G.** Look.\n///\n\n"
    found = refused(tmp_path, body=f"{body}[So]({view}).\n")
    assert f"article.md:{(FRONT + body).count(chr(10)) + 1}: " in found and said in found


@pytest.mark.parametrize(
    ("figure", "key", "wrong", "said"),
    [
        ("beat", "ghost", "nettwork", 'did you mean "network"?'),
        ("train", "speed", "17", "expected one of 1, 20, 200, 0"),
        ("train", "start", "now", "expected one of build, own, placed"),
        ("train", "data", "spiralz", "own-points"),
        ("train", "seed", "150", "expected a number from 1 to 99"),
        ("train", "width", "1", "expected a number, at least 2"),
        ("digit", "example", "three", 'expected text like "3-0"'),
        ("layers", "stage", "4", "expected a number from 0 to 3"),
    ],
)
def test_a_value_that_no_control_has_is_told_of_an_option_and_of_a_view(
    tmp_path: Path, figure: str, key: str, wrong: str, said: str
) -> None:
    body = f"/// figure | {figure}\n    id: fig-x\n    {{}}\n\n**X.** Y.\n///\n\n[So](#fig-x.{key}={wrong}).\n"
    at = (FRONT + body[: body.index("{}")]).count("\n") + 1
    value = wrong if wrong.isdecimal() else f'"{wrong}"'
    told = refused(tmp_path, body=body.format(f"{key}: {wrong}"))
    assert re.search(rf"article\.md:{at}: {key} is {value}; .*{re.escape(said)}", told)
    assert re.search(rf"article\.md:{at + 5}: {key} is \"{wrong}\" in a view of {figure}; .*{re.escape(said)}", told)


def test_what_readers_can_set_passes_as_an_option_and_in_a_view(tmp_path: Path) -> None:
    """As "Copy link" writes it, also where readers train on what no run has."""
    views = (
        "#fig-b.classes=3&fig-b.ghost=margin-no-bias",
        "#fig-t.classes=7&fig-t.activation=own-formula&fig-t.start=own",
    )
    body = "/// figure | beat\n    id: fig-b\n    ghost: networks\n\n**B.** Y.\n///\n\n"
    body += "/// figure | train\n    id: fig-t\n    seed: 7\n    speed: 20\n    data: own-points\n\n**T.** Y.\n///\n"
    index = Tags(render(tmp_path, body=body + "".join(f"\n[So]({view}).\n" for view in views))["index.html"])
    assert [f"#{link['data-state']}" for link in index.all("a") if "data-state" in link] == [*views]


def test_a_script_of_the_authors_says_what_its_properties_may_be() -> None:
    script = """
      { kind: "range", name: "heat", label: "Heat", min: 0.1, max: most(2), text: (v) => `${v}` },
      { kind: "choice", name: "pair", values: [["a", say("A")], ["b-c", "B"]] },
      { kind: "choice", name: "some", values: [["a", "A"], ...others] },
      { kind: "text", name: "word", fits: WORD },
      { kind: "text", name: "place", fits: peek.places.FITS },
    ];
    const WORD = /^[a/]{1,3}$/;
    """
    assert figures.properties("mine", script) == {
        "heat": {"kind": "number", "min": 0.1},
        "pair": {"kind": "choice", "values": ["a", "b-c"]},
        "some": {"kind": "choice"},
        "word": {"kind": "text", "fits": "^[a/]{1,3}$"},
        "place": {"kind": "text"},
    }


def test_a_figure_stands_beside_the_text_up_to_what_is_as_wide(tmp_path: Path) -> None:
    table = "/// table | T.\n    id: tbl-t\n    size: {}\n\n| a |\n|---|\n| 1 |\n///\n"
    for after in ("## On {#sec-on}\n", MOVED.format("").replace("fig-bend", "fig-next"), table.format("wide")):
        text = f"One.\n\n{table.format('text').replace('tbl-t', 'tbl-s')}\nTwo.\n"
        html = render(tmp_path, body=f"{MOVED.format('    beside: text' + chr(10))}\n{text}\n{after}\nThree.\n")[
            "index.html"
        ]
        figure, inside, rest = re.split(r'<div class="beside-text">|</div>\n</div>\n(?=<h2|<figure)', html)[:3]
        assert '<div class="beside">\n<figure id="fig-bend"' in figure
        assert "<p>One.</p>" in inside and 'id="tbl-s"' in inside and "<p>Two.</p>" in inside
        assert "<p>Three.</p>" in rest


@pytest.mark.parametrize(
    ("template", "text", "line", "said"),
    [
        ("gallery.html", "<p>\n{{ nothing.here }}\n", 2, "'nothing' is undefined"),
        ("reproduce.html", "<p>\n\n{% if %}\n", 3, "Expected an expression"),
        ("figures/bend.html", "\n{{ results.one(classes=2).acuracy }}\n", None, 'did you mean "accuracy"?'),
        ("404.html", '{% include "missing.html" %}', None, 'no template "missing.html"'),
    ],
)
def test_a_wrong_template_is_named_with_its_line(
    tmp_path: Path, own_templates: Path, template: str, text: str, line: int | None, said: str
) -> None:
    (own_templates / template).write_text(text, encoding="utf-8")
    found = refused(tmp_path, templates=own_templates)
    assert said in found
    assert line is None or f"{own_templates / template}:{line}: " in found


def test_warnings_are_passed_on(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "references.bib").write_text(
        "@misc{lonely, title={Alone}, author={Some One}, year={2020}}\n", encoding="utf-8"
    )
    said: list[Warned] = []
    pages.render_site(article(folder), RUNS, INFO, OURS, warn=said.append)
    assert said == [("uncited-work", f'{folder}/references.bib:1: "lonely" is never cited')]


def test_reproduce_lists_recipes_runs_claims_and_sums(tmp_path: Path) -> None:
    text = render(tmp_path)["reproduce.html"]
    assert "4 networks: classes 2, 3; activation relu, tanh." in text
    assert "4 networks: seed 0–3." in text
    assert 'id="run-grid-k3-tanh-s0"' in text and "k2-tanh-s3" in text
    assert ">All are right</a>" in text and "results<wbr>.min('accuracy') &gt;= 0.9" in text
    assert "ab" * 32 in text and "12\u202fkB" in text and "1.5\u202fMB" in text


def test_the_gallery_shows_every_picture_of_every_drawn_run(tmp_path: Path) -> None:
    text = render(tmp_path)["gallery.html"]
    for result in RUNS:
        for shown in result.pictures.values():
            assert f"{shown.path}.png" in text
    assert [tag["id"] for tag in Tags(text).all("h2")] == ["classes-2", "classes-3"]


def test_a_formula_keeps_its_punctuation() -> None:
    kept = '<span class="unbroken"><math>x</math>,</span> <math>y</math> z'
    assert words.unbroken("<math>x</math>, <math>y</math> z") == kept


def test_bibtex_names_the_article() -> None:
    meta = frontmatter.Meta(
        title="A 100% test_case & more",
        description="",
        authors=(
            frontmatter.Author("Ada van Example"),
            frontmatter.Author("Ö Sample"),
            frontmatter.Author("The R&D", group=True),
        ),
        date=date(2026, 3, 12),
        version="1.10_b",
        doi="10.1/x",
    )
    site = metadata.Site(meta, [], BuildInfo(base_url="https://example.org"), english())
    assert site.bibtex == (
        "@misc{example2026test,\n"
        "  title = {{A 100\\% test\\_case \\& more}},\n"
        "  author = {Ada van Example and Ö Sample and {The R\\&D}},\n"
        "  year = {2026},\n"
        "  month = mar,\n"
        "  version = {1.10\\_b},\n"
        "  doi = {10.1/x},\n"
        "  url = {https://example.org/}\n"
        "}"
    )


def test_the_first_seed_that_has_the_pictures_is_chosen() -> None:
    runs = Results([run(2, "tanh", 0, drawn=False), run(2, "tanh", 2), run(2, "tanh", 1), run(2, "relu")])
    assert [r.id for r in figures.chosen(runs, ["hidden-plane"], {"classes": [2], "size": "wide"})] == [
        "k2-tanh-s2",
        "k2-relu-s0",
    ]
    assert [r.id for r in figures.chosen(runs, ["hidden-plane"], {"activation": ["relu", "tanh"]})] == [
        "k2-relu-s0",
        "k2-tanh-s2",
    ]
    with pytest.raises(UnknownResult, match="has the picture nothing"):
        figures.chosen(runs, ["nothing"], {})
    with pytest.raises(UnknownResult, match="no run with classes=3; expected 2"):
        figures.chosen(runs, ["hidden-plane"], {"classes": [2, 3]})


def test_listed_values_of_any_field_make_multiples() -> None:
    made = [run(2, "tanh", seed, width=width) for seed, width in ((1, 8), (2, 8), (3, 3), (4, 64))]
    shown = figures.chosen(Results(made), ["hidden-plane"], {"width": [64, 8]})
    assert [r.id for r in shown] == ["k2-tanh-s4", "k2-tanh-s1"]
    shallow, deep = (
        Result(**{**vars(r), "spec": {**r.spec, "hidden": h}}) for r, h in zip(made, ((8, 2), [9, 2]), strict=False)
    )
    widths = Results([shallow, deep])
    assert len(figures.chosen(widths, ["hidden-plane"], {"hidden": [[9, 2], [8, 2]]})) == 2
    assert figures.chosen(widths, ["hidden-plane"], {"hidden": [9, 2]}) == [deep]
    pool = Results([*made[:1], run(2, "tanh", 5, experiment="more")])
    assert len(figures.chosen(pool, ["hidden-plane"], {"experiment": ["grid", "more"]})) == 1


def test_recipes_part_what_is_shared_from_what_varies() -> None:
    made = words.recipe([run(2, "tanh", 0), run(2, "tanh", 1)])
    assert made["varied"] == {"seed": [0, 1]}
    assert made["same"]["epochs"] == 3000 and not made["decided"]


def test_fields_that_another_decides_are_told_with_it_and_not_among_those_that_vary() -> None:
    of_kinds = {"hole": {"root_radius": 0.25}, "fan": {"root_radius": 0.0}, "clouds": {"kind": "blobs", "spread": 0.1}}
    made = [
        Result(**{**vars(r), "spec": {**r.spec, "kind": "spirals", "dataset": name, **of, "points_per_class": points}})
        for name, of in of_kinds.items()
        for r, points in ((run(2, "tanh"), 50), (run(2, "relu"), 90), (run(3, "relu"), 50))
    ]
    said = words.recipe(made)
    assert list(said["varied"]) == ["classes", "activation", "points_per_class", "dataset"]
    assert said["decided"] == {
        "dataset": {
            "hole": {"kind": "spirals", "root_radius": 0.25},
            "fan": {"kind": "spirals", "root_radius": 0.0},
            "clouds": {"kind": "blobs", "spread": 0.1},
        }
    }
    assert not {"kind", "root_radius", "spread", "points_per_class"} & said["same"].keys()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        ([2, 3, 4, 5], "2–5"),
        ([2, 3], "2, 3"),
        ([5, 7, 6], "5, 7, 6"),
        ([64, 2], "64, 2"),
        ([[16, 2], [24, 25, 26]], "[16, 2], [24–26]"),
        (1e-8, "10⁻⁸"),
        (2.5e-7, "2.5 × 10⁻⁷"),
        (-0.5, "−0.5"),
        (0.01, "0.01"),
        ("cosine", "cosine"),
        (True, "yes"),
    ],
)
def test_values_of_recipes_in_words(value: Any, said: str) -> None:
    assert words.plain(value, english()) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(999, "999\u202fB"), (1000, "1.0\u202fkB"), (123_456, "123\u202fkB"), (9_960_000, "10.0\u202fMB")],
)
def test_sizes_for_readers(count: int, said: str) -> None:
    assert words.size(count, english()) == said


def test_style_sheet_has_the_tokens_first_and_print_is_light() -> None:
    css = assets.stylesheet(OURS)
    assert css.index("--paper:") < css.index("@font-face")
    assert "@media print{:root:root:root{color-scheme: light;" in css
    assert "/*" not in css
    assert css.count("{") == css.count("}")


def test_fonts_are_small_and_carry_their_licence() -> None:
    fonts = list((TEMPLATES / "fonts").glob("*.woff2"))
    assert fonts and all(font.stat().st_size <= 36_000 for font in fonts)
    licence = (TEMPLATES / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    assert all(font.name in licence for font in fonts)
    css = assets.stylesheet(OURS)
    assert all(f'url("fonts/{font.name}")' in css for font in fonts)


def test_compiled_templates_are_kept(tmp_path: Path) -> None:
    env = document.Environment(
        RUNS,
        figure_names=["hidden-plane", "bend", "grid"],
        render_figure=lambda call, warn: "",
        fill_template=lambda name, context: "",
        figure_options={"bend": {"hide": ANY}},
    )
    written = document.render(article(tmp_path / "content"), env)
    meta = texts.read(tmp_path / "content").meta
    pages.render_pages(meta, written, RUNS, INFO, TemplateRenderer(OURS, Store(tmp_path / "cache")))
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.jinja")}
    assert kept
    elsewhere = Overlay(shutil.copytree(OURS.folders[0], tmp_path / "templates"))
    for again in (OURS, elsewhere):
        pages.render_pages(meta, written, RUNS, INFO, TemplateRenderer(again, Store(tmp_path / "cache")))
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.jinja")} == kept


def test_navigation_starts_with_the_article() -> None:
    meta = SimpleNamespace(nav_title="")
    first = SimpleNamespace(path="index.html", title="Long title", meta=meta)
    site = metadata.Site(meta, [first], BuildInfo(), english())
    assert site.navigation == [("index.html", "Article"), ("gallery.html", "Gallery"), ("reproduce.html", "Reproduce")]


def test_pages_of_an_article_list_each_other_and_lead_on(tmp_path: Path) -> None:
    order = {"b": "B", "c": "C & D"}
    others = {n: f"---\ntitle: {t}\nnav_order: {i}\n---\n\n## In {n}\n" for i, (n, t) in enumerate(order.items())}
    files = render(tmp_path, body="## First\n\n[](b.html#in-b)\n", **others)
    way = {
        path: [
            (link["rel"], link["href"]) for link in Tags(files[path]).all("a") if link.get("rel") in ("prev", "next")
        ]
        for path in ("index.html", "b.html", "c.html")
    }
    assert way["index.html"] == [("next", "b.html")]
    assert way["b.html"] == [("prev", "index.html"), ("next", "c.html")]
    assert way["c.html"] == [("prev", "b.html")] and 'rel="next"' not in files["c.html"]
    listed = re.findall(r'(?s)<nav class="contents contents--gutter".*?</nav>', files["index.html"])[0]
    assert re.findall('href="([^"]*)"', listed) == ["#first", "b.html", "b.html#in-b", "c.html", "c.html#in-c"]
    listed = re.findall(r'(?s)<nav class="contents contents--gutter".*?</nav>', files["b.html"])[0]
    assert re.findall('href="([^"]*)"', listed) == ["index.html", "#in-b", "c.html"]
    assert "C &amp; D</a>" in files["b.html"]
    for path in way:
        ids = [attributes["id"] for _, attributes in Tags(files[path]).found if "id" in attributes]
        assert len(ids) == len({*ids}), path


def test_an_article_of_one_page_leads_nowhere(tmp_path: Path) -> None:
    assert "around" not in render(tmp_path)["index.html"]
