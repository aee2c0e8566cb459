// @ts-check
// needs: build/datasets, kit/formula, kit/measure, kit/network, kit/points, kit/scene, kit/timeline, kit/view
// values of data: <data>, own-points
// values of classes: <runs>, 2, 3, 4, 5, 6, 7
// values of activation: <runs>, own-formula
// values of start: build, own, placed
/**
 * Train it yourself: the same network trained in the reader's browser, in a worker, from the build's own first weights
 * and points or from a new seed. The worker runs the same source text as the page.
 */
(function () {
  "use strict";

  const { element } = peek;
  const CHECKPOINTS = 64;
  const MANY = 7; // classes up to which a seed of one's own may be drawn, or the most that the build's runs have
  const MINE = "own-points"; // the data that readers draw
  const TYPED = "own-formula"; // the activation that readers type
  const STUCK = [0.97, 1.5]; // of the loss of guessing, between them
  const STUCK_AFTER = 400; // epochs
  const HEAD_SIZE = 10; // of an output layer to start from, as the build's
  const HELD = 1 / 3; // of the epochs in which it stays as it started

  peek.define("train", {
    title: words.say("Train the network in your browser"),

    properties(options) {
      const { runs, recipe, properties: [classes, activation] } = peek.runs.chooser(options);
      const { hidden } = recipe;
      const sets = setsOf(options);
      const of = ({ data }) => sets.find(({ name }) => name === data);
      const draws = ({ data }) => of({ data }).kind in peek.datasets; // else a seed of one's own starts from the build's points
      const known = classes.values.map(([k]) => k);
      const counts = sets.some(({ name }) => draws({ data: name })) ? Array.from({ length: Math.max(MANY, ...known) - 1 }, (_, at) => at + 2) : known;
      const isOwn = (state) => state.start !== "build";
      const isPlaced = document.querySelector("[data-explorable=beat]");
      const fits = (state) => peek.places.read(state.places, classesOf(state));
      return [
        {
          kind: "choice", name: "data", label: words.say("Data"), initial: recipe.dataset, values: sets.map(({ name, label }) => [name, label]),
          explain: words.say("What the network learns to tell apart. The same seed gives the same first weights."),
        },
        {
          ...classes, values: counts.map((k) => [k, String(k)]),
          shown: ({ data }) => data !== MINE,
          explain: (state) => words.say("How many {plural} there are to tell apart.", of(state)),
          allowed: (state) => counts.filter((k) => isOwn(state) ? draws(state) || known.includes(k) : runs.some((run) => run.classes === k)),
        },
        {
          ...activation, values: [...activation.values, [TYPED, words.say("a formula")]],
          allowed: (state) => [...(isOwn(state) ? activation.values.map(([name]) => name) : activation.allowed(state)), TYPED],
        },
        {
          kind: "text", name: "typed", label: words.say("Formula"), initial: "a * logistic(a)", fits: peek.formula.FITS, wrong: peek.formula.wrong,
          shown: ({ activation }) => activation === TYPED,
          explain: words.say("What each neuron makes of its sum a: numbers, + - * / **, brackets, pi, and functions such as tanh(a). It counts once Enter is pressed."),
        },
        {
          kind: "choice", name: "start", label: words.say("Start from"), initial: "build",
          values: [["build", words.say("the build\u2019s start")], ["own", words.say("a seed of your own")], ...(isPlaced ? [["placed", words.say("your arrangement")]] : [])],
          allowed: (state) => [...(state.data === recipe.dataset && state.activation !== TYPED ? ["build"] : []), "own", ...(fits(state) ? ["placed"] : [])],
          explain: (state) => draws(state)
            ? words.say("The build\u2019s start repeats the network of the figures; a seed of your own draws new points and new weights.")
            : words.say("The build\u2019s start repeats the network of the figures; a seed of your own draws new weights, and the points stay."),
        },
        {
          kind: "range", name: "seed", label: words.say("Seed"), initial: 1, min: 1, max: 99, step: 1, shown: isOwn,
          explain: (state) => draws(state) ? words.say("The same seed always gives the same points and the same first weights.") : words.say("The same seed always gives the same first weights."),
        },
        ...[...new Set(sets.flatMap(({ controls }) => controls.map(({ name }) => name)))].map((name) => {
          const here = (state) => of(state).controls.find((control) => control.name === name);
          const all = sets.flatMap(({ controls, parameters }) => controls.filter((control) => control.name === name).map((control) => ({ ...control, value: parameters[control.parameter] })));
          return {
            kind: "range", name, label: all[0].label, min: 0, max: Math.max(...all.flatMap(({ most, value }) => [most, value])), step: 0.01,
            initial: (state) => of(state).parameters[here(state)?.parameter] ?? 0,
            shown: (state) => !!here(state), explain: (state) => here(state)?.explain ?? "",
            text: (value, state) => `${peek.text.fixed(value, 2)} ${here(state)?.unit ?? ""}`.trim(),
          };
        }),
        {
          kind: "range", name: "width", label: words.say("Hidden width"), initial: hidden[0], min: 2, max: Math.max(128, hidden[0]), step: 1, shown: (state) => isOwn(state) && hidden.length > 1,
          text: (n) => words.say("{n} neurons", { n }), explain: words.say("Neurons of the first hidden layer. With very few, some bends cannot be made."),
        },
        {
          kind: "range", name: "rate", label: words.say("Learning rate"), initial: recipe.learning_rate, min: 1e-4, max: 10, step: 0.02, scale: "log",
          text: (value) => peek.text.plain(Number(value.toPrecision(2))),
          explain: recipe.schedule === "constant"
            ? words.say("The step size at the start; it stays. Too large, and training diverges.")
            : words.say("The step size at the start; it falls to 0 along a cosine. Too large, and training diverges."),
        },
        {
          kind: "range", name: "l2", label: words.say("Weight penalty"), initial: recipe.l2, min: 1e-6, max: 1, step: 0.05, scale: "log",
          text: (value) => (value <= 1e-6 ? words.say("none") : peek.text.plain(Number(value.toPrecision(1)))),
          explain: words.say("How much large weights cost: half their squared norm, times this. Too much, and all points collapse to one."),
        },
        {
          kind: "choice", name: "speed", label: words.say("Epochs a second"), initial: "0",
          values: [["1", "1"], ["20", "20"], ["200", "200"], ["0", words.say("As fast as it can")]],
          explain: words.say("How fast to train; an epoch is one look at all points."),
        },
        { kind: "flag", name: "lattice", label: words.say("Lattice"), initial: false, shown: (state) => of(state).flat && peek.runs.inputsOf(recipe) === 2, explain: words.say("Lay square paper over the input plane and see how the network bends it.") },
        { kind: "text", name: "places", initial: "", fits: peek.places.FITS },
        { kind: "number", name: "epoch", initial: 0, min: 0, step: 1, kept: false },
        { kind: "text", name: "points", initial: "", fits: peek.points.FITS },
        { kind: "text", name: "names", initial: "", fits: peek.points.NAMES },
      ];
    },

    built: ({ instance }) => instance?.built(),

    longest: ({ state }) =>
      told(state.classes, "ReLU", [64, 2], words.say("the build\u2019s start"), words.say("Not training"), peek.text.longest.moment(), peek.text.longest.pair(), state.classes),

    async mount(view) {
      const figure = train(view);
      await view.near;
      await figure.begin();
      return figure;
    },
  });

  /** How many classes there are to tell apart. */
  const classesOf = ({ data, classes, points, names }) => (data === MINE ? peek.points.data(points, names).classes : classes);

  /** The data that readers may choose: those of the runs first; no others where these have no plane. */
  function setsOf(options) {
    const { recipe } = peek.runs.chooser(options);
    const others = peek.runs.inputsOf(recipe) === 2 ? options.sets || [] : [];
    const own = others.find(({ name }) => name === recipe.dataset) || {};
    const mine = { name: MINE, label: words.say("own points"), flat: true, plural: "", controls: [], parameters: {} };
    const more = peek.runs.inputsOf(recipe) === 2 ? [mine] : [];
    return [{ ...recipe, name: recipe.dataset, label: own.label || recipe.dataset }, ...others.filter((set) => set !== own), ...more];
  }

  /** The summary. */
  const told = (classes, activation, widths, start, state, moment, pair, middle) =>
    words.say("{classes}, {activation}, {widths} hidden neurons, {start}. {state}: {moment}. The two nearest class centres, of classes {a} and {b}, are {distance} apart. Classes in the middle: {middle}.", {
      classes: peek.text.classes(classes), activation, widths: widths.join(words.say(" and ")), start, state, moment, middle, ...pair,
    });

  function train(view) {
    const { text, network } = peek;
    const { runs, recipe } = peek.runs.chooser(view.options);
    const sets = setsOf(view.options);
    const tools = peek.points.tools(view);
    const scene = peek.scene(view, tools.hand);
    view.stage.prepend(tools.root);
    const main = peek.controls.button(words.say("Train"), words.say("Train until the end, or pause."), () => (training ? pause() : go()), { class: "is-main" });
    const single = peek.controls.button(words.say("One step"), words.say("One epoch, and stop."), () => advance(1));
    const again = peek.controls.button(words.say("Start again"), words.say("Back to the same first weights and the same points."), () => begin());
    const fresh = peek.controls.button(words.say("New seed"), words.say("Other first weights, and other points where they are drawn at random."), () => view.set({ start: view.state.start === "placed" ? "placed" : "own", seed: 1 + (view.state.seed % 99) }));
    const actions = element("div", { class: "control-actions", role: "group", "aria-label": words.say("Training") },
      main.control, single.control, again.control, fresh.control);
    const read = (distance, n) => `${words.say("nearest centres {distance} apart", { distance })}\n${words.say("classes in the middle {n}", { n })}`;
    const apart = element("output", { class: "train-apart", "aria-live": "off" }, read("0.00", 0));
    const notice = element("p", { class: "train-notice" });
    const timeline = peek.timeline(view, {
      still: true,
      explain: words.say("The loss at each epoch so far (solid) and the accuracy (dashed). Drag the handle back to see earlier epochs."),
    });
    view.stage.insertBefore(actions, timeline.root);
    timeline.root.querySelector(".timeline-readout").after(apart);
    view.stage.append(notice);

    /** @type {any} */
    let run = null; // a Run that grows
    let coming = false; // whether another is about to take its place, and this one is not to grow
    let kept = []; // epochs at which weights are kept
    let training = false;
    let finished = false;
    let follow = true; // the handle is at the newest epoch
    let worker = null;
    let generation = 0;
    let begunWith = "";
    const adjustable = view.properties.filter(({ initial }) => typeof initial === "function"); // what the data have of their own
    const asUsual = () => Object.fromEntries(adjustable.map(({ name, initial }) => [name, initial(view.state)]));
    const set = () => sets.find(({ name }) => name === view.state.data);

    function settings() {
      const { rate, l2, speed } = view.state;
      return { rate, l2: l2 <= 1e-6 ? 0 : l2, speed: Number(speed) };
    }

    /** The settings that the worker is to go on with: with others than the build's it becomes another network. */
    function handed() {
      if (!areBuilds()) run.built = null;
      return settings();
    }

    const areBuilds = () => settings().rate === recipe.learning_rate && settings().l2 === recipe.l2;

    /** What a start depends on. */
    const wishes = () => Object.fromEntries(["data", "classes", "activation", "typed", "start", "seed", "width", "places", ...(isMine() ? ["points", "names"] : []), ...adjustable.map(({ name }) => name)].map((name) => [name, view.state[name]]));
    const isMine = () => view.state.data === MINE;
    /** What keeps it from being trained, or "". */
    function obstacle() {
      if (new Set(run.y).size < 2) return words.say("Put points of two classes or more on the input plane, then train.");
      return Number.isFinite(run.loss[0]) ? "" : words.say("This network cannot be trained: its loss at the start is not a number. Take another formula or another seed.");
    }
    const isIdle = () => finished || coming || !run || obstacle() !== "";
    const wish = () => Object.values(wishes()).join();

    // Where to start from

    /** A new start: what the build kept, or drawn from the reader's seed. */
    function begin() {
      const mine = ++generation;
      const usual = asUsual();
      const { start } = view.state;
      if (start === "build" && (set() !== sets[0] || view.state.activation === TYPED || Object.keys(usual).some((name) => view.state[name] !== usual[name]))) view.state.start = "own"; // the build has no such points
      if (start === "placed" && !placed()) view.state.start = "own";
      begunWith = wish();
      const from = wishes();
      stop();
      coming = true;
      buttons();
      const ready = starting().then((start) => {
        if (mine !== generation) return;
        coming = false;
        run = {
          id: "own", classes: start.net.widths.at(-1), activation: start.net.activation, seed: view.state.seed,
          from, ...start.data, places: start.places, net: start.net, built: start.built, epochs: recipe.epochs, recipe,
          checkpoints: [0], weights: [Float64Array.from(start.weights)], loss: [], right: [],
        };
        const first = network.trainer(run.net, run.weights[0]).loss(run.x, run.y, run.y.length);
        run.loss.push(run.y.length ? first.loss : Math.log(run.classes));
        run.right.push(first.right);
        kept = [0];
        finished = false;
        follow = true;
        view.state.epoch = 0;
        scene.use(run);
        timeline.show(run);
        buttons();
        view.refresh([]);
        if (obstacle()) notice.replaceChildren(obstacle());
        else if (start.places) {
          tell(words.say("This network starts from your arrangement: the output layer is the best for it and stays as it is for {n} epochs. Then it may go where it likes.", { n: start.net.recipe.head_held }));
        } else notice.replaceChildren();
      });
      ready.catch(() => mine === generation && run && backTo(run.from));
      return ready;
    }

    /** The network asked for could not be had: the one before is still there, paused. */
    function backTo(from) {
      begunWith = Object.values(from).join();
      coming = false;
      view.set(from);
      buttons();
    }

    const activationOf = ({ activation, typed }) => (activation === TYPED ? peek.formula.activation(typed) : activation);

    async function starting() {
      const { start, seed, width } = view.state;
      const activation = activationOf(view.state);
      const mine = isMine() && peek.points.data(view.state.points, view.state.names);
      const classes = mine ? mine.classes : view.state.classes;
      const { kind, controls, parameters, points_per_class } = set();
      const draw = peek.datasets[kind];
      const alike = runs.filter((candidate) => candidate.classes === classes);
      const entry = alike.find((candidate) => candidate.activation === activation) || (draw ? null : alike[0]);
      const built = entry && !mine && (start === "build" || !draw) && (await view.load(entry.id))[0];
      const data = built && { x: built.x, y: built.y, inputs: built.inputs, labels: built.labels, scaling: built.scaling };
      if (built && start === "build" && built.activation === activation) return { data, net: built.net, weights: built.weights[0], built: entry };
      const given = Object.fromEntries(controls.map(({ name, parameter }) => [parameter, view.state[name]]));
      const drawn = () => ({ ...network.drawn(draw, classes, points_per_class, { ...parameters, ...given }, seed), labels: null });
      const points = data || mine || drawn();
      const net = { widths: [points.inputs, ...(recipe.hidden.length > 1 ? [width, ...recipe.hidden.slice(1)] : recipe.hidden), classes], activation, recipe };
      const weights = network.initial(net, peek.activations[activation].biasStart, seed);
      const from = start === "placed" && placed();
      if (from) {
        weights.set(from.head, weights.length - from.head.length);
        net.recipe = { ...recipe, head_held: Math.round(HELD * recipe.epochs) };
      }
      return { data: points, net, weights, places: from && from.places };
    }

    /** The reader's arrangement, in the room, and the best head for it, or null where no head tells it apart. */
    function placed() {
      const { low, high } = peek.activations[activationOf(view.state)].room;
      const inside = (value) => Math.min(Math.max(value, low ?? -Infinity), high ?? Infinity);
      const places = peek.places.read(view.state.places, classesOf(view.state))?.map(inside);
      const head = places && peek.measure.widestHead(places, true);
      if (!head) return null;
      const size = Math.hypot(...head.filter((_, at) => at % 3 < 2));
      return { places, head: head.map((weight) => (HEAD_SIZE * weight) / size) };
    }

    /** The start in words. */
    function begunFrom() {
      const { start, seed } = view.state;
      if (start === "build") return words.say("the build\u2019s start");
      const { label, controls } = set();
      const said = controls.map(({ name, said, unit }) => said.replace("{value}", `${peek.text.plain(view.state[name])} ${unit}`.trimEnd()));
      return [...(set() === sets[0] ? [] : [label]), ...(start === "placed" ? [words.say("your arrangement")] : []), words.say("seed {seed}", { seed }), ...said].join(words.say(", "));
    }

    // The worker

    function start() {
      const source = `(${work})(${peek.makeNetwork}, (${activationRows})(), ${peek.formula.read});`;
      const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      worker = new Worker(address);
      URL.revokeObjectURL(address);
      const mine = generation;
      worker.onmessage = (event) => mine === generation && view.guard(() => hear(event.data));
      worker.onerror = (event) => view.fail(event.message || "the worker failed");
      worker.postMessage({
        kind: "start", net: run.net, typed: view.state.activation === TYPED && view.state.typed, seed: run.seed, weights: run.weights[run.weights.length - 1], x: run.x, y: run.y,
        epochs: run.epochs, schedule: run.recipe.schedule, at: run.loss.length - 1, checkpoints: CHECKPOINTS, usual: Math.max(Math.log(run.classes), run.loss[0]), ...handed(),
      });
    }

    function stop() {
      if (worker) worker.terminate();
      worker = null;
      training = false;
    }

    function go() {
      if (isIdle()) return;
      rewind();
      if (!worker) start();
      notice.replaceChildren();
      training = true;
      follow = true;
      worker.postMessage({ kind: "go", awake: view.awake });
      buttons();
    }

    function advance(steps) {
      if (isIdle()) return;
      rewind();
      if (!worker) start();
      training = false;
      follow = true;
      worker.postMessage({ kind: "step", steps });
      buttons();
    }

    function pause() {
      if (worker) worker.postMessage({ kind: "pause" });
      training = false;
      view.speakSoon();
      buttons();
    }

    /** Training goes on from the newest epoch: the handle goes there. */
    function rewind() {
      view.set({ epoch: run.loss.length - 1 });
    }

    function hear(news) {
      for (const [at, loss] of news.losses.entries()) {
        run.loss.push(loss);
        run.right.push(news.rights[at]);
      }
      news.kept.forEach((weights, at) => keep(news.keptAt[at], weights));
      const newest = run.loss.length - 1;
      keep(newest, news.weights, true);
      timeline.grow();
      if (follow) view.set({ epoch: newest });
      if (news.diverged) diverged(news);
      else if (training && newest > STUCK_AFTER && !notice.hasChildNodes() && isStuck(run.loss[newest] / Math.log(run.classes))) stuck();
      if (newest >= run.epochs) {
        finished = true;
        training = false;
        notice.textContent = words.say("Done: {n} epochs.", { n: run.epochs });
        view.speakSoon();
      }
      if (training) view.hush(); // it is read out when it pauses
      view.invalidate();
      buttons();
    }

    /** Keep the weights of an epoch; the newest ones replace the newest before, unless that was a checkpoint. */
    function keep(epoch, weights, passing = false) {
      const last = run.checkpoints.length - 1;
      if (!kept.includes(run.checkpoints[last])) {
        run.checkpoints.pop();
        run.weights.pop();
      }
      if (run.checkpoints[run.checkpoints.length - 1] === epoch) return;
      run.checkpoints.push(epoch);
      run.weights.push(weights);
      if (!passing) kept.push(epoch);
    }

    function diverged(news) {
      stop();
      const rate = view.state.rate;
      const { min } = view.properties.find(({ name }) => name === "rate");
      const slower = Math.max(Number((rate / 10).toPrecision(2)), min);
      const back = element("button", { type: "button", onclick: () => recover(slower) }, words.say("Carry on at a learning rate of {rate}", { rate: peek.text.plain(slower) }));
      const values = {
        epoch: news.divergedAt, back: run.loss.length - 1, rate: peek.text.plain(Number(rate.toPrecision(2))),
        loss: text.digits(news.worst), times: text.digits(news.worst / Math.log(run.classes)),
      };
      const cost = Number.isFinite(news.worst)
        ? words.say("Diverged at epoch {epoch}: the loss was {loss}, {times} times what guessing costs.", values)
        : words.say("Diverged at epoch {epoch}: the loss was not a number.", values);
      notice.replaceChildren(`${cost} ${words.say("A learning rate of {rate} is too large here. The network is back at epoch {back}.", values)} `, ...(rate > min ? [back] : []));
      view.say(words.say("Diverged at epoch {epoch}. The network is back at epoch {back}.", values));
    }

    const isStuck = (share) => share > STUCK[0] && share < STUCK[1];

    /** Not diverged, and not learning either: said once, while training goes on. */
    function stuck() {
      tell(words.say("Stuck at guessing: at these settings all points stay together. Start again with a smaller learning rate, a smaller weight penalty or another seed."));
    }

    function tell(text) {
      notice.textContent = text;
      view.say(text);
    }

    function recover(rate) {
      notice.replaceChildren();
      view.set({ rate });
      go();
      main.button.focus();
    }

    function buttons() {
      peek.write(main.button, training ? words.say("Pause") : finished ? words.say("Trained") : run && run.loss.length > 1 ? words.say("Train on") : words.say("Train"));
      main.button.disabled = isIdle();
      single.button.disabled = isIdle() || training;
    }

    return {
      change(names) {
        tools.root.hidden = !isMine();
        scene.input?.draw(isMine() && tools.draws());
        view.root.classList.toggle("is-drawing", isMine());
        tools.update();
        if (!run) return;
        const isBack = names.join() === "start" && view.state.start === "build";
        const isOther = names.includes("data") && !adjustable.some(({ name }) => names.includes(name));
        if (isBack || isOther) Object.assign(view.state, asUsual());
        if (wish() !== begunWith) begin();
        else if (names.some((name) => ["rate", "l2", "speed"].includes(name)) && worker) worker.postMessage({ kind: "set", ...handed() });
        if (names.includes("epoch")) follow = view.state.epoch >= run.loss.length - 1;
        scene.change(names);
      },
      *paint(resting) {
        const painting = scene.paint(Math.min(view.state.epoch, run.loss.length - 1), resting && !training);
        painting.next(); // where the points lie
        timeline.paint();
        peek.write(apart, obstacle() ? "" : read(text.digits(scene.least().distance), scene.middle()));
        yield;
        yield* painting;
        if (run.places && !peek.roomOf(run.activation, []).open) peek.paint.circles(scene.hidden, run.places, view.theme);
      },
      sleep(awake) {
        if (worker && training) worker.postMessage({ kind: awake ? "go" : "pause" });
      },
      stopped: timeline.stopped,
      built: () => run && areBuilds() && run.built,
      begin,
      reset() {
        tools.reset();
        begin();
      },
      destroy: stop,
      summary() {
        if (obstacle()) return obstacle();
        const state = training ? words.say("Training") : finished ? words.say("Trained") : words.say("Not training");
        const moment = timeline.describe(Math.min(view.state.epoch, run.loss.length - 1));
        return told(run.classes, text.activation(run.activation), run.net.widths.slice(1, -1), begunFrom(), state, moment, text.pair(scene.least(), run.labels), scene.middle());
      },
      points: scene.rows,
      rows() {
        return [["epoch", "loss", "accuracy"], ...run.loss.map((loss, epoch) => [epoch, loss, run.right[epoch] / run.y.length])];
      },
    };
  }

  /** What the worker does. It gets this function as source text: nothing in it may look at anything outside. */
  function work(makeNetwork, activations, read) {
    const DIVERGED = 3; // times the loss of guessing, or that of the start
    const NEWS_MS = 33;
    const BLOCK_MS = 12;
    const network = makeNetwork(activations);
    let job = null;
    let trainer = null;
    let running = false;
    let timer = 0;
    let credit = 0;
    let last = 0;
    let news = null;
    let newsAt = 0;
    let good = null; // the newest weights whose loss is known and bearable
    let wanted = null; // epochs whose weights are kept

    const empty = () => ({ losses: [], rights: [], kept: [], keptAt: [], weights: null, diverged: false, divergedAt: 0, worst: 0 });

    function begin(message) {
      job = message;
      if (job.typed) activations[job.net.activation] = read(job.typed);
      trainer = network.trainer(job.net, job.weights, job.seed, job.at);
      const spaced = Array.from({ length: job.checkpoints - 1 }, (_, at) => Math.round(Math.pow(job.epochs, at / (job.checkpoints - 2))));
      wanted = new Set([0, ...spaced, job.epochs]);
      good = { epoch: job.at, weights: trainer.weights.slice() };
      news = empty();
    }

    /** Take note of the loss at the epoch reached. returns whether it is bearable. */
    function note(weights, { loss, right }) {
      if (!(loss < DIVERGED * job.usual)) {
        news.diverged = true;
        news.divergedAt = job.at;
        news.worst = loss;
        running = false;
        return false;
      }
      if (job.at > good.epoch) {
        news.losses.push(loss);
        news.rights.push(right);
        good = { epoch: job.at, weights };
        if (wanted.has(job.at)) {
          news.kept.push(weights);
          news.keptAt.push(job.at);
        }
      }
      return true;
    }

    /** One epoch. Its loss becomes known with the next, or when it is told. */
    function step() {
      const before = trainer.weights.slice();
      const rate = job.schedule === "constant" ? job.rate : network.cosine(job.rate, job.at, job.epochs);
      const known = trainer.step(job.x, job.y, job.y.length, rate, job.l2);
      if (!note(before, known)) return false;
      job.at++;
      if (job.at >= job.epochs) running = false;
      return running || job.at < job.epochs;
    }

    function tell() {
      if (!news.diverged) note(trainer.weights.slice(), trainer.loss(job.x, job.y, job.y.length));
      news.weights = good.weights;
      self.postMessage(news);
      news = empty();
      newsAt = performance.now();
    }

    function turn() {
      const now = performance.now();
      credit = job.speed ? Math.min(credit + ((now - last) * job.speed) / 1000, Math.max(job.speed / 10, 1)) : Infinity;
      last = now;
      while (running && credit >= 1 && performance.now() - now < BLOCK_MS) {
        credit--;
        if (!step()) break;
      }
      if (!running || performance.now() - newsAt > NEWS_MS) tell();
      if (running) timer = setTimeout(turn, job.speed ? 15 : 0);
    }

    self.onmessage = ({ data }) => {
      if (data.kind === "start") begin(data);
      else if (data.kind === "set") Object.assign(job, { rate: data.rate, l2: data.l2, speed: data.speed });
      else if (data.kind === "pause") running = false;
      else if (data.kind === "step") {
        running = false;
        for (let count = 0; count < data.steps && step(); count++);
        tell();
      } else if (data.kind === "go") {
        running = true;
        clearTimeout(timer);
        last = performance.now();
        credit = 1;
        turn();
      }
    };
  }
})();
