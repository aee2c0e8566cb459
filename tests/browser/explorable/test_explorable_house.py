"""What every explorable has: its place, its address, its tools, its rest, and its static picture when it fails."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import TEMPLATES, Figure, Laboratory, Show, figures
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from generator.base.memo import Memo
from generator.base.overlay import Overlay
from generator.site import assets
from tests import axe
from tests.rest import SELDOM, SPEAKS_MS, rest

FIGURES = ("bend", "layers", "directions", "train", "beat", "alive", "digit")
FEW = [
    name if name in ("bend", "train", "digit") else pytest.param(name, marks=pytest.mark.breadth) for name in FIGURES
]
THROWS = b"try{throw Error('on purpose');"
HANDLE_PX = 10  # of what is seen of the handle, around its middle
DRAWN = """(button) => {  // the words in a picture that a button saves
  const own = CanvasRenderingContext2D.prototype, { fillText } = own, texts = [];
  own.fillText = function (text) { texts.push(text); };
  button.click();
  own.fillText = fillText;
  return texts.join(" ");
}"""
RUNS_MS = 4500  # long enough for several sentences


def awake(figure: Figure) -> None:
    """The grid's small multiples wait to be asked for."""
    figure.root.and_(figure.page.locator(".is-built")).wait_for()
    button = figure.root.locator(".wake")
    if button.count():
        button.click()
    figure.wakes()
    figure.settle()


def each(page: Page) -> Iterator[Figure]:
    """The figures of a page of all, each brought into sight and awake in its turn."""
    for name in FIGURES:
        figure = Figure(page, page.locator(f"#fig-{name} .explorable"))
        figure.root.scroll_into_view_if_needed()
        awake(figure)
        yield figure


@pytest.fixture(scope="module")
def shared(browser: Browser, laboratory: Laboratory) -> Iterator[Show]:
    """shared(name) -> the figure, awake in a page that tests have in common: they leave it as they found it."""
    with figures(browser, laboratory) as show:

        @functools.cache
        def opened(name: str) -> Figure:
            figure = show(name, wait=False)
            awake(figure)
            assert not figure.said
            return figure

        yield opened


@pytest.mark.parametrize("name", FIGURES)
def test_takes_the_place_of_its_picture(shared: Show, name: str) -> None:
    figure = shared(name)
    expect(figure.root.locator(".still")).to_be_hidden()
    expect(figure.live).to_be_visible()
    assert len(figure.summary()) > 40
    head, *rows = figure.page.evaluate("(name) => peek.views.get(`fig-${name}`).instance.rows()", name)
    assert rows and {len(row) for row in rows} == {len(head)}, "its data"


def test_without_scripts_the_pictures_stay(show: Show) -> None:
    figure = show(*FIGURES, wait=False, java_script_enabled=False)
    for name in FIGURES:
        expect(figure.page.locator(f"#fig-{name} .still")).to_be_visible()
    assert not figure.said


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(width, marks=pytest.mark.breadth) for width in (390, 768, 1280))]
)
@pytest.mark.parametrize("name", FIGURES)
def test_fits_every_width(shared: Show, name: str, width: int) -> None:
    figure = shared(name)
    figure.page.set_viewport_size({"width": width, "height": 800})
    rest(figure.page, 0)
    over = figure.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    figure.page.set_viewport_size({"width": 1280, "height": 800})
    assert over <= 0, f"{name} is {over} px too wide at {width} px"


HEIGHTS = """async ([id, moves]) => {
  const view = peek.views.get(id), heights = new Set();
  for (const changes of moves) {
    view.set(changes);
    for (let frames = 0; frames < 12; frames++) await new Promise(requestAnimationFrame);
    heights.add(Math.round(view.root.getBoundingClientRect().height));
  }
  view.reset();
  return [...heights];
}"""
MOVES = {
    **{name: [{"epoch": epoch} for epoch in (0, 3, 40, 200)] for name in ("bend", "directions", "alive", "digit")},
    "layers": [{"stage": stage / 4} for stage in range(13)],
    "beat": [{"at": f"{x},0.5;0.5,0.5;0.1,0.9;-0.5,-0.5;0.5,-0.5"} for x in (-0.9, -0.1, 0.3, 0.499)],
}


@pytest.mark.parametrize("name", MOVES)
def test_is_as_high_whatever_a_hand_moves_and_paints_part_by_part(shared: Show, name: str) -> None:
    figure = shared(name)
    figure.page.set_viewport_size({"width": 390, "height": 844})
    figure.settle()
    view = f"peek.views.get('fig-{name}')"
    assert figure.page.evaluate(f"{view}.instance.paint.constructor.name") == "GeneratorFunction"
    heights = figure.page.evaluate(HEIGHTS, [f"fig-{name}", MOVES[name]])
    figure.page.set_viewport_size({"width": 1280, "height": 800})
    assert len(heights) == 1, heights


