"""A built site looked over: each kind of finding, with its place and in its words."""

import hashlib
import http.server
import json
import random
import socket
import threading
from pathlib import Path

import pytest

from generator.__main__ import main
from generator.site import check
from tests.edits import edit

CLAIM = (
    '<button type="button" class="claim" data-verdict="holds" popovertarget="claim-1">✓</button>'
    '<span popover id="claim-1">Two runs.</span>'
)
GOOD = f"""<!doctype html>
<html lang="en"><head>
<link rel="canonical" href="https://example.org/">
<link rel="stylesheet" href="assets/style.css">
<script defer src="assets/page.js"></script>
</head><body>
<h1 id="top">A page</h1>
<a href="#top">up</a> <a href="more.html#part">on</a> <a href="#bend=classes:4">a state</a>
<a href="https://example.org/a">away</a> <a href="mailto:a@example.org">write</a>
{CLAIM}
<picture><source srcset="pictures/a.webp" type="image/webp"><img src="pictures/a.png" alt="A room"></picture>
</body></html>
"""
STYLE = """@font-face {
  src: url(fonts/serif.woff2) }
.a { background: url(data:image/png;base64,x) }
"""


@pytest.fixture
def site(tmp_path):
    """A small site in which nothing is wrong."""
    files = {
        "index.html": GOOD,
        "more.html": '<!doctype html><h2 id="part">More</h2><img src="pictures/a.png" alt=""><a href="./">home</a>',
        "assets/style.css": STYLE,
        "assets/page.js": "let a = 1;",
        "assets/fonts/serif.woff2": "font",
        "pictures/a.png": "png",
        "pictures/a.webp": "webp",
        "data/grid.csv": "id\n1\n",
    }
    files["SHA256SUMS"] = f"{hashlib.sha256(files['data/grid.csv'].encode()).hexdigest()}  data/grid.csv\n"
    for path, text in files.items():
        target = tmp_path / "site" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return tmp_path / "site"


def said(site):
    """What is wrong, each without the site's folder."""
    return [str(problem).replace(f"{site}/", "") for problem in check.check(site).problems]


def test_a_good_site_has_no_problem_and_tells_what_it_weighs_claims_and_links_to(site):
    findings = check.check(site)
    assert findings.problems == ()
    assert findings.outside == {"https://example.org/a": f"{site}/index.html:9"}
    assert findings.claims == {"holds": 1}
    assert findings.weights["pictures"] == len("webp")
    assert findings.weights["site"] == sum(path.stat().st_size for path in site.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("old", "new", "wrong", "expected"),
    [
        (
            '"#top">up',
            '"#tpo">up',
            "index.html:8: no #tpo in index.html",
            'the id of something there; did you mean "top"?',
        ),
        (
            "more.html#part",
            "more.html#prt",
            "index.html:8: no #prt in more.html",
            'the id of something there; did you mean "part"?',
        ),
        (
            "more.html#part",
            "mroe.html",
            "index.html:8: mroe.html leads nowhere",
            'a file of the site; did you mean "more.html"?',
        ),
        (
            '"#top">up',
            '"/more.html">up',
            "index.html:8: /more.html begins at the host's root",
            "a relative address, so that any path works",
        ),
        (
            'src="pictures/a.png"',
            'src="pictures/b.png"',
            "index.html:11: pictures/b.png leads nowhere",
            "a file of the site",
        ),
        ("pictures/a.webp", "pictures/a.avif", "index.html:11: pictures/a.avif leads nowhere", "a file of the site"),
        (
            ' alt="A room"',
            "",
            "index.html:11: picture pictures/a.png has no alt",
            'alt text, or alt="" where it decorates',
        ),
        (
            '<a href="#top">',
            '<a id="top" href="#top">',
            'index.html:8: the id "top" is given twice',
            "an id of its own",
        ),
        (
            "assets/page.js",
            "https://example.org/p.js",
            "index.html:5: <script> loads https://example.org/p.js",
            "nothing from another host",
        ),
        (
            "assets/style.css",
            "//example.org/p.css",
            "index.html:4: <link> loads //example.org/p.css",
            "nothing from another host",
        ),
        (
            'data-verdict="holds"',
            'data-verdict="contradicted"',
            'index.html:10: a claim that is "contradicted"',
            "one of holds, refuted, open",
        ),
        ('id="claim-1"', 'id="claim-2"', "index.html:10: a claim without evidence", "an element with the id claim-1"),
    ],
)
def test_each_mistake_of_a_page_is_said_with_its_line(site, old, new, wrong, expected):
    edit(site / "index.html", old, new)
    assert said(site) == [f"{wrong}; expected {expected}"]


