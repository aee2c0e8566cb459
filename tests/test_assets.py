"""What pages load: which scripts, in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.base.errors import ContentError
from generator.base.memo import Memo
from generator.base.overlay import Overlay
from generator.content import experiments, texts
from generator.site import assets
from generator.site.dry_run import rehearse
from generator.site.templates import TemplateRenderer

ROOT = Path(__file__).parent.parent
OURS = Overlay(ROOT / "templates")
FIGURES = sorted(assets.live(OURS))
EXPLORABLES = [name for name in FIGURES if name != "chart"]  # a chart's script reads its values, and has no state


def scripts(folder: Path, needs: dict[str, str]) -> Overlay:
    """Templates whose scripts need each other."""
    for name, said in needs.items():
        path = folder / "js" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// @ts-check\n// needs: {said}\nf()\n" if said else "f()\n", encoding="utf-8")
    return Overlay(folder)


def joined(files: Mapping[str, bytes]) -> str:
    """All scripts of a site."""
    return "".join(files[path].decode() for path in files if path.endswith(".js"))


def test_scripts_are_joined_without_their_comments(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "b.js").write_text(
        r"""// @ts-check
const b = "http://x"; // stays
const c = "a = \" b";
""",
        encoding="utf-8",
    )
    (tmp_path / "js" / "a.js").write_text(
        "/** What\n * it is. */\nconst a = 1;\n\n  // why\n  a + 2;\nf(`one,\ntwo;\n`, 3)\ng()\n", encoding="utf-8"
    )
    [(path, said)] = assets.Scripts(Overlay(tmp_path), ["a", "b"]).written().items()
    assert path == "assets/page.js"
    assert said == (
        "try{let a=1;f(`one,\ntwo;\n`,3),g()}catch(error){console.error(`a.js:`,error)}\n"
        """try{let b=`http://x`,c=`a = " b`}catch(error){console.error(`b.js:`,error)}\n"""
    )


def test_a_literal_within_another_keeps_its_spaces(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("f(`x${ y ? ` of  ${y}` : '' }`);\n", encoding="utf-8")
    assert "f(`x${y?` of  ${y}`:``}`)" in assets.Scripts(Overlay(tmp_path), ["a"]).written()["assets/page.js"]
    ours = {name for name in OURS.contents if name.endswith(".js") and assets.has_nested_template(OURS.text(name))}
    assert ours == set()  # or their comments would travel


def test_each_script_stands_after_what_it_needs(tmp_path: Path) -> None:
    needs = {"a": "kit/z, kit/m", "b": "a", "kit/m": "", "kit/z": "kit/b", "kit/b": "", "kit/unused": ""}
    templates = scripts(tmp_path, needs)
    assert assets.Scripts(templates, ["a", "b"]).in_order() == ["kit/m", "kit/b", "kit/z", "a", "b"]
    assert assets.Scripts(templates, ["b"]).in_order() == ["kit/m", "kit/b", "kit/z", "a", "b"]
    assert assets.Scripts(templates, ["kit/m"]).in_order() == ["kit/m"]


def test_what_only_data_without_a_plane_need_is_left_out_where_all_have_one() -> None:
    def page(*kinds: str) -> str:
        return joined(assets.assets(OURS, Memo(), placed=["bend"], kinds=kinds, wide=False))

    flat, other = page("spirals", "wreath"), page("spirals", "rays")
    assert "peek.samples=" not in flat and "peek.samples=" in other
    for said in ("Some of the pictures of each class.", "Each row as a line over all columns."):
        assert said not in flat and said in other


def test_a_figure_loads_what_it_needs_and_what_the_same_figures_need_is_one_file(tmp_path: Path) -> None:
    needs = {"page": "kit/a", "kit/a": "", "kit/b": "kit/a", "kit/c": "kit/b", "kit/d": "kit/c", "kit/e": "kit/b"}
    needs |= {"x": "kit/d", "y": "kit/e, kit/c", "z": "kit/e"}
    templates = scripts(tmp_path, needs)
    for name in "xyz":
        (tmp_path / "figures").mkdir(exist_ok=True)
        (tmp_path / "figures" / f"{name}.html").write_text("", encoding="utf-8")
    wanted = assets.placed_scripts(templates := Overlay(tmp_path), "zyx")
    assert assets.Scripts(templates, wanted).files == {
        "assets/page.js": ["kit/a", "page"],
        "assets/js/kit/b.js": ["kit/b"],  # of all, so first
        "assets/js/kit/c.js": ["kit/c"],
        "assets/js/kit/e.js": ["kit/e"],
        "assets/js/x.js": ["kit/d", "x"],
        "assets/js/y.js": ["y"],
        "assets/js/z.js": ["z"],
    }
    assert assets.Scripts(templates, wanted).loads() == {
        "": ["assets/page.js"],
        "x": ["assets/js/kit/b.js", "assets/js/kit/c.js", "assets/js/x.js"],
        "y": ["assets/js/kit/b.js", "assets/js/kit/c.js", "assets/js/kit/e.js", "assets/js/y.js"],
        "z": ["assets/js/kit/b.js", "assets/js/kit/e.js", "assets/js/z.js"],
    }
    assert assets.Scripts(templates, assets.placed_scripts(templates, ["z"])).loads()["z"] == ["assets/js/z.js"]


def test_what_waits_for_a_gesture_is_a_file_that_no_page_names(tmp_path: Path) -> None:
    needs = {"page": "words", "words": "", "later/card": "words, kit/at", "later/line": "words", "kit/at": ""}
    templates = scripts(tmp_path, needs)
    wanted = assets.placed_scripts(templates, [])
    assert assets.Scripts(templates, wanted).files == {
        "assets/page.js": ["words", "page"],
        "assets/later.js": ["kit/at", "later/card", "later/line"],
    }
    assert assets.Scripts(templates, wanted).loads() == {"": ["assets/page.js"]}


def test_an_authors_scripts_and_what_stands_on_them_are_files_of_their_own(tmp_path: Path) -> None:
    ours = scripts(tmp_path / "ours", {"page": "", "kit/a": "", "kit/b": "kit/a", "kit/c": "", "bend": "kit/b, kit/c"})

    def paths(needs: dict[str, str]) -> list[str]:
        theirs = scripts(tmp_path / f"theirs-{len([*tmp_path.iterdir()])}", needs)
        own = [name for name in needs if "/" not in name]
        return list(assets.Scripts(Overlay(*theirs.folders, *ours.folders), ["page", "bend", *own]).files)

    assert paths({}) == ["assets/page.js"]
    heat = {"heat": "kit/b, colours", "colours": ""}
    assert paths(heat) == ["assets/page.js", "assets/own/colours.js", "assets/own/heat.js"]
    own = [f"assets/own/{name}.js" for name in ("kit/a", "kit/b", "bend", "colours", "heat")]
    assert paths(heat | {"kit/a": "kit/c"}) == ["assets/page.js", *own]
    assert paths(heat | {"kit/a": ""}) == paths(heat)  # a copy is no other script


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({"a": "kit/plan", "kit/plane": ""}, 'a.js: needs "kit/plan", which is not there; did you mean "kit/plane"?'),
        ({"a": "b", "b": "kit/c", "kit/c": "b"}, "kit/c.js: scripts in a circle: b needs kit/c needs b"),
        ({"a": "a"}, "a.js: scripts in a circle: a needs a"),
    ],
)
def test_a_need_that_cannot_be_met_is_one_error(tmp_path: Path, needs: dict[str, str], said: str) -> None:
    templates = scripts(tmp_path, needs)
    with pytest.raises(ContentError) as caught:
        assets.Scripts(templates, ["a"]).written()
    assert str(caught.value) == f"{tmp_path}/js/{said}"
    article = ROOT / "tests" / "sites" / "tiny"
    plan = experiments.read(article / "experiments.toml")
    _, [problem] = rehearse(texts.read(article), plan, TemplateRenderer(Overlay(tmp_path, *OURS.folders)))
    assert str(problem) == f"{tmp_path}/js/{said}"


@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ("const a = 1;\nconst b = ;\n", 2),
        ("peek.define('a', {\n  rows: (x) => [x] }\n", 2),
        ("\n\nreturn 1;", 3),
        ("const text = `${1`;", 1),
        ("}\nfor (;;) {}\n{", 0),  # no JavaScript either, of which no line can be told
        ("class A { #p = 1; static { this.q ??= 2; } }\nfor (const [k, v] of Object.entries({ ...A })) k?.[v];", 0),
        ("const r = /(?<year>\\d{4})/v, big = 1_000n ** 2n;\nasync function f() { for await (const x of y) big; }", 0),
        ("throw Error('not before a page has it');", 0),
    ],
)
def test_an_authors_script_that_is_no_javascript_is_told_with_its_line(tmp_path: Path, script: str, wrong: int) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "own.js").write_text(script, encoding="utf-8")
    written = assets.Scripts(Overlay(tmp_path, *OURS.folders), ["own"]).written
    if wrong:
        with pytest.raises(
            ContentError, match=re.escape(f"{tmp_path}/js/own.js:{wrong}: ") + ".*; expected JavaScript"
        ):
            written()
    else:
        assert written()["assets/own/own.js"]


def test_a_page_loads_its_own_script_and_those_of_the_figures_it_places() -> None:
    def page(*placed: str) -> str:
        return joined(assets.assets(OURS, Memo(), placed=placed, kinds=["rings"]))

    def defined(text: str) -> list[str]:
        return re.findall(r"peek\.define\(`(\w+)`", text)

    assert "startTheme" in page() and "peek" not in page() == page("loss", "hidden-plane")
    assert defined(page("bend", "loss")) == ["bend"] and "peek.datasets.rings" not in page("bend")
    assert sorted(defined(page("train", "beat"))) == ["beat", "train"] and "peek.datasets.rings=" in page("train")
    assert sorted(defined(page(*FIGURES))) == EXPLORABLES
    assert "data-chart" in page("chart") and "data-chart" not in page("bend") and "peek" not in page("chart")


def test_pages_know_the_activations_of_their_runs() -> None:
    assert re.findall(r'"(\w+)":\{\.\.\.', assets.activation_rows(["relu"])) == ["relu"]
    assert len(re.findall(r'"\w+":\{\.\.\.', assets.activation_rows())) > 2


def test_a_sheet_that_few_sites_need_is_left_out_where_no_text_has_a_class_of_it(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("p { color: red; }\n")
    (tmp_path / "css" / "b.css").write_text(f'{assets.SPARE}\n.x > i, .y::before {{ content: "; }} {{"; }}\n')
    own = Overlay(tmp_path)
    assert assets.used_sheets(own) == assets.used_sheets(own, {"y", "z"}) == ["css/a.css", "css/b.css"]
    assert assets.used_sheets(own, {"z"}) == ["css/a.css"]
    assert 'p{color: red}.x > i,.y::before{content: "; } {"}@media' in assets.stylesheet(own)
    assert ".x" not in assets.stylesheet(own, sheets=["css/a.css"])


def test_nothing_but_texts_has_a_class_of_a_sheet_that_may_be_left_out() -> None:
    sheets = {name: re.sub(r"/\*.*?\*/", "", OURS.text(name), flags=re.DOTALL) for name in OURS.inside("css", ".css")}
    spare = {name for name in sheets if OURS.text(name).startswith(assets.SPARE)}
    always = {one for name in sheets.keys() - spare for one in assets.CLASS.findall(sheets[name])}
    alone = {one for name in spare for one in assets.CLASS.findall(sheets[name])} - always
    pages = re.sub(r"\{[{%#].*?[}%#]\}", " ", "".join(map(OURS.text, OURS.inside("", ".html"))), flags=re.DOTALL)
    code = "".join(OURS.text(name) for name in OURS.contents if name.endswith(".js"))
    made = re.findall(
        r"""class="([^"]*)"|\bclass: ["`]([^"`]*)|classList\.\w+\("([^"]*)|className = ["`]([^"`]*)""", pages + code
    )
    said = {name for found in made for name in "".join(found).split()}
    assert len(spare) > 4 and len(alone) > 100 and alone & said == set()


@pytest.mark.parametrize("name", [*EXPLORABLES, *(path.stem for path in (ROOT / "templates/js/kit").glob("*.js"))])
def test_scripts_say_all_that_they_need(name: str) -> None:
    name = name if name in FIGURES else f"kit/{name}"
    sources = {
        other: OURS.text(f"js/{other}.js")
        for other in assets.Scripts(OURS, [name]).in_order()
        if other not in assets.BUILT
    }
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", sources[name], flags=re.DOTALL)
    used = {
        *re.findall(r"\bpeek\.(\w+)", code),
        *re.findall(r"\w+", " ".join(re.findall(r"\{([^{}]*)\} = peek;", code))),
    }
    base = re.search(r"^var peek = \{\n(.*?)^\};", sources["kit/kit"], re.MULTILINE | re.DOTALL)[1]
    made = {*re.findall(r"^  (\w+):", base, re.MULTILINE), "receive"}
    made |= {one for text in sources.values() for one in re.findall(r"\bpeek\.(\w+) = ", text)}
    assert used - made == set()


def test_two_fingers_zoom_the_page_wherever_they_come_down() -> None:
    """But on a slider, where browsers keep them."""
    css = "".join(file.read_text("utf-8") for file in ROOT.glob("templates/css/*.css"))
    rules = re.findall(r"([^{}]*)\{[^{}]*touch-action: ([^;]*);", css)
    refuse = [place.split()[-1] for place, actions in rules if not re.search("manipulation|pinch-zoom", actions)]
    assert len(rules) > 5 and refuse == ["input"]
