"""What an author can name: the guide and `peek list` say all of it, as the code has it."""

import pytest

from generator import guide
from generator.__main__ import main
from generator.figures import load
from generator.markup import blocks
from generator.markup.expressions import FILTERS


def test_the_guide_lists_all_that_can_be_named():
    text = guide.GUIDE.read_text(encoding="utf-8")
    assert guide.updated(text) == text, "run python -m generator.guide"


def test_a_list_that_lags_is_written_anew():
    lagging = f"Before.\n\n{guide.BEGIN}\n\nold\n\n{guide.END}\nAfter.\n"
    assert guide.updated(lagging) == f"Before.\n\n{guide.markdown()}\nAfter.\n"
    assert "| `angles` |" in guide.markdown()


def test_every_name_is_there_with_its_words():
    told = {name: list(listing.rows()) for name, listing in guide.LISTS.items()}
    for name in told.keys() - {"elements"}:
        assert told[name] and [row.name for row in told[name] if not row.words] == [], name
    names = {name: {row.name for row in rows} for name, rows in told.items()}
    assert names["blocks"] == blocks.load().keys() and names["filters"] == FILTERS.keys()
    assert names["figures"] >= load().keys() | {"grid", "bend"}
    assert "lattice" in {row.name: row for row in told["figures"]}["bend"].details[0]


@pytest.mark.parametrize("name", guide.LISTS)
def test_peek_list_prints_it(name, capsys):
    assert main(["list", name]) == 0
    said = capsys.readouterr().out
    assert all(f"  {row.name}" in said or f", {row.name}" in said for row in guide.LISTS[name].rows())


def test_peek_list_knows_no_other(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["list", "nothing"])
    assert caught.value.code == 2 and "figures" in capsys.readouterr().err
