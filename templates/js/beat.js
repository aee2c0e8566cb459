// @ts-check
// needs: build/centres, kit/measure, kit/network, kit/plane, kit/view
// values of classes: <runs>
// values of activation: <runs>
// values of ghost: none, points, margin, margin-no-bias, network, networks
/**
 * Beat the network: the reader places the class centres, and sees what each law would say of the arrangement: its
 * least distance, its margin, and the loss of the best linear head on it; beside the optimum and the build's networks.
 * Where the author asks first, these stay hidden until the reader wants to see them.
 */
(function () {
  "use strict";

  const { element } = peek;
  const LEAST_LOSS = 5e-4; // the left end of the loss's strip, which is logarithmic
  const KEY_STEP = 0.02;
  const GO_MS = 700;
  const EXACT = 3; // digits of a share that places of four digits give
  const LAWS = { points: words.say("Farthest apart"), margin: words.say("Widest margin"), "margin-no-bias": words.say("Widest margin, no bias") };

  peek.define("beat", {
    title: words.say("Place the classes better than a network does"),

    properties(options) {
      const { KINDS } = peek.runs;
      const { optima } = peek.runs.index();
      const { first, runs } = peek.runs.among(options);
      const counts = runs.length ? [...new Set(runs.map((run) => run.classes))].sort((a, b) => a - b) : [2, 3, 4, 5, 6, 7];
      const activations = peek.runs.activations(runs);
      const laws = Object.entries(LAWS).filter(([law]) => Object.values(optima).some((room) => room[law]));
      return [
        {
          ...KINDS.classes, initial: first ? first.classes : 5, values: counts.map((k) => [k, String(k)]),
          explain: words.say("How many centres there are to place."),
        },
        {
          ...KINDS.activation, label: words.say("Room"), initial: first ? first.activation : activations[0], values: activations.map((name) => [name, called(name)]),
          explain: [words.say("Where centres may be."), ...activations.filter((name) => roomOf(name).open)
            .map((name) => words.say("{room} has no end, so here it is cut to norm 1; networks are shrunk to it.", { room: called(name) }))].join(" "),
        },
        {
          kind: "choice", name: "ghost", label: words.say("Show"), initial: "none",
          values: [["none", words.say("Nothing")], ...laws, ...(runs.length ? [["network", words.say("A network")], ["networks", words.say("All networks")]] : [])],
          explain: words.say("An arrangement to compare yours with: the best that is known by a law, or where one of the build\u2019s networks put its centres."),
          shown: (state) => !state.ask,
        },
        {
          kind: "flag", name: "bias", label: words.say("Output layer with biases"), initial: true,
          explain: words.say("Whether the output layer may shift its borders. Without biases all borders pass through the origin."),
        },
        { kind: "flag", name: "ask", initial: false, explain: "Whether readers place the centres first: what networks and laws do is hidden until they want to see it." },
        { kind: "text", name: "at", initial: "", fits: peek.places.FITS },
      ];
    },

    longest: ({ state }) => {
      const some = peek.text.fixed(0.123, 3);
      return told(state.classes, peek.runs.index().rooms.quadrant, peek.text.longest.pair(), peek.text.percent(0.999), [some, some], some, some);
    },

    async mount(view) {
      const figure = beat(view);
      await view.near;
      return figure;
    },
  });

  /** Where an activation lets centres be, an open room cut to norm 1, and what is shown of it. */
  function roomOf(activation) {
    const { name, low, high, symmetries } = peek.activations[activation].room;
    const open = high === null;
    const [from, to] = [open ? Math.max(low ?? -1, -1) : low, open ? 1 : high];
    const [below, above] = from ? [0.07 * (to - from), 0.07 * (to - from)] : [0.1 * to, 0.12 * to];
    const box = { x0: from - below, x1: to + above, y0: from - below, y1: to + above };
    return { name, symmetries, x0: from, x1: to, y0: from, y1: to, open, walls: !open, box };
  }

  const called = (activation) =>
    words.say("{activation}\u2019s {room}", { activation: peek.text.activation(activation), room: peek.runs.index().rooms[roomOf(activation).name] });

  /** The summary. share: of the best known, or ""; reached: least and greatest, or []; margin: "" where there is none */
  function told(n, room, pair, share, reached, margin, loss) {
    const [low, high] = reached;
    const values = { n, room, ...pair, share, low, high, margin, loss };
    return [
      share
        ? words.say("{n} centres in the {room}. The two nearest, of classes {a} and {b}, are {distance} apart, {share} of the best known.", values)
        : words.say("{n} centres in the {room}. The two nearest, of classes {a} and {b}, are {distance} apart.", values),
      ...(!low ? [] : [low === high ? words.say("The build\u2019s networks reached {low}.", values) : words.say("The build\u2019s networks reached {low} to {high}.", values)]),
      margin
        ? words.say("The widest margin of an output layer on them is {margin}; the loss of the best one is {loss}.", values)
        : words.say("No output layer tells all of them apart; the loss of the best one is {loss}.", values),
    ].join(" ");
  }

  const longer = (one, other) => (other.length > one.length ? other : one);

  const whole = (parts) => {
    while (!parts.next().done);
  };

  /** A poor arrangement to begin with: a small ring. */
  function ring(k, { x0, x1 }) {
    const [centre, radius] = x0 ? [(x0 + x1) / 2, (x1 - x0) / 4] : [0.42 * x1, 0.28 * x1];
    return Float64Array.from({ length: 2 * k }, (_, at) => {
      const angle = (2 * Math.PI * (at >> 1)) / k + 0.3;
      return centre + radius * (at % 2 ? Math.sin(angle) : Math.cos(angle));
    });
  }

  function beat(view) {
    const { paint, text, measure } = peek;
    const layout = element("div", { class: "beat" });
    view.stage.append(layout);
    const plane = peek.plane(view, { title: words.say("Your arrangement"), note: element("span", { class: "asks" }, words.say("drag the centres")) });
    const known = { ...peek.runs.index(), ...peek.runs.among(view.options) };
    const labels = known.recipe && peek.runs.labelsOf(known.recipe.parameters);
    const L2 = (known.recipe && known.recipe.l2) || 1e-4; // without any, a head may grow for ever
    const scales = element("div", { class: "scales" });
    const verdict = element("b", {});
    const grounds = element("span", {});
    const distance = scaleOf(words.say("Least distance"), words.say("between the two nearest centres; more is better"));
    const margin = scaleOf(words.say("Margin"), words.say("of the best output layer, per unit of its weights; more is better"));
    const loss = scaleOf(words.say("Loss"), words.say("of the best output layer with the recipe\u2019s weight penalty, from none to guessing; less is better"));
    const answer = peek.controls.button("", words.say("Lay the networks\u2019 arrangements over yours, or hide them again."), askOrShow, { class: "is-main" });
    const there = peek.controls.button(words.say("Go there"), words.say("Move your centres to the arrangement shown."), goThere);
    const start = peek.controls.button(words.say("Start a network from mine"),
      words.say("Train a network whose output layer begins as the best for your arrangement, in the figure where you train."), startNetwork);
    scales.append(element("p", { class: "beat-verdict" }, verdict, " ", element("span", { class: "roomy" }, grounds)),
      element("div", { class: "control-actions" }, answer.control, start.control, there.control), distance.root, margin.root, loss.root);
    layout.append(plane.root, scales);
    const handles = element("div", { class: "centres" });
    plane.surface.append(handles);

    let points = new Float64Array(0);
    let found = null; // what they are worth, or were before they were moved
    let crowd = []; // the networks' arrangements as near to them as they come
    const ofRuns = new Map(); // run id -> centres
    const worths = [new Map(), new Map()]; // a network's centres -> what they are worth, by heads without biases and with

    const room = () => roomOf(view.state.activation);
    const entry = () => known.runs.find((run) => run.classes === view.state.classes && run.activation === view.state.activation);

    /** The arrangement to compare with, or undefined. */
    function target() {
      const { ask, ghost: law } = view.state;
      return ask ? undefined : law === "network" ? ofRuns.get(entry()?.id) : optimum(law)?.points;
    }

    /** The same, in a pose near the reader's. */
    const ghost = () => target() && nearest(target().flat());
    const nearest = (target) => measure.aligned(target, points, room().symmetries);

    /** The centres of the build's networks of this class count and activation, each [x0, y0, x1, y1, ...]. */
    const networks = () => known.recipe?.centres?.[view.state.activation]?.[view.state.classes] || [];

    function loadNetwork() {
      const wanted = entry();
      if (view.state.ghost !== "network" || view.state.ask || !wanted || ofRuns.has(wanted.id)) return;
      view.load(wanted.id).then(([run]) => {
        const positions = new Float64Array(2 * run.y.length);
        peek.network.evaluator(run.net).hidden(run.weights[run.weights.length - 1], run.x, run.y.length, positions);
        const centres = measure.centres(positions, run.y, run.classes);
        let norm = 1;
        if (roomOf(run.activation).open) for (let at = 0; at < centres.length; at += 2) norm = Math.max(norm, Math.hypot(centres[at], centres[at + 1]));
        ofRuns.set(wanted.id, Array.from(centres, (value) => value / norm));
        view.invalidate();
      }, () => view.set({ ghost: "none" }));
    }

    function change(names) {
      if (names.includes("classes") || names.includes("activation")) {
        view.stop(); // on the way to places of other classes
        plane.box = room().box;
        const { x0, x1 } = room();
        plane.label([[x0, x0, text.end(x0), "below"], [x1, x0, text.end(x1), "below"], [x0, x1, text.end(x1), "above"]]);
        if (view.state.at.split(";").length !== view.state.classes) view.state.at = "";
        crowd = [];
      }
      place();
      if (handles.childElementCount !== view.state.classes) makeHandles();
      loadNetwork();
    }

    /** Take the arrangement from the state. */
    function place() {
      points = placed(view.state.at, view.state.classes) || ring(view.state.classes, room());
    }

    /** Places from the address, in the room, or null where they are not k. */
    function placed(at, k) {
      const places = peek.places.read(at, k);
      for (let c = 0; places && c < k; c++) places.set(confined(places[2 * c], places[2 * c + 1]), 2 * c);
      return places;
    }

    function confined(x, y) {
      const { x0, x1, y0, y1, open } = room();
      x = Math.min(Math.max(x, x0), x1);
      y = Math.min(Math.max(y, y0), y1);
      const norm = open ? Math.max(Math.hypot(x, y), 1) : 1;
      return [x / norm, y / norm];
    }

    /** What some centres are worth, part by part. start: a head that may be near their best one */
    function* worth(centres, start = null) {
      const { bias } = view.state;
      const margin = measure.margin(centres, bias);
      yield;
      return { centres, bias, ...measure.leastDistance(centres), margin, ...measure.bestHead(centres, L2, bias, start) };
    }

    /** What the reader's centres are worth as they are now, part by part. */
    function* weigh() {
      if (found?.centres !== points || found.bias !== view.state.bias) found = yield* worth(points, found?.head);
    }

    // Beside the networks

    const measured = () => worths[Number(view.state.bias)];

    /** Measure the networks that are not yet. returns whether there were some */
    function* measureAll() {
      const of = measured();
      const left = networks().filter((centres) => !of.has(centres));
      for (const centres of left) of.set(centres, yield* worth(centres));
      return left.length > 0;
    }

    /** What the measured ones of the networks have of one thing. @param {"distance" | "margin" | "loss"} key */
    const reached = (key) => (view.state.ask ? [] : networks().flatMap((centres) => measured().get(centres)?.[key] ?? []));

    /** What the reader is asked, or how the arrangement does beside the networks': a line, more, and as much as that may be. */
    function judged() {
      const { ask, classes, ghost: shown } = view.state;
      const all = networks();
      const n = all.length;
      if (ask) return [words.say("Where would {n} classes go?", { n: classes }), words.say("Place them as far apart as you can. Then see what the networks did."), ""];
      if (!n) return ["", "", ""];
      const wider = all.filter((centres) => found.distance > measure.leastDistance(centres).distance).length;
      const head = wider === n ? words.say("Wider than all {n} networks.", { n })
        : wider ? words.say("Wider than {some} of {n} networks.", { some: wider, n }) : words.say("Wider than none of {n} networks.", { n });
      const likewise = (property) => ({ n, some: all.filter((centres) => property(centres) === property(points)).length });
      const isEmpty = (centres) => !measure.middle(centres, room().name === "square");
      const kept = isEmpty(points) ? measure.orderKept(points) : null; // around a class in the middle there is no order
      const margins = reached("margin");
      const middle = [
        words.say("You left the middle empty, as did {some} of {n}.", likewise(isEmpty)),
        words.say("You used the middle, as did {some} of {n}.", likewise(isEmpty)),
      ];
      const order = [
        words.say("You kept the classes in their order, as did {some} of {n}.", likewise(measure.orderKept)),
        words.say("You changed the order of the classes, as did {some} of {n}.", likewise(measure.orderKept)),
      ];
      const mine = words.say("Your margin is wider than that of {some} of {n}.", { n, some: margins.filter((margin) => found.margin > margin).length });
      const marks = shown === "networks" && words.say("Small marks: the networks\u2019 classes, each network turned, mirrored and relabelled to come nearest to yours.");
      const said = [margins.length === n && mine, !room().open && middle[isEmpty(points) ? 0 : 1], kept !== null && order[kept ? 0 : 1], marks];
      const most = [mine, !room().open && longer(...middle), longer(...order), marks];
      return [head, ...[said, most].map((sentences) => sentences.filter(Boolean).join(" "))];
    }

    /** Bring what stands beside the plane in line with the state. */
    function tell() {
      const { ask, bias } = view.state;
      const [head, more, most] = judged();
      peek.write(verdict, head);
      peek.write(grounds, more);
      grounds.parentElement.dataset.longest = most;
      peek.write(answer.button, ask ? words.say("Show what the networks did") : words.say("Try again"));
      layout.classList.toggle("is-asking", ask);
      answer.control.hidden = !ask && !view.defaults.ask;
      there.control.hidden = ask;
      start.control.hidden = ask || !trainer();
      start.button.disabled = !(bias ? found.margin : measure.margin(points, true));
      const n = ask ? 0 : networks().length;
      distance.tell(best("points"), n);
      margin.tell(best(bias ? "margin" : "margin-no-bias"), n);
      loss.tell(null, n);
    }

    function askOrShow() {
      view.stop();
      view.set(view.state.ask ? { ask: false, ghost: "networks" } : { ask: true });
      view.say(judged().slice(0, 2).join(" "));
    }

    /** The page's figure that trains networks of the same recipe. */
    const trainer = () => known.first && peek.twin(view, "train");

    function startNetwork() {
      const { classes, activation } = view.state;
      peek.visit(trainer(), { data: known.recipe.dataset, classes, activation, start: "placed", places: peek.places.write(points) }, ".is-main");
    }

    // Dragging

    function makeHandles() {
      handles.replaceChildren(...Array.from({ length: view.state.classes }, (_, c) => {
        const handle = element("button", { type: "button", class: "centre", "aria-roledescription": words.say("draggable centre") });
        let held = null; // {pointer, at}: the one that drags, and where all were
        handle.addEventListener("pointerdown", (event) => {
          if (held || event.button) return;
          held = { pointer: event.pointerId, at: view.state.at };
          handle.setPointerCapture(event.pointerId);
          handle.focus({ preventScroll: true });
          view.stop();
          event.preventDefault();
        });
        handle.addEventListener("pointermove", (event) => {
          if (held?.pointer !== event.pointerId) return;
          const bounds = plane.surface.getBoundingClientRect();
          view.guard(() => moveTo(c, plane.x(event.clientX - bounds.left), plane.y(event.clientY - bounds.top)));
        });
        handle.addEventListener("pointerup", () => (held = null));
        handle.addEventListener("pointercancel", () => {
          if (held) view.set({ at: held.at }); // two fingers zoom the page
          held = null;
        });
        handle.addEventListener("keydown", (event) => {
          const step = KEY_STEP * (event.shiftKey ? 5 : 1);
          const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
          if (!by) return;
          event.preventDefault();
          view.guard(() => {
            moveTo(c, points[2 * c] + by[0], points[2 * c + 1] + by[1]);
            whole(weigh());
          });
          view.say(words.say("{place}. Least distance {distance}, margin {margin}.", { place: label(c), distance: text.digits(found.distance), margin: text.digits(found.margin) }));
        });
        return handle;
      }));
    }

    const label = (c) => words.say("Class {class} at {place}", { class: text.class(c, labels), place: text.place(points[2 * c], points[2 * c + 1]) });

    function moveTo(c, x, y) {
      const next = points.slice();
      next.set(confined(x, y), 2 * c);
      view.set({ at: peek.places.write(next) });
    }

    function goThere() {
      const target = ghost();
      if (!target) return;
      const from = points.slice();
      view.glide(GO_MS, (share) => view.set({ at: peek.places.write(from.map((value, at) => value + share * (target[at] - value))) }));
    }

    // Painting

    /** The hand's centres first, then what they are worth, the regions of their head, and the networks beside them. */
    function* paintAll(resting) {
      plane.fit();
      for (const scale of [distance, margin, loss]) scale.fit(); // before anything is written, so that the page is laid out once
      if (!plane.size) return;
      plane.fresh = false;
      paintMarks();
      yield;
      yield* weigh();
      const other = target();
      if (other && !measured().has(other)) measured().set(other, yield* worth(other.flat()));
      if (found.centres.length !== points.length) return; // there are other classes by now, which come next
      paintScales();
      view.sum();
      yield;
      paint.regions(plane, measure.headRegions(found.head, view.state.classes, room()), peek.palette(view.theme), room());
      yield;
      if (isBeside()) {
        const [all, near] = [networks(), []];
        for (const centres of all) {
          near.push(...nearest(centres));
          yield;
        }
        if (all !== networks()) return;
        crowd = near;
        paintMarks();
      }
      if (resting && (yield* measureAll())) paintScales();
    }

    const isBeside = () => !view.state.ask && view.state.ghost === "networks";

    /** What lies over the regions: the room, arrangements to compare with, and the reader's own. */
    function paintMarks() {
      const { theme, state } = view;
      const context = plane.begin();
      if (room().open) round(context);
      else paint.room(plane, room(), theme.hairline);
      const shown = ghost();
      if (shown) paint.circles(plane, shown, theme);
      if (isBeside()) paint.points(plane, crowd, Uint8Array.from({ length: crowd.length / 2 }, (_, at) => at % state.classes), state.classes, theme, 2.4);
      const [a, b] = measure.leastDistance(points).pair;
      context.setLineDash([4, 4]);
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.25;
      context.beginPath();
      context.moveTo(plane.px(points[2 * a]), plane.py(points[2 * a + 1]));
      context.lineTo(plane.px(points[2 * b]), plane.py(points[2 * b + 1]));
      context.stroke();
      context.setLineDash([]);
      for (let c = 0; c < state.classes; c++) {
        paint.ring(plane, points[2 * c], points[2 * c + 1], c, theme, 4.6);
        paint.number(context, c, plane.px(points[2 * c]) + 17, plane.py(points[2 * c + 1]) - 11, theme, labels);
        const handle = handles.children[c];
        handle.style.left = `${(100 * plane.px(points[2 * c])) / plane.size}%`;
        handle.style.top = `${(100 * plane.py(points[2 * c + 1])) / plane.size}%`;
        if (handle.getAttribute("aria-label") !== label(c)) handle.setAttribute("aria-label", label(c));
      }
      there.button.disabled = !shown;
    }

    /** An open room, cut to norm 1: the part of the disk that its walls leave, or all of it. */
    function round(context) {
      const { x0 } = room();
      const wall = Math.asin(x0);
      const [from, to] = x0 > -1 ? [-wall, wall - Math.PI / 2] : [Math.PI, -Math.PI];
      context.strokeStyle = view.theme.hairline;
      context.lineWidth = 1;
      context.beginPath();
      if (x0 > -1) {
        context.moveTo(plane.px(x0), plane.py(Math.cos(wall)));
        context.lineTo(plane.px(x0), plane.py(x0));
        context.lineTo(plane.px(Math.cos(wall)), plane.py(x0));
      }
      context.arc(plane.px(0), plane.py(0), plane.px(1) - plane.px(0), from, to, true);
      context.stroke();
    }

    /** The best arrangement that is known by a law: {value, points}, or undefined. */
    const optimum = (law) => known.optima[room().name]?.[law]?.optima[view.state.classes];
    const best = (law) => (view.state.ask ? null : (optimum(law)?.value ?? null)); // where it may be told

    function paintScales() {
      const { state, theme } = view;
      const law = state.bias ? "margin" : "margin-no-bias";
      const other = measured().get(target());
      const upTo = (top) => (value) => value / (1.04 * top);
      const falling = (value) => Math.log(value / LEAST_LOSS) / Math.log(Math.log(state.classes) / LEAST_LOSS);
      tell();
      distance.paint(theme, found.distance, upTo(optimum("points")?.value || Math.SQRT2 * (room().x1 - room().x0)), reached("distance"), best("points"), other?.distance);
      margin.paint(theme, found.margin, upTo(optimum(law)?.value || 1), reached("margin"), best(law), other?.margin);
      loss.paint(theme, found.loss, falling, reached("loss"), null, other?.loss);
    }

    place();
    whole(weigh());
    tell();

    return {
      change,
      paint: paintAll,
      summary() {
        const most = best("points");
        const share = most && text.percent(Number(Math.min(found.distance / most, 1).toFixed(EXACT)));
        const seen = view.state.ask ? [] : networks().map((centres) => measure.leastDistance(centres).distance);
        const ends = seen.length ? [Math.min(...seen), Math.max(...seen)].map(text.digits) : [];
        const margin = found.margin > 0 ? text.digits(found.margin) : "";
        return told(view.state.classes, known.rooms[room().name], text.pair(found, labels), share, ends, margin, text.digits(found.loss));
      },
      rows() {
        return [["class", "h1", "h2"], ...Array.from({ length: view.state.classes }, (_, c) => [c + 1, points[2 * c], points[2 * c + 1]])];
      },
    };
  }

  /** A strip on which ours, the networks' and the best known value are marked. */
  function scaleOf(name, meaning) {
    const output = element("output", { "aria-live": "off" });
    const canvas = element("canvas", { class: "scale-strip" });
    const best = element("span", { class: "scale-best" });
    const root = element("div", { class: "scale" },
      element("div", { class: "control-head" }, element("b", {}, name), output), canvas,
      element("div", { class: "scale-foot" }, element("span", {}, meaning), best));

    /** n: networks that are marked */
    function tell(optimum, n) {
      const known = optimum === null ? [] : [words.say("best known {value}", { value: peek.text.digits(optimum) })];
      if (n) known.push(n === 1 ? words.say("one network") : words.say("{n} networks", { n }));
      peek.write(best, known.join(" \u00b7 "));
    }

    let size = { clientWidth: 0, clientHeight: 0 };
    function fit() {
      const { clientWidth, clientHeight } = canvas;
      size = { clientWidth, clientHeight };
    }

    /** share(value): where a value stands on the strip, 0 to 1 */
    function paint(theme, value, share, dots, optimum, ghost) {
      const context = peek.blank(canvas, Infinity, size);
      const { clientWidth: width, clientHeight: height } = size;
      const x = (at) => 8 + (width - 16) * Math.min(Math.max(share(at), 0), 1);
      const middle = height / 2;
      const line = (x0, y0, x1, y1, colour, thickness, dash = []) => {
        context.setLineDash(dash);
        context.strokeStyle = colour;
        context.lineWidth = thickness;
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.stroke();
        context.setLineDash([]);
      };
      const tick = (at, ...look) => line(x(at), middle - 9, x(at), middle + 9, ...look);
      line(8, middle, width - 8, middle, theme.hairline, 1);
      context.fillStyle = theme.muted;
      context.globalAlpha = dots.length > 12 ? 0.45 : 0.8;
      for (const dot of dots) {
        context.beginPath();
        context.arc(x(dot), middle, 3.5, 0, 7);
        context.fill();
      }
      context.globalAlpha = 1;
      if (optimum !== null) tick(optimum, theme.ink, 2);
      if (ghost !== undefined) tick(ghost, theme.accent, 1.5, [3, 3]);
      context.fillStyle = theme.accent;
      context.strokeStyle = theme.paper;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x(value), middle - 2);
      context.lineTo(x(value) + 6, middle - 11);
      context.lineTo(x(value) - 6, middle - 11);
      context.closePath();
      context.fill();
      peek.write(output, value > 0 ? peek.text.digits(value) : words.say("none"));
    }
    return { root, tell, fit, paint };
  }
})();
