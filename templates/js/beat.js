// @ts-check
// needs: kit/measure, kit/network, kit/plane, kit/view
/**
 * Beat the network: the reader places the class centres, and sees what each law would say of the arrangement: its
 * least distance, its margin, and the loss of the best linear head on it; beside the optimum and the build's networks.
 */
(function () {
  "use strict";

  const { element } = peek;
  const LEAST_LOSS = 5e-4; // the left end of the loss's strip, which is logarithmic
  const KEY_STEP = 0.02;
  const GO_MS = 700;
  const PLACES = /^(?:-?\d+(?:\.\d+)?[,;]?)*$/; // pairs, as `written` writes them
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
      const ghosts = Object.entries(LAWS).filter(([law]) => Object.values(optima).some((room) => room[law]));
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
          values: [["none", words.say("Nothing")], ...ghosts, ...(runs.length ? [["network", words.say("A network")]] : [])],
          explain: words.say("An arrangement to compare yours with: the best that is known by a law, or where one of the build\u2019s networks put its centres."),
        },
        {
          kind: "flag", name: "bias", label: words.say("Head with biases"), initial: true,
          explain: words.say("Whether the linear head may shift its borders. Without biases all borders pass through the origin."),
        },
        { kind: "text", name: "at", initial: "", fits: PLACES },
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
    const { name, low, high } = peek.activations[activation].room;
    const open = high === null;
    const [from, to] = [open ? Math.max(low ?? -1, -1) : low, open ? 1 : high];
    const [below, above] = from ? [0.07 * (to - from), 0.07 * (to - from)] : [0.1 * to, 0.12 * to];
    const box = { x0: from - below, x1: to + above, y0: from - below, y1: to + above };
    return { name, x0: from, x1: to, y0: from, y1: to, open, walls: !open, box };
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
      ...(low ? [words.say("The build\u2019s networks reached {low} to {high}.", values)] : []),
      margin
        ? words.say("The widest margin of a linear head on them is {margin}; the best head\u2019s loss is {loss}.", values)
        : words.say("No linear head tells all of them apart; the best head\u2019s loss is {loss}.", values),
    ].join(" ");
  }

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
    const plane = peek.plane(view, { title: words.say("Your arrangement"), note: words.say("drag the centres") });
    const known = { ...peek.runs.index(), ...peek.runs.among(view.options) };
    const labels = known.recipe && peek.runs.labelsOf(known.recipe.parameters);
    const L2 = (known.recipe && known.recipe.l2) || 1e-4; // without any, a head may grow for ever
    const scales = element("div", { class: "scales" });
    const distance = scaleOf(words.say("Least distance"), words.say("between the two nearest centres; more is better"));
    const margin = scaleOf(words.say("Margin"), words.say("of the best linear head, per unit of its weights; more is better"));
    const loss = scaleOf(words.say("Loss"), words.say("of the best linear head with the recipe\u2019s L2, from none to guessing; less is better"));
    scales.append(distance.root, margin.root, loss.root);
    const there = peek.controls.button(words.say("Go there"), words.say("Move your centres to the arrangement shown."), goThere);
    layout.append(plane.root, scales);
    scales.append(there.control);
    const handles = element("div", { class: "centres" });
    plane.surface.append(handles);

    let points = new Float64Array(0);
    let head = null;
    let found = null; // {distance, pair, margin, loss}
    let networks = new Map(); // run id -> centres

    const room = () => roomOf(view.state.activation);
    const entry = () => known.runs.find((run) => run.classes === view.state.classes && run.activation === view.state.activation);

    /** The arrangement to compare with, in a pose near the reader's, or null. */
    function ghost() {
      const { ghost: law } = view.state;
      if (law === "none") return null;
      let target;
      if (law === "network") target = entry() && networks.get(entry().id);
      else target = optimum(law) && Float64Array.from(optimum(law).points.flat());
      return target ? posed(points, target, room().name) : null;
    }

    function loadNetwork() {
      const wanted = entry();
      if (view.state.ghost !== "network" || !wanted || networks.has(wanted.id)) return;
      view.load(wanted.id).then(([run]) => {
        const positions = new Float64Array(2 * run.y.length);
        peek.network.evaluator(run.net).hidden(run.weights[run.weights.length - 1], run.x, run.y.length, positions);
        const centres = measure.centres(positions, run.y, run.classes);
        let norm = 1;
        if (roomOf(run.activation).open) for (let at = 0; at < centres.length; at += 2) norm = Math.max(norm, Math.hypot(centres[at], centres[at + 1]));
        networks.set(wanted.id, centres.map((value) => value / norm));
        view.invalidate();
      }, () => view.set({ ghost: "none" }));
    }

    function change(names) {
      if (names.includes("classes") || names.includes("activation")) {
        plane.box = room().box;
        const { x0, x1 } = room();
        plane.label([[x0, x0, text.end(x0), "below"], [x1, x0, text.end(x1), "below"], [x0, x1, text.end(x1), "before"]]);
        if (view.state.at.split(";").length !== view.state.classes) view.state.at = "";
      }
      points = parse(view.state.at, view.state.classes) || ring(view.state.classes, room());
      if (handles.childElementCount !== view.state.classes) makeHandles();
      loadNetwork();
      judge();
    }

    function parse(at, k) {
      const values = at.split(/[;,]/).map(Number);
      if (values.length !== 2 * k || !values.every(Number.isFinite)) return null;
      const into = Float64Array.from(values);
      for (let c = 0; c < k; c++) into.set(confined(into[2 * c], into[2 * c + 1]), 2 * c);
      return into;
    }

    const written = (arrangement) => Array.from({ length: arrangement.length / 2 }, (_, c) =>
      `${Number(arrangement[2 * c].toFixed(4))},${Number(arrangement[2 * c + 1].toFixed(4))}`).join(";");

    function confined(x, y) {
      const { x0, x1, y0, y1, open } = room();
      x = Math.min(Math.max(x, x0), x1);
      y = Math.min(Math.max(y, y0), y1);
      const norm = open ? Math.max(Math.hypot(x, y), 1) : 1;
      return [x / norm, y / norm];
    }

    function judge() {
      const { bias } = view.state;
      const best = measure.bestHead(points, L2, bias, head && head.length === 1.5 * points.length ? head : null);
      head = best.head;
      found = { ...measure.leastDistance(points), margin: measure.margin(points, bias), loss: best.loss };
    }

    // Dragging

    function makeHandles() {
      handles.replaceChildren(...Array.from({ length: view.state.classes }, (_, c) => {
        const handle = element("button", { type: "button", class: "centre", "aria-roledescription": words.say("draggable centre") });
        let held = false;
        handle.addEventListener("pointerdown", (event) => {
          held = true;
          handle.setPointerCapture(event.pointerId);
          handle.focus({ preventScroll: true });
          view.stop();
          event.preventDefault();
        });
        handle.addEventListener("pointermove", (event) => {
          if (!held) return;
          const bounds = plane.surface.getBoundingClientRect();
          view.guard(() => moveTo(c, plane.x(event.clientX - bounds.left), plane.y(event.clientY - bounds.top)));
        });
        for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => (held = false));
        handle.addEventListener("keydown", (event) => {
          const step = KEY_STEP * (event.shiftKey ? 5 : 1);
          const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
          if (!by) return;
          event.preventDefault();
          view.guard(() => moveTo(c, points[2 * c] + by[0], points[2 * c + 1] + by[1]));
          view.say(words.say("{place}. Least distance {distance}, margin {margin}.", { place: label(c), distance: text.digits(found.distance), margin: text.digits(found.margin) }));
        });
        return handle;
      }));
    }

    const label = (c) => words.say("Class {class} at {place}", { class: text.class(c, labels), place: text.place(points[2 * c], points[2 * c + 1]) });

    function moveTo(c, x, y) {
      const next = points.slice();
      next.set(confined(x, y), 2 * c);
      view.set({ at: written(next) });
    }

    function goThere() {
      const target = ghost();
      if (!target) return;
      const from = points.slice();
      view.glide(GO_MS, (share) => view.set({ at: written(from.map((value, at) => value + share * (target[at] - value))) }));
    }

    // Painting

    function paintAll() {
      plane.fit();
      if (!plane.size) return;
      plane.fresh = false;
      const { theme, state } = view;
      const palette = peek.palette(theme);
      paint.regions(plane, measure.headRegions(head, state.classes, room()), palette, room());
      const context = plane.begin();
      if (room().open) round(context);
      else paint.room(plane, room(), theme.hairline);
      const shown = ghost();
      if (shown) paintGhost(context, shown);
      const [a, b] = found.pair;
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
      paintScales(shown);
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

    function paintGhost(context, shown) {
      context.strokeStyle = view.theme.accent;
      context.lineWidth = 1.5;
      context.setLineDash([3, 3]);
      for (let c = 0; c < shown.length / 2; c++) {
        context.beginPath();
        context.arc(plane.px(shown[2 * c]), plane.py(shown[2 * c + 1]), 15, 0, 7);
        context.stroke();
      }
      context.setLineDash([]);
    }

    /** What the build's networks of this class count and activation reached, or []. */
    const reached = (key) => {
      return known.recipe?.reached[view.state.activation]?.[view.state.classes]?.[key] || [];
    };

    /** The best arrangement that is known by a law: {value, points}, or undefined. */
    const optimum = (law) => known.optima[room().name]?.[law]?.optima[view.state.classes];
    const best = (law) => optimum(law)?.value ?? null;

    function paintScales(shown) {
      const { state, theme } = view;
      const farthest = best("points");
      const widest = best(state.bias ? "margin" : "margin-no-bias");
      const ghosted = shown ? measure.leastDistance(shown).distance : null;
      const upTo = (top) => (value) => value / (1.04 * top);
      const falling = (value) => Math.log(value / LEAST_LOSS) / Math.log(Math.log(state.classes) / LEAST_LOSS);
      tellBest();
      distance.paint(theme, found.distance, upTo(farthest || Math.SQRT2 * (room().x1 - room().x0)), reached("least_distance"), farthest, ghosted);
      margin.paint(theme, found.margin, upTo(widest || 1), state.bias ? reached("margin") : [], widest, shown ? measure.margin(shown, state.bias) : null);
      loss.paint(theme, found.loss, falling, [], null, shown ? measure.bestHead(shown, L2, state.bias).loss : null);
    }

    /** What is known of the room beside the reader's arrangement. */
    function tellBest() {
      const { bias } = view.state;
      distance.tell(best("points"), reached("least_distance"));
      margin.tell(best(bias ? "margin" : "margin-no-bias"), bias ? reached("margin") : []);
    }
    tellBest();

    return {
      change,
      paint: paintAll,
      summary() {
        const most = best("points");
        const share = most && text.percent(Number(Math.min(found.distance / most, 1).toFixed(EXACT)));
        const seen = reached("least_distance");
        const ends = seen.length ? [Math.min(...seen), Math.max(...seen)].map(text.digits) : [];
        const margin = found.margin > 0 ? text.digits(found.margin) : "";
        return told(view.state.classes, known.rooms[room().name], text.pair(found, labels), share, ends, margin, text.digits(found.loss));
      },
      rows() {
        return [["class", "h1", "h2"], ...Array.from({ length: view.state.classes }, (_, c) => [c + 1, points[2 * c], points[2 * c + 1]])];
      },
    };
  }

  /** One of the target's poses, its centres in the order of the nearest of ours: the nearest such to ours. */
  function posed(points, target, room) {
    const poses = [];
    for (const swap of [false, true]) {
      for (const sx of room === "square" ? [1, -1] : [1]) {
        for (const sy of room === "square" ? [1, -1] : [1]) {
          poses.push(target.map((_, at) => (at % 2 ? sy : sx) * target[swap ? at ^ 1 : at]));
        }
      }
    }
    let best = target;
    let least = Infinity;
    for (const pose of poses) {
      const { order, cost } = matched(points, pose);
      if (cost < least) {
        least = cost;
        best = order;
      }
    }
    return best;
  }

  /** Give each of our centres one of a pose's, nearest pairs first. */
  function matched(points, pose) {
    const k = points.length / 2;
    const pairs = [];
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) pairs.push([Math.hypot(points[2 * a] - pose[2 * b], points[2 * a + 1] - pose[2 * b + 1]), a, b]);
    }
    pairs.sort((p, q) => p[0] - q[0]);
    const order = new Float64Array(2 * k);
    const [ours, theirs] = [new Set(), new Set()];
    let cost = 0;
    for (const [d, a, b] of pairs) {
      if (ours.has(a) || theirs.has(b)) continue;
      ours.add(a);
      theirs.add(b);
      order.set([pose[2 * b], pose[2 * b + 1]], 2 * a);
      cost += d * d;
    }
    return { order, cost };
  }

  /** A strip on which ours, the networks' and the best known value are marked. */
  function scaleOf(name, meaning) {
    const output = element("output", { "aria-live": "off" });
    const canvas = element("canvas", { class: "scale-strip" });
    const best = element("span", { class: "scale-best" });
    const root = element("div", { class: "scale" },
      element("div", { class: "control-head" }, element("b", {}, name), output), canvas,
      element("div", { class: "scale-foot" }, element("span", {}, meaning), best));

    function tell(optimum, dots) {
      const known = optimum === null ? [] : [words.say("best known {value}", { value: peek.text.digits(optimum) })];
      if (known.length && dots.length) known.push(dots.length === 1 ? words.say("one network") : words.say("{n} networks", { n: dots.length }));
      peek.write(best, known.join(" \u00b7 "));
    }

    /** share(value): where a value stands on the strip, 0 to 1 */
    function paint(theme, value, share, dots, optimum, ghost) {
      const context = peek.blank(canvas);
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
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
      if (ghost !== null) tick(ghost, theme.accent, 1.5, [3, 3]);
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
    return { root, tell, paint };
  }
})();
