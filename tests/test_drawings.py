"""Drawings in SVG: those that programs write pass, what runs or loads is refused with its line."""

import base64
import io

import pytest

from generator.content.drawings import wrong

W3 = "http://www.w3.org"
SVG = f'xmlns="{W3}/2000/svg" xmlns:xlink="{W3}/1999/xlink" xmlns:h="{W3}/1999/xhtml"'
ILLUSTRATOR = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
]>
<svg {SVG} xmlns:i="&ns_ai;" viewBox="0 0 9 9"><style><![CDATA[ .st0{{fill:url(#a);}} ]]></style>
<switch><foreignObject requiredExtensions="&ns_ai;"><i:pgfRef xlink:href="#p"/></foreignObject>
<g i:extraneous="self"><linearGradient id="a"/><rect class="st0" width="9" height="9"/></g></switch>
<i:pgf id="p"/></svg>"""
DRAW_IO = f"""<svg {SVG} style="color-scheme: light dark;" content="&lt;mxfile&gt;url(http://x) \\">
<switch>
<foreignObject width="100%" requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility">
<h:div style="font-family: &quot;Helvetica&quot;;"><h:b>Text</h:b><h:br/></h:div></foreignObject>
<text>Text</text></switch>
<a xlink:href="https://www.drawio.com/doc/faq/svg-export-text-problems"><text>cannot display</text></a>
<image xlink:href="data:image/png;base64,iVBORw0KGgo="/></svg>"""
INKSCAPE = f"""<svg {SVG} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
 xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"><sodipodi:namedview id="base" showgrid="false"/>
<metadata><h:p/></metadata>
<g inkscape:label="Layer 1" style="fill:none;filter:url(#f)"><use xlink:href="#g"/></g></svg>"""


@pytest.mark.parametrize("drawing", [ILLUSTRATOR, DRAW_IO, INKSCAPE])
def test_what_drawing_programs_write_passes(drawing):
    assert wrong(drawing.encode(), "a.svg") is None


def test_what_matplotlib_writes_passes():
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.imshow([[1, 2], [3, 4]])
    axes.fill_between([0, 1], [1, 2], hatch="/", label="a")
    axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    assert wrong(file.getvalue(), "a.svg") is None


INSIDE = base64.b64encode(f"<svg {SVG}><script/></svg>".encode()).decode()
BAD = [
    *(
        "<script/>",
        "<h:script/>",
        "<handler/>",
        '<g onload="a()"/>',
        '<g OnClick="a()"/>',
        "<foreignObject><h:iframe/></foreignObject>",
    ),
    *('<a href="javascript:a()"/>', '<a xlink:href=" jAva&#10;script:a()"/>', '<a href="data:text/html,a"/>'),
    *('<image href="http://x/a.png"/>', '<use href="a.svg#b"/>', '<feImage href="//x"/>', '<g xml:base="http://x"/>'),
    *(f'<image href="data:image/svg+xml;base64,{INSIDE}"/>', '<image href="data:image/svg+xml,%3Csvg"/>'),
    *(
        '<style>@import "x";</style>',
        "<style>a{b:ur<!-- -->l(http://x)}</style>",
        r"<style>a{b:u\72l(http://x)}</style>",
    ),
    *(
        '<rect fill="url(http://x#a)"/>',
        r'<rect fill="u\72l(http://x)"/>',
        "<rect style=\"a:image-set('http://x' 1x)\"/>",
    ),
    *(
        '<set attributeName="href" to="javascript:a()"/>',
        '<animate attributeName="xlink:href" values="javascript:a()"/>',
    ),
    *('<animate attributeName="fill" to="url(http://x#a)"/>', "<g>" * 400 + "</g>" * 400, "<a", "&x;", "\0"),
]


@pytest.mark.parametrize("inside", BAD)
def test_what_runs_or_loads_is_refused_with_its_line(inside):
    problem = wrong(f"<svg {SVG}>\n{inside}</svg>".encode(), "a.svg")
    assert problem is not None and problem.place == "a.svg:2" and problem.expected


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://x"> %a;]>',
        f'<!DOCTYPE svg [<!ENTITY a "{"a" * 2000}">]>',
        "<!DOCTYPE html>",
        '<?xml-stylesheet href="http://x"?>',
        '<?xml version="1.0" encoding="x-none"?>',
    ],
)
def test_entities_and_what_stands_before_a_drawing(head):
    assert wrong(f"{head}<svg {SVG}/>".encode(), "a.svg") is not None
