// @ts-check
// needs: kit/network, kit/plane, kit/room, kit/runs
// needs without a plane: kit/picture
// needs of a wide layer: kit/projection
/**
 * The two planes of a network at one moment: regions, points, lattice, and linked looking: whatever is looked at in
 * one plane lights up in the other. Inputs of as many dimensions as classes are drawn flat, each axis a direction, and
 * other ones have no plane: words are in its place, and where they are pictures some of these. Figures put time around it.
 */
(function () {
  "use strict";

  const PLACE = 0.05; // radius of a looked-at place, of the plane's width
  const GRID = { lines: 17, samples: 97 };
  const PART = 512; // places of the lattice that are bent in one go

  /**
   * @param {any} view its state may have lattice, whole (look at whole regions) and look (what is kept in sight)
   * @param {(where: any, plane: any) => boolean} [hand] what a hand does to the input plane instead of looking, and whether it did
   */
  peek.scene = function (view, hand) {
    const { paint, text } = peek;
    const { recipe } = peek.runs.among(view.options);
    const inputs = peek.runs.inputsOf(recipe);
    const projection = peek.projection?.(recipe);
    const input = inputs !== 2 ? null : peek.plane(view, {
      title: words.say("The data"), note: words.say("input plane"),
      label: words.say("Input plane. Arrow keys move a cross-hair; Enter keeps it, Escape lets go."),
      explain: peek.runs.labelsOf(recipe.parameters)
        ? words.say("Where the points lie; a word names each class. The colour of the paper is the class the network gives to each place.")
        : words.say("Where the points lie; a number names each class. The colour of the paper is the class the network gives to each place."),
      look: (where) => looked("input", where),
    });
    const hidden = peek.plane(view, {
      title: words.say("What the network makes of it"), note: words.say("hidden plane"),
      label: input && !projection
        ? words.say("Hidden plane. Arrow keys move a cross-hair; Enter keeps it, Escape lets go.")
        : words.say("Hidden plane. Arrow keys go from point to point; Enter keeps one, Escape lets go."),
      explain: words.say("The same points as the two neurons of the last hidden layer see them. Here every border is a straight line. Where the neurons have no upper end, the scale follows the points."),
      look: (where) => looked("hidden", where),
      step: (!input || projection) && ((from, way) => peek.pointFrom(positions, from, way)),
      ...projection,
    });
    const samples = !input && peek.samples(view, recipe.image, words.say("Its inputs have {n} dimensions: no plane to draw.", { n: inputs }));
    peek.planes(view, input || samples, hidden);
    const line = peek.element("p", { class: "explorable-look" });

    const [ofPlane, fieldless] = [input && (projection?.field || peek.field)(input), peek.fieldless()];
    let field = ofPlane || fieldless;
    let flat = !!input; // whether the inputs lie in the plane
    let spread = null; // and if not, where they are drawn
    /** @type {any} */
    let run = null;
    let net = null;
    let machine = null;
    let weights = new Float64Array(0);
    let positions = new Float64Array(0);
    let room = null;
    let epoch = -1;
    let lands = false; // whether any input lands at the place looked at in the hidden plane
    let hover = null; // {plane, x, y} under the pointer
    const whole = () => flat && view.state.whole;

    function use(next) {
      run = next;
      bentAt = "";
      ({ machine, weights } = net = peek.opened(run));
      positions = new Float64Array(2 * run.y.length);
      if (input) {
        flat = run.inputs === 2;
        field = flat ? ofPlane : fieldless;
        spread = flat ? run.x : peek.spokes(run);
        input.box = run.box || peek.inputBox({ x: spread });
        input.noted(flat ? words.say("input plane") : words.say("{n} dimensions, drawn flat", { n: run.inputs }));
        if (!flat) input.fieldContext.clearRect(0, 0, input.field.width, input.field.width);
      } else samples.use(run);
      if (net.told) hidden.noted(net.told);
      if (!input || !input.drawn) hover = null;
      field.stale();
    }

    /** A mode of looking is a new palette; the theme, when no property is named, has its own. */
    function change(names) {
      if (!names.length || names.includes("whole") || (names.includes("look") && whole())) field.stale();
    }

    // Looking

    /** What is looked at: under the pointer, else what was kept. */
    function looking() {
      if (hover) return hover;
      const kept = peek.scene.LOOK.exec(view.state.look || "");
      return kept && kept[1] ? { plane: kept[1], x: Number(kept[2]), y: Number(kept[3]) } : null;
    }

    function looked(plane, where) {
      if (plane === "input" && input.drawn && hand?.(where, input)) {
        if (where.how === "drag" || where.how === "pick") hover = { plane, x: where.x, y: where.y };
        return true;
      }
      if (!["hover", "pick", "key", "leave", "escape"].includes(where.how)) return false;
      if (where.how === "leave") hover = null;
      else if (where.how === "escape") {
        hover = null;
        view.set({ look: "" });
      } else if (where.how === "pick") {
        const key = `${plane},${where.x.toFixed(3)},${where.y.toFixed(3)}`;
        const again = view.state.look && near(plane, where);
        view.set({ look: again ? "" : key });
        hover = null;
      } else hover = { plane, x: where.x, y: where.y };
      if (whole()) field.stale();
      view.invalidate();
      if (where.how === "key" || where.how === "pick") requestAnimationFrame(() => view.say(sentence()));
      return true;
    }

    function near(plane, where) {
      const kept = looking();
      const p = plane === "input" ? input : hidden;
      return kept && kept.plane === plane && Math.hypot(p.px(kept.x) - p.px(where.x), p.py(kept.y) - p.py(where.y)) < peek.TAKE_PX;
    }

    /** The point that is meant, or -1. */
    const pointAt = (place) => (place.plane === "input" ? peek.pointAt(input, spread, place) : peek.pointAt(hidden, positions, place));

    const row = (point) => run.x.subarray(run.inputs * point, run.inputs * (point + 1));
    const one = new Float64Array(2);
    const logits = new Float64Array(16);
    /** Which class the network gives an input, or a place of the hidden plane, and how sure it is. */
    function verdict(inputValues, place) {
      if (inputValues) machine.hidden(weights, inputValues, 1, one);
      else one.set([place.x, place.y]);
      if (inputValues) logits.set(machine.through(weights, inputValues).at(-1));
      else machine.logits(weights, one, 1, logits);
      let best = 0;
      for (let c = 1; c < run.classes; c++) if (logits[c] > logits[best]) best = c;
      let sum = 0;
      for (let c = 0; c < run.classes; c++) sum += Math.exp(logits[c] - logits[best]);
      return { best, share: 1 / sum, x: one[0], y: one[1] };
    }

    const ofPlace = (place) => verdict(place.plane === "input" && [place.x, place.y], place);
    const told = ({ best, share, x, y }) => ({ class: text.class(best, run.labels), share: text.percent(share), image: text.place(x, y) });

    function sentence() {
      const place = looking();
      const point = !place || whole() ? -1 : pointAt(place);
      if (!place || (isFlatless(place) && point < 0)) return flat ? words.say("Point at either plane: a point or a place lights up in the other.") : words.say("Point at a point to see what it is, and where it came from.");
      if (point >= 0) {
        const found = verdict(row(point));
        return words.say("Point {point} of class {own}: taken for class {class}, {share} sure, at {image} in the hidden plane.", {
          point: point - run.y.indexOf(run.y[point]) + 1, own: text.class(run.y[point], run.labels), ...told(found),
        });
      }
      const found = ofPlace(place);
      if (whole()) return words.say("All of class {class}'s region, in both planes.", told(found));
      const values = { place: text.place(place.x, place.y), ...told(found) };
      if (!flat) return words.say("At {place} in the hidden plane: class {class}, {share} sure.", values);
      if (place.plane === "hidden" && field.ready() && !lands) return words.say("Nothing that is shown of the input plane lands at {place}.", values);
      return place.plane === "input"
        ? words.say("The input {place} goes to {image} in the hidden plane: class {class}, {share} sure.", values)
        : words.say("Around {place} in the hidden plane: all inputs that land there are outlined. Class {class}, {share} sure.", values);
    }

    /** A place among inputs that are drawn flat is no input, and one of a projection is no hidden vector. */
    const isFlatless = (place) => (place.plane === "input" ? !flat : projection);
    const placeRadius = () => PLACE * (hidden.box.x1 - hidden.box.x0);

    // Painting

    /** Both planes, part by part: how the points lie, then how the places do. */
    function* paintAll(now, resting) {
      for (const plane of [input, hidden]) {
        if (!plane) continue;
        plane.fit();
        if (plane.fresh) field.stale();
        plane.fresh = false;
      }
      if (!hidden.size) return;
      if (now !== epoch) field.stale();
      epoch = now;
      const place = looking();
      if (field.old()) {
        peek.runs.weightsAt(run, epoch, weights);
        machine.hidden(weights, run.x, run.y.length, positions);
        room = net.room(positions);
        hidden.box = room.box;
        hidden.label(room.labels);
      }
      const chosen = whole() && place && !isFlatless(place) ? ofPlace(place).best : -1;
      const palette = peek.palette(view.theme, chosen);
      yield;
      if ((yield* field.show(net, palette, resting)) === "all") {
        paint.regions(hidden, net.regions(room.inner), palette, room);
      }
      yield;
      if (flat && view.state.lattice) yield* bend();
      const point = place && chosen < 0 ? pointAt(place) : -1;
      let lit = null; // what of the input plane lands at a place of the hidden plane
      if (place && chosen < 0 && point < 0 && !isFlatless(place) && place.plane === "hidden" && field.ready()) {
        const { hx, hy } = field;
        const radius = placeRadius();
        lit = yield* paint.inside(field, (node) => (hx[node] - place.x) ** 2 + (hy[node] - place.y) ** 2 - radius * radius);
        lands = lit !== null;
      }
      marks(place, chosen, point, lit);
      yield;
      peek.write(line, sentence());
      line.classList.toggle("asks", !place);
    }

    function marks(place, chosen, point, lit) {
      const { theme, state } = view;
      const radius = Math.min(Math.max(hidden.size / 140, 1.5), 3.2);
      if (input) input.begin();
      hidden.begin();
      paint.room(hidden, room, theme.hairline);
      if (flat && state.lattice) lattice();
      if (place && chosen < 0 && point < 0 && !isFlatless(place)) light(place, lit);
      if (input) {
        if (!flat) axes();
        paint.points(input, spread, run.y, run.classes, theme, radius, chosen);
        paint.numbers(input, spread, run.y, run.classes, theme, run.labels);
        if (place && place.plane === "input" && input.drawn) paint.cross(input, place.x, place.y, theme.ink);
      } else samples.paint(point);
      paint.points(hidden, positions, run.y, run.classes, theme, radius, chosen);
      paint.centres(hidden, positions, run.y, run.classes, theme, run.labels);
      if (point >= 0) {
        paint.trail(hidden, peek.runs.wayOf(run, epoch, machine, weights, row(point)), theme.ink);
        if (input) paint.ring(input, spread[2 * point], spread[2 * point + 1], run.y[point], theme, radius + 0.6);
        paint.ring(hidden, positions[2 * point], positions[2 * point + 1], run.y[point], theme, radius + 0.6);
        if (recipe.image && samples) peek.pictureAt(hidden, run, recipe.image, point, positions[2 * point], positions[2 * point + 1], theme);
      }
    }

    /** Light up a place and what belongs to it in the other plane: of the hidden plane a patch, if anything lands there. */
    function light(place, lit) {
      const { theme } = view;
      const glow = theme.faint(14);
      if (place.plane === "hidden") {
        const radius = placeRadius();
        if (lit) paint.patch(input, lit, glow, theme.ink);
        if (flat) circle(hidden, place.x, place.y, radius, glow);
        else paint.cross(hidden, place.x, place.y, theme.ink);
        return;
      }
      const radius = PLACE * (input.box.x1 - input.box.x0) * 0.7;
      const around = new Float64Array(2 * 73);
      for (let at = 0; at < 73; at++) {
        around[2 * at] = place.x + radius * Math.cos((at * Math.PI) / 36);
        around[2 * at + 1] = place.y + radius * Math.sin((at * Math.PI) / 36);
      }
      circle(input, place.x, place.y, radius, glow);
      const image = new Float64Array(around.length);
      machine.hidden(weights, around, 73, image);
      const { context } = hidden;
      context.beginPath();
      for (let at = 0; at < 73; at++) context.lineTo(hidden.px(image[2 * at]), hidden.py(image[2 * at + 1]));
      context.fillStyle = glow;
      context.fill();
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.5;
      context.stroke();
      const found = ofPlace(place);
      paint.cross(hidden, found.x, found.y, theme.ink);
    }

    function circle(plane, x, y, radius, glow) {
      const { context } = plane;
      context.beginPath();
      context.arc(plane.px(x), plane.py(y), Math.abs(plane.px(radius) - plane.px(0)), 0, 7);
      context.fillStyle = glow;
      context.fill();
      context.strokeStyle = view.theme.ink;
      context.lineWidth = 1.5;
      context.stroke();
      paint.cross(plane, x, y, view.theme.ink);
    }

    /** The axes of inputs that are drawn flat. */
    function axes() {
      const ends = Array.from({ length: run.inputs }, (_, axis) => [0, 0, ...peek.spoke(axis, run.inputs)]);
      paint.lines(input, ends.flat(), 2, view.theme.hairline, 1);
    }

    const sheet = peek.sheet(GRID.lines, GRID.samples);
    const [square, bent] = [new Float64Array(sheet.length), new Float64Array(sheet.length)];
    let bentAt = ""; // the moment of the network that the lattice is bent by

    /** Where the lattice lies in both planes. */
    function* bend() {
      const key = [epoch, input.box.x1].join();
      if (key === bentAt) return;
      bentAt = "";
      square.set(sheet.map((value) => value * input.box.x1));
      for (let from = 0; from < sheet.length; from += 2 * PART) {
        const part = square.subarray(from, from + 2 * PART);
        machine.hidden(weights, part, part.length / 2, bent.subarray(from));
        yield;
      }
      bentAt = key;
    }

    function lattice() {
      const colour = view.theme.faint(38);
      paint.lines(input, square, GRID.samples, colour, 0.75);
      paint.lines(hidden, bent, GRID.samples, colour, 0.75);
    }

    return {
      line, input, hidden, use, change, looking,
      paint: paintAll,
      least: () => peek.measure.leastDistance(peek.measure.centres(positions, run.y, run.classes)),
      middle: () => peek.measure.middle(peek.measure.centres(positions, run.y, run.classes), !room.open),
      reset() {
        hover = null;
      },
      /** A table of the points, for the CSV. */
      rows() {
        const out = [["class", ...Array.from({ length: run.inputs }, (_, at) => `x${at + 1}`), "h1", "h2", "predicted"]];
        for (let point = 0; point < run.y.length; point++) {
          const found = verdict(row(point));
          const [own, best] = [run.y[point], found.best].map((c) => text.class(c, run.labels));
          out.push([own, ...row(point), found.x, found.y, best]);
        }
        return out;
      },
    };
  };

  /** What is kept in sight, as in the address: nothing, or a plane and a place in it. */
  peek.scene.LOOK = /^(?:(input|hidden),(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?))?$/;
})();