def test_what_guessing_costs_is_said_beside_the_handle(shared: Show) -> None:
    figure = shared("directions")
    for width in (390, 1280):
        figure.page.set_viewport_size({"width": width, "height": 844})
        for key in ("Home", "End"):
            figure.handle().press(key)
            figure.settle()
            said = figure.live.locator(".timeline-guessing").bounding_box()
            handle = figure.handle().bounding_box()
            assert said and handle
            middle = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
            apart = [
                max(said[way] - at, at - said[way] - said[size])
                for way, size, at in zip("xy", ("width", "height"), middle, strict=True)
            ]
            assert max(apart) > HANDLE_PX, (width, key, apart)
    figure.live.get_by_role("button", name="Reset").click()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *((name, "light") for name in FIGURES),
        ("train", "dark"),
        *(pytest.param(name, "dark", marks=pytest.mark.breadth) for name in FIGURES if name != "train"),
    ],
)
def test_nothing_for_axe_to_say(shared: Show, name: str, scheme: str) -> None:
    figure = shared(name)
    figure.page.emulate_media(color_scheme=scheme)
    explain = figure.live.get_by_role("button", name="Explain the controls")
    explain.click()
    figure.settle()
    found = axe.finds(figure.page, runOnly=axe.RULES)
    explain.click()
    figure.page.emulate_media(color_scheme="light")
    assert found == []


def test_state_is_in_the_address_and_only_what_differs(show: Show) -> None:
    figure = show("bend")
    assert "#" not in figure.page.url
    figure.live.get_by_role("radio", name="ReLU").check()
    figure.live.get_by_role("switch", name="Lattice").check()
    figure.page.wait_for_url(re.compile("#fig-bend.activation=relu&fig-bend.lattice=1$"))
    figure.live.get_by_role("button", name="Reset").click()
    figure.page.wait_for_url(re.compile("^[^#]+$"))
    expect(figure.live.get_by_role("radio", name="tanh")).to_be_checked()
    expect(figure.live.get_by_role("switch", name="Lattice")).not_to_be_checked()


SECTIONS = '<p><a id="go" href="#sec-question">a section</a></p><h2 id="sec-question">Question</h2>'


def test_a_link_to_a_section_keeps_the_view(show: Show) -> None:
    """Through a reload, and a return: the section's address has no room for it, the page's history has."""
    figure = show("bend", hash="#fig-bend.classes=3&fig-bend.epoch=100", text=SECTIONS)
    three = figure.live.get_by_role("radio", name="3", exact=True)
    figure.page.locator("#go").click()
    figure.page.wait_for_function("() => history.state?.figures === 'fig-bend.classes=3&fig-bend.epoch=100'")
    assert figure.page.url.endswith("#sec-question")
    figure.page.reload()
    figure.root.scroll_into_view_if_needed()
    expect(three).to_be_checked()
    expect(figure.handle()).to_have_attribute("aria-valuenow", "100")
    assert figure.page.url.endswith("#sec-question")
    figure.page.go_back()
    assert figure.page.url.endswith("#fig-bend.classes=3&fig-bend.epoch=100")
    expect(three).to_be_checked()
    figure.page.go_forward()
    figure.live.get_by_role("button", name="Reset").click()
    figure.settle()
    figure.page.reload()
    figure.root.scroll_into_view_if_needed()
    expect(figure.live.get_by_role("radio", name="5")).to_be_checked()
    assert figure.page.url.endswith("#sec-question")


def test_an_address_is_a_view(show: Show) -> None:
    figure = show("bend", hash="#fig-bend.activation=relu&fig-bend.epoch=100&fig-bend.lattice=1")
    expect(figure.live.get_by_role("radio", name="ReLU")).to_be_checked()
    expect(figure.live.get_by_role("switch", name="Lattice")).to_be_checked()
    assert figure.reading()[0] == 100


def test_words_lead_to_a_figure_each_time_and_back_leads_to_the_words(show: Show) -> None:
    view = "fig-bend.classes=3&amp;fig-bend.epoch=10"
    words = f'<p style="margin-block: 200vh"><a id="go" href="#{view}" data-state="{view}">three</a></p>'
    figure = show("bend", text=words)
    page, go = figure.page, figure.page.locator("#go")
    places = []
    for _ in range(2):
        go.scroll_into_view_if_needed()
        rest(page)
        places.append(page.evaluate("scrollY"))
        go.click()
        expect(figure.live.get_by_role("radio", name="3", exact=True)).to_be_checked()
        page.wait_for_function("() => document.querySelector('.timeline-handle').ariaValueNow === '10'")
        page.wait_for_function("(from) => scrollY < from / 2", arg=places[-1])
    go.scroll_into_view_if_needed()
    rest(page)
    page.go_back()
    page.wait_for_function("(before) => scrollY === before", arg=places[0])
    rest(page)
    page.evaluate("scrollTo({ top: 150, behavior: 'instant' })")
    go.scroll_into_view_if_needed()
    page.go_forward()
    expect(figure.live.get_by_role("radio", name="3", exact=True)).to_be_checked()
    rest(page)
    assert page.evaluate("scrollY") > places[0] / 2


