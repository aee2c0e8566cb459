"""Films as GIF: what a reader makes of them is what went in, and what stands still costs nothing."""

import imageio.v3 as iio
import numpy as np
import pytest

from generator.figures import gif

STEP_BYTES = 80  # the headers of a frame, two pixels, and a long run


def some_colours(count: int) -> list[tuple[int, int, int]]:
    codes = np.random.default_rng(count).choice(1 << 24, count, replace=False)
    return [(int(code) & 255, int(code) >> 8 & 255, int(code) >> 16) for code in codes]


def decoded(data: bytes) -> np.ndarray:
    """The frames as a reader shows them: (F, H, W, 3)."""
    return np.stack([frame for frame in iio.imiter(data, extension=".gif", plugin="pillow", mode="RGB")])


def written(frames: np.ndarray, colours: list[tuple[int, int, int]], durations_ms: list[int]) -> bytes:
    return gif.compressed(frames, len(colours), durations_ms).coloured(colours)


def still_between(frames: np.ndarray, share: float) -> np.ndarray:
    """Frames of which a share of the pixels stay as they were in the first."""
    stay = np.random.default_rng(1).random(frames.shape) < share
    return np.where(stay, frames[:1], frames)


@pytest.mark.parametrize(
    ("shape", "colours"),
    [
        ((1, 300, 301), 3),
        ((5, 30, 40), 2),
        ((3, 200, 200), 255),  # codes run out, again and again
        ((2, 1, 1), 20),
        ((2, 300, 300), 63),  # a palette that is full to the last entry
        ((2, 300, 300), 64),
    ],
)
@pytest.mark.parametrize("still", [0.0, 0.7, 0.999])
def test_a_film_gives_its_frames_back(shape, colours, still):
    frames = still_between(np.random.default_rng(4).integers(0, colours, shape).astype(np.uint8), still)
    frames[0, 0, 0], frames[-1, 0, 0] = 0, 1  # never all alike: readers join what shows no change
    palette = some_colours(colours)
    shown = decoded(written(frames, palette, [90] * len(frames)))
    np.testing.assert_array_equal(shown[[0, -1]], np.array(palette, np.uint8)[frames[[0, -1]]])
    if still < 0.99:
        np.testing.assert_array_equal(shown, np.array(palette, np.uint8)[frames])


def test_a_run_longer_than_all_codes_can_be_written():
    """Strings of one symbol grow by one a code, so 3,000 x 3,000 pixels need more than there are: a fresh start."""
    frames = np.zeros((1, 3000, 3000), np.uint8)
    frames[0, -1, -1] = 1
    palette = some_colours(2)
    np.testing.assert_array_equal(decoded(written(frames, palette, [90])), np.array(palette, np.uint8)[frames])


def test_colours_are_put_on_a_film_after_it_is_compressed():
    frames = np.random.default_rng(4).integers(0, 4, (3, 20, 20)).astype(np.uint8)
    film = gif.compressed(frames, 4, [50] * 3)
    light, dark = some_colours(4), some_colours(40)[-4:]
    for palette in (light, dark):
        np.testing.assert_array_equal(decoded(film.coloured(palette)), np.array(palette, np.uint8)[frames])
    assert film.coloured(light)[-len(film.body) :] == film.coloured(dark)[-len(film.body) :]


def test_what_does_not_change_costs_next_to_nothing():
    frames = np.random.default_rng(4).integers(0, 50, (1, 200, 200)).astype(np.uint8).repeat(20, 0)
    frames[:, 100, 0] = frames[:, 101, -1] = np.arange(50, 70)  # two rows' ends: what is between stands still
    one = len(gif.compressed(frames[:1], 70, [50]).body)
    assert len(gif.compressed(frames, 70, [50] * 20).body) < one + 20 * STEP_BYTES


def test_what_lies_between_two_changes_is_written_where_that_is_shorter(monkeypatch):
    """Twenty things of one shape that tremble: what each move uncovers differs, the thing does not."""
    rng = np.random.default_rng(4)
    thing = np.array([[0, 1, 2, 2, 1, 0], [1, 2, 2, 2, 2, 1], [1, 2, 2, 2, 2, 1], [0, 1, 2, 2, 1, 0]], np.uint8)
    there = rng.integers(10, 80, (20, 2))
    frames = np.zeros((30, 100, 100), np.uint8)
    for frame in frames:
        for row, column in there + rng.integers(-1, 2, there.shape):
            frame[row : row + 4, column : column + 6] = thing
    joined = len(gif.compressed(frames, 3, [50] * 30).body)
    np.testing.assert_array_equal(
        decoded(written(frames, some_colours(3), [50] * 30)), np.array(some_colours(3))[frames]
    )
    monkeypatch.setattr(gif, "JOINED", 1)
    assert joined < 0.97 * len(gif.compressed(frames, 3, [50] * 30).body)


def test_few_colours_make_short_codes():
    frames = np.random.default_rng(4).integers(0, 3, (1, 40, 40)).astype(np.uint8)
    few, many = (gif.compressed(frames, colours, [50]) for colours in (3, 200))
    assert (few.bits, many.bits) == (2, 8)
    assert len(few.body) < 0.9 * len(many.body)


def test_it_tells_how_long_each_frame_is_shown():
    frames = np.arange(4, dtype=np.uint8).reshape(4, 1, 1).repeat(5, 1).repeat(5, 2)
    data = written(frames, some_colours(4), [50, 60, 70, 900])
    told = [iio.immeta(data, extension=".gif", plugin="pillow", index=index) for index in range(4)]
    assert [each["duration"] for each in told] == [50, 60, 70, 900]
    assert told[0]["loop"] == 0


def test_the_bits_are_those_that_the_specification_gives():
    """1 1 1 1 in two bits: clear 4, then 1, 11 = 6, 1, end 5, and this one four bits wide; least bits first."""
    codes = bytes([0b10_001_100, 0b0101_001_1])
    assert gif.lzw(np.ones((1, 4), np.uint8), 2) == bytes([2, len(codes), *codes, 0])
