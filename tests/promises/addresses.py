"""Addresses of pages that no figure wrote, but a slip or a hand, in a browser under the pages' policy."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.promises import own_site

PROMISE = (
    "Whatever the address of a page says of its figures, each of them stands in a view that it has: no exception, no"
    " number that is none, nothing that the page's policy forbids"
)
UNIT = "addresses"
FEW, MANY = 10, 10_000
TOGETHER = {FEW: 5, MANY: 100}  # addresses that a page is led to before it is opened anew
ALONE = ("train", "digit", "beat", "bend", "layers", "alive", "field")
PAGES = ("index.html", *(f"figures/{name}.html" for name in ALONE))
NAMES = ("__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "NaN", "tanh", "max", "none")
ODD = (
    *("NaN", "Infinity", "-Infinity", "-0", "-1", "1e999", "9" * 400, "0x10", "1e-9", "0.5", "\u0663", "", " ", "null"),
    *("undefined", "true", "false", *NAMES, "%", "%E0%A4", "\0", "\u2028"),
    *("<img src=x onerror=alert(1)>", "javascript:alert(1)", "\U0001f600", "\ud83d", "a" * 20_000, "{0}"),
)
TEXTS = {  # of properties that are texts: some that fit
    "typed": ("a * logistic(a)", "tanh(a) ** 2", "max(a, 0, -a / 3)", "exp(-a ** 2)", "sin(pi * a) / (1 + abs(a))"),
    "points": ("AAAgggBBB.CCC___", "abc..def", "000111222.333444555.666777888"),
    "names": ("dog; cat", "a; b; c; d; e; f; g"),
    "places": ("0,0;1,1;-1,0.5;0.2,-0.7;0.9,-0.9", "1,0;0,1", "1,1;1,1;1,1;1,1;1,1"),
    "at": ("0,0;1,1;-1,0.5;0.2,-0.7;0.9,-0.9", "0.3,0.3"),
    "look": ("input,0.5,-0.5", "hidden,1,1"),
    "example": ("0-0", "9-3", "5-40"),
    "ink": ("3z_4.5a-", "9_z9.", "10_10.10-"),
}
SIGNS = (*"0123456789.,;-_()*/+aez% &=#", "**", "1e999", "NaN", "tanh(", "max(", "\u00e9", "999999")

WATCHED = """
window.wrong = [];
addEventListener("error", (e) => wrong.push(`error: ${e.message}`));
addEventListener("unhandledrejection", (e) => wrong.push(`rejected: ${e.reason}`));
addEventListener("securitypolicyviolation", (e) => wrong.push(`policy: ${e.violatedDirective} ${e.blockedURI}`));
console.error = (...said) => wrong.push(`console: ${said.join(" ")}`);
const drawn = CanvasRenderingContext2D.prototype;
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(drawn))) {
  if (typeof value !== "function") continue;
  drawn[name] = function (...given) {
    if (given.some((one) => typeof one === "number" && !Number.isFinite(one))) wrong.push(`${name}(${given})`);
    return value.apply(this, given);
  };
}
"""
LED = """async (hashes) => {
  const found = [];
  const next = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const possible = ({ kind, values, min = 0, max = Infinity, initial, fits, allowed, shown }, value, state) => {
    if (kind === "choice") {
      const fitting = !allowed || shown?.(state) === false || allowed(state).includes(value);
      return fitting && values.some(([one]) => one === value);
    }
    if (kind === "flag") return typeof value === "boolean";
    if (kind === "text") return fits.test(value);
    return Object.is(value, initial) || (Number.isFinite(value) && value >= min && value <= max);
  };
  for (const hash of hashes) {
    location.hash = hash;
    await next();
    await next();
    for (const view of peek.views.values()) {
      if (view.failed) wrong.push(`${view.id} has failed`);
      for (const property of view.properties) {
        const value = view.state[property.name];
        if (!possible(property, value, view.state)) wrong.push(`${view.id}.${property.name} is ${value}`);
      }
      const elements = [...(view.live?.querySelectorAll(":not(a)") ?? [])];
      const said = [view.live?.innerText, ...elements.flatMap((one) => [...one.attributes].map((each) => each.value))];
      const own = view.state.names; // a reader's words may be any
      const none = own ? null : /.{0,40}(\\bNaN|undefined|Infinity|\\[object)/.exec(said.join());
      if (none) wrong.push(`${view.id} says ${none[0]}`);
    }
    if (wrong.length) found.push([hash, wrong.splice(0)]);
  }
  return found;
}"""
STANDS = """(id) => {
  const view = peek.views.get(id);
  view.root.scrollIntoView(); // again and again: until a reader stirs, the page goes back to what its address names
  if (view.waiting?.isConnected) view.waiting.click();
  return view.instance || view.failed;
}"""
PROPERTIES = """() => [...peek.views.values()].flatMap(({ id, properties }) =>
  properties.map(({ name, kind, values, min = 0, max = Infinity }) =>
    ({ id, name, kind, values: values?.map(([value]) => String(value)), min, max: Math.min(max, 5000) })))"""

Property = dict[str, Any]


def fitting(of: Property, rng: random.Random) -> str:
    """A value that a property may have."""
    match of["kind"]:
        case "choice":
            return str(rng.choice(of["values"]))
        case "flag":
            return rng.choice("01")
        case "text":
            return rng.choice(TEXTS[of["name"]])
    return f"{rng.uniform(of['min'], of['max']):.6g}"


def slipped(text: str, rng: random.Random) -> str:
    """A text with a slip or two in it."""
    for _ in range(rng.choice((1, 1, 2, 6))):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(SIGNS) * rng.choice((0, 1, 1, 3)) + text[at + rng.choice((0, 0, 1, 5)) :]
    return text


def misnamed(text: str, rng: random.Random) -> str:
    """A text in which a word is another, such as every object of a script has."""
    words = [*re.finditer(r"[a-z]+", text)] or [re.match("", text)]
    begin, end = rng.choice(words).span()
    return text[:begin] + rng.choice(NAMES) + text[end:]


def value(of: Property, rng: random.Random) -> str:
    """A value that somebody may put there."""
    said = fitting(of, rng)
    return rng.choice((said, said, slipped(said, rng), misnamed(said, rng), rng.choice(ODD)))


def address(properties: list[Property], rng: random.Random) -> str:
    """What stands behind the # of an address."""
    id = rng.choice(properties)["id"]
    own = [one for one in properties if one["id"] == id] if rng.random() < 0.8 else properties
    parts = []
    often = [4 if of["kind"] == "text" else 1 for of in own]
    for of in rng.choices(own, often, k=rng.choice((1, 2, 3, 8))):
        name = rng.choice((of["name"],) * 60 + (*NAMES, "", slipped(of["name"], rng)))
        place = rng.choice((of["id"],) * 20 + ("__proto__", "", "fig-none", slipped(of["id"], rng)))
        said = value(of, rng)
        parts.append(f"{place}.{name}={quote(said, ',:', errors='replace') if rng.random() < 0.9 else said}")
    whole = "&".join(parts)
    return slipped(whole, rng) if rng.random() < 0.1 else whole


def check(folder: Path, count: int, rng: random.Random) -> list[str]:
    """Lead the article's pages to addresses."""
    with ThreadPoolExecutor(1) as apart:  # a driver of its own: this thread may have one
        return apart.submit(followed, own_site(), count, rng).result()


def followed(site: Path, count: int, rng: random.Random) -> list[str]:
    """What was wrong with which address."""
    wrong: list[str] = []
    together = TOGETHER.get(count, TOGETHER[FEW])
    with sync_playwright() as driver:
        browser = chromium.launch(driver, "--disable-ipc-flooding-protection")
        for turn in range(-(-count // together)):
            name = PAGES[turn % len(PAGES)]
            page = browser.new_page(reduced_motion=rng.choice(("reduce", "no-preference")))
            page.add_init_script(WATCHED)
            found = led(page, (site / name).as_uri(), min(together, count - turn * together), rng)
            wrong += [f"{name}#{state[:300]}: {said}" for state, said in found]
            page.close()
        browser.close()
    return wrong


def led(page: Page, url: str, count: int, rng: random.Random) -> list[tuple[str, list[str]]]:
    """What was wrong at which of so many addresses; the first is the one that the page is opened with."""
    page.goto(url)
    known(page)
    properties = page.evaluate(PROPERTIES)
    first, *others = [address(properties, rng) for _ in range(count)]
    page.goto("about:blank")
    page.goto(f"{url}#{first}")
    bring(page)
    at_once = [(first, said)] if (said := page.evaluate("wrong.splice(0)")) else []
    return [*at_once, *page.evaluate(LED, others)]


def known(page: Page) -> list[str]:
    """The figures of the page, by their places, when their properties are there."""
    ids = page.evaluate("[...document.querySelectorAll('[data-explorable]')].map((one) => one.closest('[id]').id)")
    page.evaluate("(hash) => (location.hash = hash)", "&".join(f"{id}.none=1" for id in ids))
    page.wait_for_function("(n) => window.peek?.views.size === n", arg=len(ids))
    return list(ids)


def bring(page: Page) -> None:
    """All figures of the page, as its reader nears them."""
    for id in known(page):
        page.wait_for_function(STANDS, arg=id)
