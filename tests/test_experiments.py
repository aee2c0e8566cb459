"""The experiments file: grids, addresses, and every mistake with its line."""

import json
import re

import pytest

from generator.base.errors import ContentError
from generator.content import experiments
from generator.networks.spec import flat, unflat
from generator.runs.entries import entry
from generator.runs.results import from_catalogue

GRID = """\
[dataset.spirals]
kind = "spirals"

[experiment.grid]
classes = [2, 3]
activation = ["tanh", "relu"]
"""


def runs(text, profile="standard"):
    return [run for e in experiments.parse(text, "e.toml", profile).experiments for run in e.runs]


def mistakes(text, profile="standard"):
    with pytest.raises(ContentError) as caught:
        experiments.parse(text, "e.toml", profile)
    return str(caught.value).splitlines()


def test_heads_have_addresses():
    text = GRID.replace('["tanh", "relu"]', '"tanh"').replace("[2, 3]", "5")
    ids = [run.id for run in runs(text + 'head_bias = [true, false]\nhead_start = ["drawn", "margin-no-bias"]\n')]
    assert ids[1] == "k5-tanh-headbias-on-headstart-margin-no-bias-s1"
    assert ids[2] == "k5-tanh-headbias-off-headstart-drawn-s1"


def test_lists_make_a_grid_in_order():
    assert [run.id for run in runs(GRID)] == ["k2-tanh-s1", "k2-relu-s1", "k3-tanh-s1", "k3-relu-s1"]


def test_defaults_are_the_recipe():
    spec = runs(GRID)[0].spec
    assert (spec.hidden, spec.epochs, spec.learning_rate, spec.schedule, spec.l2) == (
        (64, 2),
        3000,
        0.03,
        "cosine",
        1e-4,
    )
    assert dict(spec.dataset_options) == {"turn_rad": 4.0, "noise_rad": 0.1, "root_radius": 0.0}
    assert spec.points_per_class == 100


def test_relu_starts_open_unless_told():
    assert [run.spec.bias_start for run in runs(GRID)] == [None, 1.0, None, 1.0]
    assert {run.spec.bias_start for run in runs(GRID + "bias_start = 0.5\n")} == {0.5}


def test_every_field_that_varies_is_in_the_address_and_addresses_are_unique():
    text = GRID + "hidden = [[64, 2], [120, 80, 40, 2]]\nl2 = [0.0, 1e-3]\nseeds = 3\ndraw = 2\nship = 1\n"
    found = runs(text)
    assert len(found) == 2 * 2 * 2 * 2 * 3
    assert len({run.id for run in found}) == len(found)
    folders = [(run.folder, run.spec.activation) for run in found if run.folder]
    assert len(set(folders)) == len(folders) == 2 * 2 * 2 * 2 * 2
    assert "2/h120-80-40-2/l20.001/s2" in dict(folders)
    assert {run.spec.seed for run in found if run.shipped} == {1}


def test_first_experiment_has_the_short_addresses():
    text = GRID + 'draw = 1\n[experiment.more]\nclasses = 2\nactivation = "tanh"\ndraw = 1\n'
    assert [run.folder for run in runs(text)] == ["2", "2", "3", "3", "more/2"]


def test_profiles_replace_fields():
    text = GRID + "[profile.full.grid]\nseeds = 5\n"
    assert len(runs(text)) == 4 and len(runs(text, "full")) == 20


def test_more_classes_than_colours_train_where_nothing_is_drawn():
    assert {run.spec.classes for run in runs(GRID.replace("[2, 3]", "[2, 13]"))} == {2, 13}


@pytest.mark.parametrize(
    "grid",
    [
        "beta2 = [0.9999999, 0.99999995]",
        "l2 = [1e-6, 1e6]",
        "l2_factors = [[0, 0, 1], [0, 0, 1.0000001]]",
        "bias_start = [0.0, 0.5]",
    ],
)
def test_each_run_of_a_grid_has_a_name_of_its_own(grid):
    assert len({run.id for run in runs(GRID)}) == 4
    assert len({run.id for run in runs(f"{GRID}\n{grid}\n")}) == 8


