"""The author's own pictures and videos as HTML: dark paper, posters, captions, sizes."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ..base import filenames
from ..base.errors import meant, nearest, short, short_path
from ..content.media import (
    HEAVY_BYTES,
    PICTURES,
    VIDEOS,
    damage,
    is_cut_off,
    needs_paper,
    picture_size,
    tells_where,
    video_size,
)
from .attributes import Attributes

if TYPE_CHECKING:
    from .document import Writer

ENDINGS = PICTURES + VIDEOS
CAPTIONS = ".vtt"
INVERT = "invert"  # the class by which an author asks for it
_OF_VIDEOS = ("poster", "captions")
LOOKS = ("align", "fig-align", "fig-pos", "fig-env", "lightbox", "group")  # of a picture to Quarto and its like
WIDTH = "pixels or per cent, like width=50%"
_PIXELS = {"": 1, "px": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "em": 16, "rem": 16}  # of CSS
_WIDTH = re.compile(r"(\d{1,5}(?:\.\d*)?|\.\d+)(%|" + "|".join(_PIXELS) + ")")
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def shown(writer: Writer, path: str, alt: str, line: int, said: Attributes, title: str = "") -> str:
    """One of the author's own pictures or videos, with its size where its file says it; "" after a problem.

    said  width, classes and label; poster and captions of a video
    """
    if writer.has_tag(path, line):
        return ""
    path = writer.evaluated(path, line)
    noun = "video" if path.lower().endswith(VIDEOS) else "picture"
    plain = own_file(writer, path, line, noun, ENDINGS, "a picture or video")
    if not plain:
        return ""
    if plain.lower().endswith(VIDEOS):
        return _video(writer, plain, alt, line, said, title)
    source = _source(writer, plain)
    parts = [
        f'src="{quote(plain)}"',
        f'alt="{html.escape(alt)}"',
        *([f'title="{html.escape(title)}"'] if title else []),
        *_attributes(writer, said, picture_size(source) if source else None, line),
    ]
    other = _beside(writer, plain, (f".dark{ending}" for ending in (PurePosixPath(plain).suffix, *PICTURES)))
    dark = "" if other else dark_mode(writer, plain, said.classes)
    parts += [f'data-dark="{dark}"'] if dark else []
    image = f'<img {" ".join(parts)} loading="lazy" decoding="async">'
    if not other:
        return image
    media = "screen and (prefers-color-scheme: dark)"
    return f'<picture class="own"><source media="{media}" srcset="{quote(other)}" data-theme="dark">{image}</picture>'


def dark_mode(writer: Writer, plain: str, classes: tuple[str, ...]) -> str:
    """What is done with a picture on dark paper: "invert" where it is asked for, "paper" behind what lets it through.

    plain  its path in the site
    """
    if INVERT in classes:
        return INVERT
    source = _source(writer, plain)
    return "paper" if source and plain.lower().endswith(PICTURES) and needs_paper(source) else ""


def _video(writer: Writer, plain: str, alt: str, line: int, said: Attributes, title: str) -> str:
    """A video with its poster, its captions, and a link to its file for where it cannot be played."""
    own = {key: said.values[key] for key in _OF_VIDEOS if key in said.values}
    poster = _beside(writer, plain, PICTURES)
    if "poster" in own:
        poster = own_file(writer, own["poster"], line, "poster", PICTURES, "a picture")
    captions = _beside(writer, plain, [CAPTIONS])
    if "captions" in own:
        captions = own_file(writer, own["captions"], line, "captions", (CAPTIONS,), "captions")
    source, still = _source(writer, plain), _source(writer, poster)
    size = (video_size(source) if source else None) or (picture_size(still) if still else None)
    said = replace(said, values={key: value for key, value in said.values.items() if key not in own})
    parts = [
        "controls playsinline",
        'preload="metadata"',
        *([f'poster="{quote(poster)}"'] if poster else []),
        *([f'aria-label="{html.escape(alt)}"'] if alt else []),
        *([f'title="{html.escape(title)}"'] if title else []),
        *_attributes(writer, said, size, line, video=True),
    ]
    kind, name = PurePosixPath(plain).suffix[1:].lower(), html.escape(writer.words("Video file"))
    return (
        f'<span class="video"><video {" ".join(parts)}><source src="{quote(plain)}" type="video/{kind}">'
        f"{_track(writer, captions, line)}</video>"
        + (f'<img class="video-poster" src="{quote(poster)}" alt="{html.escape(alt)}">' if poster else "")
        + f'<a class="video-file" href="{quote(plain)}" download>{name}</a></span>'
    )


def _track(writer: Writer, captions: str, line: int) -> str:
    """Captions within the page: browsers load none from beside a page that lies on a disk."""
    source = _source(writer, captions)
    if not source:
        return ""
    text = source.read_bytes()
    if not text.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        writer.wrong(line, f'"{short(captions)}" is not WebVTT', "WEBVTT in its first line")
    tag, label = writer.words.tag, html.escape(writer.words("Captions"))
    address = f"data:text/vtt;base64,{base64.b64encode(text).decode()}"
    return f'<track kind="captions" srclang="{tag}" label="{label}" src="{address}">'


# Files


def in_site(path: str) -> str:
    """A file's path in the site, of its address in a text."""
    return filenames.composed(PurePosixPath(unquote(path)).as_posix())