@pytest.mark.parametrize(
    ("old", "new", "wrong", "expected"),
    [
        ("fonts/serif", "fonts/srif", "assets/style.css:2: fonts/srif.woff2 leads nowhere", "a file of the site"),
        (
            "url(data:image/png;base64,x)",
            "url(https://example.org/a.png)",
            "assets/style.css:3: url() loads https://example.org/a.png",
            "nothing from another host",
        ),
    ],
)
def test_each_mistake_of_a_style_sheet_is_said_with_its_line(site, old, new, wrong, expected):
    edit(site / "assets" / "style.css", old, new)
    assert said(site) == [f"{wrong}; expected {expected}"]


def test_a_download_that_does_not_fit_its_sum_is_said(site):
    (site / "data" / "grid.csv").write_text("id\n2\n")
    assert said(site) == ["SHA256SUMS:1: data/grid.csv does not fit its sum; expected the file that the build wrote"]
    (site / "data" / "grid.csv").unlink()
    assert len(said(site)) == 1


def test_own_styles_are_weighed_apart(site, tmp_path):
    from generator.base.overlay import Overlay, default_templates
    from generator.site import assets

    own = "".join(f".own-{at} {{ color: #{at:06x}; }}\n" for at in random.Random(3).sample(range(16**6), 3000))
    (tmp_path / "mine" / "css").mkdir(parents=True)
    (tmp_path / "mine" / "css" / "a.css").write_text(own)
    (site / "assets" / "style.css").write_text(assets.stylesheet(Overlay(default_templates())))
    before = check.check(site).weights
    both = Overlay(tmp_path / "mine", *Overlay(default_templates()).folders)
    (site / "assets" / "style.css").write_text(assets.stylesheet(both))
    findings = check.check(site)
    assert abs(findings.weights["first view, gzipped"] - before["first view, gzipped"]) < 10
    assert findings.weights[check.OWN] > 20_000 and check.OWN not in before


def test_weights_above_their_budgets_are_said(site, monkeypatch):
    monkeypatch.setattr(check, "BUDGETS_KB", dict.fromkeys(check.BUDGETS_KB, 0))
    weights = check.check(site).weights
    assert said(site) == [
        f"index.html: {what}: {weights[what] / 1000:.1f} kB; expected at most 0 kB" for what in check.BUDGETS_KB
    ]


def test_capitals_count_where_the_disk_would_pass_over_them(site, monkeypatch):
    def is_file(path, real=Path.is_file):
        return real(path) or path.name.lower() in [each.name.lower() for each in path.parent.iterdir()]

    monkeypatch.setattr(Path, "is_file", is_file)
    edit(site / "index.html", "more.html", "More.html")
    edit(site / "assets" / "style.css", "data:image/png;base64,x", "../pictures/A.png")
    assert [line.partition(";")[0] for line in said(site)] == [
        "index.html:8: More.html#part leads nowhere",
        "assets/style.css:3: ../pictures/A.png leads nowhere",
    ]


def test_a_link_out_of_the_site_leads_nowhere(site):
    (site.parent / "beside.html").touch()
    edit(site / "index.html", '"more.html#part"', '"../beside.html"')
    assert [line.partition(";")[0] for line in said(site)] == ["index.html:8: ../beside.html leads nowhere"]


def test_the_first_view_is_what_the_page_loads_before_its_reader_moves(site):
    before = check.check(site).weights
    kit = "assets/js/kit.js"
    figures = json.dumps([["bend", [kit, "assets/js/bend.js"]], ["far", [kit, "assets/js/far.js"]]])
    told = f'<script type="application/json" id="figure-scripts">{figures}</script>'
    edit(site / "index.html", "</body>", f"{told}</body>")
    (site / "assets" / "js").mkdir()
    for name, size in (("kit", 3000), ("bend", 2000), ("far", 9000)):
        (site / "assets" / "js" / f"{name}.js").write_bytes(random.Random(size).randbytes(size))
    after = check.check(site).weights
    assert 5000 < after["scripts, gzipped"] - before["scripts, gzipped"] < 5100
    assert 5000 < after["first view, gzipped"] - before["first view, gzipped"] < 5300
    face = "@font-face { src: url(fonts/%s.woff2)%s }\n"
    sheet = face % ("big", "") + face % ("greek", "; unicode-range: U+370-3FF")
    edit(site / "assets" / "style.css", "@font-face", sheet + "@font-face")
    for name in ("big", "greek"):
        (site / "assets" / "fonts" / f"{name}.woff2").write_bytes(bytes(7000))
    assert 7000 < check.check(site).weights["first view, gzipped"] - after["first view, gzipped"] < 7100
    (site / "assets" / "js" / "far.js").unlink()
    assert said(site) == ["index.html:12: assets/js/far.js leads nowhere; expected a file of the site"]


