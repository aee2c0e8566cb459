"""What files of pictures and videos say of themselves, and what a page makes of them."""

import io
import itertools
import re
import struct
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, features
from test_markup import faults, folder_with, rendered

from generator.base.errors import ContentError
from generator.content import texts
from generator.content.media import is_cut_off, needs_paper, video_size

SECOND = Path(__file__).parent / "sites" / "second"
CLEAR, FULL = (0, 0, 0, 0), (20, 90, 160, 255)
FORMATS = {"a.png": {}, "a.gif": {}, "a.webp": {}, "b.webp": {"lossless": True}, "a.avif": {}}
FORMATS = {name: options for name, options in FORMATS.items() if name != "a.avif" or features.check("avif")}


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_that_lets_its_ground_through_needs_paper(tmp_path, name):
    clear = Image.new("RGBA", (8, 8), CLEAR)
    clear.paste(FULL, (0, 0, 4, 4))
    clear.save(tmp_path / name, **FORMATS[name])
    assert needs_paper(tmp_path / name)
    Image.new("RGB", (8, 8), FULL[:3]).save(tmp_path / name, **FORMATS[name])
    assert not needs_paper(tmp_path / name)


def test_of_pictures_with_a_palette_one_colour_may_be_clear(tmp_path):
    for options in ({"transparency": 0}, {}):
        Image.new("P", (8, 8)).save(tmp_path / "a.png", **options)
        assert needs_paper(tmp_path / "a.png") == bool(options)


def test_a_drawing_with_colours_for_the_dark_needs_no_paper(tmp_path):
    drawing = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">{}<path d="M0 0h9"/></svg>'
    (tmp_path / "a.svg").write_text(drawing.format(""))
    (tmp_path / "b.svg").write_text(drawing.format("<style>@media (prefers-color-scheme: dark) {}</style>"))
    assert needs_paper(tmp_path / "a.svg") and not needs_paper(tmp_path / "b.svg")


def box(name, *content, long=False):
    body = b"".join(content)
    return (
        struct.pack(">I4sQ", 1, name, len(body) + 16) + body
        if long
        else struct.pack(">I4s", len(body) + 8, name) + body
    )


def track(width, height):
    return box(b"trak", box(b"tkhd", bytes(76), struct.pack(">II", width << 16, height << 16)), box(b"mdia", bytes(9)))


@pytest.mark.parametrize("long", [False, True])
def test_a_video_has_the_size_of_its_first_track_of_pictures(tmp_path, long):
    data = box(b"mdat", b"tkhd" * 9, long=long)
    film = box(b"ftyp", b"isom") + data + box(b"moov", box(b"mvhd", bytes(100)), track(0, 0), track(1920, 1080))
    (tmp_path / "a.mp4").write_bytes(film)
    assert video_size(tmp_path / "a.mp4") == (1920, 1080)
    assert video_size(SECOND / "clips" / "turn.webm") == (160, 90)


def test_a_broken_file_says_nothing(tmp_path):
    whole = [SECOND / "clips" / "turn.webm", SECOND / "clips" / "turn.png"]
    heads = [path.read_bytes()[:many] for path in whole for many in (0, 4, 9, 40)]
    for head in [
        *heads,
        b"RIFF0000WEBPVP8X",
        b"GIF89a!\xf9\x04",
        box(b"moov")[:6],
        box(b"moov", box(b"trak", box(b"tkhd"))),
    ]:
        (tmp_path / "a").write_bytes(head)
        assert video_size(tmp_path / "a") is None
        needs_paper(tmp_path / "a")


# On a page

WEBM = (SECOND / "clips" / "turn.webm").read_bytes()
PNG = (SECOND / "clips" / "turn.png").read_bytes()
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nAn arc.\n"


def shown(tmp_path, body, **files):
    """A page whose folder holds these files, too: clips__a_webm is clips/a.webm."""
    folder = folder_with(tmp_path, body)
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    page = rendered(texts.read(folder))[0]
    assert not faults(page)
    return page


WAYS = {
    "figure": "/// figure | clips/a.webm\n    id: fig-a\n    alt: It turns{}\n\n**So** it turns.\n///",
    "caption": "![**So** it turns.](clips/a.webm){{#fig-a alt='It turns'{}}}",
}


