"""What an article that somebody sends may try: each attack is a folder, and what must not come of it.

An attack is a function that puts its article into a folder and returns the words that a refusal has; "" where the
article is built and the attack has to be harmless in its pages. Whatever it is, nothing of `SECRET` is published, no
file appears outside of the site, and no page that a browser opens runs `ran` or asks for anything elsewhere.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from generator.base.errors import PeekError
from generator.base.progress import Progress
from generator.build import build
from generator.options import Options
from tests import chromium
from tests.edits import add, edit
from tests.promises import TINY, tree

PROMISE = (
    "An article that someone sends is data: building it reads nothing outside its folder, runs nothing of it and loads"
    " nothing; neither do its pages in a browser"
)
UNIT = "attacks"
SECRET = b"what else this machine holds"
ELSEWHERE = "http://attacker.example"
SCRIPT = f"<script>window.ran=1;fetch('{ELSEWHERE}')</script>"
EVENT = '<img src=x onerror="window.ran=1"><svg onload="window.ran=1"></svg>"\'><b>'
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
)

ATTACKS: list[Callable[[Path], str]] = []


def attack(made: Callable[[Path], str]) -> Callable[[Path], str]:
    ATTACKS.append(made)
    return made


def more(content: Path, text: str) -> None:
    """Text at the end of the article."""
    add(content / "article.md", f"\n\n{text}\n")


def asked(content: Path, toml: str) -> None:
    """More of the table of experiments."""
    add(content / "experiments.toml", f"\n{toml}\n")


def front(content: Path, yaml: str) -> None:
    """More front matter."""
    edit(content / "article.md", "date:", f"{yaml}\ndate:")


def secret(content: Path) -> Path:
    return content.parent / "secret.txt"


@attack
def a_path_out_of_the_folder_in_a_picture(content: Path) -> str:
    more(content, "![x](../secret.txt) ![x](%2e%2e/secret.png)")
    return "no picture"


@attack
def a_path_out_of_the_folder_in_a_link(content: Path) -> str:
    more(content, f"[x](../secret.txt) [y]({secret(content)}) [z](file://{secret(content)})")
    return "secret.txt"


@attack
def a_path_out_of_the_folder_in_data(content: Path) -> str:
    asked(content, '[results.r]\nfile = "../secret.csv"\n[dataset.d]\nfile = "/etc/passwd"')
    return "outside the content's folder"


@attack
def a_link_to_a_file(content: Path) -> str:
    (content / "picture.png").symlink_to(secret(content))
    return "leads out"


@attack
def a_link_to_a_folder(content: Path) -> str:
    (content / "pictures").symlink_to(content.parent)
    return "leads out"


@attack
def a_link_among_templates_and_words(content: Path) -> str:
    (content / "templates" / "words").mkdir(parents=True)
    (content / "templates" / "words" / "en.toml").symlink_to(secret(content))
    return "leads out"


@attack
def names_of_members_that_lead_out_of_an_archive(content: Path) -> str:
    with zipfile.ZipFile(content / "r.npz", "w") as file:
        file.writestr("../../planted.npy", b"x")
    asked(content, '[results.r]\nfile = "r.npz"')
    return "cannot be read"


@attack
def a_pickle_in_an_archive(content: Path) -> str:
    class Opened:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, (f"touch {content.parent}/planted",)

    head = b"\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    with zipfile.ZipFile(content / "r.npz", "w") as file:
        file.writestr("x.npy", head.ljust(79) + b"\n" + pickle.dumps([Opened()]))
    asked(content, '[results.r]\nfile = "r.npz"')
    return "expected an .npz file of plain arrays"


@attack
def code_beside_the_text(content: Path) -> str:
    (content / "lab").mkdir()
    (content / "lab" / "a.py").write_text(f"open({str(content.parent / 'planted')!r}, 'w')")
    (content / "templates").mkdir()
    (content / "templates" / "article.html").write_text(SCRIPT)
    (content / "demo.html").write_text(SCRIPT)
    (content / "demo.js").write_text("window.ran = 1")
    return ""


@attack
def templates_in_data(content: Path) -> str:
    front(content, f"subtitle: \"{{{{ 7 * 7 }}}}{{% include '{secret(content)}' %}}\"")
    return ""


@attack
def templates_in_a_text(content: Path) -> str:
    more(content, f"{{% include '{secret(content)}' %}} {{{{ self.__init__.__globals__ }}}}")
    return "{% is not part of a text"


def words_for_a_figure(content: Path, said: str) -> str:
    ours = Path(__file__).parents[2] / "templates" / "words" / "en.toml"
    own = content / "templates" / "words" / "en.toml"
    own.parent.mkdir(parents=True)
    own.write_text(ours.read_text(encoding="utf-8") + f'"Figure {{n}}" = "{said}"\n', encoding="utf-8")
    return "the words of"


@attack
def braces_in_words(content: Path) -> str:
    return words_for_a_figure(content, "{n.__class__.__mro__}")


@attack
def html_in_words(content: Path) -> str:
    return words_for_a_figure(content, f"{{n}}{SCRIPT}")


@attack
def scripts_in_every_field(content: Path) -> str:
    said = json.dumps(SCRIPT + "</title></style>" + EVENT)
    front(content, f"subtitle: {said}\nkeywords: [{said}]\nlicence: {said}\nnav_title: {said}")
    edit(content / "article.md", "title: A tiny article", f"title: {said}")
    edit(content / "article.md", "name: A. Author", f"name: A. Author\n    affiliation: {said}")
    return ""


@attack
def scripts_in_a_bibliography(content: Path) -> str:
    bad = SCRIPT.replace("{", "").replace("}", "")
    work = f"@misc{{a, title={{{bad}}}, author={{{bad}}}, year={{2020}}, note={{{bad}}}, howpublished={{{EVENT}}}}}"
    (content / "references.bib").write_text(work, encoding="utf-8")
    more(content, "As [@a] has it.")
    return ""


@attack
def addresses_that_run(content: Path) -> str:
    (content / "references.bib").write_text(
        "@misc{a, title={A}, author={B}, year={2020}, url={javascript:window.ran=1}}", encoding="utf-8"
    )
    more(content, "[@a] [x](javascript:window.ran=1) [y](JAVA&#115;cript:x) <vbscript:x> [z](data:text/html,x)")
    return "javascript"


@attack
def scripts_in_labels_of_data(content: Path) -> str:
    rows = "".join(f'{at},{at % 3},"{SCRIPT if at % 2 else EVENT.replace(chr(34), "")}"\n' for at in range(24))
    (content / "data").mkdir()
    (content / "data" / "a.csv").write_text(f'"{SCRIPT}",b,label\n{rows}', encoding="utf-8")
    asked(content, '[dataset.own]\nfile = "data/a.csv"\nlabel = "label"\n[experiment.own]\ndataset = "own"')
    asked(content, 'activation = "tanh"\nhidden = [8, 2]\nepochs = 20\ncheckpoints = 3\nship = 1\ndraw = 1')
    more(content, "/// figure | hidden-plane\n    id: fig-own\n    experiment: own\n\nOwn.\n///")
    more(content, "$$a \\label{eq:a} \\tag{<img src=x onerror='window.ran=1'>}$$\n\n@eq-a, \\eqref{eq:a}")
    return ""


@attack
def scripts_in_markdown(content: Path) -> str:
    more(
        content,
        f"{SCRIPT}\n\n{EVENT}\n\n<iframe src='{ELSEWHERE}'></iframe>\n\n<p style='background:url({ELSEWHERE})'>",
    )
    return "expected HTML that runs and loads nothing"


@attack
def pictures_from_elsewhere(content: Path) -> str:
    more(content, f"![x]({ELSEWHERE}/a.png)\n\n<img src='{ELSEWHERE}/a.png' alt=''>\n\n![y](//attacker.example/a.png)")
    return "from elsewhere"


@attack
def expressions_that_look_into_python(content: Path) -> str:
    tried = ("results.__class__", "''.__class__.__mro__", "results.count.__globals__", "results|attr('__class__')")
    tried += ("'{0.__class__}'.format(results)", "cycler.__init__", "self", "results.where.__func__", "range(10**9)")
    more(content, " ".join(f"{{{{ {one} }}}}" for one in tried))
    return "__class__"


@attack
def expressions_that_take_for_ever(content: Path) -> str:
    tried = (
        "9**9**9",
        "'a' * 10**9",
        "1 | round(-999999999)",
        "1 | number(10**9)",
        "[1] * 10**9",
        f"{'(' * 900}1{')' * 900}",
    )
    more(content, " ".join(f"{{{{ {one} }}}}" for one in tried))
    return "at most"


@attack
def formulas_that_escape(content: Path) -> str:
    more(
        content,
        r"$\href{javascript:window.ran=1}{x}$ $\html{<script>}$ $\includegraphics{../secret.txt}$ $\input{x}$",
    )
    return "formula"


@attack
def an_activation_that_is_python(content: Path) -> str:
    asked(content, f"[activation.a]\nformula = \"__import__('os').system('touch {content.parent}/planted') + a\"")
    return "in a formula"


@attack
def front_matter_that_explodes(content: Path) -> str:
    bomb = "\n".join(f"k{at}: &k{at} [{', '.join([f'*k{at - 1}'] * 9)}]" for at in range(1, 12))
    front(content, f"k0: &k0 [x]\n{bomb}\nkeywords: !!python/object/apply:os.system ['touch planted']")
    return "too much in one place"


@attack
def drawings_that_run(content: Path) -> str:
    (content / "a.svg").write_text(DRAWING.format(SCRIPT.replace("&", "&amp;")))
    (content / "b.svg").write_text(DRAWING.format('<a xlink:href="javascript:window.ran=1"><text>x</text></a>'))
    (content / "c.svg").write_text(DRAWING.format('<rect onclick="window.ran=1"/>'))
    (content / "d.svg").write_text(DRAWING.format('<set attributeName="href" to="javascript:window.ran=1"/>'))
    return "d.svg:1"


@attack
def drawings_that_load(content: Path) -> str:
    (content / "a.svg").write_text(DRAWING.format(f"<style>@import url({ELSEWHERE});</style>"))
    (content / "b.svg").write_text(DRAWING.format(f'<image xlink:href="{ELSEWHERE}/a.png"/>'))
    (content / "c.svg").write_text(DRAWING.format(f'<rect fill="url({ELSEWHERE}#a)"/>'))
    entity = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file://{secret(content)}">]>'
    (content / "d.svg").write_text(entity + DRAWING.format("<text>&a;</text>"))
    return "d.svg:1"


@attack
def drawings_that_load_beside_what_looks_like_a_comment(content: Path) -> str:
    load = f"svg{{background:url({ELSEWHERE}/a.png)}}"
    (content / "a.svg").write_text(DRAWING.format(f"<style>a{{content:'/*'}} {load} b{{content:'*/'}}</style>"))
    (content / "b.svg").write_text(DRAWING.format(f"<style>a{{fill:url(#/*)}} {load} b{{fill:url(#*/)}}</style>"))
    return "b.svg:1"


@attack
def a_bibliography_that_grows(content: Path) -> str:
    grown = "".join(f"@string{{s{at} = s{at - 1} # s{at - 1}}}\n" for at in range(1, 40))
    text = f'@string{{s0 = "xxxxxxxxxx"}}\n{grown}@misc{{a, title=s39, author={{A B}}, year=2020}}'
    (content / "references.bib").write_text(text)
    more(content, "As [@a] has it.")
    return "stand for more than"


@attack
def names_of_files_that_run_or_overwrite(content: Path) -> str:
    (content / "index.html").write_text(SCRIPT)
    (content / ".peek.json").write_text("{}")
    (content / "x onload=ran.png").write_bytes(b"x")
    (content / "'&quot;&gt;&lt;img src=x onerror=ran&gt;.png").write_bytes(b"x")
    return ""


@attack
def names_of_files_that_end_a_tag(content: Path) -> str:
    (content / '"><img src=x onerror=ran>.png').write_bytes(b"x")
    return "Windows has no place for a name with the sign"


@attack
def names_of_files_with_odd_signs(content: Path) -> str:
    (content / "a\nb.png").write_bytes(b"x")
    (content / "\u202egnp.exe").write_bytes(b"x")
    return "a name with the sign U+202E"


FEW = MANY = len(ATTACKS)


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Build each attack over a good site; open what was built and is other than the good one's."""
    whole, cache = folder / "whole", folder / "tiny" / "cache"
    made(TINY, whole, cache)
    old, wrong = tree(whole), []
    opened: list[tuple[str, Path]] = []
    for one in ATTACKS:
        here = folder / one.__name__
        content, out = shutil.copytree(TINY, here / "content"), shutil.copytree(whole, here / "site")
        for name in ("secret.txt", "secret.csv", "secret.png"):
            (here / name).write_bytes(SECRET)
        expected = one(content)
        before = {path for path in here.rglob("*") if not path.is_relative_to(out)}
        try:
            made(content, out, cache)
            wrong += [f"{one.__name__}: built"] * bool(expected)
            opened.append((one.__name__, out))
        except PeekError as error:
            wrong += [f"{one.__name__}: {error}"] * (not expected or expected not in str(error))
            wrong += [f"{one.__name__}: the old site is another"] * (tree(out) != old)
        left = {path for path in here.rglob("*") if not path.is_relative_to(out)} - before
        wrong += [f"{one.__name__}: left {path.name}" for path in left]
        wrong += [f"{one.__name__}: {path} has the secret" for path, data in tree(out).items() if SECRET in data]
    with ThreadPoolExecutor(1) as apart:  # a driver of its own: this thread may have one
        return wrong + apart.submit(ran, opened, shown(old)).result()