def test_dataset_fields_make_grids_too():
    text = GRID.replace('"spirals"\n', '"spirals"\nnoise_rad = [0.0, 0.2]\n', 1)
    assert {dict(run.spec.dataset_options)["noise_rad"] for run in runs(text)} == {0.0, 0.2}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("classes = [2, 3]", "classes = 0", "e.toml:5: classes is 0; expected a whole number, at least 2"),
        ("classes = [2, 3]", "classes = 2.0", "e.toml:5: classes is 2.0; expected a whole number, at least 2"),
        ("classes = [2, 3]", "classes = []", "e.toml:5: classes is an empty list; expected a whole number, at least 2"),
        ("classes = [2, 3]", "classes = [2, 2]", "e.toml:5: classes names a value twice; expected different values"),
        (
            '"relu"]',
            '"rellu"]',
            'e.toml:6: activation is "rellu"; expected one of tanh, relu, disk, sphere, softplus; did you mean "relu"?',
        ),
        (
            'kind = "spirals"',
            'kind = "spirals"\nnoise_rad = -1',
            "e.toml:3: noise_rad is -1; expected a number at least 0",
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nhidden = [\n 64,\n 1]\nship = 1",
            "e.toml:6: the last width is 1; expected 2 or more where runs travel with the page",
        ),
        (
            "classes = [2, 3]",
            "classes = [2, 13]\ndraw = 1",
            "e.toml:5: classes is 13 where runs are drawn: pictures and explorables have 12 colours; "
            "expected at most 12, or draw = 0 and ship = 0",
        ),
        (
            'kind = "spirals"\n\n[experiment.grid]',
            'kind = "simplex"\n\n[experiment.grid]\nship = 1',
            "e.toml:5: ship is 1 with a simplex dataset; expected 0, or points of a plane",
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nlearning_rate = 0",
            "e.toml:6: learning_rate is 0; expected a number above 0",
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nbeta1 = 1.0",
            "e.toml:6: beta1 is 1.0; expected a number at least 0 and below 1",
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nepsilon = inf",
            "e.toml:6: epsilon is Infinity; expected a number above 0",
        ),
        ("[experiment.grid]", "[experiment.Grid]", 'e.toml:4: "Grid" is no name for an experiment; expected small'),
        ("[experiment.grid]", "[experimnt.grid]", 'e.toml:4: unknown table "experimnt"; expected one of dataset, exp'),
        ("classes = [2, 3]\n", "", "e.toml:4: experiment grid has no classes; expected classes = a whole number"),
        ("classes = [2, 3]", "classes = 2\nseeds = 0", "e.toml:6: seeds is 0; expected how many seeds, such as 20"),
        (
            'activation = ["tanh", "relu"]',
            'activation = "disk"\nship = 1',
            'e.toml:7: ship is 1 with activation "disk"; expected 0, or one of each neuron alone: tanh, relu, softplus',
        ),
        (
            "classes = [2, 3]",
            'classes = 2\nhead_start = "margin"',
            "e.toml:6: a law's head needs its room; expected a square or a disk, as of tanh or disk",
        ),
        (
            "classes = [2, 3]",
            'classes = 2\nhead_bias = "no"',
            'e.toml:6: head_bias is "no"; expected true or false',
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nhidden = [8, 8, 2]\nl2_factors = [0, 0, 1]",
            "e.toml:7: l2_factors are [0.0, 0.0, 1.0] where hidden is [8, 8, 2]; expected 4 numbers",
        ),
        (
            "classes = [2, 3]",
            "classes = 2\nl2_factors = [[1, 1, 0], [0, -1, 0]]",
            "e.toml:6: l2_factors is [0, -1, 0]; expected a list of numbers at least 0, one a layer, such as [0, 0, 1]",
        ),
        (
            '"tanh"',
            "tanh",
            "e.toml:6: not TOML: invalid value; expected a number such as 0.1, true or false, or text in",
        ),
        (
            "classes = [2, 3]",
            "l2 = 0,1",
            "e.toml:5: not TOML: expected newline or end of document after a statement; exp",
        ),
        (
            "experiment.grid",
            "experiment.my grid",
            "e.toml:4: not TOML: expected ']' at the end of a table declaration; ex",
        ),
        (
            '"spirals"',
            '"C:\\Users"',
            "e.toml:2: not TOML: invalid hex value; expected / between folders, or '…' around a text with a \\",
        ),
        ("[experiment.grid]", "[experiment]", 'e.toml:5: "classes" outside of an experiment; expected it below a name'),
        (
            "[experiment.grid]",
            '[experiment.grid]\ndataset = "moons"',
            'e.toml:5: unknown dataset "moons"; expected the name of a table such as [dataset.moons], below it kind',
        ),
        (
            "[experiment.grid]",
            '[experiment.grid]\ndataset = "data/Iris 2.csv"',
            'e.toml:5: unknown dataset "data/Iris 2.csv"; expected the name of a table [dataset.iris-2], below it',
        ),
        (
            "[experiment.grid]",
            '[experiment.grid]\ndataset.kind = "moons"',
            'e.toml:5: dataset is {"kind": "moons"}; expected the name of a table such as [dataset.moons]',
        ),
        ("classes = [2, 3]", "classes = '''two", "e.toml:6: not TOML: expected \"'''\""),
    ],
)
def test_each_mistake_has_its_line(old, new, said):
    assert any(line.startswith(said) for line in mistakes(GRID.replace(old, new))), mistakes(GRID.replace(old, new))


