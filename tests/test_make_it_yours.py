"""What the README says of making the project one's own, done word for word in a copy of it."""

import contextlib
import csv
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import generator as peek
from tests import warm
from tests.edits import edit

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "sites" / "tiny"
README = (ROOT / "README.md").read_text(encoding="utf-8")
AS_WRITTEN = 1e-5  # tables hold six or seven digits


class Copy:
    """The project in a folder of its own, with a small article."""

    def __init__(self, folder, cache):
        self.folder, self.cache = folder, cache
        for name in ("generator", "templates"):
            shutil.copytree(ROOT / name, folder / name)  # with what Python has compiled
        shutil.copytree(TINY, folder / "content")

    def edit(self, path, old, new):
        edit(self.folder / path, old, new)

    def add(self, path, text):
        (self.folder / path).write_text(text, encoding="utf-8")

    def place(self, text):
        """Puts text before the article's figure."""
        self.edit("content/article.md", "/// figure | hidden-plane", f"{text}\n\n/// figure | hidden-plane")

    def say(self, expression):
        """Has the article say the value of an expression, before how many networks it has."""
        self.edit("content/article.md", "{{ results.count", f"{{{{ {expression} }}}}: {{{{ results.count")

    def python(self, *arguments):
        """Runs Python with the copy's own code. Returns what it printed."""
        done = warm.python(*map(str, arguments), cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def build(self, *options):
        """Builds the copy. Returns the page."""
        self.python("-m", "generator", "build", "--quiet", "--workers", "1", "--cache", self.cache, *options)
        return (self.folder / "site" / "index.html").read_text(encoding="utf-8")

    def edited(self):
        """The files of the project that differ from the original's."""
        files = [path for name in ("generator", "templates") for path in (self.folder / name).rglob("*.*")]
        paths = [path.relative_to(self.folder) for path in files if path.is_file() and path.suffix != ".pyc"]
        return [str(path) for path in paths if (self.folder / path).read_bytes() != (ROOT / path).read_bytes()]

    def site(self, path):
        return (self.folder / "site" / path).read_bytes()


@pytest.fixture
def whole(tmp_path, cache):
    """A copy with every picture, for what may spoil one."""
    return Copy(tmp_path / "mine", cache)


@pytest.fixture
def copy(whole):
    """One without the pictures that its tests do not look at, which are drawn anew with each network."""
    for name in ("angles", "hidden_animation", "loss", "vector_field"):
        (whole.folder / "generator" / "figures" / "pictures" / f"{name}.py").unlink()
    return whole


def named(subject):
    """The files that the README's table names for a change."""
    [row] = re.findall(rf"^\| {subject} \| (.*) \|$", README, re.MULTILINE)
    return re.findall(r"`([^`]+)`", row)


def test_the_text(copy):
    assert named("the text") == ["content/article.md"]
    copy.edit("content/article.md", "Where the points go.", "My own words.")
    assert "My own words." in copy.build()


def test_which_networks_are_trained(copy):
    assert named("which networks are trained") == ["content/experiments.toml"]
    copy.edit("content/experiments.toml", "classes = 2", "classes = [2, 3]")
    assert "Four networks with 2 and 3 classes" in copy.build()


def test_a_colour(copy):
    assert named("a colour")[0] == "generator/base/style.py"
    text = (copy.folder / "generator/base/style.py").read_text(encoding="utf-8")
    first = re.search(r'classes=\(\s*\*\("(#\w{6})"', text)[1]
    copy.edit("generator/base/style.py", first, "#0a7a5a")
    copy.build()
    assert b"--class-0: #0a7a5a" in copy.site("assets/style.css")
    with Image.open(io.BytesIO(copy.site("plots/2/tanh.inputData.png"))) as picture:
        assert (0x0A, 0x7A, 0x5A) in {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}


def stages(copy, *options):
    """Builds the copy. Returns for each stage how many it ran, and the reason of those that ran any."""
    explained = ["build", "--explain", "--workers", "1", "--cache", str(copy.cache), *options]
    done = warm.python("-m", "generator", *explained, cwd=copy.folder)
    assert done.returncode == 0, done.stderr
    said = re.findall(r"^(\w+): (\d+) of \d+, (.*)$", done.stderr, re.MULTILINE)
    return {stage: (int(count), why) for stage, count, why in said if count != "0"}


def test_a_measurement(copy):
    assert named("a measurement") == ["generator/measures/columns.py"]
    copy.build()
    copy.edit(
        "generator/measures/columns.py",
        '@measurement("width of the last hidden layer, d")',
        """@measurement("largest weight, whichever way it points")
def largest_weight(trained: Trained) -> float:
    return float(np.abs(trained.run.weights[-1]).max())


@measurement("width of the last hidden layer, d")""",
    )
    copy.say('results.max("largest_weight") | number(2)')
    assert stages(copy) == {"measure": (2, "measurement largest_weight is new")}  # nothing is trained or drawn again
    assert copy.edited() == ["generator/measures/columns.py"]
    page = (copy.folder / "site" / "index.html").read_text(encoding="utf-8")
    largest = max(np.abs(run.weights[-1]).max() for run in peek.load(copy.folder / "site"))
    assert f"{largest:.2f}: Two networks" in page
    assert b"largest weight, whichever way it points" in copy.site("reproduce.html")


def test_a_measurement_across_runs(copy):
    assert named("a measurement across runs") == ["generator/measures/columns.py"]
    copy.edit("content/experiments.toml", "epochs = 60", "epochs = 60\nseeds = 3")
    copy.build()
    with (copy.folder / "generator/measures/columns.py").open("a", encoding="utf-8") as file:
        file.write("""

@across(reads=["loss"], suits=lambda spec: True, place="where a seed stands among its recipe's by loss, 1 is the least")
def place(rows: Sequence[Row], laws: Laws) -> list[dict[str, Any]]:
    losses = sorted(row["loss"] for row in rows)
    return [{"place": 1 + losses.index(row["loss"])} for row in rows]
""")
    copy.say('results.values("place") | join(" ")')
    assert stages(copy) == {"compare": (2, "measurement place is new")}
    assert copy.edited() == ["generator/measures/columns.py"]
    page = (copy.folder / "site" / "index.html").read_text(encoding="utf-8")
    places = [int(word) for word in re.search(r"((?:\d ){5}\d): Six networks", page)[1].split()]
    assert sorted(places[:3]) == sorted(places[3:]) == [1, 2, 3]


def test_words_cost_nothing(copy):
    """A reworded message, another word for a column, a docstring: nothing is trained, measured or drawn again."""
    copy.build()
    copy.edit("generator/content/keys.py", "names a value twice", "says a value twice")
    copy.edit("generator/measures/columns.py", "width of the last hidden layer, d", "how wide the last hidden layer is")
    copy.edit("generator/networks/recipe.py", "step size at the first epoch", "how far it goes at first")
    copy.edit("generator/runs/pipeline.py", "the loss is not finite", "the loss has no value")
    copy.edit("generator/base/errors.py", "did you mean", "was it")
    assert stages(copy) == {}
    assert b"how wide the last hidden layer is" in copy.site("reproduce.html")


def test_a_page(copy):
    assert named("a page") == ["templates/*.html", "templates/css/"]
    copy.edit("templates/base.html", "</body>", "<p>From my template.</p></body>")
    copy.add("templates/css/99-mine.css", "main { outline: 3px dotted }\n")
    assert "From my template." in copy.build()
    assert b"outline: 3px dotted" in copy.site("assets/style.css")


def test_a_figure_of_the_page(copy):
    assert named("a figure of the page") == ["templates/figures/<name>.html", "templates/js/<name>.js"]
    copy.add(
        "templates/figures/tally.html",
        "{# options: word #}\n{{ options.word }}: {% for run in chosen([], options) %}{{ run.label }} {% endfor %}\n",
    )
    copy.place("/// figure | tally\n    word: Trained\n\nAll.\n///")
    assert re.search(r'data-figure="tally".*Trained: tanh ReLU', copy.build(), re.DOTALL)
    assert b"peek" not in copy.site("assets/page.js")


def test_a_mark_of_charts(copy):
    [path] = named("a mark of charts")
    copy.edit(
        path,
        "MARKS: Mapping[str, Mark] = {\n",
        "def _extremes(values: Values, every: Values) -> list[Datum]:\n"
        "    of = sorted(_each(values, every), key=lambda datum: datum.y)\n"
        "    return [of[0], of[-1]]\n\n\n"
        "MARKS: Mapping[str, Mark] = {\n"
        '    "extremes": Mark("the least and the greatest y", NUMBER, NUMBER, CATEGORY, _extremes, _line),\n',
    )
    copy.place("/// figure | chart\n    x: seed\n    y: loss\n    mark: extremes\n\nTwo.\n///")
    page = copy.build()
    assert "chart--extremes" in page and page.count("data-mark") == 2


def test_a_figure_of_the_page_that_is_interactive(copy, browser):
    """Two files, and each option is said once."""
    template, script = named("an explorable")[:2]
    assert named("a figure of the page") == [template, script]
    copy.add(
        template.replace("<name>", "tally"),
        """{% import "picture.html" as pictures %}
{% set run = chosen(["hidden-plane"], options)[0] %}
<div {{ pictures.hook(name, live, options, run) | trim }}><p>{{ run.label }}</p></div>
""",
    )
    copy.add(
        script.replace("<name>", "tally"),
        """// needs: kit/view
peek.define("tally", {
  title: "A tally",
  properties: () => [{ kind: "flag", name: "loud", label: "Loud", initial: false, explain: "Whether it shouts." }],
  async mount(view) {
    await view.near;
    return { paint() {}, summary: () => (view.state.loud ? "TALLY" : "tally"), rows: () => [] };
  },
});
""",
    )
    copy.place("/// figure | tally\n    loud: true\n\nAll.\n///")
    copy.build("--strict")
    shipped = copy.site("assets/js/tally.js")
    assert b"peek.views" in shipped and b"peek.define(`tally`" in shipped and b"peek.plane" not in shipped
    page = browser.new_page()
    page.goto((copy.folder / "site" / "index.html").as_uri())
    expect(page.locator(".explorable.is-live .explorable-summary")).to_have_text("TALLY")
    page.get_by_role("switch", name="Loud").uncheck()
    expect(page.locator(".explorable-summary")).to_have_text("tally")
    page.close()


def test_a_picture_of_a_run(copy):
    assert named("a picture of a run") == ["generator/figures/pictures/<name>.py"]
    copy.add(
        "generator/figures/pictures/accuracy.py",
        '''"""Accuracy by epoch."""

from .. import Figure, network_of, percent


def draw_accuracy(spec, run, measures, theme):
    from .. import draw

    figure = draw.canvas(480, 320, theme)
    axes = figure.add_axes((0.15, 0.15, 0.8, 0.8), facecolor="none")
    axes.plot(run.accuracy, color=theme.accent)
    return draw.encode(draw.pixels(figure))


def describe(spec, measures):
    return f"Accuracy of {network_of(spec)}: {percent(measures['accuracy'])} at the end."


FIGURE = Figure("accuracy", "accuracy", "Accuracy", draw_accuracy, describe, 240, 160)
''',
    )
    copy.edit("content/article.md", "/// figure | hidden-plane", "/// figure | accuracy")
    page = copy.build()
    assert "plots/2/tanh.accuracy.webp" in page and "Accuracy of the tanh network of 2 classes" in page
    with Image.open(io.BytesIO(copy.site("plots/2/ReLU.accuracy.dark.png"))) as picture:
        assert picture.size == (480, 320)


def test_a_block_of_the_text(copy):
    assert named("a block of the text") == ["generator/markup/blocks/<name>.py", "templates/blocks/<name>.html"]
    copy.add(
        "generator/markup/blocks/theorem.py",
        """from . import ID, BlockType, Option

BY = Option(lambda value: isinstance(value, str), "who found it")
MISSING = ("a theorem without a claim", "/// theorem | Its claim")
BLOCK = BlockType("theorem", {"id": ID, "by": BY}, MISSING, label="thm")
""",
    )
    copy.add(
        "templates/blocks/theorem.html",
        """<section id="{{ block.id }}">{{ block.number }} ({{ options.by }}): {{ argument | safe }}
{{ content | safe }}</section>
""",
    )
    copy.place("By @thm-far:\n\n/// theorem | *All* is far\n    id: thm-far\n    by: Us\n\nIt is.\n///")
    page = copy.build()
    assert '<a class="reference" href="#thm-far">Theorem\u00a01</a>' in page
    assert '<section id="thm-far">1 (Us): <em>All</em> is far\n<p>It is.</p></section>' in page


KEYS = '''"""`||Ctrl||`: a key of the keyboard."""

import re

from . import put

KEY = re.compile(r"\\|\\|(\\w+)\\|\\|")


def _key(state, silent):
    found = KEY.match(state.src, state.pos, state.posMax)
    return bool(found) and put(state, silent, found.end(), "key", name=found[1])


def extend(md):
    md.inline.add_terminator_char("|")
    md.inline.ruler.before("escape", "key", _key)


MARKS = {"key": lambda writer, mark: f"<kbd>{mark.data['name']}</kbd>"}
'''


def test_a_construct_of_markdown(copy):
    assert named("a construct of Markdown") == ["generator/markup/constructs/<name>.py"]
    copy.add("generator/markup/constructs/keys.py", KEYS)
    copy.place("Press *||Ctrl||*, not `||Ctrl||`.")
    assert "<p>Press <em><kbd>Ctrl</kbd></em>, not <code>||Ctrl||</code>.</p>" in copy.build()


SAWTOOTH = '''"""Zigzags, one a class, each above the next."""

from . import Control, Dataset, Parameter


def draw(classes, points_per_class, rng, teeth, noise):
    import numpy as np

    along = rng.uniform(-1, 1, (classes, points_per_class))
    height = np.abs((teeth * (along + 1) / 2) % 1 - 0.5) / classes + noise * rng.standard_normal(along.shape)
    return np.stack([along, height + 2 * (np.arange(classes)[:, None] + 0.25) / classes - 1], axis=-1)


DATASET = Dataset(
    "sawtooth",
    draw,
    (Parameter("teeth", 3, "how many teeth a zigzag has", 1), Parameter("noise", 0.02, "of the height", 0.0)),
    plural="zigzags",
    picture="{classes} zigzags of points",
    controls=(
        Control("noise", "noise", "How far points stray from their zigzag: the standard deviation of the height.", 0.2),
        Control("steps", "teeth", "How many teeth a zigzag has.", 5),
    ),
    script="""
(classes, points, { teeth, noise }, { uniform, normal }) => {
  const found = [];
  for (let point = 0; point < classes * points; point++) {
    const along = 2 * uniform() - 1;
    const height = Math.abs((teeth * (along + 1) / 2) % 1 - 0.5) / classes + noise * normal();
    found.push(along, height + 2 * (Math.floor(point / points) + 0.25) / classes - 1);
  }
  return found;
}
""",
)
'''


def test_your_own_data_and_a_picture_that_readers_draw(copy):
    folder, recipes = named("your own data")[:2]
    assert (folder, recipes) == ("content/data/", "content/experiments.toml")
    (copy.folder / folder).mkdir()
    copy.add("content/data/points.csv", "x,y,kind\n" + "1,2,ham\n2,1,ham\n-1,-2,spam\n-3,1,spam\n" * 5)
    copy.edit(recipes, 'kind = "spirals"\npoints_per_class = 20', named("your own data")[2])
    copy.edit(recipes, "ship = 1", "ship = 0")
    placed, _, image = named("a picture that readers draw")
    assert (placed, image) == (r"/// figure \| digit", "image = [height, width]")
    copy.edit(recipes, named("your own data")[2], f"{named('your own data')[2]}\nimage = [1, 2]")
    copy.place("/// figure | digit\n\nDraw.\n///")
    page = copy.build()
    assert "The classes are ham, spam." in page and 'data-explorable="digit"' in page
    assert copy.edited() == []


def test_results_made_elsewhere_and_a_table_of_them(copy):
    *_, recipes, file, table = named("results made elsewhere")
    assert (recipes, named("a table of results")) == (
        "content/experiments.toml",
        ["/// table", "rows:", "columns:", "content/article.md"],
    )
    copy.add("content/scan.csv", "lr,loss\n0.1,2\n0.1,4\n0.01,1\n")
    copy.edit(recipes, "[experiment.grid]", f"{table}\n{file}\n\n[experiment.grid]")
    copy.place(
        "{{ scan.max('loss') }} at most.\n\n/// table | Scan\n    of: scan\n    rows: lr\n    columns: loss\n///"
    )
    page = copy.build()
    assert "4 at most." in page and "2.50 – 3.50" in page and copy.edited() == []


def test_one_table_of_many_runs_predictions_and_a_design_of_two_factors(copy):
    [command] = named("one table of many runs")
    file, block, _ = named("predictions")
    placed, *options, _ = named("a design of two factors")
    assert (block, placed, options) == ("/// predictions", r"/// figure \| two-way", ["rows:", "columns:", "cells:"])
    asked = command.replace("peek build", "").replace("NAME", "grid").split()
    copy.python("-m", "generator", "build", "--quiet", "--workers", "1", "--cache", copy.cache, *asked)
    copy.edit("content/experiments.toml", "[experiment.grid]", '[results.full]\nfile = "full.csv"\n\n[experiment.grid]')
    says, claim = 'says = "Two tanh networks are enough."', "claim = \"full.where(activation='tanh').count == 2\""
    copy.add(file, f"date = 2026-03-01\n[[prediction]]\n{says}\n{claim}\n")
    cells = "    rows: [r]\n    columns: [c]\n    cells: [arms: My arms]\n    activation: tanh\n"
    copy.place(f"{block}\n///\n\n/// figure | two-way\n{cells}\nMine.\n///")
    page = copy.build()
    assert '<li data-verdict="refuted">' in page and "Two tanh networks are enough." in page
    assert page.count('class="two-way-networks"') == 1 and "My arms" in page and copy.edited() == []


def test_a_dataset(copy, browser):
    assert named("a dataset") == ["generator/networks/datasets/<name>.py"]
    copy.add("generator/networks/datasets/sawtooth.py", SAWTOOTH)
    copy.edit("content/experiments.toml", 'kind = "spirals"', 'kind = "sawtooth"\nteeth = 2')
    copy.edit("content/article.md", "/// figure | hidden-plane", "/// figure | train")
    copy.say("results.one().dataset }} {{ results.one().kind }} {{ results.one().teeth | number(0)")
    page = copy.build()
    assert "arms sawtooth 2: Two networks" in page and "The input plane: 2 zigzags of points on the regions" in page
    figure = browser.new_page().locator("figure", has_text="Where the points go.")
    figure.page.goto((copy.folder / "site" / "index.html").as_uri())
    figure.scroll_into_view_if_needed()
    figure.get_by_role("radio", name="a seed of your own").check()
    figure.get_by_role("button", name="One step").click()
    expect(figure.locator(".explorable-summary")).to_contain_text("seed 1, noise 0.02, steps 2. Not training: epoch 1,")
    words = figure.text_content()
    assert "How many zigzags there are to tell apart." in words
    assert "How far points stray from their zigzag" in words
    figure.page.close()


def test_a_key_of_a_recipe(copy):
    networks = [f"generator/networks/{name}.py" for name in ("recipe", "train", "listing")]
    assert named("a key of a recipe") == [*networks, "templates/js/train.js"]
    copy.edit(
        "generator/networks/recipe.py",
        "    head_bias: bool =",
        '    decay: float = key(0.5, "a word of my own, per epoch", number(least=0, below=1))\n    head_bias: bool =',
    )
    copy.edit("content/experiments.toml", "classes = 2", "classes = 2\ndecay = [0.25, 0.75]")
    copy.say('results.distinct("decay") | join(" and ")')
    copy.build()
    assert b"a word of my own, per epoch" in copy.site("reproduce.html")
    rows = list(csv.DictReader(copy.site("data/grid.csv").decode().splitlines()))
    assert [(row["id"], row["decay"]) for row in rows[:2]] == [
        ("k2-tanh-decay0.25-s1", "0.25"),
        ("k2-tanh-decay0.75-s1", "0.75"),
    ]
    copy.edit("content/experiments.toml", "decay = [0.25, 0.75]", "decay = 1")
    with pytest.raises(AssertionError, match="decay is 1; expected a number at least 0 and below 1"):
        copy.build()


def test_an_option_of_the_command(copy):
    assert named("an option of the command") == ["generator/options.py"]
    copy.edit(
        "generator/options.py",
        "    draft: bool",
        """    tone: tuple[str, ...] = option((), "how the page speaks", "NAME", decides=True, choices=("warm", "dry"))
    draft: bool""",
    )
    said = " ".join(copy.python("-m", "generator", "publish", "--help").split())
    assert "--tone NAME how the page speaks: warm, dry; may be given again" in said
    addresses = (
        "from generator import build, options; from generator.__main__ import parser;"
        "asked = [options.given(parser().parse_args(['build', *more]))"
        " for more in ([], ['--strict'], ['--tone', 'dry'], ['--tone', 'dry', '--tone', 'warm'])];"
        "print(*(build.inputs_digest(each, build.templates_of(each)) for each in asked))"
    )
    plain, strict, dry, both = copy.python("-c", addresses).split()
    assert plain == strict and len({plain, dry, both}) == 3  # an old site is never served for a new tone


def ask_for_swish(copy):
    """Has the article's second activation be swish, trained for longer, told of, and trained in the page as well."""
    copy.edit("content/experiments.toml", 'activation = ["tanh", "relu"]', 'activation = ["tanh", "swish"]')
    copy.edit("content/experiments.toml", "epochs = 60", "epochs = 200")
    copy.edit("content/article.md", "[tanh, relu]", "[tanh, swish]")
    copy.say('results.where(activation="swish").max("accuracy") | percent')
    copy.place("/// figure | train\n\nTry.\n///")


def test_an_activation(whole, browser):
    assert named("an activation") == ["generator/networks/activations.py"]
    whole.edit(
        "generator/networks/activations.py",
        "\n)\nACTIVATIONS =",
        """
    Activation("swish", of="a * logistic(a)", room=rooms.PLANE, words="lets through what is above 0, and a dip below"),
)
ACTIVATIONS =""",
    )
    ask_for_swish(whole)
    page = whole.build()
    assert whole.edited() == ["generator/networks/activations.py"]
    assert float(re.search(r"(\d+\.\d)\s%: Two networks", page)[1]) > 60  # it learned something
    assert (
        "the swish network of 2 classes" in page
        and "the points gather in their room, the plane, which has no end" in page
    )
    with Image.open(io.BytesIO(whole.site("plots/2/swish.decisionBoundaries.Final.png"))) as picture:
        seen = picture.convert("RGB").getcolors(1 << 24)
    drawn = {bytes(colour).hex(): count for count, colour in seen}
    inks = re.findall(r"--class-[01]: #(\w{6})", whole.site("assets/style.css").decode())[:2]
    assert min(drawn.get(ink, 0) for ink in inks) > 100  # points of both classes are in its frame
    with contextlib.closing(browser.new_page()) as opened:
        trained_in_the_page(opened, (whole.folder / "site" / "index.html").as_uri())


def test_an_activation_by_its_formula(copy, browser):
    assert named("an activation by its formula") == ["[activation.NAME]", "content/experiments.toml"]
    guide = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^```toml\n(\[activation\.swish\]\n.*?)^```", guide, re.MULTILINE | re.DOTALL)
    ask_for_swish(copy)
    path = copy.folder / "content" / "experiments.toml"
    path.write_text(f'{path.read_text()}\n{table}\n[activation.spare]\nformula = "a"\n', encoding="utf-8")
    page = copy.build()
    assert copy.edited() == []
    assert float(re.search(r"(\d+\.\d)\s%: Two networks", page)[1]) > 60
    assert "the Swish network of 2 classes" in page and "both values are at least −0.278" in page
    assert copy.site("plots/2/swish.decisionBoundaries.Final.png")
    run = peek.load(copy.folder / "site").one(activation="swish")
    again = peek.train(run.spec)  # here nothing but the run's own recipe knows the formula
    assert run.label == again.label == "Swish" and (again.weights == run.weights).all()
    assert (run.predict(run.x) == run.y).mean() == pytest.approx(run.accuracy[-1], abs=0.02)
    with contextlib.closing(browser.new_page()) as opened:
        trained_in_the_page(opened, (copy.folder / "site" / "index.html").as_uri(), "Swish")


def trained_in_the_page(page, address, label="swish"):
    """The page knows swish: it says what it is, computes what the build computed, and trains it."""
    page.goto(address + "#fig-train.activation=swish&fig-train.classes=2")
    live = page.locator("[data-explorable=train] .explorable-live")
    live.scroll_into_view_if_needed()
    control = live.locator(".control", has_text="Activation")
    assert control.locator("label").all_inner_texts() == ["tanh", label, "a formula"]
    said = f"tanh squeezes it between −1 and 1, {label} lets through what is above 0, and a dip below."
    assert said in page.content()
    gone = page.evaluate(
        """() => peek.runs.load("grid/k2-swish-s1").then((run) => {
          const {loss, right} = peek.network.trainer(run.net, run.weights.at(-1)).loss(run.x, run.y, run.y.length);
          const out = new Float64Array(run.x.length);
          peek.network.evaluator(run.net).hidden(run.weights.at(-1), run.x, run.y.length, out);
          const {box} = peek.roomOf("swish", out);
          const framed = out.every((value) => value >= box.x0 && value <= box.x1);
          return {loss: loss - run.loss.at(-1), right: right - run.right.at(-1), framed};
        })"""
    )
    assert abs(gone["loss"]) < 1e-3 and abs(gone["right"]) <= 1 and gone["framed"]
    live.get_by_role("button", name="Train", exact=True).click()
    live.locator(".train-notice", has_text="Done: 200 epochs.").wait_for(timeout=60000)
    told = page.evaluate("peek.views.get('fig-train').instance.rows().at(-1)")
    assert told[2] > 0.6


def test_a_room(whole, browser):
    """A row, and an activation whose room it is: measures, words and pictures are in it, and so is the page."""
    rooms, activations = named("a room") + named("an activation")
    whole.edit(
        rooms,
        "ROOMS = {room.name: room for room in (SQUARE,",
        """UNIT = Room(
    "unit",
    "the square from 0 to 1",
    low=0.0,
    high=1.0,
    shape="box",
    best={k: distance / 2 for k, distance in SQUARE.best.items()},
    symmetries=(_STRAIGHT[0], _CROSSED[0]),
)
ROOMS = {room.name: room for room in (UNIT, SQUARE,""",
    )
    whole.edit(
        activations,
        "\n)\nACTIVATIONS =",
        """
    Activation("logistic", of="logistic(a)", room=rooms.UNIT, words="squeezes it between 0 and 1"),
)
ACTIVATIONS =""",
    )
    whole.edit("content/experiments.toml", 'activation = ["tanh", "relu"]', 'activation = ["tanh", "logistic"]')
    whole.edit("content/article.md", "[tanh, relu]", "[tanh, logistic]")
    whole.place("/// figure | train\n\nTry.\n///")
    page = whole.build()
    assert sorted(whole.edited()) == sorted([rooms, activations])
    assert "the points gather in their room, the square from 0 to 1" in page
    rows = csv.DictReader(whole.site("data/grid.csv").decode().splitlines())
    [row] = [row for row in rows if row["activation"] == "logistic"]
    centres = np.array(json.loads(row["centres"]))
    assert (centres >= 0).all() and (centres <= 1).all()
    apart = np.linalg.norm(centres[0] - centres[1])
    for share in ("packing_ratio", "simplex_share"):  # two points are farthest apart in two corners, sqrt(2) apart
        assert float(row[share]) == pytest.approx(apart / np.sqrt(2), rel=AS_WRITTEN)
    with Image.open(io.BytesIO(whole.site("plots/2/logistic.decisionBoundaries.Final.png"))) as picture:
        seen = np.asarray(picture.convert("RGB"))
    hairline = bytes.fromhex(re.search(r"--hairline: #(\w{6})", whole.site("assets/style.css").decode())[1])
    walls = (seen == list(hairline)).all(2)
    assert (walls.mean(0) > 0.8).sum() >= 2 and (walls.mean(1) > 0.8).sum() >= 2  # left and right, top and bottom
    with contextlib.closing(browser.new_page()) as opened:
        opened.goto((whole.folder / "site" / "index.html").as_uri())
        opened.wait_for_function("() => globalThis.peek?.roomOf")
        shown = opened.evaluate("peek.roomOf('logistic', Float64Array.of(0.2, 0.7))")
    assert shown["inner"] == {"x0": 0, "x1": 1, "y0": 0, "y1": 1}
    assert shown["box"] == pytest.approx({"x0": -0.07, "x1": 1.07, "y0": -0.07, "y1": 1.07})
    assert shown["labels"] == [[0, 0, "0", "below"], [1, 0, "1", "below"], [0, 1, "1", "above"]]


def test_a_stage(copy):
    """It runs where products are missing, says why, and is forced like any other; its files travel with the site."""
    rows, methods = named("a stage")
    copy.edit(
        rows,
        '        Stage("card",',
        '        Stage("weigh", "networks", ("train",), Source(("runs/pipeline",), ())),\n        Stage("card",',
    )
    copy.edit(methods, "        runs.remember()", "        scripts |= runs.weigh()\n        runs.remember()")
    copy.edit(
        methods,
        "    def remember(self)",
        """    def weigh(self) -> dict[str, Path]:
        keys = {item: digest("weighed", self.keys[run.spec]) for item, run in self.runs.items()}

        def jobs(missing):
            return (Job([item], weighed, (partial(self.data, [self.runs[item].spec]),)) for item in missing)

        files = self.run("weigh", list(keys), self.files("weighed", "txt", keys), jobs)
        return {f"data/{'/'.join(item)}.txt": file for item, file in files.items()}

    def remember(self)""",
    )
    with (copy.folder / methods).open("a", encoding="utf-8") as file:
        file.write("\n\ndef weighed(data):\n    return str(tasks.decode(data[0]).weights[-1].size).encode()\n")
    assert stages(copy)["weigh"] == (2, "not in the cache")
    assert sorted(copy.edited()) == sorted([rows, methods])
    for run in peek.load(copy.folder / "site"):
        assert int(copy.site(f"data/{run.experiment}/{run.id}.txt")) == run.weights.shape[1]
    assert b".txt" in copy.site("SHA256SUMS")
    assert stages(copy) == {}
    assert stages(copy, "--force", "weigh") == {"weigh": (2, "forced")}


def test_a_warning(copy):
    """It is said with its name, is an error to --strict, and is passed over where it is allowed."""
    [rows] = named("a warning")
    copy.edit(rows, '    "collapsed-run":', '    "few-runs": "there is little to compare",\n    "collapsed-run":')
    copy.edit(
        "generator/build.py",
        "    carded = memo(",
        """    if len(made.runs) < 3:
        warnings.append(Warned("few-runs", f"{len(made.runs)} runs, which is few"))
    carded = memo(""",
    )
    said = "2 runs, which is few [few-runs]"
    assert sorted(copy.edited()) == sorted([rows, "generator/build.py"])
    with pytest.raises(AssertionError, match="--strict allows none") as refused:
        copy.build("--strict")
    assert said in str(refused.value)
    copy.build()
    copy.build("--strict", "--allow", "few-runs")
    assert "few-runs" in copy.python("-m", "generator", "build", "--help")