def made(content: Path, out: Path, cache: Path) -> None:
    build(
        Options(content=content, out=out, cache=cache, workers=1, base_url="https://example.org/a/"),
        Progress(quiet=True),
    )


def shown(site: dict[str, bytes]) -> dict[str, tuple[bytes, ...]]:
    """What each page of a site may do follows from: its own text, all scripts and styles, by its path."""
    code = [data for path, data in sorted(site.items()) if path.endswith((".js", ".css"))]
    return {path: (data, *code) for path, data in sorted(site.items()) if path.endswith(".html")}


def ran(sites: list[tuple[str, Path]], good: dict[str, tuple[bytes, ...]]) -> list[str]:
    """What pages did that they must not, in a browser; each that is another than a good one and those before."""
    wrong, known = [], set(good.items())
    with sync_playwright() as driver:
        browser = chromium.launch(driver)
        page, urls = browser.new_page(), list[str]()
        page.on("request", lambda request: urls.append(request.url))
        for name, site in sites:
            new = shown(tree(site)).items() - known
            known |= new
            for path in sorted(site / name for name, _ in new):
                urls.clear()
                page.goto(path.as_uri(), wait_until="load")
                page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
                if page.evaluate("window.ran"):
                    wrong.append(f"{name}: {path.name} ran a script")
                asked = [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]
                wrong += [f"{name}: {path.name} asks for {url}" for url in asked]
            for path in [*site.glob("*.xml"), *site.glob("plots/**/*.svg")]:
                wrong += [f"{name}: {path.name} has a script"] * (b"<script>" in path.read_bytes())
        browser.close()
    return wrong