def test_one_mistake_is_told_once():
    wrong = GRID.replace('["tanh", "relu"]', '["zero", "tanh"]') + '[activation.zero]\nformula = "0 * a"\n'
    for names in ('["zero", "tanh"]', '"zero"'):
        said = mistakes(wrong.replace('["zero", "tanh"]', names))
        assert [line.partition(";")[0] for line in said] == ['e.toml:8: "0 * a" is the same everywhere']


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            '[dataset]\nkind = "moons"\n',
            'e.toml:2: "kind" outside of a dataset; expected it below a name, [dataset.moons]',
        ),
        (
            '[results]\nfile = "a.csv"\n',
            'e.toml:2: "file" outside of results; expected it below a name, [results.scan]',
        ),
        ("[model]\nclasses = [3]\n", 'e.toml:2: "classes" outside of a model; expected it below a name, [model.nulls]'),
        (
            "[profile]\nepochs = 2\n",
            'e.toml:2: "epochs" outside of a profile; expected it below a name, [profile.quick]',
        ),
        ('activation = "tanh"\n', "e.toml:1: activation is not a table; expected a table such as [activation.swish]"),
        ("profile = 3\n", "e.toml:1: profile is not a table; expected a table such as [profile.quick]"),
        (
            f"{GRID}[profile.quick]\ngrid = 3\n",
            "e.toml:8: profile.quick.grid is not a table; expected [profile.quick.grid]",
        ),
        (f"{GRID}[[profile.quick]]\n", "e.toml:7: profile.quick is a list of tables; expected [profile.quick]"),
        (
            f"{GRID}[[profile.quick.grid]]\n",
            "e.toml:7: profile.quick.grid is not a table; expected [profile.quick.grid]",
        ),
        (
            GRID.replace("[dataset.spirals]", "[[dataset.spirals]]"),
            "e.toml:1: dataset.spirals is a list of tables; expected [dataset.spirals]",
        ),
        (
            GRID.replace("[experiment.grid]", "[[experiment.grid]]"),
            "e.toml:4: experiment.grid is a list of tables; expected [experiment.grid]",
        ),
        (
            '[activation.a]\nformula = "tanh(a)"\nlabel = 3\n',
            "e.toml:3: label is 3; expected at most 40 signs in a line",
        ),
    ],
)
@pytest.mark.parametrize("profile", ["standard", "quick"])
def test_a_table_that_is_none_is_told_once(given, said, profile):
    told = [line for line in mistakes(given, profile) if "unknown profile" not in line]
    assert told == [said]


def test_every_room_and_width_may_be_drawn():
    text = GRID.replace('["tanh", "relu"]', '["disk", "sphere", "softplus"]') + "hidden = [[8, 2], [8, 3]]\ndraw = 1\n"
    assert {run.folder for run in runs(text)} == {"2/h8-2", "2/h8-3", "3/h8-2", "3/h8-3"}


def test_the_sphere_of_two_neurons_is_the_circle():
    said = {hidden[-1]: experiments.RunSpec(3, "sphere", 0, hidden=hidden).label for hidden in ((8, 2), (8, 3), (8, 8))}
    assert said == {2: "circle", 3: "sphere", 8: "sphere"}


def test_options_that_a_dataset_lacks_are_not_in_its_addresses():
    text = GRID.replace("classes = [2, 3]", 'classes = 2\ndraw = 1\ndataset = ["spirals", "holes", "blobs"]')
    text = '[dataset.blobs]\nkind = "blobs"\n[dataset.holes]\nroot_radius = 0.2\n' + text
    folders = {run.folder for run in runs(text)}
    assert folders == {"2/spirals/rootradius0", "2/holes/rootradius0.2", "2/blobs"}


def test_seeds_are_counted_named_or_spanned():
    assert [[run.spec.seed for run in runs(GRID + f"seeds = {seeds}\n")][:3] for seeds in ("3", "[7, 5, 9]")] == [
        [1, 2, 3],
        [7, 5, 9],
    ]
    assert [run.spec.seed for run in runs(GRID + 'seeds = "101 to 103"\n')][:3] == [101, 102, 103]
    for seeds in ('"3 to 2"', '"1-5"', '"five"'):
        assert "e.toml:7: seeds is " in mistakes(GRID + f"seeds = {seeds}\n")[0]