@pytest.mark.parametrize("way", ["figure", "caption"])
def test_a_video_is_a_figure_with_what_lies_beside_it(tmp_path, way):
    page = shown(tmp_path, WAYS[way].format(""), clips__a_webm=WEBM, clips__a_png=PNG, clips__a_vtt=VTT)
    video = re.search(r"<video .*?</video>", page.html)[0]
    assert video.startswith(
        '<video controls playsinline preload="metadata" poster="clips/a.png"'
        ' aria-label="It turns" width="160" height="90">'
        '<source src="clips/a.webm" type="video/webm"><track kind="captions" srclang="en" label="Captions"'
        ' src="data:text/vtt'
    )
    assert (
        '<a class="video-file" href="clips/a.webm" download>Video file</a>' in page.html and "autoplay" not in page.html
    )
    assert page.html.count("<figure id=") == 1


@pytest.mark.parametrize("way", ["figure", "caption"])
def test_a_poster_and_captions_of_other_names(tmp_path, way):
    form = "\n    {}: {}" if way == "figure" else " {}={}"
    more = form.format("poster", "pictures/room.png") + form.format("captions", "clips/b.vtt")
    page = shown(tmp_path, WAYS[way].format(more), clips__a_webm=WEBM, clips__b_vtt=VTT)
    assert 'poster="pictures/room.png"' in page.html and "data:text/vtt" in page.html


def test_a_video_in_a_sentence_and_by_hand(tmp_path):
    by_hand = "<video controls poster='clips/a.png'><source src='clips/a.webm'></video>"
    body = f"See ![it turn](clips/a.webm){{width=80}}.\n\n{by_hand}"
    page = shown(tmp_path, body, clips__a_webm=WEBM, clips__a_png=PNG)
    assert 'width="80" height="45"' in page.html and page.html.count("<video") == 2 == page.html.count("<source")


@pytest.mark.parametrize(
    ("more", "files", "message"),
    [
        (
            "captions: clips/a.vtt",
            {"clips__a_vtt": b"1\n00:00"},
            '"clips/a.vtt" is not WebVTT; expected WEBVTT in its first',
        ),
        (
            "captions: clips/a.srt",
            {"clips__a_srt": b"1"},
            '"clips/a.srt" is not captions; expected a file ending in .vtt',
        ),
        ("poster: clips/b.png", {"clips__a_png": PNG}, 'no poster "clips/b.png"; did you mean "clips/a.png"?'),
        (
            "poster: https://example.org/a.png",
            {},
            'a poster from elsewhere, "https://example.org/a.png"; expected a file',
        ),
        (
            "invert: true",
            {},
            'unknown option "invert" of figure; expected one of id, size, beside, alt, width, poster, captions',
        ),
    ],
)
def test_what_is_wrong_with_a_video(tmp_path, more, files, message):
    with pytest.raises(ContentError) as caught:
        shown(tmp_path, WAYS["figure"].format(f"\n    {more}"), clips__a_webm=WEBM, **files)
    assert message in str(caught.value)


