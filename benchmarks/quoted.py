"""What README and docs quote of RESULTS.md: a row a sentence, which says where its figures stand there.

python -m benchmarks.quoted    # writes the figures into the files, as `make bench` does at its end
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contest import ROOT

RESULTS = Path(__file__).parent / "RESULTS.md"
NUMBER = r"([\d,.]*\d)"
FIELD = re.compile(r"\{[^{}]*\}")
Figure = Callable[[str], float]  # of the report


@dataclass(frozen=True)
class Quote:
    """A sentence, or a part of one, that stands once in a file.

    said     it, with a format for each figure: "takes {:.1f} s"; spaces may be line ends
    figures  where they are from
    """

    file: str
    said: str
    figures: Sequence[Figure]

    @property
    def pattern(self) -> re.Pattern[str]:
        """It with any figures, a group each."""
        words = [re.escape(part) for part in FIELD.split(self.said)]
        return re.compile(re.sub(r"(?:\\?\s)+", r"\\s+", NUMBER.join(words)))

    def renewed(self, text: str, report: str) -> str:
        """A file's text with the figures of a report.

        raises  LookupError: the sentence does not stand in it once, or a figure not in the report
        """
        found = list(self.pattern.finditer(text))
        if len(found) != 1:
            raise LookupError(f'{self.file}: "{self.said}" stands there {len(found)} times; expected once')
        for at in range(len(self.figures), 0, -1):
            value = FIELD.findall(self.said)[at - 1].format(self.figures[at - 1](report))
            text = text[: found[0].start(at)] + value + text[found[0].end(at) :]
        return text


def figure(title: str, pattern: str, nth: int = 0) -> Figure:
    """The number where # stands in a pattern, in its nth match in a section of the report."""

    def of(report: str) -> float:
        section = report.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        found = re.findall(pattern.replace("#", NUMBER), section, re.MULTILINE)
        if len(found) <= nth:
            raise LookupError(f'RESULTS.md, {title}: no {nth + 1}. place for "{pattern}"')
        return float(found[nth].replace(",", ""))

    return of


def cell(title: str, row: str, column: int, nth: int = 0) -> Figure:
    """The number with which a cell begins. row: its first words; column: from 1 on, beside these; nth: of such rows"""
    return figure(title, rf"^\|[\s|*\d]*{re.escape(row)}[\s*]*\|" + r"[^|]*\|" * (column - 1) + r" \**#", nth)


def ratio(of: Figure, to: Figure, times: float = 1.0) -> Figure:
    """How many times as large one is as another."""
    return lambda report: times * of(report) / to(report)


def from_floor(pick: Callable[[list[float]], float]) -> Figure:
    """The least or greatest distance of the engine from the floor."""
    rows = r"^\| k = (?:[^|]*\|){6} ([\d.]+) \|$"
    return lambda report: pick([float(found) for found in re.findall(rows, report, re.MULTILINE)])


GROWN = {count: [cell("Growth", count, column) for column in (4, 5)] for count in ("10", "10,000")}
MEDIANS = [figure("Training", r"Median over configurations: \*\*# times", nth) for nth in (0, 1)]
FAST = {  # as the decision calls it -> as the report does
    "torch, one network after another": "torch, one after another",
    "the same, fused Adam": "the same, fused Adam",
    "`torch.func.vmap`": "torch.func.vmap",
    "JAX: jit, vmap, scan": "JAX jit, vmap, scan",
    "Equinox and Optax, the same": "Equinox and Optax, the same",
    "Keras on JAX, one network after another": "Keras on JAX, one after another",
    "Numba, a fused loop": "Numba, a fused loop by hand",
}
SHAPES = (0, 2, 6)  # of the tables against the fast ways: one network, a hundred, a hundred wide ones
SEEN = {tool: cell("Authoring", tool, 2) for tool in ("peek", "MkDocs", "Eleventy")}
WORKED, TRAINED = figure("A sweep", "processors worked # s"), figure("A sweep", "cores: # networks")
ENGINE, FILMS = "docs/decisions/training-engine.md", "docs/decisions/films.md"
KEYS, PAGE = "docs/decisions/keys-by-content.md", "docs/decisions/page-without-framework.md"


def compiled(column: int, nth: int) -> Figure:
    """Of torch.compile."""
    return cell("Training", "torch.compile", column, nth)


FUSED, OWN = (
    [cell("Training", row, 3, nth) for nth in (0, 1, 2, 6)] for row in (FAST["Numba, a fused loop"], "this project")
)


def saved(report: str) -> float:
    """What the fused loop would save of a hundred networks' training, in hundredths."""
    return 100 * (1 - FUSED[2](report) / OWN[2](report))