@pytest.mark.parametrize(
    "wrong",
    [
        "classes=99",
        "nothing=1",
        *(pytest.param(one, marks=pytest.mark.breadth) for one in ("epoch=far", "lattice", "at=1,2", "look=nowhere")),
    ],
)
def test_a_wrong_address_is_the_default(show: Show, wrong: str) -> None:
    figure = show("bend", hash=f"#fig-bend.{wrong}")
    expect(figure.live.get_by_role("radio", name="5")).to_be_checked()
    assert not figure.said


def test_copies_a_link_to_the_view(show: Show) -> None:
    figure = show("bend", permissions=["clipboard-read", "clipboard-write"])
    figure.live.get_by_role("switch", name="Lattice").check()
    figure.live.get_by_role("button", name="Copy link").click()
    expect(figure.live.get_by_role("button", name="Link copied")).to_be_visible()
    link = figure.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#fig-bend.lattice=1")


def test_many_on_one_page_each_by_its_options(show: Show) -> None:
    figure = show(
        'bend {"activation": "relu", "hide": ["seed", "lattice", "tools"]}', 'bend {"classes": 3, "epoch": 5}', "bend"
    )
    page = figure.page
    for at in range(3):
        page.locator(".explorable").nth(at).scroll_into_view_if_needed()
        page.locator(".explorable").nth(at).and_(page.locator(".is-live")).wait_for()
    first, second = page.locator(".explorable").nth(0), page.locator(".explorable").nth(1)
    expect(first.get_by_role("radio", name="ReLU")).to_be_checked()
    expect(first.get_by_text("Seed", exact=True)).to_have_count(0)
    expect(first.get_by_role("switch", name="Lattice")).to_have_count(0)
    expect(first.get_by_role("button", name="Reset")).to_have_count(0)
    expect(second.get_by_role("radio", name="3", exact=True)).to_be_checked()
    second.get_by_role("switch", name="Lattice").check()
    page.wait_for_url(re.compile("#"))
    assert page.url.split("#")[1] == "fig-bend-2.lattice=1"
    expect(first.get_by_role("radio", name="5")).to_be_checked()


def test_every_control_explains_itself(shared: Show) -> None:
    for name in FIGURES:
        figure = shared(name)
        for control in figure.live.locator("input, [role=slider], fieldset, .plane-surface[tabindex]").all():
            if control.get_attribute("type") == "radio":
                continue
            described = control.get_attribute("aria-describedby")
            assert described, f"{name}: {control.evaluate('(c) => c.outerHTML')[:120]}"
            line = figure.page.locator(f"#{described.split()[0]}")
            assert len(line.text_content() or "") > 15
        explain = figure.live.get_by_role("button", name="Explain the controls")
        explain.click()
        shown = [line for line in figure.live.locator(".control-explain").all() if line.is_visible()]
        explain.click()
        assert shown


def test_a_figure_that_fails_keeps_its_picture(show: Show) -> None:
    script = """let kit;
    const broken = {get: () => null, set() {}};
    const peek = {get: () => kit, set(value) { Object.defineProperty(kit = value, "roomOf", broken); }};
    Object.defineProperty(globalThis, "peek", peek);"""
    figure = show("layers", "bend", script=script, wait=False)
    figure.hears("figure layers (#fig-layers)")
    expect(figure.root.locator(".still")).to_be_visible()
    expect(figure.root.get_by_role("alert")).to_have_text("This figure has failed, so its picture stands here.")


def test_the_others_work_when_one_fails(show: Show) -> None:
    figure = show("bend", 'beat {"classes": 5}')
    page = figure.page
    switch = figure.live.get_by_role("switch", name="Lattice").element_handle()
    page.evaluate(  # in one task: a paint that was due before the click would take the switch away
        """(lattice) => {
          peek.views.get("fig-bend").instance.paint = () => { throw new Error("on purpose"); };
          lattice.click();
        }""",
        switch,
    )
    expect(figure.root.locator(".still")).to_be_visible()
    assert figure.said == ["error: figure bend (#fig-bend): on purpose"]
    other = page.locator(".explorable").nth(1)
    other.scroll_into_view_if_needed()
    other.and_(page.locator(".is-live")).wait_for()
    other.get_by_role("radio", name="3", exact=True).check()
    expect(other.locator(".centre")).to_have_count(3)


