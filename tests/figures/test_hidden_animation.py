"""The film: its frames are the run's checkpoints, its file gives them back, its end is the still."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from generator import figures
from generator.base.style import MARKERS, THEMES
from generator.figures import draw, film
from generator.figures.film import FILM_PX, FRAME_MS, FRAMES, HELD_PX, HOLD_MS, NEWS
from generator.networks.rooms import DISK, QUADRANT

FRAME_BYTES = 9_000
STILL_WITHIN = 12  # of 255, on average over pixels: the still has finer edges and its own text


@pytest.fixture
def filmed(case):
    spec, run, _ = case
    return film.frames_of(spec, run)


def frames_of(data: bytes) -> list[np.ndarray]:
    return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(data)))]


def test_frames_show_the_first_checkpoint_the_last_and_those_between():
    shown = film.shown_checkpoints(64)
    assert len(shown) == FRAMES
    assert (shown[0], shown[-1]) == (0, 63)
    assert (np.diff(shown) > 0).all()
    np.testing.assert_array_equal(film.shown_checkpoints(3), [0, 1, 2])


@pytest.mark.parametrize("count", [200, 400, 600])
def test_a_frame_says_the_share_that_was_counted(count):
    """Not what float32 makes of it: 397 of 400 is 99.25 %."""
    shares = np.arange(count + 1, dtype=np.float32) / np.float32(count)
    run = SimpleNamespace(accuracy=np.nextafter(shares, np.float32(2)), y=np.zeros(count))
    for right in range(count + 1):
        assert film.headline(run, right)[1] == f"{figures.percent(right / count)} right"


@pytest.mark.parametrize("theme", THEMES)
def test_the_file_gives_the_frames_back(case, theme):
    spec, run, _ = case
    frames = film.frames_of(spec, run)
    colours = np.array(film.colours(THEMES[theme], spec.classes), np.uint8)
    decoded = frames_of(figures.load()["hidden-animation"].draw(*case, THEMES[theme])["gif"])
    assert len(decoded) == len(frames) == len(film.shown_checkpoints(len(run.checkpoints)))
    for frame, found in zip(frames, decoded, strict=True):
        np.testing.assert_array_equal(found, colours[frame])


def local_palettes(data: bytes) -> list[bool]:
    """Whether each frame of a GIF brings a palette of its own, read from its blocks (GIF89a, sections 17 to 26)."""
    assert data[:6] == b"GIF89a"
    at = 13 + (3 * 2 ** ((data[10] & 7) + 1) if data[10] & 128 else 0)
    own = []
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            flags = data[at + 9]
            own.append(bool(flags & 128))
            at += 11 + (3 * 2 ** ((flags & 7) + 1) if flags & 128 else 0)
        else:
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return own


def test_one_palette_serves_every_frame(case, filmed):
    data = figures.load()["hidden-animation"].draw(*case, THEMES["light"])["gif"]
    assert local_palettes(data) == [False] * len(filmed)


def test_it_loops_and_holds_the_end(case):
    image = Image.open(io.BytesIO(figures.load()["hidden-animation"].draw(*case, THEMES["light"])["gif"]))
    assert image.info["loop"] == 0
    durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert set(durations[:-1]) == {FRAME_MS}
    assert durations[-1] == HOLD_MS
    assert image.size == (FILM_PX, FILM_PX)


def test_frames_are_small(case):
    data = figures.load()["hidden-animation"].draw(*case, THEMES["light"])["gif"]
    assert len(data) / Image.open(io.BytesIO(data)).n_frames <= FRAME_BYTES


def test_the_last_frame_is_the_still(case):
    files = figures.load()["hidden-animation"].draw(*case, THEMES["light"])
    last = frames_of(files["gif"])[-1].astype(int)
    still = Image.open(io.BytesIO(files["png"])).convert("RGB").resize((FILM_PX, FILM_PX), Image.Resampling.BOX)
    first = frames_of(files["gif"])[0].astype(int)
    assert np.abs(last - np.asarray(still)).mean() < STILL_WITHIN
    assert np.abs(last - np.asarray(still)).mean() < 0.5 * np.abs(first - np.asarray(still)).mean()


def test_points_are_stamped_at_their_places(case, filmed):
    spec, run, _ = case
    shown = film.shown_checkpoints(len(run.checkpoints))
    room = draw.hidden_view(spec, run)
    moving = draw.moving_points(spec, run)[shown]
    full = film.inks().points[:, -1]
    for frame, places in zip(filmed, film.pixel_positions(moving, room).astype(int), strict=True):
        column, row = places[-1]  # the last drawn, so nothing hides it
        assert frame[row, column] == full[run.y[-1]]
    for label in range(spec.classes):
        rows, columns = np.nonzero(filmed[-1] == full[label])
        off = film.pixel_positions(moving[-1, run.y == label], room)
        near = np.abs(np.stack([columns, rows], 1)[:, None] + 0.5 - off).max(-1).min(1)
        assert near.max() < 6  # pixels: every spot of a class's colour belongs to a point


def test_points_beyond_an_open_room_are_left_out(relu_case, monkeypatch):
    spec, run, _ = relu_case
    farthest = draw.moving_points(spec, run)[-1].max(0)
    for edge in (farthest.min() / 2, farthest[1] / 1.04):  # points past the right edge; one amid the text
        smaller = draw.View(QUADRANT, 0.0, float(edge))
        monkeypatch.setattr(draw, "hidden_view", lambda *_, room=smaller: room)
        frame = film.frames_of(spec, run)[-1]
        text = frame[: int(draw.TILE_TOP_PX * FILM_PX / draw.PLANE_PX) - 8]
        assert not np.isin(text, film.inks().points[:, 1:]).any()


def test_epoch_and_accuracy_stand_above_every_frame(case, filmed):
    _, run, _ = case
    assert film.headline(run, 0) == ("epoch 0", f"{figures.percent(float(run.accuracy[0]))} right")
    text = film.inks().text[-1]
    strip = int(draw.TILE_TOP_PX * FILM_PX / draw.PLANE_PX) - 6
    for side in (np.s_[:strip, : FILM_PX // 2], np.s_[:strip, FILM_PX // 2 :]):
        assert all((frame[side] == text).sum() > 20 for frame in filmed)
    assert not np.array_equal(filmed[0][:strip], filmed[-1][:strip])


def test_trails_pale_with_age_and_follow_the_centres():
    centres = np.array([[[50.0, 50.0]], [[90.0, 50.0]], [[90.0, 90.0]]])  # (3 frames, 1 class, 2)
    lasting = np.concatenate([centres, centres[-1:].repeat(film.TRAIL_FRAMES * 5, 0)])
    frames = np.zeros((len(lasting), FILM_PX, FILM_PX), np.uint8)
    film.trails_of(lasting).draw(frames)
    assert not frames[0].any()
    assert frames[1, 50, 70] == film.inks().trails[0, 0, -1]
    assert frames[1, 70, 90] == 0  # not yet gone
    assert frames[-1, 70, 90] == frames[-1, 50, 70] == film.inks().trails[0, -1, -1]


def test_where_ways_cross_the_strongest_pixel_is_seen_and_of_equals_the_newest():
    def trails(*pixels):  # (step, class, level), all in one place, in the order that trails_of gives
        steps, labels, levels = np.array(sorted(pixels, key=lambda pixel: (pixel[2], pixel[0], pixel[1]))).T
        return film.Trails(np.full(len(pixels), 5), steps, labels, levels)

    def shown(*pixels):
        frames = np.zeros((4, FILM_PX, FILM_PX), np.uint8)
        trails(*pixels).draw(frames)
        return frames[:, 0, 5].tolist()

    ink = film.inks().trails[:, 0]
    assert shown((0, 1, 2), (1, 2, 1), (2, 3, 2)) == [0, ink[1, 2], ink[1, 2], ink[3, 2]]
    assert shown((0, 1, 1), (1, 2, 1), (1, 3, 1)) == [0, ink[1, 1], ink[3, 1], ink[3, 1]]


@pytest.mark.parametrize("theme", THEMES)
def test_the_palette_is_the_themes(theme):
    inks, colours = film.inks(), film.colours(THEMES[theme], len(MARKERS))
    assert colours[0] == draw.rgb(THEMES[theme].paper)
    assert colours[inks.text[-1]] == draw.rgb(THEMES[theme].ink)
    assert [colours[index] for index in inks.points[:, -1]] == [draw.rgb(c) for c in THEMES[theme].classes]
    assert len(set(colours)) == len(colours)  # what is different looks different
    assert film.colours(THEMES[theme], 3) == colours[: inks.points[3, 1]]


def test_both_themes_share_all_but_the_palette(case):
    light, dark = (figures.load()["hidden-animation"].draw(*case, THEMES[theme])["gif"] for theme in THEMES)
    palette = 13 + 3 * 2 ** ((light[10] & 7) + 1)
    assert light[:13] == dark[:13] and light[palette:] == dark[palette:]
    assert light[13:palette] != dark[13:palette]


def test_points_tremble_no_more_than_is_seen():
    rng = np.random.default_rng(1)
    there, way = np.array([51.0, 51.0]), np.array([0.4, 0.1])
    places = np.stack([there + rng.uniform(-0.6, 0.6, (40, 2)), there + way * np.arange(40)[:, None]], 1)
    drawn = film.held(places)
    assert np.abs(drawn + 0.5 - places).max() <= HELD_PX
    np.testing.assert_array_equal(drawn[-1], np.floor(places[-1]))
    trembling, going = (np.diff(drawn, axis=0) != 0).any(-1).sum(0)
    assert trembling <= 1  # to the last frame's place
    assert 0.4 * 39 / 2 < going < 0.4 * 39


def test_the_text_tells_of_an_epoch_close_by():
    epochs = np.unique(np.geomspace(1, 5001, 350).round().astype(int)) - 1
    told = np.array(film.told_epochs(epochs))
    assert (told <= epochs).all() and (told * NEWS >= epochs - 1).all()
    assert told[-1] == epochs[-1]
    assert len(set(told)) < 0.5 * len(epochs)
    sparse = [0, 1, 2, 5, 20, 100]
    assert film.told_epochs(np.array(sparse)) == sparse


def test_the_stills_ways_are_as_old_as_the_films():
    for frames in (1, 2, 7, 9, 13, 14, 60):
        ages = np.full(frames - 1, -1)
        for age, (first, last) in enumerate(film.spans(frames)):
            ages[first:last] = age
        oldest = len(film.TRAIL) - 1
        expected = [min((frames - 2 - step) // film.TRAIL_FRAMES, oldest) for step in range(frames - 1)]
        assert ages.tolist() == expected


def test_a_round_rooms_outline_is_a_circle_around_the_tiles_middle():
    room = draw.View(DISK, -1.0, 1.0)
    rows, columns = np.nonzero(film.empty_room(room))
    (left, bottom), (right, top) = film.pixel_positions(np.array([[-1, -1], [1, 1]]), room)
    radius = np.hypot(columns + 0.5 - (left + right) / 2, rows + 0.5 - (top + bottom) / 2)
    assert np.abs(radius - (right - left) / 2).max() < 1.25
    assert len(rows) > 2 * np.pi * (right - left) / 2  # closed


def test_every_class_has_a_stamp_of_its_own():
    shapes = {tuple(zip(*(part.tolist() for part in stamp), strict=True)) for stamp in film.stamps()}
    assert len(shapes) == len(MARKERS)
    for rows, columns, levels in film.stamps():
        assert levels[(rows == 0) & (columns == 0)] == film.LEVELS
        assert 35 < levels.sum() < 60  # all about as heavy
