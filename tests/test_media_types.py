"""The kinds of files that browsers are told."""

import mimetypes

import pytest

from generator.site.media_types import kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("assets/page.js", "text/javascript"),
        ("a/b.webp", "image/webp"),
        ("f.woff2", "font/woff2"),
        ("index.html", "text/html"),
        ("icon.svg", "image/svg+xml"),
        ("data/a.npz", "application/octet-stream"),
    ],
)
def test_a_kind_is_the_same_on_every_machine(monkeypatch, path, kind):
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: ("text/plain", None))  # as registries say of scripts
    assert kind_of(path) == kind