def serve(page: Page, files: Mapping[str, bytes]) -> None:
    """Scripts of these files, and nothing in place of others."""

    def answer(route: Route) -> None:
        found = [files[path] for path in files if route.request.url.endswith(path)]
        route.fulfill(body=b"".join(found), content_type="text/javascript")

    page.route(re.compile(r"/assets/.*\.js$"), answer)


@pytest.mark.parametrize(
    "name",
    [
        "train",
        "alive",
        *(pytest.param(name, marks=pytest.mark.breadth) for name in FIGURES if name not in ("train", "alive")),
    ],
)
def test_what_a_figure_says_it_needs_is_all_it_needs(show: Show, name: str) -> None:
    alone = assets.assets(Overlay(TEMPLATES), Memo(), placed=[name], kinds=["spirals"])
    said = b"".join(alone[path] for path in alone if path.endswith(".js"))
    assert b"peek.define" in said
    assert all(f"peek.define(`{other}`".encode() not in said for other in {*FIGURES} - {name})
    figure = show(name, wait=False)
    serve(figure.page, alone)
    figure.page.reload()
    if name == "alive":
        figure.page.locator(".wake").click()
    figure.wakes()
    figure.settle()
    assert figure.said == []


def test_a_script_that_throws_takes_down_its_own_figure_only(show: Show, laboratory: Laboratory) -> None:
    files = {path: (laboratory.folder / path).read_bytes() for paths in laboratory.scripts.values() for path in paths}
    for path, its in (("assets/page.js", b"startTheme"), ("assets/js/alive.js", b"peek.define")):
        scripts = files[path].splitlines(keepends=True)
        files[path] = b"".join(one.replace(b"try{", THROWS, 1) if its in one else one for one in scripts)
    figure = show(*FIGURES, wait=False)
    serve(figure.page, files)
    figure.said.clear()
    figure.page.reload()
    for name in FIGURES:
        root = figure.page.locator(f"#fig-{name} .explorable")
        root.scroll_into_view_if_needed()
        if name == "alive":
            expect(root.locator(".still")).to_be_visible()
            said = "The page could not load assets/js/alive.js, so the picture stays."
            expect(root.get_by_role("alert")).to_have_text(said)
        else:
            root.and_(figure.page.locator(".is-live")).wait_for()
    thrown = [line.split("\n")[0] for line in figure.said]
    assert thrown == [
        "error: page.js: Error: on purpose",
        "error: alive.js: Error: on purpose",
        "error: figure alive: unknown figure",
    ]


def blocking(figure: Figure, *runs: str) -> set[str]:
    """Load the page anew; the scripts of runs that are in the set do not arrive."""
    gone = set(runs)
    figure.page.route(
        "**/data/**", lambda route: route.abort() if Path(route.request.url).stem in gone else route.continue_()
    )
    figure.page.reload()
    return gone


@pytest.mark.parametrize(
    "name", ["bend", "train", *(pytest.param(name, marks=pytest.mark.breadth) for name in ("layers", "directions"))]
)
def test_a_run_that_does_not_load_is_told_to_everyone(show: Show, name: str) -> None:
    """Where the figure stands and read out, until one loads; the choice goes back to what is shown."""
    figure = show(name)
    notice, spoken = figure.live.locator(".explorable-notice"), figure.live.locator(".explorable-spoken")
    blocking(figure, "k5-relu-s0")
    figure.wakes()
    expect(notice).to_be_hidden()
    if name == "train":
        figure.live.get_by_role("button", name="One step").click()
        figure.page.wait_for_function("() => peek.views.get('fig-train').instance.rows().length === 3")
    figure.live.get_by_role("radio", name="ReLU").click()
    said = "The page could not load data/grid/k5-relu-s0.js, so what was shown before stays."
    expect(notice).to_have_text(said)
    expect(notice).to_be_visible()
    expect(spoken).to_have_text(said)
    expect(figure.live.get_by_role("radio", name="tanh")).to_be_checked()
    if name == "train":
        assert figure.page.evaluate("peek.views.get('fig-train').instance.rows().length") == 3, "nothing is lost"
    figure.live.get_by_role("radio", name="3", exact=True).click()
    expect(notice).to_be_hidden()
    expect(figure.live.get_by_role("radio", name="3", exact=True)).to_be_checked()