def test_two_datasets_of_one_kind_are_told_apart_by_their_names():
    tables = '[dataset.moons]\nkind = "moons"\n[dataset.noisy-moons]\nkind = "moons"\nnoise = 0.3\n'
    text = GRID.replace("classes = [2, 3]", 'classes = 2\ndraw = 1\ndataset = ["moons", "noisy-moons"]')
    entries = [
        entry("grid", run, "", {}, told=False) for run in experiments.parse(tables + text, "e.toml").experiments[0].runs
    ]
    results = from_catalogue(lambda: entries, "")
    assert results.where(kind="moons").count == 2 * results.where(dataset="moons").count > 0
    assert results.where(dataset="noisy-moons").distinct("noise") == [0.3]
    assert len({run.id for run in results}) == len(entries)


def test_unknown_keys_and_datasets_have_a_nearest_match():
    text = GRID + 'epoch = 5\ndataset = "spiral"\n'
    said = mistakes(text)
    assert said[0].startswith('e.toml:7: unknown key of an experiment "epoch"')
    assert said[0].endswith('did you mean "epochs"?')
    assert said[1] == 'e.toml:8: unknown dataset "spiral"; expected one of spirals; did you mean "spirals"?'


DATA = {
    "moons": {"kind": '"moons"'},
    "spirals": {},
    "digits": {"kind": '"digits"'},
    "file": {"file": '"points.csv"'},
    "none": None,
}
OF_DATA = {
    "kind": '"rings"',
    "file": '"points.csv"',
    "points_per_class": "30",
    "noise": "0.1",
    "noise_rad": "0.1",
    "test": "0.2",
    "label": '"kind"',
    "image": "[1, 2]",
}


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("key", OF_DATA)
def test_a_key_of_data_in_an_experiment_is_right_where_its_message_says(tmp_path, kind, key):
    (tmp_path / "points.csv").write_text("x,y,kind\n1,2,a\n2,1,b\n3,4,a\n4,3,b\n")

    def told(tables):
        """What is said of an experiment on some tables of data."""
        lines = [f"{key} = {value}" for key, value in tables.pop("experiment", {}).items()]
        text = ['[experiment.grid]\nclasses = 2\nactivation = "tanh"\n', *(f"{line}\n" for line in lines)]
        for name, table in tables.items():
            text += [f"[dataset.{name}]\n", *(f"{key} = {value}\n" for key, value in table.items())]
        (tmp_path / "e.toml").write_text("".join(text))
        try:
            experiments.read(tmp_path / "e.toml")
        except ContentError as error:
            return str(error)
        return ""

    table = DATA[kind]
    first = told({"experiment": {key: OF_DATA[key]}} | ({} if table is None else {"arms": table}))
    assert first.startswith(f"{tmp_path / 'e.toml'}:4: {key} belongs to ") and "\n" not in first
    meant = re.search(r'; did you mean "(\w+)"\?$', first)
    meant = meant[1] if meant else key
    if ways := re.search(r"\[dataset\.NAME\] with (.+)$", first):
        for way in ways[1].replace("…", "points.csv").split(" or "):
            named = dict([way.split(" = ")])
            value = "[8, 8]" if key == "image" and "digits" in way else OF_DATA[key]
            assert told({"one": {key: value, **named}} | ({} if table is None else {"arms": table})) == "", way
    else:
        value = "[8, 8]" if (key, kind) == ("image", "digits") else OF_DATA[meant]
        assert told({"arms": {**table, meant: value}}) == ""


def test_all_mistakes_are_said_at_once_in_order():
    text = "[dataset.d]\nnoise_rad = -1\nturn = 3\n[experiment.grid]\nclasses = 0\nactivation = 3\nhidden = [2.5]\n"
    assert [line.split(": ")[0] for line in mistakes(text)] == [f"e.toml:{n}" for n in (2, 3, 5, 6, 7)]


def test_a_profile_nobody_chose_is_checked_as_well():
    said = mistakes(GRID + "[profile.full.gird]\nseeds = 5\n[profile.full.grid]\nepochs = -1\n")
    assert said[0] == 'e.toml:7: unknown experiment "gird"; expected one of grid; did you mean "grid"?'
    assert said[1] == "e.toml:10: epochs is -1; expected a whole number, at least 1 and at most 10,000,000"