def test_own_scripts_are_weighed_apart_and_only_warned_of(site, capsys):
    before = check.check(site).weights
    assert check.OWN not in before
    edit(site / "index.html", "</head>", '<script defer src="assets/own/a.js"></script>\n</head>')
    edit(site / "index.html", "</head>", '<script defer src="assets/own/kit/b.js"></script>\n</head>')
    (site / "assets" / "own" / "kit").mkdir(parents=True)
    (site / "assets" / "own" / "a.js").write_bytes(random.Random(1).randbytes(20_000))
    (site / "assets" / "own" / "kit" / "b.js").write_bytes(random.Random(2).randbytes(30_000))
    findings = check.check(site)
    assert findings.problems == () and 50_000 < findings.weights[check.OWN] < 50_100
    assert findings.weights["scripts, gzipped"] == before["scripts, gzipped"]
    [warning] = map(str, findings.warnings)
    assert warning == (
        f"{site}/index.html: own scripts and styles, gzipped: 50.1 kB (assets/own/kit/b.js 30.0, assets/own/a.js 20.0);"
        f" expected at most {check.OWN_SCRIPTS_KB} kB"
    )
    assert main(["check", str(site)]) == 0
    out, err = capsys.readouterr()
    assert f"own scripts and styles, gzipped: 50 of {check.OWN_SCRIPTS_KB} kB" in out and err == f"warning: {warning}\n"
    (site / "assets" / "own" / "a.js").write_text("f()")
    assert check.check(site).warnings == ()


def test_own_pictures_are_weighed_apart_and_only_warned_of(site):
    before = check.check(site).weights
    (site / "my photos").mkdir()
    for name, size in (("a.jpg", 7_000_000), ("b.png", 9_000)):
        (site / "my photos" / name).write_bytes(bytes(size))
        edit(site / "index.html", "</body>", f'<img src="my%20photos/{name}" alt=""></body>')
    findings = check.check(site)
    assert findings.problems == () and findings.weights["pictures"] == before["pictures"]
    assert [str(warning) for warning in findings.warnings] == [
        f"{site}/index.html: own pictures: 7009 kB, the heaviest my photos/a.jpg 7000, my photos/b.png 9,"
        " pictures/a.png 0; expected at most 6000 kB"
    ]


def test_a_folder_that_is_no_site_is_said(tmp_path):
    assert [str(p) for p in check.check(tmp_path).problems] == [
        f"{tmp_path}: no index.html; expected a site that peek build made"
    ]


def test_a_page_that_is_damaged_or_no_utf_8_ends_no_check(site):
    (site / "old.html").write_bytes(b'<script type="application/json" id="figure-scripts">{caf\xe9</script>')
    (site / "folder.html").mkdir()
    sheets = list(site.rglob("*.css"))
    for sheet in sheets:
        sheet.write_bytes(sheet.read_bytes() + b"/* caf\xe9 */")
    assert sheets and said(site) == []


def test_an_address_begins_in_capitals_too_and_a_list_of_pictures_may_be_empty(site):
    edit(
        site / "more.html",
        "</h2>",
        '</h2><a href="HTTPS://a.org/">a</a><a href="Mailto:a@b.c">b</a><img alt="" srcset=" , ">',
    )
    assert said(site) == [] and "HTTPS://a.org/" in check.check(site).outside


def test_outside_links_are_asked_only_when_told_and_once_each(site):
    edit(site / "more.html", "</h2>", '</h2><a href="https://example.org/a">again</a>')
    asked = []
    findings = check.check(site, lambda url: asked.append(url) or "answers 404")
    assert asked == ["https://example.org/a"]
    assert [str(p) for p in findings.problems] == [f"{site}/index.html:9: https://example.org/a answers 404"]
    assert check.check(site, lambda url: "").problems == ()


def test_asking_is_one_polite_request_for_no_content():
    requests = []

    class Host(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            requests.append((self.command, self.path, self.headers["User-Agent"]))
            self.send_response(int(self.path[1:]))
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Host) as host:
        thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        home = f"http://127.0.0.1:{host.server_port}/"
        assert [check.asked(home + code) for code in ("200", "404", "410", "403")] == [
            "",
            "answers 404",
            "answers 410",
            "",
        ]
        host.shutdown()
        thread.join()
    assert requests == [("HEAD", f"/{code}", "peek check") for code in (200, 404, 410, 403)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert check.asked(f"http://127.0.0.1:{free.getsockname()[1]}/").startswith("does not answer: ")


def test_the_command_lists_weights_claims_and_links_and_ends_with_1_when_something_is_wrong(site, capsys):
    assert main(["check", str(site)]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == "" and f"scripts, gzipped: 0 of {check.SCRIPTS_KB} kB" in lines and "claims: 1 holds" in lines
    assert f"{site}/index.html:9: links to https://example.org/a" in lines
    edit(site / "index.html", "more.html#part", "mroe.html")
    assert main(["check", str(site)]) == 1
    assert capsys.readouterr().err.startswith(f"{site}/index.html:8: mroe.html leads nowhere")
