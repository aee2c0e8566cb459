// @ts-check
// needs: kit/measure, kit/network, kit/plane, kit/room, kit/view
/**
 * Layer by layer: space on its way from the input to the hidden plane, as a sheet of paper with two sides. Where the
 * back of the paper shows, the network has folded it; the fold lines are where the map's determinant changes sign.
 */
(function () {
  "use strict";

  const { element } = peek;
  const STOPS = [words.say("Input"), words.say("Combination"), words.say("Before activation"), words.say("Hidden plane")];
  const MIDDLE = [words.say("input"), words.say("combination"), words.say("before activation"), words.say("hidden plane")]; // of a sentence
  const told = (falls) => [
    words.say("The points as they are."),
    words.say("The layers without any activation: space is only turned, stretched and sheared, and nothing comes apart."),
    words.say("With the first layer\u2019s activation: here space is bent, and folded where its back shows."),
    falls
      ? words.say("The last activation moves everything to its place, and folds it where the activation falls.")
      : words.say("The last activation brings everything into its room. It never folds."),
  ];
  const CELLS = { drag: 32, rest: 72 };
  const FOLDS = 128; // cells a side of the lattice on which folds are found, in every window
  const GRID = { lines: 13, samples: 73 };
  const PART = 512; // numbers of a sheet's nodes, and rows of the folds' lattice, evaluated in one go
  const ROWS = 16;
  const GO_MS = 900;

  /** Whether an activation falls anywhere, as one does that folds. */
  const falls = (name) => Array.from({ length: 201 }, (_, at) => at / 10 - 10).some((a) => peek.activations[name].slope(a) < 0);

  peek.define("layers", {
    title: words.say("A network\u2019s way from the input plane to the hidden plane, layer by layer"),

    properties(options) {
      return [
        ...peek.runs.chooser(options).properties,
        { kind: "number", name: "stage", initial: 3, min: 0, max: 3, step: 0.01 },
        { kind: "number", name: "epoch", initial: Infinity, min: 0, step: 1 },
        {
          kind: "flag", name: "folds", label: words.say("Fold lines"), initial: true,
          explain: words.say("Where the sheet is folded: on one side of the line its face is up, on the other its back."),
        },
        { kind: "flag", name: "points", label: words.say("Points"), initial: true, explain: words.say("The data on the sheet.") },
      ];
    },

    longest: ({ state }) => summed(peek.text.longest.run(state.classes), 3000, onTheWay(1.99), 0.999),

    mount: layers,
  });

  /** Between two stops, of which the next one's sentence tells what happens. */
  const between = (from, to, stops) => words.say("From \u201c{from}\u201d to \u201c{to}\u201d: {what}", { from: STOPS[from], to: STOPS[to], what: stops[to] });
  const longestOf = (stops) => [...stops, ...[0, 1, 2].map((from) => between(from, from + 1, stops))].reduce((one, other) => (other.length > one.length ? other : one));

  const onTheWay = (stage) => words.say("{share} % of the way from {from} to {to}", {
    share: peek.text.fixed(100 * (stage % 1)), from: MIDDLE[Math.floor(stage)], to: MIDDLE[Math.ceil(stage)],
  });

  /** The summary. back: the share of the input plane over which the back of the sheet shows */
  const summed = (run, epoch, stage, back) => [
    words.say("{run}, epoch {epoch}. {stage}.", { run, epoch, stage }),
    back ? words.say("The back of the sheet shows over {share} of the input plane.", { share: peek.text.percent(back) }) : words.say("Nothing is folded."),
  ].join(" ");

  /** @param {any} view */
  async function layers(view) {
    const { paint, text } = peek;
    const input = peek.plane(view, { title: words.say("The sheet"), note: words.say("input plane") });
    const moving = peek.plane(view, { title: words.say("On its way"), note: "" });
    const note = element("span", {}, "\u00a0");
    moving.root.querySelector(".plane-title span").replaceWith(
      element("span", { class: "roomy", "data-longest": words.say("{share} % to {stop}", { share: 99, stop: MIDDLE[2] }) }, note));
    peek.planes(view, input, moving);
    const journey = journeyOf(view);
    const line = element("p");
    const lines = element("div", { class: "explorable-look roomy", "data-longest": longestOf(told(false)) }, line); // as high for any stage
    view.stage.append(lines);

    const field = peek.field(input);
    let run;
    let net;
    let machine;
    let weights;
    let room;
    let affine = [];
    let active = (value) => value;
    let stops = told(false);
    let wanted = 1; // how often the weights changed, and for which of these all is prepared
    let prepared = 0;
    let epoch = 0; // of the weights
    let turned = { key: "", up: 1, back: 0, values: new Float32Array(0) }; // the sides of the sheet as last found
    let marked = ""; // what the input plane shows
    const sheets = { drag: sheetOf(CELLS.drag), rest: sheetOf(CELLS.rest), lines: null, points: null };
    const folds = { columns: 0, rows: 0, stepPx: 1, jacobian: new Float32Array(0) };

    const selected = await peek.selection(view, (next) => {
      run = next;
      ({ machine, weights } = net = peek.opened(run));
      active = peek.activations[run.activation].value;
      stops = told(falls(run.activation));
      lines.dataset.longest = longestOf(stops);
      input.box = peek.inputBox(run);
      wanted++;
    });

    /** Everything that depends on the weights alone: where each node starts, and is before the last activation. */
    function* prepare() {
      const mine = wanted;
      epoch = Math.min(view.state.epoch, run.epochs);
      peek.runs.weightsAt(run, epoch, weights);
      affine = machine.affine(weights);
      const scale = input.box.x1;
      const lines = peek.sheet(GRID.lines, GRID.samples).map((value) => value * scale);
      sheets.lines = { x: lines };
      sheets.points = { x: run.x };
      sheets.rest.before = null;
      for (const name of ["drag", "rest"]) sheets[name].x = sheets[name].unit.map((value) => value * scale);
      for (const name of ["drag", "lines", "points"]) yield* ready(sheets[name]);
      room = peek.roomOf(run.activation, sheets.points.before.map(active));
      yield* prepareFolds();
      field.stale();
      prepared = mine;
    }

    /** Evaluate a sheet's nodes, and the class of each of its cells. */
    function* ready(sheet) {
      const before = new Float64Array(sheet.x.length);
      for (let from = 0; from < before.length; from += PART) {
        const part = sheet.x.subarray(from, from + PART);
        machine.hidden(weights, part, part.length / 2, before.subarray(from, from + PART), true);
        yield;
      }
      sheet.now = new Float64Array(sheet.x.length);
      if (sheet.cells) yield* divide(sheet, before);
      sheet.before = before;
    }

    /**
     * Which class each cell of a sheet belongs to, and, where its corners disagree, the pieces of its two triangles:
     * [three nodes, class, corners as shares of the nodes].
     */
    function* divide(sheet, before) {
      const n = sheet.cells;
      const c = run.classes;
      const logits = new Float64Array((n + 1) ** 2 * c);
      machine.logits(weights, before.map(active), (n + 1) ** 2, logits);
      const winner = Uint8Array.from({ length: (n + 1) ** 2 }, (_, node) => {
        let best = 0;
        for (let k = 1; k < c; k++) if (logits[node * c + k] > logits[node * c + best]) best = k;
        return best;
      });
      sheet.winner = new Int8Array(n * n);
      sheet.pieces = [];
      for (let cell = 0; cell < n * n; cell++) {
        if (cell % (4 * n) === 0) yield;
        const a = Math.floor(cell / n) * (n + 1) + (cell % n);
        const corners = [a, a + 1, a + n + 2, a + n + 1];
        if (corners.every((node) => winner[node] === winner[a])) {
          sheet.winner[cell] = winner[a];
          continue;
        }
        sheet.winner[cell] = -1;
        for (const nodes of [[corners[0], corners[1], corners[2]], [corners[0], corners[2], corners[3]]]) {
          for (let own = 0; own < c; own++) {
            let shares = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
            for (let other = 0; other < c && shares.length; other++) {
              if (other === own) continue;
              const gap = nodes.map((node) => logits[node * c + own] - logits[node * c + other]);
              shares = peek.measure.clip(shares, (p) => p[0] * gap[0] + p[1] * gap[1] + p[2] * gap[2]);
            }
            if (shares.length) sheet.pieces.push([nodes, own, shares]);
          }
        }
      }
    }

    /** The Jacobian before the last activation, by differences on a lattice over the input plane. */
    function* prepareFolds() {
      const count = FOLDS + 1;
      const { x0, x1 } = input.box;
      const step = (x1 - x0) / FOLDS;
      const xs = Float64Array.from({ length: count }, (_, at) => x0 + at * step);
      const ys = Float64Array.from({ length: count }, (_, at) => x1 - at * step);
      const zx = new Float32Array(count * count);
      const zy = new Float32Array(count * count);
      for (let row = 0; row < count; row += ROWS) {
        machine.lattice(weights, xs, ys, zx, zy, row, Math.min(row + ROWS, count), true);
        yield;
      }
      folds.columns = folds.rows = count;
      if (folds.jacobian.length !== 4 * zx.length) folds.jacobian = new Float32Array(4 * zx.length);
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < count; column++) {
          const [left, right] = [row * count + Math.max(column - 1, 0), row * count + Math.min(column + 1, count - 1)];
          const [up, down] = [Math.max(row - 1, 0) * count + column, Math.min(row + 1, count - 1) * count + column];
          const wide = (right - left) * step;
          const tall = ((down - up) / count) * step;
          const at = 4 * (row * count + column);
          folds.jacobian[at] = (zx[right] - zx[left]) / wide;
          folds.jacobian[at + 1] = (zx[up] - zx[down]) / tall;
          folds.jacobian[at + 2] = (zy[right] - zy[left]) / wide;
          folds.jacobian[at + 3] = (zy[up] - zy[down]) / tall;
        }
      }
    }

    /**
     * The sides of the sheet at this stage. The side that shows over less of the input plane is the back: a sheet that
     * is turned over as a whole is not folded.
     * @returns {{key: string, up: number, back: number, values: Float32Array}} up: the sign of an area whose front
     *   shows; back: the share of the input plane over which the back does; values: determinants of the map up to now at
     *   the nodes of the folds' lattice, to be multiplied by up: then negative where the back shows
     */
    function sides(stage) {
      const key = [prepared, Math.min(stage, 2)].join();
      if (key === turned.key) return turned;
      const share = Math.min(Math.max(stage - 1, 0), 1);
      const plain = [1, 0, 0, 0, 1].map((whole, at) => whole + Math.min(stage, 1) * (affine[at] - whole));
      const j = folds.jacobian;
      const values = new Float32Array(folds.columns * folds.rows);
      let [faces, backs] = [0, 0];
      for (let node = 0, at = 0; node < values.length; node++, at += 4) {
        const [a, b] = [plain[0] + share * (j[at] - plain[0]), plain[1] + share * (j[at + 1] - plain[1])];
        const [c, d] = [plain[3] + share * (j[at + 2] - plain[3]), plain[4] + share * (j[at + 3] - plain[4])];
        const area = (values[node] = a * d - b * c);
        if (area < 0) backs++;
        else if (area > 0) faces++; // a dead ReLU leaves none
      }
      return { key, up: backs > faces ? -1 : 1, back: Math.min(backs, faces) / values.length, values };
    }

    /** Where a sheet's nodes are at a stage: on straight lines between the stops. */
    function move(sheet, stage) {
      const { x, before, now } = sheet;
      const from = Math.min(Math.floor(stage), 2);
      const share = stage - from;
      for (let at = 0; at < x.length; at += 2) {
        const combinedX = affine[0] * x[at] + affine[1] * x[at + 1] + affine[2];
        const combinedY = affine[3] * x[at] + affine[4] * x[at + 1] + affine[5];
        if (from === 0) {
          now[at] = x[at] + share * (combinedX - x[at]);
          now[at + 1] = x[at + 1] + share * (combinedY - x[at + 1]);
        } else if (from === 1) {
          now[at] = combinedX + share * (before[at] - combinedX);
          now[at + 1] = combinedY + share * (before[at + 1] - combinedY);
        } else {
          now[at] = before[at] + share * (active(before[at]) - before[at]);
          now[at + 1] = before[at + 1] + share * (active(before[at + 1]) - before[at + 1]);
        }
      }
    }

    /** What is shown of the moving plane: all of the sheet, and towards the end the room. */
    function frame(stage) {
      const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
      const { now } = sheets.drag;
      for (let at = 0; at < now.length; at += 2) {
        box.x0 = Math.min(box.x0, now[at]);
        box.x1 = Math.max(box.x1, now[at]);
        box.y0 = Math.min(box.y0, now[at + 1]);
        box.y1 = Math.max(box.y1, now[at + 1]);
      }
      const side = 1.08 * Math.max(box.x1 - box.x0, box.y1 - box.y0, 1e-6);
      const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
      const framed = { x0: x - side / 2, x1: x + side / 2, y0: y - side / 2, y1: y + side / 2 };
      const share = Math.max(stage - 2, 0) ** 8;
      const last = room.open ? framed : room.box;
      for (const edge of ["x0", "x1", "y0", "y1"]) framed[edge] += share * (last[edge] - framed[edge]);
      return framed;
    }

    /** What a gesture moves first: the sheet, then what lies on it; then what follows from it. */
    function* paintAll(resting) {
      input.fit();
      moving.fit();
      if (!input.size) return;
      if (input.fresh) {
        field.stale();
        marked = "";
      }
      input.fresh = moving.fresh = false;
      const palette = peek.palette(view.theme);
      journey.paint();
      if (prepared !== wanted) yield* prepare();
      if (resting && !sheets.rest.before) yield* ready(sheets.rest);
      const { stage } = view.state;
      turned = sides(stage);
      view.sum();
      yield;
      for (const name of ["drag", "lines", "points", ...(resting ? ["rest"] : [])]) move(sheets[name], stage);
      moving.box = frame(stage);
      yield* paintSheet(resting ? sheets.rest : sheets.drag, palette);
      paintMarks(stage);
      yield;
      say(stage);
      yield;
      yield* field.show(net, palette, resting);
      yield;
      yield* paintInput(stage);
    }

    /** The stage in words, and how wide its plane is; in the end the ends of the room, as elsewhere. */
    function say(stage) {
      const stop = Math.round(stage);
      const still = Math.abs(stage - stop) < 0.02;
      const [from, to] = [Math.floor(stage), Math.ceil(stage)];
      peek.write(line, still ? stops[stop] : between(from, to, stops));
      const noted = still ? MIDDLE[stop] : words.say("{share} % to {stop}", { share: peek.text.fixed(100 * (stage % 1)), stop: MIDDLE[to] });
      peek.write(note, noted);
      const width = moving.box.x1 - moving.box.x0;
      moving.label(still && stop === 3 ? room.labels : [[moving.box.x0 + width * 0.98, moving.box.y0 + width * 0.035, words.say("{width} wide", { width: text.digits(width) }), "corner"]]);
    }

    /** The input plane, where it is another: of the stages only some move the fold lines. */
    function* paintInput(stage) {
      const { theme, state, coats } = view;
      const folded = state.folds && stage > 1 && turned.back > 0;
      const key = [prepared, coats, state.points, folded && turned.key].join();
      if (key === marked) return;
      folds.stepPx = input.size / FOLDS;
      const { values, up } = turned;
      const backs = folded ? yield* paint.inside(folds, (node) => up * values[node]) : null;
      marked = key;
      input.begin();
      paint.lines(input, sheets.lines.x, GRID.samples, theme.faint(30), 0.75);
      if (backs) paint.patch(input, backs, theme.faint(18), theme.ink);
      if (state.points) paint.points(input, run.x, run.y, run.classes, theme, Math.max(input.size / 190, 1.2));
    }

    /** The sheet's cells, each with its class's colour, the backs darker; what lies under shines through. */
    function* paintSheet(sheet, palette) {
      const { up } = turned;
      const n = sheet.cells;
      const { now } = sheet;
      const faces = Array.from({ length: 2 * run.classes }, () => new Path2D());
      const face = (own, area) => faces[2 * own + (area * up < 0 ? 1 : 0)];
      for (let at = 0; at < sheet.pieces.length; at++) {
        if (at && at % PART === 0) yield;
        const [nodes, own, shares] = sheet.pieces[at];
        const [a, b, c] = nodes.map((node) => 2 * node);
        const area = (now[b] - now[a]) * (now[c + 1] - now[a + 1]) - (now[c] - now[a]) * (now[b + 1] - now[a + 1]);
        const path = face(own, area);
        shares.forEach(([u, v, w], corner) => {
          const x = moving.px(u * now[a] + v * now[b] + w * now[c]);
          const y = moving.py(u * now[a + 1] + v * now[b + 1] + w * now[c + 1]);
          if (corner) path.lineTo(x, y);
          else path.moveTo(x, y);
        });
        path.closePath();
      }
      yield;
      for (let cell = 0; cell < n * n; cell++) {
        if (cell && cell % (2 * PART) === 0) yield;
        if (sheet.winner[cell] < 0) continue;
        const a = 2 * (Math.floor(cell / n) * (n + 1) + (cell % n));
        const [b, c, d] = [a + 2, a + 2 * (n + 2), a + 2 * (n + 1)];
        const area = (now[c] - now[a]) * (now[d + 1] - now[b + 1]) - (now[d] - now[b]) * (now[c + 1] - now[a + 1]);
        const path = face(sheet.winner[cell], area);
        path.moveTo(moving.px(now[a]), moving.py(now[a + 1]));
        for (const corner of [b, c, d]) path.lineTo(moving.px(now[corner]), moving.py(now[corner + 1]));
        path.closePath();
      }
      yield;
      const { fieldContext: context, ratio, size } = moving;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size, size);
      context.globalAlpha = 0.85;
      faces.forEach((path, at) => {
        const colour = palette.css[at >> 1];
        context.fillStyle = at & 1 ? `color-mix(in srgb, ${colour} 74%, ${view.theme.ink})` : colour;
        context.fill(path);
      });
      context.globalAlpha = 1;
      yield;
    }

    /** What lies over the sheet: the room towards the end, the lattice, the points. */
    function paintMarks(stage) {
      const { theme, state } = view;
      const context = moving.begin();
      if (stage > 2) {
        context.globalAlpha = stage - 2;
        paint.room(moving, room, theme.hairline);
        context.globalAlpha = 1;
      }
      paint.lines(moving, sheets.lines.now, GRID.samples, theme.faint(30), 0.75);
      if (state.points) paint.points(moving, sheets.points.now, run.y, run.classes, theme, Math.max(moving.size / 190, 1.2));
    }

    return {
      change(names) {
        selected.change();
        if (names.includes("epoch")) wanted++;
        if (!names.length) field.stale();
      },
      paint: paintAll,
      stopped: journey.stopped,
      summary() {
        return summed(text.run(run), Math.round(epoch), journey.describe(), turned.back);
      },
      rows() {
        const out = [["class", "x1", "x2", "now1", "now2"]];
        for (let point = 0; point < run.y.length; point++) {
          out.push([run.y[point] + 1, run.x[2 * point], run.x[2 * point + 1], sheets.points.now[2 * point], sheets.points.now[2 * point + 1]]);
        }
        return out;
      },
    };
  }

  /** (cells + 1)^2 nodes over [-1, 1]^2, row by row from below. */
  function sheetOf(cells) {
    const unit = new Float64Array(2 * (cells + 1) ** 2);
    for (let node = 0; node < unit.length / 2; node++) {
      unit[2 * node] = (2 * (node % (cells + 1))) / cells - 1;
      unit[2 * node + 1] = (2 * Math.floor(node / (cells + 1))) / cells - 1;
    }
    return { cells, unit, x: unit, before: unit, now: unit, winner: new Int8Array(0), pieces: [] };
  }

  /** The slider of the stages, with a button for each stop. */
  function journeyOf(view) {
    const id = peek.newId("stage");
    const slider = element("input", {
      type: "range", id, min: 0, max: 3, step: 0.01, "aria-label": words.say("How far through the network"),
      oninput: () => {
        view.stop();
        view.set({ stage: Number(slider.value) });
      },
    });
    const stops = element("div", { class: "journey-stops", role: "group", "aria-label": words.say("Stages") });
    const buttons = STOPS.map((name, stop) => {
      const button = element("button", { type: "button", onclick: () => go(stop) }, name);
      stops.append(button);
      return button;
    });
    const root = element("div", { class: "journey control--range" }, slider, stops);
    peek.controls.explain(root, words.say("Carry the sheet through the network. Between two stages every point moves in a straight line."), slider);
    view.stage.append(root);

    function go(stop) {
      const from = view.state.stage;
      view.glide(GO_MS, (share) => view.set({ stage: from + share * (stop - from) }));
    }

    function describe() {
      const { stage } = view.state;
      const stop = Math.round(stage);
      if (Math.abs(stage - stop) < 0.005) return STOPS[stop];
      return onTheWay(stage);
    }

    return {
      describe,
      stopped() {},
      paint() {
        const { stage } = view.state;
        if (Number(slider.value) !== Number(stage.toFixed(2))) slider.value = String(stage);
        slider.style.setProperty("--share", String(stage / 3));
        slider.setAttribute("aria-valuetext", describe());
        buttons.forEach((button, stop) => button.setAttribute("aria-pressed", String(Math.abs(stage - stop) < 0.005)));
      },
    };
  }
})();
