// @ts-check
// needs: kit/measure, kit/network, kit/plane, kit/room, kit/timeline, kit/view
/**
 * Directions: which way the hidden vector points, as arrows over the input plane and as one histogram a class of its
 * angle, linked both ways and live along training.
 */
(function () {
  "use strict";

  const { element } = peek;
  const ARROWS = 20; // a side
  const BINS_DEG = 2;
  const ROWS = 24; // of the lattice that directions are taken over, in one go
  const ROW_PX = 34; // the least height of a class's histogram and its words
  const LOOK_DEG = 4; // half the width of a looked-at direction
  const MEASURED = { drag: 67, rest: 200 }; // places a side of [-1, 1]^2, ends included; at rest as many as the build's
  const TICKS = { 360: [0, 90, 180, 270, 360], 90: [0, 30, 60, 90] };

  peek.define("directions", {
    title: words.say("Directions of the hidden vector over the input plane, and how they spread"),

    properties(options) {
      return [
        ...peek.runs.chooser(options).properties,
        { kind: "number", name: "epoch", initial: Infinity, min: 0, step: 1 },
        { kind: "flag", name: "points", label: words.say("Points"), initial: false, explain: words.say("The data over the arrows.") },
        { kind: "number", name: "angle", initial: -1, min: -1, max: 360, step: 1 },
      ];
    },

    longest: ({ state: { classes } }) =>
      told(peek.text.longest.run(classes), peek.text.longest.moment(), Array(classes).fill({ c: 6, mean: 359, deviation: 19 }), 0),

    mount: directions,
  });

  /** The summary. each: {c, mean, deviation}; still: the share of places without a direction */
  function told(run, moment, each, still, labels) {
    const { text } = peek;
    const said = each.map((of) => words.say("class {class}, {direction}", { class: text.class(of.c, labels), direction: text.direction(of.mean, of.deviation) }));
    return [
      words.say("{run}, at {moment}.", { run, moment }),
      ...(said.length ? [words.say("Mean direction and spread: {each}.", { each: said.join(words.say("; ")) })] : []),
      ...(still > 0 ? [words.say("Over {share} of the input plane the hidden vector is zero.", { share: text.percent(still) })] : []),
    ].join(" ");
  }

  /** @param {any} view */
  async function directions(view) {
    const { paint, text } = peek;
    const input = peek.plane(view, {
      title: words.say("Arrows"), note: words.say("input plane"),
      label: words.say("Input plane with arrows. Arrow keys move a cross-hair whose direction is marked in the histograms."),
      explain: words.say("Each arrow is the direction of the hidden vector of the place it stands on; its length is left out."),
      look: (where) => {
        spot = where.how === "leave" || where.how === "escape" ? null : { x: where.x, y: where.y };
        view.invalidate();
        if (where.how === "key") requestAnimationFrame(() => view.say(sentence()));
      },
    });
    const spread = element("canvas", {
      tabindex: 0, role: "slider", "aria-label": words.say("Direction looked at, degrees"), "aria-valuemin": 0, "aria-valuemax": 360,
    });
    const most = Math.max(...view.properties.find(({ name }) => name === "classes").values.map(([k]) => k));
    const side = element("div", { class: "plane" },
      element("p", { class: "plane-title" }, element("b", {}, words.say("Angles")), " ", element("span", {}, words.say("degrees, a row a class"))),
      element("div", { class: "spread", style: `min-height:${ROW_PX * (most + 1)}px` }, spread));
    peek.controls.explain(side,
      words.say("How often each direction occurs among the places that the network gives to a class, classes in the order of their mean. Point at a direction to see where in the input plane it occurs."), spread);
    peek.planes(view, input, { root: side });
    const timeline = peek.timeline(view, {
      hint: true,
      explain: words.say("The loss at each epoch (solid) and the accuracy (dashed). Drag the handle to see the directions form."),
    });
    const line = element("p", { class: "explorable-look" });
    view.stage.append(line);
    /** @type {CanvasRenderingContext2D} */
    let context;

    const field = peek.field(input);
    let run;
    let net;
    let machine;
    let weights;
    let epoch = -1;
    let spot = null; // a place under the pointer
    let hover = -1; // a direction under the pointer, degrees
    let classes = []; // {c, share, mean, deviation, bins} in the order of their means
    let still = 0; // share of places without a direction
    let arrows = new Float64Array(0);

    const selected = await peek.selection(view, (next) => {
      run = next;
      ({ machine, weights } = net = peek.opened(run));
      input.box = peek.inputBox(run);
      const { x0, x1 } = input.box;
      const step = (x1 - x0) / ARROWS;
      arrows = Float64Array.from({ length: 2 * ARROWS * ARROWS }, (_, at) =>
        x0 + step * (0.5 + (at % 2 ? Math.floor((at >> 1) / ARROWS) : (at >> 1) % ARROWS)));
      timeline.show(run);
      field.stale();
    });
    const full = () => peek.activations[run.activation].room.turn;
    const angleOf = (x, y) => ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;

    let taken = null; // the lattice over [-1, 1]^2 that the directions were taken over
    const settled = () => taken?.columns === MEASURED.rest; // until then it is too coarse for what would be said of it

    /** The directions, class by class: over as many places in every window, whatever is painted. */
    function* measureSpread(columns) {
      const axis = Float64Array.from({ length: columns }, (_, at) => (2 * at) / (columns - 1) - 1);
      const [hx, hy] = [new Float32Array(columns ** 2), new Float32Array(columns ** 2)];
      const found = { of: run, epoch, columns, hx, hy, winner: new Uint8Array(columns ** 2) };
      for (let row = 0; row < columns; row += ROWS) {
        machine.lattice(weights, axis, axis, hx, hy, row, Math.min(row + ROWS, columns));
        yield;
      }
      peek.winners(found, net, 0, columns);
      taken = found;
      const bins = Math.ceil(full() / BINS_DEG); // what points straight up in a quadrant is in the last
      const sums = Array.from({ length: run.classes }, (_, c) => ({ c, count: 0, x: 0, y: 0, bins: new Float64Array(bins) }));
      let none = 0;
      for (let node = 0; node < taken.winner.length; node++) {
        const x = hx[node];
        const y = hy[node];
        const length = Math.sqrt(x * x + y * y);
        if (length < 1e-9) {
          none++;
          continue;
        }
        const sum = sums[taken.winner[node]];
        sum.count++;
        sum.x += x / length;
        sum.y += y / length;
        sum.bins[Math.min(Math.floor(angleOf(x, y) / BINS_DEG), bins - 1)]++;
      }
      still = none / taken.winner.length;
      classes = sums.filter((sum) => sum.count)
        .map((sum) => ({ ...sum, ...peek.measure.circular(sum.x, sum.y, sum.count) }))
        .sort((a, b) => a.mean - b.mean);
    }

    function* paintAll(resting) {
      input.fit();
      if (!input.size) return;
      if (input.fresh) field.stale();
      input.fresh = false;
      const now = Math.min(view.state.epoch, run.epochs);
      if (now !== epoch) field.stale();
      epoch = now;
      const palette = peek.palette(view.theme);
      if (taken?.of !== run || taken.epoch !== epoch) {
        peek.runs.weightsAt(run, epoch, weights);
        const measuring = measureSpread(MEASURED.drag);
        while (!measuring.next().done);
      }
      timeline.paint();
      yield;
      if (resting && !settled()) yield* measureSpread(MEASURED.rest);
      yield* field.show(net, palette, resting);
      yield;
      const direction = looked();
      paintArrows(direction >= 0 && field.ready() ? yield* paint.inside(field, pointing(direction)) : null);
      yield;
      paintSpread();
      yield;
      peek.write(line, sentence());
      line.classList.toggle("asks", !spot && direction < 0);
    }

    const looked = () => (hover >= 0 ? hover : view.state.angle);
    const apart = (a, b) => Math.abs(((a - b + 540) % 360) - 180);

    const place = new Float64Array(2);
    function angleAt(x, y) {
      machine.hidden(weights, [x, y], 1, place);
      return Math.hypot(place[0], place[1]) < 1e-9 ? NaN : angleOf(place[0], place[1]);
    }

    /** Negative where a node's vector points in a direction: its sine from there against the band's, in front. */
    function pointing(direction) {
      const [c, s] = [Math.cos((direction * Math.PI) / 180), Math.sin((direction * Math.PI) / 180)];
      const edge = Math.tan((LOOK_DEG * Math.PI) / 180);
      return (node) => Math.abs(field.hy[node] * c - field.hx[node] * s) - edge * (field.hx[node] * c + field.hy[node] * s) + 1e-9;
    }

    /** @param {any} patch where the direction that is looked at occurs, if anywhere */
    function paintArrows(patch) {
      const { theme } = view;
      const drawn = input.begin();
      if (patch) paint.patch(input, patch, theme.faint(22), theme.ink);
      const length = (0.36 * input.size) / ARROWS;
      drawn.strokeStyle = drawn.fillStyle = theme.ink;
      drawn.lineWidth = input.size > 250 ? 1.2 : 0.8;
      drawn.lineCap = "round";
      const shafts = new Path2D();
      const heads = new Path2D();
      for (let at = 0; at < arrows.length; at += 2) {
        machine.hidden(weights, arrows.subarray(at, at + 2), 1, place);
        const x = input.px(arrows[at]);
        const y = input.py(arrows[at + 1]);
        if (!place[0] && !place[1]) {
          heads.moveTo(x + 1, y);
          heads.arc(x, y, 1, 0, 7);
          continue;
        }
        const size = Math.sqrt(place[0] * place[0] + place[1] * place[1]);
        const dx = place[0] / size;
        const dy = -place[1] / size;
        shafts.moveTo(x - length * dx, y - length * dy);
        shafts.lineTo(x + 0.5 * length * dx, y + 0.5 * length * dy);
        heads.moveTo(x + length * dx, y + length * dy);
        heads.lineTo(x + 0.3 * length * dx - 0.42 * length * dy, y + 0.3 * length * dy + 0.42 * length * dx);
        heads.lineTo(x + 0.3 * length * dx + 0.42 * length * dy, y + 0.3 * length * dy - 0.42 * length * dx);
        heads.closePath();
      }
      drawn.stroke(shafts);
      drawn.fill(heads);
      if (view.state.points) paint.points(input, run.x, run.y, run.classes, theme, Math.max(input.size / 150, 1.3));
      paint.numbers(input, run.x, run.y, run.classes, theme, run.labels); // of which the sentences speak
      if (spot) paint.cross(input, spot.x, spot.y, theme.ink);
    }

    // The histograms

    const PAD = { left: 26, right: 8, top: 4, bottom: 20 };
    const inner = () => spread.clientWidth - PAD.left - PAD.right;
    const toX = (angle) => PAD.left + (inner() * angle) / full();

    function paintSpread() {
      const { theme } = view;
      context = peek.blank(spread, 3);
      const height = spread.clientHeight;
      const base = height - PAD.bottom;
      context.font = `12px ${theme.font}`;
      context.textBaseline = "alphabetic";
      context.lineWidth = 1;
      for (const tick of TICKS[full()]) {
        context.strokeStyle = `color-mix(in srgb, ${theme.hairline} 45%, transparent)`;
        context.beginPath();
        context.moveTo(Math.round(toX(tick)) + 0.5, PAD.top);
        context.lineTo(Math.round(toX(tick)) + 0.5, base);
        context.stroke();
        context.fillStyle = theme.muted;
        context.textAlign = tick === full() ? "right" : tick ? "center" : "left";
        context.fillText(`${tick}\u00b0`, toX(tick), height - 5);
      }
      const row = (base - PAD.top) / run.classes;
      classes.forEach((of, at) => paintRow(of, PAD.top + (at + 1) * row - 2, row, theme));
      const direction = looked();
      if (direction >= 0) band(direction, LOOK_DEG, theme.ink, base);
      if (spot) band(angleAt(spot.x, spot.y), 0, theme.accent, base);
      spread.setAttribute("aria-valuenow", String(Math.max(Math.round(direction), 0)));
      spread.setAttribute("aria-valuetext", direction < 0 ? words.say("none") : directionWords(direction));
      spread.setAttribute("aria-valuemax", String(full()));
    }

    function paintRow(of, bottom, row, theme) {
      const room = row - 20;
      const most = Math.max(...of.bins);
      const width = inner() / full();
      context.beginPath();
      context.moveTo(PAD.left, bottom);
      of.bins.forEach((count, bin) => {
        const y = bottom - (room * count) / most;
        context.lineTo(PAD.left + bin * BINS_DEG * width, y);
        context.lineTo(PAD.left + (bin + 1) * BINS_DEG * width, y);
      });
      context.lineTo(PAD.left + inner(), bottom);
      context.fillStyle = theme.classes[of.c];
      context.fill();
      context.fillStyle = theme.hairline;
      context.fillRect(PAD.left, bottom, inner(), 1);
      context.beginPath();
      peek.paint.marker(context, theme.markers[of.c], 6, bottom - 6, 5);
      context.fillStyle = theme.classes[of.c];
      context.fill();
      peek.paint.number(context, of.c, 15 + peek.paint.halfOf(context, of.c, theme, run.labels), bottom - 6, theme, run.labels);
      context.font = `12px ${theme.font}`;
      context.textBaseline = "alphabetic";
      const said = settled() ? peek.text.direction(of.mean, of.deviation) : `\u2248 ${text.degrees(of.mean)}`;
      const half = context.measureText(said).width / 2;
      const x = Math.min(Math.max(toX(of.mean), PAD.left + half), PAD.left + inner() - half);
      context.textAlign = "center";
      context.fillStyle = theme.ink;
      context.fillText(said, x, bottom - room - 5);
    }

    function band(angle, half, colour, base) {
      if (Number.isNaN(angle)) return;
      context.fillStyle = context.strokeStyle = colour;
      context.lineWidth = 1.5;
      if (half) {
        context.globalAlpha = 0.14;
        context.fillRect(toX(angle - half), PAD.top, toX(2 * half) - toX(0), base - PAD.top);
        context.globalAlpha = 1;
      }
      context.beginPath();
      context.moveTo(toX(angle), PAD.top);
      context.lineTo(toX(angle), base);
      context.stroke();
    }

    const angleUnder = (event) => {
      const bounds = spread.getBoundingClientRect();
      const angle = ((event.clientX - bounds.left - PAD.left) / inner()) * full();
      return Math.min(Math.max(angle, 0), full());
    };
    spread.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      hover = angleUnder(event);
      view.invalidate();
    });
    spread.addEventListener("pointerleave", () => {
      hover = -1;
      view.invalidate();
    });
    spread.addEventListener("click", (event) => {
      const angle = Math.round(angleUnder(event));
      view.set({ angle: view.state.angle >= 0 && apart(angle, view.state.angle) < LOOK_DEG ? -1 : angle });
    });
    spread.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -20, PageUp: 20 }[event.key];
      if (by) view.set({ angle: (Math.max(view.state.angle, 0) + by + full()) % full() });
      else if (event.key === "Escape") view.set({ angle: -1 });
      else if (event.key === "Home") view.set({ angle: 0 });
      else if (event.key === "End") view.set({ angle: full() });
      else return;
      event.preventDefault();
    });

    function directionWords(direction) {
      let total = 0;
      let most = null;
      let mostCount = 0;
      for (const of of classes) {
        let count = 0;
        of.bins.forEach((here, bin) => apart((bin + 0.5) * BINS_DEG, direction) <= LOOK_DEG && (count += here));
        total += count;
        if (count > mostCount) [most, mostCount] = [of, count];
      }
      const values = { angle: text.degrees(direction), share: text.percent(total / taken.winner.length), class: most && text.class(most.c, run.labels) };
      return most
        ? words.say("{angle}: {share} of the input plane points there, most of it class {class}", values)
        : words.say("{angle}: {share} of the input plane points there", values);
    }

    function sentence() {
      if (spot) {
        const angle = angleAt(spot.x, spot.y);
        const values = { place: text.place(spot.x, spot.y), angle: text.degrees(angle) };
        return Number.isNaN(angle)
          ? words.say("At {place} the hidden vector is zero: it has no direction.", values)
          : words.say("At {place} the hidden vector points to {angle}.", values);
      }
      if (looked() >= 0) return settled() ? words.say("{sentence}.", { sentence: directionWords(looked()) }) : "";
      return words.say("Point at a direction to see where it occurs, or at a place to see its direction.");
    }

    return {
      change(names) {
        selected.change();
        if (!names.length) field.stale();
      },
      paint: paintAll,
      stopped: timeline.stopped,
      summary() {
        return told(text.run(run), timeline.describe(epoch), ...(settled() ? [classes, still] : [[], 0]), run.labels);
      },
      rows() {
        const out = [["class", "from_deg", "to_deg", "share_of_class"]];
        for (const of of classes) of.bins.forEach((count, bin) => count && out.push([of.c + 1, bin * BINS_DEG, (bin + 1) * BINS_DEG, count / of.count]));
        return out;
      },
    };
  }
})();