def whole(kind):
    """A small picture or video as its file."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, kind)
    return file.getvalue()


KINDS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF") if features.check("avif") else ("PNG", "JPEG", "GIF", "WEBP")


@pytest.mark.parametrize(
    "way", ["![A](pictures/a.png)", "<img src='pictures/a.png' alt='A'>", "![A](pictures/a.png){#fig-a}"]
)
def test_a_picture_that_browsers_cannot_show_is_said_with_its_line(tmp_path, way):
    folders = (tmp_path / str(number) for number in itertools.count())

    def said(data):
        with pytest.raises(ContentError) as caught:
            shown(next(folders), way, pictures__a_png=data)
        return str(caught.value)

    assert said(b"").endswith(':7: "pictures/a.png" is empty; expected one that opens in a browser')
    assert said(b"<html>404").endswith(':7: "pictures/a.png" holds no picture; expected one that opens in a browser')
    for kind in KINDS:  # one kind under the ending of another is shown by every browser
        assert not shown(next(folders), way, pictures__a_png=whole(kind)).warnings
    for kind in KINDS[:4]:
        [warned] = shown(next(folders), way, pictures__a_png=whole(kind)[:-20]).warnings
        assert str(warned).endswith(':7: "pictures/a.png" ends in the middle; expected the whole file [broken-picture]')


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_text", ["NFC", "NFD"])
def test_a_name_is_the_same_however_its_letters_are_composed(tmp_path, on_disk, in_text):
    said, there = (unicodedata.normalize(form, "pictures/größe") for form in (in_text, on_disk))
    page = shown(tmp_path, f"![A]({said}.png) [file]({said}.png)", **{f"{there}_png": whole("PNG")})
    assert page.html.count('="pictures/gr%C3%B6%C3%9Fe.png"') == 2


@pytest.mark.parametrize("name", ["photo.HEIC", "film.mov"])
def test_what_browsers_do_not_show_is_told_what_they_do(tmp_path, name):
    expected = f'"pictures/{name}" is not a picture or video; expected a file ending in .png, .jpg'
    with pytest.raises(ContentError, match=expected):
        shown(tmp_path, f"![A](pictures/{name})", **{f"pictures__{name.replace('.', '_')}": whole("PNG")})


def test_a_photo_with_a_film_behind_it_has_an_end(tmp_path):
    thumbnail = b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9" + bytes(1 << 17)
    (tmp_path / "cut.jpg").write_bytes(thumbnail)
    (tmp_path / "moving.jpg").write_bytes(thumbnail + b"\xff\xd9" + bytes(1 << 18))
    assert is_cut_off(tmp_path / "cut.jpg") and not is_cut_off(tmp_path / "moving.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("place", [{}, {0: b"\2\3\0\0"}, {1: "N", 2: (48.0, 8.0, 30.0)}])
def test_a_photo_that_says_where_it_was_taken_is_told(tmp_path, kind, order, place):
    exif = Image.Exif()
    exif.endian = order
    exif[0x0112] = 1
    if place:
        exif.get_ifd(0x8825).update(place)
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, kind, exif=exif)
    page = shown(tmp_path, "![A](pictures/a.jpg)", pictures__a_jpg=file.getvalue())
    assert [warned.name for warned in page.warnings] == (["located-picture"] if 2 in place else [])


def test_a_photo_as_its_camera_made_it_is_said_to_be_heavy(tmp_path):
    data = whole("PNG")
    page = shown(tmp_path, "![A](pictures/a.png)", pictures__a_png=data[:-12] + bytes(3_000_000) + data[-12:])
    assert [str(warned).partition(":7: ")[2] for warned in page.warnings] == [
        '"pictures/a.png" weighs 3.0 MB, 40 × 30; expected at most 2 MB, as a screen shows no more than 2400 pixels'
        " side by side [heavy-picture]"
    ]


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_video_that_is_none_is_said(tmp_path, name):
    with pytest.raises(ContentError, match=f'"clips/{name}" holds no video; expected one that opens in a browser'):
        shown(tmp_path, f"![A](clips/{name})", **{f"clips__{name.replace('.', '_')}": b"<html>404"})


def test_what_is_done_with_a_picture_in_the_dark(tmp_path):
    dark = re.compile(r'<img src="pictures/bend.svg"[^>]*data-dark="(\w*)"')
    ways = ("![A](pictures/bend.svg)", "<img src='pictures/bend.svg' alt='A'>")
    for at, way in enumerate(ways):
        assert dark.search(shown(tmp_path / f"{at}", way).html)[1] == "paper"
    assert dark.search(shown(tmp_path / "i", "![A](pictures/bend.svg){.invert}").html)[1] == "invert"
    figure = "/// figure | pictures/bend.svg\n    alt: A\n    invert: true\n\nB\n///"
    assert dark.search(shown(tmp_path / "f", figure).html)[1] == "invert"
    caption = shown(tmp_path / "c", "![B](pictures/bend.svg){#fig-b .invert alt=A}").html
    assert dark.search(caption)[1] == "invert" and '<figure id="fig-b"' in caption
    page = shown(tmp_path / "p", "![A](pictures/room.png)", pictures__room_dark_svg=b"<svg/>")
    assert 'srcset="pictures/room.dark.svg"' in page.html
    page = shown(tmp_path / "d", "![A](pictures/bend.svg)", pictures__bend_dark_svg=b"<svg/>")
    assert 'srcset="pictures/bend.dark.svg" data-theme="dark"><img src="pictures/bend.svg"' in page.html
    assert not dark.search(page.html)
