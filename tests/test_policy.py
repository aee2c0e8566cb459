"""The Content-Security-Policy that every page carries."""

import base64
import hashlib
import re

from generator.site.policy import guarded, styled

HEAD = '<!doctype html>\n<html><head>\n<meta charset="utf-8">\n<script>a()</script></head><body>'


def policy(page):
    said = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)[1]
    return {name: rest.split() for name, *parts in (one.split(" ", 1) for one in said.split("; ")) for rest in parts}


def source(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_scripts_and_styles_of_the_page_are_allowed_by_their_sums_and_no_others():
    page = guarded(f'{HEAD}<script src="x.js"></script><script type="application/json">{{}}</script><i style="--a: 1">')
    said = policy(page)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert said["script-src"] == ["'self'", source("a()")]
    assert said["style-src"] == ["'self'", source(re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1])]
    assert "unsafe" not in page and said["default-src"] == ["'none'"] and said["base-uri"] == ["'none'"]


def test_a_policy_is_renewed_and_not_doubled():
    once = guarded(HEAD)
    again = guarded(once.replace("</head>", "<script>b()</script></head>"))
    assert again.count("Content-Security-Policy") == 1
    assert policy(again)["script-src"] == ["'self'", source("a()"), source("b()")]


def test_style_attributes_become_classes_and_what_looks_like_one_stays():
    page = HEAD + (
        '<p class="x" style="--at: 0.5">1</p><p aria-label="a > b" style="width: 3px">2</p>'
        '<p style="--at: 0.5" hidden>3</p><code>&lt;p style="x: y"&gt;</code><pre> style="z" </pre>'
    )
    made = styled(page)
    body = made.partition("<body>")[2]
    assert '<p class="x s-at-0_5">1</p>' in body and '<p class="s-at-0_5" hidden>3</p>' in body
    assert re.search(r'<p class="(s-\w+)" aria-label="a > b">2</p>', body)
    assert '<code>&lt;p style="x: y"&gt;</code><pre> style="z" </pre>' in body
    assert made.count("{--at: 0.5}") == 1 and made.count("{width: 3px}") == 1