def own_file(
    writer: Writer, path: str, line: int, noun: str = "file", endings: tuple[str, ...] = ("",), what: str = "a file"
) -> str:
    """The site's path of an own file of some kind, or "" after a problem."""
    plain = in_site(path)
    if path.startswith("data:"):
        writer.wrong(line, f"a {noun} within the text", "it saved as a file beside the text, and its name here")
    elif ELSEWHERE.match(path):
        writer.wrong(line, f'a {noun} from elsewhere, "{short_path(path)}"', "a file of your own")
    elif plain not in writer.known_assets and plain not in writer.pictures:
        own = [known for known in writer.known_assets if known.lower().endswith(endings)]
        writer.wrong(line, f'no {noun} "{short_path(path)}"', *meant(plain, own))
    elif plain in writer.known_assets and not plain.lower().endswith(endings):
        writer.wrong(line, f'"{short_path(path)}" is not {what}', f"a file ending in {', '.join(endings)}")
    else:
        if plain.lower().endswith(ENDINGS) and (source := _source(writer, plain)):
            _look_into(writer, path, source, line)
        return plain
    return ""


def _look_into(writer: Writer, path: str, source: Path, line: int) -> None:
    """Say what is wrong with a picture or video, and what is odd about a picture."""
    if damaged := damage(source):
        writer.wrong(line, f'"{short_path(path)}" {damaged}', "one that opens in a browser")
    elif not source.name.lower().endswith(VIDEOS):
        if is_cut_off(source):
            writer.warn("broken-picture", line, f'"{short_path(path)}" ends in the middle', "the whole file")
        if tells_where(source):
            expected = "a copy without its place, if readers should not know it"
            writer.warn("located-picture", line, f'"{short_path(path)}" says where it was taken', expected)
        if (weight := source.stat().st_size) > HEAVY_BYTES:
            sides = " × ".join(map(str, picture_size(source) or ())) or "size unknown"
            said = f'"{short_path(path)}" weighs {weight / 1e6:.1f} MB, {sides}'
            most = f"at most {HEAVY_BYTES / 1e6:g} MB, as a screen shows no more than 2400 pixels side by side"
            writer.warn("heavy-picture", line, said, most)


def _beside(writer: Writer, plain: str, endings: Iterable[str]) -> str:
    """The first own file of the same stem with one of some endings, or ""."""
    path = PurePosixPath(plain)
    names = (path.with_name(path.stem + ending).as_posix() for ending in endings)
    return next((name for name in names if name in writer.known_assets), "")


def _source(writer: Writer, plain: str) -> Path | None:
    """Where an own file lies; None: it is a picture of a run, or none."""
    asset = writer.known_assets.get(plain)
    return asset.source if asset else None


# Attributes


def width_of(said: str) -> tuple[int, str] | None:
    """Whole pixels with "px", or per cent with "%", of a width in any unit of CSS; None: it is none."""
    found = _WIDTH.fullmatch(said)
    width = round(float(found[1]) * _PIXELS.get(found[2], 1)) if found else 0
    return (width, found[2] if found[2] == "%" else "px") if found and width else None


def width_class(per_cent: int) -> str:
    """The class of what is as wide as a share of the text, to the nearest twentieth."""
    return f"width-{min(100, max(5, 5 * round(per_cent / 5)))}"


def _attributes(
    writer: Writer, said: Attributes, size: tuple[int, int] | None, line: int, video: bool = False
) -> list[str]:
    """Label, classes and size of what is shown."""
    noun, more = ("video", _OF_VIDEOS) if video else ("picture", ())
    wanted, classes = dict(said.values), list(said.classes)
    wanted.pop("alt", None)
    width = width_of(wanted.pop("width", ""))
    if "width" in said.values and not width:
        writer.wrong(line, f'width="{short(said.values["width"])}" of a {noun}', WIDTH)
    elif width and width[1] == "%":
        classes.append(width_class(width[0]))
    elif width:
        size = (width[0], round(width[0] * size[1] / size[0])) if size else (width[0], 0)
    if width:
        wanted.pop("height", None)  # which follows from it
    for key in sorted(wanted.keys() & LOOKS):
        writer.warn("html-style", line, f"{key}={wanted.pop(key)} of a {noun} is left out, as the page has its own")
    for key, value in wanted.items():
        near = nearest(key, ("width", "alt", *more))
        expected = "" if near else 'width in pixels, like width=320, or alt=""'
        writer.wrong(line, f'{key}="{short(value)}" of a {noun}', expected, near)
    for word in said.words:
        writer.wrong(line, f'unknown attribute "{short(word)}"', "#label, .class or name=value")
    if said.id.startswith("fig:"):
        writer.wrong(line, f'the label "{said.id}" of a picture', f"{{#{said.id.replace(':', '-', 1)}}} for a figure")
    elif said.id.startswith("fig-"):
        writer.wrong(
            line, f'the label "{said.id}" of a picture within a paragraph', "the picture alone in its paragraph"
        )
    elif said.id:
        writer.take_anchor(said.id, line)
    parts = [f'id="{html.escape(said.id)}"'] if said.id else []
    parts += [f'class="{html.escape(" ".join(classes))}"'] if classes else []
    parts += [f'{side}="{pixels}"' for side, pixels in zip(("width", "height"), size or (), strict=False) if pixels]
    return parts
