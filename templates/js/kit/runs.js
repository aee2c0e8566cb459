// @ts-check
// needs: kit/kit
/**
 * The build's runs: unpacked, loaded when first asked for, and read at any moment of their training.
 *
 * @typedef {object} Run
 * @property {string} id
 * @property {number} classes
 * @property {string} activation
 * @property {number} seed
 * @property {Net} net
 * @property {any} recipe
 * @property {number} epochs
 * @property {number[]} checkpoints epochs at which weights are known, rising
 * @property {number} inputs D
 * @property {string[] | null} labels the classes in words, where they have words
 * @property {Float32Array} x (N, D)
 * @property {Uint8Array} y
 * @property {Float64Array[]} weights one a checkpoint
 * @property {ArrayLike<number>} loss one an epoch
 * @property {ArrayLike<number>} right points classified right, one an epoch
 */
peek.runs = (function () {
  "use strict";

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  const VALUES = new Uint8Array(128); // of each digit, by its sign
  for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;

  /** Whole numbers from 0 up, from the planes of their digits. */
  function joined(planes) {
    const values = new Int32Array(planes[0].length);
    planes.forEach((plane, power) => {
      for (let at = 0; at < values.length; at++) values[at] += VALUES[plane.charCodeAt(at)] << (6 * power);
    });
    return values;
  }

  /** Whole numbers (rows, columns) from digit planes: zigzagged second differences along the rows. */
  function wholeNumbers(planes, columns) {
    const values = joined(planes);
    for (let at = 0; at < values.length; at++) values[at] = values[at] & 1 ? -(values[at] + 1) / 2 : values[at] / 2;
    for (let twice = 0; twice < 2; twice++) {
      for (let at = columns; at < values.length; at++) values[at] += values[at - columns];
    }
    return values;
  }

  function float32(text) {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
    return new Float32Array(bytes.buffer);
  }

  /** Points, written out or as places among the different values of their column. */
  function pointsOf(packed) {
    if (typeof packed === "string") return float32(packed);
    const values = float32(packed.values);
    const starts = packed.counts.map(((start) => (count) => (start += count) - count)(0));
    return Float32Array.from(joined(packed.places), (place, at) => values[starts[at % starts.length] + place]);
  }

  /** How many numbers a point of a recipe has. */
  const inputsOf = ({ parameters }) => parameters.inputs ?? 2;

  /** The classes in words, of a recipe or of its data. */
  const labelsOf = ({ labels }) => (labels ? labels.split("; ") : null);

  /** A run from what its data script holds (see generator/runs/export.py). @returns {Run} */
  function unpack(packed) {
    const initial = float32(packed.initial);
    const size = initial.length;
    const whole = wholeNumbers(packed.weights, size);
    const weights = packed.checkpoints.map((_, t) => {
      const own = new Float64Array(size);
      for (let at = 0; at < size; at++) own[at] = initial[at] + packed.step * whole[t * size + at];
      return own;
    });
    const last = Float32Array.from(weights.pop());
    const bits = new Int32Array(last.buffer);
    joined(packed.rest).forEach((rest, at) => (bits[at] ^= rest));
    weights.push(Float64Array.from(last));
    const loss = Float64Array.from(wholeNumbers(packed.loss, 1), (whole) => Math.exp(packed.loss_step * whole));
    loss[loss.length - 1] = packed.last_loss;
    const x = pointsOf(packed.points);
    const [inputs] = packed.widths;
    const count = x.length / inputs;
    return {
      id: packed.id,
      classes: packed.classes,
      activation: packed.activation,
      seed: packed.seed,
      net: { widths: packed.widths, activation: packed.activation, recipe: packed.recipe, axes: packed.axes && float32(packed.axes), share: packed.share },
      recipe: packed.recipe,
      epochs: packed.recipe.epochs,
      checkpoints: packed.checkpoints,
      inputs,
      labels: labelsOf(packed.recipe),
      scaling: packed.mean && { mean: float32(packed.mean), scale: float32(packed.scale) },
      x,
      y: Uint8Array.from({ length: count }, (_, point) => Math.floor((point * packed.classes) / count)),
      weights,
      loss,
      right: wholeNumbers(packed.right, 1),
    };
  }

  let known;
  /** The build's index: runs, their recipes, the laws' optima, and what activations do and rooms are, in words. */
  function index() {
    if (!known) {
      const found = JSON.parse(document.getElementById("peek-runs")?.textContent || "{}");
      known = { runs: found.runs || [], recipes: found.recipes || [], optima: found.optima || {}, activations: found.activations || {}, rooms: found.rooms || {} };
    }
    return known;
  }

  const waiting = new Map();
  const arrived = new Map(); // data that came with the page, packed until it is asked for

  /** @param {string} what an address, or a run that the page does not know */
  const missing = (what) => Object.assign(new Error(`could not load ${what}`), { what });

  /** Load a run by its id, once. Where it cannot be had, the error says what is missing. @returns {Promise<Run>} */
  function load(id) {
    const known = waiting.get(id);
    if (known) return known.promise;
    if (arrived.has(id)) {
      waiting.set(id, { promise: opened(arrived.get(id)) });
      arrived.delete(id);
      return waiting.get(id).promise;
    }
    const entry = index().runs.find((run) => run.id === id);
    if (!entry) return Promise.reject(missing(id));
    const wait = /** @type {any} */ ({});
    wait.promise = new Promise((resolve, reject) => {
      wait.resolve = resolve;
      wait.fail = () => {
        waiting.delete(id);
        reject(missing(entry.data));
      };
      const script = document.createElement("script");
      script.src = entry.data;
      script.onload = script.onerror = () => {
        script.type = "done";
        if (!wait.received) wait.fail(); // one that could not be read has handed nothing over
      };
      document.head.append(script);
    });
    waiting.set(id, wait);
    return wait.promise;
  }

  /** Called by data scripts. */
  function receive(packed) {
    const wait = waiting.get(packed.id);
    if (!wait) return void arrived.set(packed.id, packed);
    wait.received = true;
    opened(packed).then(wait.resolve, (error) => {
      console.error(`${packed.id}: ${error}`);
      wait.fail();
    });
  }

  const pause = () => new Promise((resolve) => setTimeout(resolve));

  /** A run, unpacked in a task of its own and handed over in another: the page answers in between. */
  async function opened(packed) {
    await pause();
    const run = unpack(packed);
    await pause();
    return run;
  }

  /** Position of an epoch on the timeline, 0 to 1: logarithmic, since most happens early. */
  function toPlace(epoch, epochs) {
    return Math.log1p(epoch) / Math.log1p(epochs);
  }

  function toEpoch(place, epochs) {
    return Math.expm1(place * Math.log1p(epochs));
  }

  /** The checkpoint at or before an epoch, and how far (0 to 1, along the timeline) it is to the next. */
  function bracket(run, epoch) {
    const known = run.checkpoints;
    let low = 0;
    let high = known.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (known[middle] <= epoch) low = middle;
      else high = middle;
    }
    if (high === known.length) return { checkpoint: low, share: 0 };
    const from = Math.log1p(known[low]);
    const share = (Math.log1p(epoch) - from) / (Math.log1p(known[high]) - from);
    return { checkpoint: low, share: Math.min(Math.max(share, 0), 1) };
  }

  /** What is kept of each checkpoint, at an epoch: a checkpoint's, or between two of them in proportion. */
  function keptAt(run, kept, epoch, out) {
    const { checkpoint, share } = bracket(run, epoch);
    const from = kept[checkpoint];
    const to = kept[Math.min(checkpoint + 1, kept.length - 1)];
    for (let at = 0; at < from.length; at++) out[at] = from[at] + share * (to[at] - from[at]);
    return out;
  }

  /** The weights at an epoch. */
  const weightsAt = (run, epoch, out) => keptAt(run, run.weights, epoch, out);

  /** An input's way through the hidden plane: where it is at each checkpoint up to an epoch, and by the weights then. */
  function wayOf(run, epoch, machine, weights, input) {
    const { checkpoint, share } = bracket(run, epoch);
    const steps = checkpoint + 1 + (share > 0 ? 1 : 0);
    const way = new Float64Array(2 * steps);
    for (let step = 0; step < steps; step++) {
      machine.hidden(step <= checkpoint ? run.weights[step] : weights, input, 1, way.subarray(2 * step));
    }
    return way;
  }

  /** The nearest checkpoint's epoch, `steps` checkpoints away from an epoch. */
  function stepFrom(run, epoch, steps) {
    const { checkpoint, share } = bracket(run, epoch);
    let at = checkpoint + steps;
    if (share > 0.999) at++;
    else if (share > 0.001 && steps < 0) at++;
    return run.checkpoints[Math.min(Math.max(at, 0), run.checkpoints.length - 1)];
  }

  /**
   * The runs that a figure may show: those of the recipe of the run that its static picture shows.
   * @param {any} options the author's: experiment, and starting values; and that run
   */
  function among(options) {
    const { runs: all, recipes } = index();
    const { run: shown, experiment } = options;
    const first = all.find((run) => (shown ? run.id === shown : !experiment || run.experiment === experiment));
    return { first, runs: first ? all.filter((run) => run.recipe === first.recipe) : [], recipe: first && recipes[first.recipe] };
  }

  /**
   * The properties by which a reader chooses one of these runs, and how to find it.
   * @param {any} options as among's
   */
  function chooser(options) {
    const { first, runs, recipe } = among(options);
    const { run: shown, experiment } = options;
    if (!first) throw new Error(shown || experiment ? `no runs of "${shown || experiment}" in this page` : "no runs in this page");
    const rank = (value) => (value in peek.activations ? Object.keys(peek.activations).indexOf(value) : value);
    const distinct = (name) => [...new Set(runs.map((run) => run[name]))].sort((a, b) => rank(a) - rank(b));
    const names = Object.keys(KINDS);
    const properties = names.map((name, at) => ({
      ...KINDS[name],
      ...(name === "activation" ? { explain: explain(distinct(name)) } : {}),
      values: distinct(name).map((value) => [value, value in peek.activations ? peek.activations[value].label : String(value)]),
      initial: first[name],
      allowed: (state) => runs.filter((run) => names.slice(0, at).every((other) => run[other] === state[other])).map((run) => run[name]),
    }));
    properties[0].explain = words.say("How many {plural} there are to tell apart.", recipe);
    /** The run of a state, or the one that agrees with most of it, classes first. */
    const find = (state) => {
      const score = (run) => names.reduce((sum, name) => 2 * sum + (run[name] === state[name] ? 1 : 0), 0);
      return runs.reduce((best, run) => (score(run) > score(best) ? run : best));
    };
    return { properties, find, runs, recipe };
  }

  /** The page that has the run of a figure's state as code, beside its data; "" where it shows none, or one of the reader's own. @param {any} view */
  function codeOf(view) {
    const { figure, options, properties, state } = view;
    const shows = properties.some(({ name }) => name === "classes") && among(options).first;
    const entry = shows && (figure.built ? figure.built(view) : chooser(options).find(state));
    return entry ? entry.data.replace(/js$/, "html") : "";
  }

  /** The activations that some runs have, in the table's order; all where there are no runs. */
  function activations(runs) {
    return Object.keys(peek.activations).filter((name) => !runs.length || runs.some((run) => run.activation === name));
  }

  /** What activations do, for a reader. @param {string[]} names */
  function explain(names) {
    const known = index().activations;
    const each = names.map((name) => `${peek.activations[name].label} ${known[name]}`);
    return words.say("What each neuron does to its sum: {each}.", { each: each.join(words.say(", ")) });
  }

  const KINDS = { // in the order in which they are chosen: each from what the ones before leave
    classes: { kind: "choice", name: "classes", label: words.say("Classes") },
    activation: { kind: "choice", name: "activation", label: words.say("Activation") },
    seed: { kind: "choice", name: "seed", label: words.say("Seed"), explain: words.say("Another draw of the points and of the weights the network starts from.") },
  };

  return { DIGITS, KINDS, among, inputsOf, labelsOf, chooser, codeOf, activations, explain, unpack, index, load, receive, toPlace, toEpoch, keptAt, weightsAt, wayOf, stepFrom };
})();

peek.receive = peek.runs.receive;
