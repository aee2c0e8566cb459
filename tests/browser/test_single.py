"""The article in one file: opened from disk, complete, and asking nobody for anything."""

import base64
import re

import pytest

from generator.site.single import single
from tests.promises import tree


@pytest.fixture(scope="module")
def packed(site, tmp_path_factory):
    target = tmp_path_factory.mktemp("single") / "article.html"
    target.write_bytes(single(tree(site)))
    return target


def test_it_asks_for_nothing_and_shows_everything(packed, open_page):
    """In one scheme and then in the other."""
    visit = open_page(packed.as_uri(), color_scheme="light")
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        visit.scroll_through()
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.alt)"
        assert visit.page.evaluate(broken) == [], scheme
    assert [url for url in visit.asked if not url.startswith(("data:", "blob:", packed.as_uri()))] == []
    assert visit.said == [] and visit.failed == []
    assert visit.page.locator(".figure-alone").count() == 0  # the way to a figure's own page, which is not inside
    assert visit.page.evaluate("document.fonts.check('16px \"Peek Serif\"') || document.fonts.size > 0")


def test_its_explorable_runs_on_the_data_inside(packed, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(packed.as_uri())
    hero = page.locator('[data-explorable="bend"]').first
    hero.get_by_role("slider").first.wait_for(timeout=20_000)
    page.close()


def test_links_to_other_pages_are_plain_text_or_absolute(packed, site):
    text = re.sub(r"\s+", " ", packed.read_text())
    assert 'href="gallery.html' not in text and "on the page <span>Reproduce</span>" in text
    assert b'href="https://example.org/a/gallery.html"' in single(tree(site), "https://example.org/a/")


def test_what_is_made_of_links_that_lead_nowhere_is_left_out():
    way = '<li><a href="more.html">More</a><ul><li><a href="more.html#a">A</a></li></ul></li>'
    source = '<span class="figure-source"><a href="more.html">Run</a> <a href="more.html">Data</a></span>'
    around = '<nav class="around"><a rel="next" href="more.html"><span>Next</span> More</a></nav>'
    text = f'<p>See <a href="more.html">more</a>.{source}</p>'
    body = f'<nav><ul><li><a href="index.html">Here</a></li>{way}</ul></nav>{text}'
    files = {
        "index.html": f"<html><body>{body}<ul><li><a href='more.html'>of the text</a></li></ul>{around}</body></html>"
    }
    packed = single({name: text.encode() for name, text in {**files, "more.html": ""}.items()}).decode()
    assert re.sub(r"<[^>]*>", "|", packed).replace("|", "").strip() == "HereSee more.of the text"
    assert '<nav><ul><li><a href="#">Here</a></li></ul></nav>' in packed
    there = single({name: text.encode() for name, text in {**files, "more.html": ""}.items()}, "https://a.org").decode()
    assert there.count('href="https://a.org/more.html') == 7


def test_runs_come_along_with_explorables_alone():
    files = {"assets/page.js": b"page()", "data/grid/a.js": b"peek.receive()//<!--<script>"}
    page = b'<html><head><script src="assets/page.js"></script></head><body>%s</body></html>'
    alive = single(files | {"index.html": page % b"<div data-explorable='bend'></div>"})
    still = single(files | {"index.html": page % b""})
    assert b"page()" in alive and b"peek.receive()" in alive
    assert b"page()" in still and b"peek.receive()" not in still  # where nothing is there to receive it
    assert b"<!--" not in alive  # behind which <script> would let </script> end nothing


def test_pictures_are_inside_as_they_are():
    picture = b'<picture><source type="image/webp" srcset="a.webp"><img src="a.png" alt="A"></picture>'
    page = b"<html><body>" + picture + b"</body></html>"
    packed = single({"index.html": page, "a.png": b"png", "a.webp": b"webp"}).decode()
    assert f'src="data:image/webp;base64,{base64.b64encode(b"webp").decode()}"' in packed and "a.png" not in packed