@pytest.mark.parametrize(
    ("name", "late", "choice", "back"),
    [("alive", "k5-tanh-s1", "1", "0"), ("bend", "k3-tanh-s0", "3", "5"), ("train", "k3-tanh-s0", "3", None)],
)
def test_a_run_that_comes_late_is_not_taken_for_another(
    show: Show, name: str, late: str, choice: str, back: str | None
) -> None:
    """What was chosen after it stays; and nothing is trained until what is to be trained is there."""
    figure = show(name, wait=False)
    held: list[Route] = []
    figure.page.route(f"**/{late}.js", lambda route: held.append(route))
    figure.page.reload()
    if name == "alive":
        figure.page.locator(".wake").click()
    figure.wakes()
    figure.settle()
    before = figure.summary()
    with figure.page.expect_request(f"**/{late}.js"):
        figure.live.get_by_role("radio", name=choice, exact=True).click()
    if back:
        figure.live.get_by_role("radio", name=back, exact=True).click()
    else:
        expect(figure.live.get_by_role("button", name="Train", exact=True)).to_be_disabled(timeout=1000)
        expect(figure.live.get_by_role("button", name="One step")).to_be_disabled()
    held[0].continue_()
    figure.settle()
    assert (figure.summary() == before) is bool(back)
    if not back:
        expect(figure.live.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_a_network_to_compare_with_that_does_not_load_is_told(show: Show) -> None:
    figure = show("beat")
    blocking(figure, "k5-tanh-s0")
    figure.live.get_by_role("radio", name="A network").check(force=True)
    expect(figure.live.locator(".explorable-notice")).to_contain_text("could not load data/grid/k5-tanh-s0.js")
    expect(figure.live.get_by_role("radio", name="Nothing")).to_be_checked()


def test_networks_that_cannot_be_brought_to_life_are_told_and_may_be_asked_again(show: Show) -> None:
    figure = show("alive", wait=False)
    gone = blocking(figure, "k3-tanh-s0")
    wake, notice = figure.page.locator(".wake"), figure.root.locator("> .explorable-notice")
    wake.click()
    expect(notice).to_contain_text("could not load data/grid/k3-tanh-s0.js")
    expect(notice).to_be_visible()
    expect(figure.root.locator(".still")).to_be_visible()
    expect(wake).to_be_focused()
    gone.clear()
    wake.click()
    figure.wakes()
    expect(figure.root.locator("> .explorable-notice")).to_have_count(0)
    gone.add("k5-tanh-s1")
    figure.live.get_by_role("radio", name="1", exact=True).click()
    expect(figure.live.locator(".explorable-notice")).to_contain_text("could not load data/grid/k5-tanh-s1.js")
    expect(figure.live.get_by_role("radio", name="0", exact=True)).to_be_checked()


def test_data_that_cannot_be_had(show: Show, laboratory: Laboratory) -> None:
    missing = laboratory.index | {"runs": [{**run, "data": run["data"] + ".gone"} for run in laboratory.index["runs"]]}
    figure = show("bend", wait=False, index=missing)
    figure.hears("could not load")
    expect(figure.root.locator(".still")).to_be_visible()
    said = "The page could not load data/grid/k5-tanh-s0.js.gone, so the picture stays."
    expect(figure.root.get_by_role("alert")).to_have_text(said)
    one = laboratory.index | {"runs": [laboratory.index["runs"][0], *missing["runs"][1:]]}
    figure = show("bend", index=one)
    figure.live.get_by_role("radio", name="ReLU").click()
    expect(figure.live.get_by_role("radio", name="tanh")).to_be_checked()
    expect(figure.live.locator(".explorable-spoken")).to_contain_text("could not load")


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "of another"])
@pytest.mark.parametrize("name", ["bend", pytest.param("digit", marks=pytest.mark.breadth)])
def test_a_first_run_that_is_damaged_is_told(show: Show, name: str, damage: str) -> None:
    """As one that is missing: the picture stays, and the figure does not wait for ever."""
    figure = show(name, wait=False)

    def answer(route: Route) -> None:
        script = (Path(urlsplit(route.request.url).path)).read_text()
        cut = {"empty": "", "cut": script[: len(script) // 2], "of another": script.replace('"id":"', '"id":"x')}
        route.abort() if damage == "gone" else route.fulfill(body=cut[damage], content_type="text/javascript")

    figure.page.route("**/data/**", answer)
    figure.page.reload()
    expect(figure.root.get_by_role("alert")).to_contain_text("The page could not load data/")
    expect(figure.root.get_by_role("alert")).to_be_visible()
    expect(figure.root.locator(".still")).to_be_visible()
    assert figure.root.locator(".explorable-live").count() == 0


COUNT_PAINTINGS = """() => {
  globalThis.painted = 0;
  const {instance} = peek.views.get("fig-bend"), paint = instance.paint;
  instance.paint = (resting) => { painted++; return paint(resting); };
}"""


def test_sleeps_off_screen_and_in_the_background(show: Show) -> None:
    figure = show("bend", text='<div style="height: 4000px"></div>')
    page = figure.page
    page.evaluate(COUNT_PAINTINGS)
    figure.live.get_by_role("button", name="Play").click()
    page.wait_for_function("() => painted > 3")
    page.evaluate("scrollTo(0, 3500)")
    rest(page, 0)
    page.evaluate("painted = 0")
    page.wait_for_timeout(400)
    assert page.evaluate("painted") == 0
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("() => painted > 0")
    hidden = "Object.defineProperty(document, 'hidden', {get: () => %s, configurable: true}); "
    page.evaluate(hidden % "true" + "document.dispatchEvent(new Event('visibilitychange')); painted = 0")
    page.wait_for_timeout(300)
    assert page.evaluate("painted") <= 1
    page.evaluate(hidden % "false" + "document.dispatchEvent(new Event('visibilitychange')); painted = 0")
    page.wait_for_function("() => painted > 0")


def test_loads_only_near_the_viewport(show: Show) -> None:
    figure = show("bend", above='<div style="height: 6000px"></div>', wait=False)
    loaded = (
        "[...document.scripts].map((script) => script.src.match(/(assets\\/js|data)\\//)?.[1]).filter((known) => known)"
    )
    figure.settle()
    expect(figure.root.locator(".still")).to_be_visible()
    assert figure.page.evaluate(loaded) == []
    figure.page.evaluate(
        "scrollTo(0, document.querySelector('.explorable').getBoundingClientRect().top - innerHeight - 700)"
    )
    figure.root.and_(figure.page.locator(".is-built")).wait_for()
    expect(figure.live).to_be_hidden()  # it has its room, and does nothing
    assert figure.page.evaluate("peek.views.get('fig-bend').instance") is None
    assert {*figure.page.evaluate(loaded)} == {"assets/js"}
    figure.root.scroll_into_view_if_needed()
    figure.wakes()


def test_nothing_is_painted_at_rest(show: Show) -> None:
    figure = show("bend")
    figure.page.evaluate(COUNT_PAINTINGS)
    figure.page.wait_for_timeout(500)
    assert figure.page.evaluate("painted") == 0


def test_follows_the_theme(show: Show) -> None:
    figure = show("bend", color_scheme="light")
    light = figure.pixel(0, 0.02, 0.02)
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.settle()
    dark = figure.pixel(0, 0.02, 0.02)
    assert sum(dark[:3]) < sum(light[:3]) - 200
    figure.page.evaluate("delete document.documentElement.dataset.theme")
    figure.settle()
    assert figure.pixel(0, 0.02, 0.02) == light
    figure.page.emulate_media(color_scheme="dark")
    figure.settle()
    assert figure.pixel(0, 0.02, 0.02) == dark


def test_a_lost_canvas_is_painted_again(show: Show) -> None:
    figure = show("bend")
    canvases = ("plane-field", "plane-marks", "timeline-curve")
    pixels = "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((sum, v) => sum + v, 0)"
    before = [figure.live.locator(f".{canvas}").first.evaluate(pixels) for canvas in canvases]
    figure.live.locator("canvas.plane-field").first.evaluate(
        """(canvas) => {
          for (const lost of canvas.closest(".explorable").querySelectorAll("canvas")) {
            const context = lost.getContext("2d");
            context.setTransform(1, 0, 0, 1, 0, 0);
            context.clearRect(0, 0, lost.width, lost.height);
          }
          canvas.dispatchEvent(new Event("contextlost", {cancelable: true}));
          canvas.dispatchEvent(new Event("contextrestored"));
        }"""
    )
    for canvas, was in zip(canvases, before, strict=True):
        figure.page.wait_for_function(
            f"was => ({pixels})(document.querySelector('.explorable-live .{canvas}')) === was", arg=was
        )


HEAR = """addEventListener("DOMContentLoaded", () => {
  globalThis.heard = new Set();
  new MutationObserver(() => {
    for (const place of document.querySelectorAll(".explorable-summary")) heard.add(place.textContent);
  }).observe(document, {subtree: true, childList: true, characterData: true});
});"""


def test_a_summary_never_says_what_the_figure_does_not_know_yet(show: Show) -> None:
    """Not on arrival, nor while the figure waits below the window, where it does not paint."""
    page = show(*FIGURES, above='<div style="height: 900px"></div>', script=HEAR, wait=False).page
    rest(page, SPEAKS_MS)
    for figure in each(page):
        assert len(figure.summary()) > 40
    heard = page.evaluate("[...heard]")
    assert len(heard) >= len(FIGURES)
    assert not re.search(r"not a number|NaN|undefined|epoch -|: \.", " ".join(heard))


# What is read out by itself.
LIVE = ":is([role=status], [role=alert], [aria-live], output):not([aria-live=off])"
LISTEN = """live => {
  globalThis.spoken = [];
  for (const place of document.querySelectorAll(live)) {
    const hear = () => place.textContent && spoken.push(place.textContent);
    new MutationObserver(hear).observe(place, {subtree: true, childList: true, characterData: true});
  }
}"""
GESTURES = {  # where, and a key that is pressed there
    "bend": [(".plane-surface", "ArrowRight"), (".timeline-handle", "ArrowLeft"), ("input[value=relu]", "Space")],
    "layers": [(".journey input", "ArrowLeft"), ("input[role=switch]", "Space")],
    "directions": [(".spread canvas", "PageUp"), (".plane-surface", "ArrowRight")],
    "train": [(".control-actions button >> nth=1", "Enter"), (".control--range input >> nth=3", "ArrowRight")],
    "beat": [(".centre", "ArrowRight"), ("input[value=network]", "Space"), (".tool >> nth=0", "Enter")],
    "alive": [(".timeline-handle", "Home"), (".timeline-step", "Enter")],
    "digit": [(".digit-pad", "ArrowRight"), (".digit-pad", "Space"), (".plane-surface >> nth=1", "ArrowRight")],
}


@pytest.mark.parametrize("name", FEW)
def test_one_element_speaks_and_says_one_thing_of_a_gesture(shared: Show, name: str) -> None:
    figure = shared(name)
    speaking = [place.get_attribute("class") for place in figure.page.locator(LIVE).all()]
    assert speaking == ["explorable-spoken"]
    figure.page.evaluate(LISTEN, LIVE)
    for place, key in GESTURES[name]:
        rest(figure.page, SPEAKS_MS)
        figure.page.evaluate("() => { spoken = []; }")
        figure.live.locator(place).first.press(key)
        rest(figure.page, SPEAKS_MS)
        said = figure.page.evaluate("spoken")
        assert len(said) <= 1, f"{place}: {said}"
    figure.live.get_by_role("button", name="Reset").click()
    figure.settle()


# Nodes that are put into a figure or taken out, but for what is read out.
REPLACE = """live => {
  globalThis.replaced = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) if (!target.closest(".explorable-spoken")) replaced.push(target.className);
  }).observe(live, {subtree: true, childList: true});
}"""


@pytest.mark.parametrize("name", FEW)
def test_what_a_gesture_changes_stays_in_its_nodes(shared: Show, name: str) -> None:
    """A new node for other words costs three times the layout, in each frame of a drag."""
    figure = shared(name)
    [(place, key), *_] = GESTURES[name]
    for turn in range(3):
        if turn == 1:
            figure.live.evaluate(REPLACE)
        figure.live.locator(place).first.press(key)
        figure.settle()
    assert figure.page.evaluate("replaced") == []
    figure.live.get_by_role("button", name="Reset").click()
    figure.settle()


def test_the_end_of_a_training_is_told_once(show: Show) -> None:
    figure = show('train {"rate": 3}')
    figure.page.evaluate(LISTEN, LIVE)
    figure.live.get_by_role("button", name="Train", exact=True).click()
    expect(figure.live.locator(".train-notice")).to_contain_text("Diverged", timeout=20_000)
    rest(figure.page, SPEAKS_MS)
    assert [line.partition(" at epoch")[0] for line in figure.page.evaluate("spoken")] == ["Diverged"]


@pytest.mark.parametrize(
    "name", ["bend", "train", *(pytest.param(n, marks=pytest.mark.breadth) for n in ("alive", "digit"))]
)
def test_while_time_runs_nothing_is_said_and_then_once(show: Show, name: str) -> None:
    """However slowly: at one epoch a second each would have the time to be read out."""
    figure = show(name, hash=f"#fig-{name}.epoch=1&fig-{name}.speed=1", script=SELDOM)
    awake(figure)
    rest(figure.page, SPEAKS_MS)
    figure.page.evaluate(LISTEN, LIVE)
    figure.live.get_by_role("button", name="Train" if name == "train" else "Play", exact=True).click()
    figure.page.wait_for_timeout(RUNS_MS)
    assert figure.page.evaluate("spoken") == []
    figure.live.get_by_role("button", name="Pause").click()
    rest(figure.page, SPEAKS_MS)
    assert len(figure.page.evaluate("spoken")) == 1
    assert figure.page.evaluate("(name) => peek.views.get(`fig-${name}`).state.epoch % 1", name) == 0


@pytest.mark.parametrize("name", FEW)
def test_picture_and_data(shared: Show, name: str, tmp_path: Path) -> None:
    figure = shared(name)
    for tool, ending in (("Picture (PNG)", "png"), ("Data (CSV)", "csv")):
        with figure.page.expect_download() as download:
            figure.live.get_by_role("button", name=tool).click()
        assert download.value.suggested_filename == f"fig-{name}.{ending}"
        download.value.save_as(tmp_path / f"it.{ending}")
    with Image.open(tmp_path / "it.png") as picture:
        assert picture.width > 1000 and len(picture.convert("RGB").getcolors(1 << 20) or []) > 40
    rows = list(csv.reader(io.StringIO((tmp_path / "it.csv").read_text())))
    assert len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}


def test_the_picture_says_which_curve_is_which(shared: Show) -> None:
    drawn = """(button) => {
      const own = CanvasRenderingContext2D.prototype, { fillText, fillRect } = own, texts = {}, rects = [];
      own.fillText = function (text, ...at) { texts[text] = at; };
      own.fillRect = function (...box) { rects.push(box); };
      button.click();
      Object.assign(own, { fillText, fillRect });
      const beside = ([x, y]) =>
        rects.filter(([left, top]) => left < x && left > x - 32 && Math.abs(top - y) < 8).length;
      return [beside(texts.loss), beside(texts.accuracy)];
    }"""
    line, dashes = shared("bend").live.get_by_role("button", name="Picture (PNG)").evaluate(drawn)
    assert line == 1 and dashes > 2


@pytest.mark.parametrize("name", ["bend", pytest.param("directions", marks=pytest.mark.breadth)])
def test_the_picture_asks_for_nothing_and_says_what_is_looked_at(show: Show, name: str) -> None:
    figure = show(name)
    assert re.search("Point at|drag", figure.live.inner_text())
    save = figure.live.get_by_role("button", name="Picture (PNG)")
    assert not re.search("Point at|drag", save.evaluate(DRAWN))
    figure.plane(0).press("ArrowRight")
    assert figure.look()[:20] in save.evaluate(DRAWN)


def test_the_picture_of_an_arrangement_asks_for_nothing(show: Show) -> None:
    live = show("beat").live
    assert "drag" in live.inner_text()
    assert "drag" not in live.get_by_role("button", name="Picture (PNG)").evaluate(DRAWN)


def test_the_picture_has_its_words_as_a_page_from_right_to_left(show: Show) -> None:
    drawn = """(button) => {
      const own = CanvasRenderingContext2D.prototype, { fillText } = own;
      button.closest("figure").dir = "rtl";
      let last;
      own.fillText = function () { last = [this.direction, this.textAlign]; };
      button.click();
      own.fillText = fillText;
      return last;
    }"""
    assert show("bend").live.get_by_role("button", name="Picture (PNG)").evaluate(drawn) == ["rtl", "start"]


@pytest.mark.parametrize(
    "name", ["bend", "beat", *(pytest.param(name, marks=pytest.mark.breadth) for name in ("train", "directions"))]
)
def test_each_class_has_its_number_in_its_colour(show: Show, name: str) -> None:
    """Once in each picture whose sentences speak of classes by number."""
    script = """const text = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (words, x, y) {
        globalThis.written ??= new Map();
        written.set(`${this.canvas.className} ${words}`, [this.fillStyle, x, y, this.canvas]);
        text.call(this, words, x, y);
      };"""
    figure = show(f'{name} {{"hide": []}}', script=script)
    got = figure.page.evaluate(
        """name => {
          const {theme} = peek.views.get(`fig-${name}`), out = {};
          for (const [at, [colour, x, y, canvas]] of written) {
            const number = /\\b[1-7]$/.exec(at);
            if (!number || !theme.classes.includes(colour)) continue;
            const inside = x > 0 && y > 0 && x < canvas.clientWidth && y < canvas.clientHeight;
            out[number[0]] = inside && theme.classes.indexOf(colour) + 1;
          }
          return out;
        }""",
        name,
    )
    assert got == {str(c): c for c in range(1, 6)}


def test_paper_shows_the_picture(show: Show) -> None:
    figure = show("bend")
    figure.page.emulate_media(media="print")
    expect(figure.root.locator(".still")).to_be_visible()
    expect(figure.live).to_be_hidden()


def test_nothing_plays_by_itself(show: Show) -> None:
    for figure in each(show(*FIGURES, wait=False, reduced_motion="reduce").page):
        assert figure.page.evaluate("[...peek.views.values()].every((view) => view.animation === null)")


def test_nothing_asks_other_hosts_or_complains(show: Show) -> None:
    figure = show(*FIGURES)
    asked: list[str] = []
    figure.page.on("request", lambda request: asked.append(request.url))
    for at in range(len(FIGURES)):
        figure.page.locator(".explorable").nth(at).scroll_into_view_if_needed()
        figure.settle()
    figure.page.locator(".wake").click()
    figure.page.locator("#fig-alive .is-live").wait_for()
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    assert not figure.said
