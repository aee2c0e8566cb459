"""The articles that `peek new` makes, as their first reader sees them."""

import pytest
from playwright.sync_api import expect

PICTURED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer).filter((pixel) => pixel === 0xff000000).length;
}"""  # pixels of the ground of a digit; no ink of a page is as dark


@pytest.mark.parametrize("width", [390, pytest.param(1200, marks=pytest.mark.breadth)])
def test_an_example_fits_and_says_nothing_wrong(open_page, started, width):
    visit = open_page((started / "site" / "index.html").as_uri())
    visit.page.set_viewport_size({"width": width, "height": 900})
    for figure in visit.page.locator("figure").all():
        figure.scroll_into_view_if_needed()
    for explorable in visit.page.locator("figure .plane-surface").all():
        expect(explorable).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert visit.said == [] and visit.failed == []


def test_pictures_are_shown_where_the_data_are_pictures(open_page, started):
    if 'kind = "digits"' not in (started / "content" / "experiments.toml").read_text():
        return
    visit = open_page((started / "site" / "index.html").as_uri())
    plane, marks = visit.page.locator(".plane-surface").first, visit.page.locator(".plane-marks").first
    expect(plane).to_be_visible()
    size = plane.bounding_box()["width"]
    plane.hover(position={"x": size / 2, "y": size / 2})
    visit.page.mouse.move(0, 0)
    assert marks.evaluate(PICTURED) == 0
    plane.focus()
    visit.page.keyboard.press("ArrowRight")
    expect(visit.page.locator(".explorable-look").first).to_contain_text("of class ")
    assert marks.evaluate(PICTURED) > 1000