QUOTES = (
    Quote("README.md", "networks train {:.0f} times faster than a loop in torch", [MEDIANS[0]]),
    Quote("README.md", "2→120→80→40→2→k, {:.0f} times. ", [MEDIANS[1]]),
    Quote("README.md", "JAX takes {:.1f} times as long", [cell("Training", "JAX jit, vmap, scan", 5, 2)]),
    Quote(
        "README.md", "takes {:.0f} times as long for one theme", [cell("Pictures", "twelve networks, end to end, s", 3)]
    ),
    Quote(
        "README.md",
        "a frame of an animation takes {:.2f} ms, where one `savefig` a frame takes {:.0f}",
        [cell("Pictures", "a frame of the animation, all in, ms", column) for column in (2, 1)],
    ),
    Quote(
        "README.md",
        "With version 0.1.0, a changed word was in the served page after {:.0f} ms, in the open browser after {:.0f}",
        [cell("Authoring", "peek", 1), SEEN["peek"]],
    ),
    Quote("README.md", "MkDocs took {:.0f} times as long", [ratio(SEEN["MkDocs"], SEEN["peek"])]),
    Quote("README.md", "Eleventy {:.0f} times", [ratio(SEEN["Eleventy"], SEEN["peek"])]),
    Quote(
        "README.md",
        "costs about {:.2f} s of a core, so 100,000 of them {:.1f} hours of one core",
        [ratio(WORKED, TRAINED), ratio(WORKED, TRAINED, 1e5 / 3600)],
    ),
    *(
        Quote(ENGINE, f"| {name} | {{:.0f}} | {{:.0f}} | {{:.0f}} |", [cell("Training", row, 2, nth) for nth in SHAPES])
        for name, row in FAST.items()
    ),
    Quote(
        ENGINE,
        "| `torch.compile` | {:.0f}, compiles {:.1f} s | {:.0f}, compiles {:.1f} s | {:.0f}, compiles {:.1f} s |",
        [compiled(column, nth) for nth in SHAPES for column in (2, 4)],
    ),
    Quote(
        ENGINE,
        "| ours | **{:.1f}** | **{:.1f}** | **{:.0f}** |",
        [cell("Training", "this project", 2, nth) for nth in SHAPES],
    ),
    Quote(
        ENGINE,
        "of one network alone it takes {:.0f} and ours {:.0f}, of twelve {:.0f} and {:.0f}, of a hundred {:.0f} and"
        " {:.0f}; of a hundred wide ones it takes {:.0f} and ours {:.0f}.",
        [figure for pair in zip(FUSED, OWN, strict=True) for figure in pair],
    ),
    Quote(ENGINE, "the loop would save {:.0f} % of that", [saved]),
    Quote(ENGINE, "ours is {:.1f} times faster than the loop, over the wide ones {:.1f} times", MEDIANS),
    Quote(ENGINE, "networks of the grid train in {:.0f} s", [figure("Training", r"on two cores: \*\*# s")]),
    Quote(ENGINE, "A step takes {:.1f} to {:.1f} times what its arithmetic", [from_floor(min), from_floor(max)]),
    Quote(
        FILMS,
        "imageio's GIF | {:.1f} ms | {:.2f} kB |",
        [cell("Pictures", f"a frame of the {of}", 1) for of in ("animation, all in, ms", "GIF, kB")],
    ),
    Quote(
        FILMS,
        "our writer | **{:.3f} ms** | **{:.2f} kB** |",
        [cell("Pictures", f"a frame of the {of}", 2) for of in ("animation, all in, ms", "GIF, kB")],
    ),
    Quote(
        FILMS,
        "take {:.2f} s in both themes; by hand {:.1f} s in one",
        [cell("Pictures", "a network's pictures, s", column) for column in (2, 1)],
    ),
    Quote(
        KEYS,
        "a build takes {:.2f} s at 10 runs and {:.2f} s at 10,000; after an edit of the text {:.2f} s and {:.2f} s",
        [GROWN[count][at] for at in (0, 1) for count in GROWN],
    ),
    Quote(
        KEYS,
        "The article, {:.0f} s cold, takes {:.2f} s again",
        [figure("Growth", r"cold: \*\*# s"), figure("Growth", "with nothing changed # s")],
    ),
    Quote(
        PAGE,
        "scripts are {:.1f} kB gzipped, of {:.1f} kB that it loads; fonts are {:.1f}, HTML {:.1f}",
        [cell("Page", name, 1) for name in ("scripts", "first view", "fonts", "HTML")],
    ),
    Quote(PAGE, "single file of {:.1f} MB", [figure("Page", "single file: # MB")]),
)


def files(report: str) -> Iterator[tuple[Path, str]]:
    """Each file that quotes a report, and its text with the report's figures.

    raises  LookupError: see Quote.renewed
    """
    for name in dict.fromkeys(quote.file for quote in QUOTES):
        text = (ROOT / name).read_text(encoding="utf-8")
        for quote in QUOTES:
            text = quote.renewed(text, report) if quote.file == name else text
        yield ROOT / name, text


def renew() -> None:
    """Write the figures of RESULTS.md into what quotes them."""
    for path, text in [*files(RESULTS.read_text(encoding="utf-8"))]:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