EACH = """[dataset.arms]
points_per_class = 20
[experiment.grid]
dataset = "arms"
classes = 2
activation = "tanh"
seeds = "bad"
[experiment.other]
dataset = "arms"
classes = 2
[profile.full.grid]
seeds = 3
batch = 500
[profile.full.other]
activation = "tanh"
dataset = "armz"
[profile.quick.grid]
seeds = 1
classes = ["a"]
[profile.quick.other]
activatoin = "relu"
"""


@pytest.mark.parametrize("profile", ["standard", "full", "quick"])
def test_what_is_wrong_under_any_profile_is_told_at_its_line_whichever_is_chosen(profile):
    assert [line.partition("; ")[0] for line in mistakes(EACH, profile)] == [
        'e.toml:7: seeds is "bad"',
        "e.toml:8: experiment other has no activation",
        "e.toml:13: batch is 500 where 2 classes have 40 points together",
        'e.toml:16: unknown dataset "armz"',
        'e.toml:19: classes is "a"',
        'e.toml:21: unknown key of an experiment "activatoin"',
    ]


def test_a_profile_that_is_right_says_nothing_of_another():
    text = GRID + "[profile.full.grid]\nseeds = 5\n[profile.quick.grid]\nseeds = 1\n"
    assert [len(runs(text, profile)) for profile in ("standard", "full", "quick")] == [4, 20, 4]


def test_unknown_profile():
    assert mistakes(GRID, "ful")[0] == 'e.toml:1: unknown profile "ful"; expected one of standard'


def test_networks_that_cannot_travel_stay_behind_beside_others_that_do():
    text = GRID.replace('activation = ["tanh", "relu"]', 'activation = ["tanh", "disk"]\nship = 1')
    runs = experiments.parse(text, "e.toml").experiments[0].runs
    assert {run.spec.activation for run in runs if run.shipped} == {"tanh"}
    assert {run.spec.activation for run in runs} == {"tanh", "disk"}
    said = (
        "experiment grid: runs of disk do not travel with the page, whose explorables have activations of each neuron"
    )
    assert [line for line in experiments.parse(text, "e.toml").said if line.startswith(said)]


def test_an_article_may_have_no_experiments(tmp_path):
    assert experiments.read(tmp_path / "none.toml").experiments == ()
    assert experiments.parse("", "e.toml").experiments == ()
    assert (
        mistakes("experiment = 1")[0]
        == "e.toml:1: experiment is not a table; expected a table such as [experiment.grid]"
    )


def test_a_recipe_brings_the_formula_of_its_activation():
    recipe = {"classes": 3, "activation": "mine", "formula": "a * logistic(a)", "points_per_class": 1}
    spec = experiments.single(recipe).spec
    assert (spec.activation.row.name, spec.points_per_class) == ("mine", 1)


@pytest.mark.parametrize(("seed", "is_one"), [(0, True), (2**32 - 1, True), (-1, False), (2**32, False), (1.0, False)])
def test_a_recipe_has_a_seed_from_0(seed, is_one):
    recipe = {"classes": 3, "activation": "tanh", "seed": seed}
    if is_one:
        assert experiments.single(recipe).spec.seed == seed
    else:
        with pytest.raises(ContentError, match=f"seed is {seed}; expected a whole number, at least 0"):
            experiments.single(recipe)


def test_an_experiment_without_data_is_told_by_its_name():
    with pytest.raises(ContentError, match=r"e\.toml:1: experiment grid has no dataset; expected"):
        experiments.parse("[experiment.grid]\nclasses = 2\n", "e.toml")


def test_a_recipe_of_own_data_is_told_what_it_may_have_instead():
    with pytest.raises(
        ContentError, match=r'its data, "mine", are rows or code .* expected a kind that is drawn, one of'
    ):
        experiments.single({"classes": 3, "activation": "tanh", "kind": "own-37b13897ef528ae1", "dataset": "mine"})


def test_a_recipe_comes_back_from_what_tables_and_json_hold():
    keys = {"l2_factors": [0, 0, 1], "init_scale": 3, "data_seed": 4, "hidden": [8, 2], "head_start": "margin"}
    for activation in ("tanh", "disk"):
        spec = experiments.single({"classes": 3, "activation": activation, "seed": 7, **keys}).spec
        assert (spec.l2_factors, spec.init_scale, spec.seed_of_data) == ((0.0, 0.0, 1.0), 3.0, 4)
        assert unflat(json.loads(json.dumps(flat(spec)))) == experiments.single(flat(spec)).spec == spec
