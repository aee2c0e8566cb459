// @ts-check
// needs: kit/measure, kit/network, kit/picture, kit/plane, kit/room, kit/timeline, kit/view
// needs of a wide layer: kit/projection
/**
 * A picture of the reader's own on its way through a network of pictures: drawn on a fine grid, averaged to the cells
 * that the network gets, and followed through each layer, to its place among the data, and back through training.
 *
 * On the pad a picture is an example of the data or nothing, and marks over it: ink, or what was erased. What is drawn on
 * nothing is moved and sized as the data's pictures are; what is drawn on an example stays where it is.
 */
(function () {
  "use strict";

  const { element } = peek;
  const FINE = 32; // marks along the longer side, at least
  const BRUSH = { cells: 1.3, share: 0.1 }; // how wide: in cells, and of the longer side, whichever is more
  const SAMPLES = 8; // of a cell along each side, where what is drawn is moved and sized
  const INKED = 0.25; // of the range of greys from the ground: what counts as ink in the data
  const LARGEST = 2; // times as large is a drawing made at most: a dot stays one
  const ROW_PX = 20; // a class
  const PART = 200; // points of the data that are placed in one go
  const [UNTOUCHED, INK, ERASED] = [0, 1, 2];
  const LETTERS = "_.-"; // what stands for them in the address, each after how many there are

  peek.define("digit", {
    title: words.say("A picture of your own on its way through the network"),

    properties(options) {
      return [
        ...peek.runs.chooser(options).properties,
        { kind: "number", name: "epoch", initial: Infinity, min: 0, step: 1 },
        { kind: "text", name: "example", initial: "", fits: EXAMPLE, like: "3-0" },
        { kind: "text", name: "ink", initial: "", fits: /^(?:[0-9a-z]*[_.-])*$/ },
      ];
    },

    longest: ({ state }) => `${told(peek.text.longest.run(state.classes), peek.text.longest.moment())} ${
      landed({ place: "(\u22120.12, \u22120.12)", class: 8, share: peek.text.percent(0.999), second: 8, other: peek.text.percent(0.499), near: 8, distance: 0.12 })}`,

    mount: digit,
  });

  const EXAMPLE = /^(?:(\d{1,2})-(\d{1,4}))?$/; // its class and which of it, both from 0
  const told = (run, moment) => words.say("{run}. At {moment}.", { run, moment });
  const landed = (values) => [
    words.say("Your picture lands at {place} in the hidden plane: taken for {class}, {share} sure, before {second} with {other}.", values),
    words.say("The nearest class centre is that of {near}, {distance} away.", values),
  ].join(" ");

  /** Marks as runs of one kind: how many, in base 36, and which. */
  function encode(marks) {
    let text = "";
    for (let at = 0; at < marks.length;) {
      const from = at;
      while (at < marks.length && marks[at] === marks[from]) at++;
      if (at < marks.length || marks[from]) text += (at - from > 1 ? (at - from).toString(36) : "") + LETTERS[marks[from]];
    }
    return text;
  }

  /** The marks of a text, as many as there is room for. */
  function decode(text, marks) {
    marks.fill(UNTOUCHED);
    let at = 0;
    for (const [, count, letter] of text.matchAll(/([0-9a-z]*)([_.-])/g)) {
      const from = at;
      at += count ? parseInt(count, 36) : 1;
      marks.fill(LETTERS.indexOf(letter), from, at);
      if (at >= marks.length) return;
    }
  }

  /** Of some numbers, the one below which a share of them is. */
  const quantile = (numbers, share) => numbers.sort((a, b) => a - b)[Math.floor(share * (numbers.length - 1))];

  /** Where a grid of (rows, columns) has something: {top, left, height, width}, or null. */
  function boxOf(rows, columns, has) {
    let [top, left, bottom, right] = [Infinity, Infinity, -1, -1];
    for (let at = 0; at < rows * columns; at++) {
      if (!has(at)) continue;
      const [row, column] = [Math.floor(at / columns), at % columns];
      [top, left, bottom, right] = [Math.min(top, row), Math.min(left, column), Math.max(bottom, row), Math.max(right, column)];
    }
    return bottom < 0 ? null : { top, left, height: bottom + 1 - top, width: right + 1 - left };
  }

  /** @param {any} view */
  async function digit(view) {
    const { paint, text } = peek;
    const { recipe } = peek.runs.among(view.options);
    const [rows, columns] = recipe.image;
    const longer = Math.max(rows, columns);
    const fine = Math.min(Math.max(Math.ceil(FINE / longer), 2), 8); // marks along a side of a cell
    const brush = (fine * Math.max(BRUSH.cells, BRUSH.share * longer)) / 2; // radius in marks
    const marks = new Uint8Array(rows * columns * fine * fine);
    const across = columns * fine;

    const pad = peek.plane(view, { title: words.say("Draw one of these"), note: "\u00a0" });
    const { surface } = pad;
    const wanted = pad.root.querySelector(".plane-title span");
    surface.classList.add("digit-pad");
    surface.tabIndex = 0;
    surface.setAttribute("role", "application");
    surface.setAttribute("aria-label", words.say("Drawing. Arrow keys move from cell to cell, Space or Enter inks, Delete erases; with Shift the arrows draw."));
    peek.controls.explain(pad.root, words.say("What you draw is moved and sized until it lies in its frame as the data\u2019s pictures do, and averaged over each cell. What you draw on an example stays where it is."), surface);
    const act = (said, onclick, attributes = {}) => element("button", { type: "button", ...attributes, onclick: () => view.guard(onclick) }, said);
    const eraser = act(words.say("Eraser"), () => eraser.setAttribute("aria-pressed", String(!erasing())), { "aria-pressed": "false" });
    const erasing = () => eraser.getAttribute("aria-pressed") === "true";
    pad.root.append(element("div", { class: "digit-actions control--action" },
      act(words.say("Clear"), () => view.set({ example: "", ink: "" })), eraser, act(words.say("Take an example"), takeNext)));

    const hidden = peek.plane(view, {
      title: words.say("Where it lands"), note: words.say("hidden plane"),
      label: words.say("Hidden plane. Arrow keys go from point to point; Enter takes its picture as an example."),
      explain: words.say("The points of the data and, in a ring, your picture, with its way through training. Point at a point to see its picture; choose it to take it as an example."),
      look, step: (from, way) => peek.pointFrom(positions, from, way),
    });
    peek.planes(view, pad, hidden);

    const block = (title, canvas, note = "") => element("div", {}, element("p", { class: "plane-title" }, title, " ", element("span", {}, note)), canvas);
    const sheet = (name, label) => element("canvas", { class: name, role: "img", "aria-label": label });
    const given = sheet("digit-given", words.say("What it gets"));
    const strips = recipe.hidden.map((width, at) => {
      const title = words.say("Hidden layer {n}", { n: at + 1 });
      return { title, note: words.say("{n} neurons", { n: width }), canvas: sheet("digit-strip", title) };
    });
    const verdict = element("b");
    const scores = sheet("digit-scores", words.say("Each class\u2019s share and score"));
    const rise = (classes) => (scores.style.height = `${ROW_PX * classes}px`);
    rise(view.state.classes);
    view.stage.append(element("div", { class: "digit-through" },
      block(words.say("What it gets"), given),
      element("div", { class: "digit-strips" }, ...strips.map(({ title, canvas, note }) => block(title, canvas, note))),
      block(verdict, scores, words.say("share, and score before the softmax"))));
    const timeline = peek.timeline(view, { explain: words.say("The loss at each epoch (solid) and the accuracy (dashed). Drag the handle and see where your picture was, and what it was taken for.") });

    /** @type {any} */
    let run;
    let net;
    let positions = new Float64Array(0);
    let centres = new Float64Array(0);
    let greys; // of the run's data: {ground, ink, low, span}, and the place of its pictures in their frame
    let input = new Float32Array(0);
    let base = -1; // the point whose picture lies under the marks, or -1
    let at = null; // where the picture is, and what the layers make of it
    let known = ""; // the text of the marks
    let moment = 0; // the epoch of the weights
    let moves = 1; // how often they became stale, and for which of these all points are placed
    let placed = 0;
    let pointed = -1; // the point under the pointer
    let cursor = null; // the cell of who draws by keys

    const said = (c) => text.class(c, run.labels);
    const classes = () => Array.from({ length: run.classes }, (_, c) => said(c)).join(words.say(", "));
    const selected = await peek.selection(view, (next) => {
      run = next;
      net = peek.opened(run);
      if (net.told) hidden.noted(net.told);
      rise(run.classes);
      positions = new Float64Array(2 * run.y.length);
      greys = measured();
      input = new Float32Array(run.inputs);
      moves++;
      timeline.show(run);
      peek.write(wanted, classes());
      recall();
    });

    // The picture

    /** How the data's pictures are: which greys they have, and where in their frame they lie, in cells. */
    function measured() {
      const { low, span, value } = peek.greysOf(run);
      const { mean, scale } = run.scaling;
      const bright = mean.reduce((sum, own) => sum + own, 0) / mean.length > low + span / 2; // dark on bright
      const [ground, ink] = bright ? [low + span, low] : [low, low + span];
      const boxes = Array.from(run.y, (_, point) =>
        boxOf(rows, columns, (cell) => Math.abs(value(run.inputs * point + cell) - ground) > INKED * span)).filter(Boolean);
      const middle = (from, length) => boxes.reduce((sum, box) => sum + box[from] + box[length] / 2, 0) / boxes.length;
      return {
        low, span, ground, ink, scaled: (grey, cell) => (grey - mean[cell]) / scale[cell], value,
        height: quantile(boxes.map((box) => box.height), 0.5), width: quantile(boxes.map((box) => box.width), 0.9),
        row: middle("top", "height"), column: middle("left", "width"),
      };
    }

    /** The state's example and marks, as far as there are such. */
    function recall() {
      const [, own, which] = EXAMPLE.exec(view.state.example) || [];
      const perClass = run.y.length / run.classes;
      base = own === undefined ? -1 : (Number(own) % run.classes) * perClass + (Number(which) % perClass);
      decode(view.state.ink, marks);
      if (base < 0) for (let mark = 0; mark < marks.length; mark++) if (marks[mark] === ERASED) marks[mark] = UNTOUCHED;
      known = encode(marks);
      view.set({ ink: known, example: base < 0 ? "" : nameOf(base) });
    }

    function nameOf(point) {
      return `${run.y[point]}-${point % (run.y.length / run.classes)}`;
    }

    const take = (point) => view.set({ example: nameOf(point), ink: "" });

    /** The next example: of the next class, and after the last class the next of the first. */
    function takeNext() {
      const perClass = run.y.length / run.classes;
      const next = base < 0 ? 0 : run.y[base] + 1 < run.classes ? base + perClass : ((base % perClass) + 1) % perClass;
      take(next);
    }

    /** What the network gets: the example's cells with the marks over them, or the drawing in the data's frame. */
    function see() {
      const share = base < 0 ? framed() : null;
      for (let cell = 0; cell < input.length; cell++) {
        const own = share ? { ink: share[cell], erased: 1 - share[cell] } : over(cell);
        const under = base < 0 ? 0 : run.x[run.inputs * base + cell];
        input[cell] = (1 - own.ink - own.erased) * under + own.ink * greys.scaled(greys.ink, cell) + own.erased * greys.scaled(greys.ground, cell);
      }
    }

    const markAt = (row, column) => marks[row * across + column];

    /** The shares of a cell that are inked and erased. */
    function over(cell) {
      const [top, left] = [Math.floor(cell / columns) * fine, (cell % columns) * fine];
      const own = [0, 0, 0];
      for (let mark = 0; mark < fine * fine; mark++) own[markAt(top + Math.floor(mark / fine), left + (mark % fine))] += 1 / (fine * fine);
      return { ink: own[INK], erased: own[ERASED] };
    }

    /** The share of each cell that is inked, once the drawing is moved and sized as the data's pictures are. */
    function framed() {
      const share = new Float64Array(rows * columns);
      const box = boxOf(rows * fine, across, (mark) => marks[mark] === INK);
      if (!box) return share;
      const size = Math.min((fine * greys.height) / box.height, (fine * greys.width) / box.width, LARGEST);
      const [row, column] = [box.top + box.height / 2, box.left + box.width / 2];
      for (let sample = 0; sample < share.length * SAMPLES * SAMPLES; sample++) {
        const [y, x] = [Math.floor(sample / (columns * SAMPLES)), sample % (columns * SAMPLES)];
        const from = Math.floor(row + (fine * ((y + 0.5) / SAMPLES - greys.row)) / size);
        const along = Math.floor(column + (fine * ((x + 0.5) / SAMPLES - greys.column)) / size);
        if (from < 0 || along < 0 || from >= rows * fine || along >= across || markAt(from, along) !== INK) continue;
        share[Math.floor(y / SAMPLES) * columns + Math.floor(x / SAMPLES)] += 1 / (SAMPLES * SAMPLES);
      }
      return share;
    }

    const empty = () => base < 0 && !known && !held;

    // Drawing

    /** Ink or erase along a line between two places in marks. */
    function stroke(from, to, erase) {
      const steps = Math.max(Math.ceil(Math.hypot(to.x - from.x, to.y - from.y)), 1);
      const mark = !erase ? INK : base < 0 ? UNTOUCHED : ERASED;
      for (let step = 0; step <= steps; step++) {
        const x = from.x + (step / steps) * (to.x - from.x);
        const y = from.y + (step / steps) * (to.y - from.y);
        for (let row = Math.max(Math.ceil(y - brush), 0); row < Math.min(y + brush, rows * fine); row++) {
          for (let column = Math.max(Math.ceil(x - brush), 0); column < Math.min(x + brush, across); column++) {
            if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= brush) marks[row * across + column] = mark;
          }
        }
      }
      view.invalidate();
    }

    /** A stroke is done: it goes into the address, and is told. */
    function keep() {
      held = null;
      known = encode(marks);
      view.set({ ink: known });
    }

    /** Where the picture lies on the pad: a mark's size, left and top in shares of the pad's side. */
    const frame = { mark: 1 / (longer * fine), left: (1 - columns / longer) / 2, top: (1 - rows / longer) / 2 };

    function under(event) {
      const bounds = surface.getBoundingClientRect();
      return {
        x: ((event.clientX - bounds.left) / bounds.width - frame.left) / frame.mark,
        y: ((event.clientY - bounds.top) / bounds.height - frame.top) / frame.mark,
      };
    }

    let held = null; // the stroke under way: {pointer, place, erase}
    const hear = (name, work) => surface.addEventListener(name, (event) => view.guard(() => work(event)));
    hear("pointerdown", (event) => {
      if (!run || held || (event.button && event.button !== 5)) return; // 5: the other end of a pen
      surface.setPointerCapture(event.pointerId);
      view.hush();
      cursor = null;
      held = { pointer: event.pointerId, place: under(event), erase: erasing() || event.button === 5 };
      stroke(held.place, held.place, held.erase);
    });
    hear("pointermove", (event) => {
      if (!held || held.pointer !== event.pointerId) return;
      const way = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const each of way.length ? way : [event]) {
        const place = under(each);
        stroke(held.place, place, held.erase);
        held.place = place;
      }
    });
    hear("pointerup", (event) => held?.pointer === event.pointerId && keep());
    hear("pointercancel", (event) => { // two fingers zoom the page: the first has drawn nothing
      if (held?.pointer !== event.pointerId) return;
      held = null;
      recall();
      view.invalidate();
    });
    hear("blur", () => {
      cursor = null;
      view.invalidate();
    });
    hear("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      const erase = event.key === "Delete" || event.key === "Backspace";
      const ink = event.key === " " || event.key === "Enter";
      if (!run || event.ctrlKey || event.metaKey || event.altKey || !(way || erase || ink)) return;
      event.preventDefault();
      const from = cursor || { row: rows >> 1, column: columns >> 1 };
      cursor = from;
      if (way) {
        const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
        cursor = { row: within(from.row + way[1], rows), column: within(from.column + way[0], columns) };
      }
      const middle = ({ row, column }) => ({ x: fine * (column + 0.5), y: fine * (row + 0.5) });
      if (way && !event.shiftKey) {
        const { ink: share } = over(cursor.row * columns + cursor.column);
        view.say(words.say("Row {row}, column {column}: {share} ink.", { row: cursor.row + 1, column: cursor.column + 1, share: text.percent(share) }));
        view.invalidate();
        return;
      }
      stroke(middle(from), middle(cursor), erase || erasing());
      keep();
    });

    // The data's points

    function look({ how, x, y }) {
      const point = how === "leave" || how === "escape" || !run ? -1 : peek.pointAt(hidden, positions, { x, y });
      pointed = how === "pick" ? -1 : point;
      if (how === "pick" && point >= 0) take(point);
      else if (how === "key" && point >= 0) view.say(words.say("A picture of {class}.", { class: text.class(run.y[point], run.labels) }));
      view.invalidate();
    }

    // What the network makes of it

    /** Where the picture is, its way there, what each layer makes of it, and each class's share. */
    function follow() {
      see();
      const way = peek.runs.wayOf(run, moment, net.machine, net.weights, input);
      const layers = net.machine.through(net.weights, input);
      const logits = layers[layers.length - 1];
      const most = Math.max(...logits);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
      const shares = Array.from(logits, (logit) => Math.exp(logit - most) / total);
      const [best, second] = shares.map((_, c) => c).sort((a, b) => shares[b] - shares[a]);
      const [x, y] = layers[layers.length - 2];
      const far = Array.from({ length: run.classes }, (_, c) => Math.hypot(centres[2 * c] - x, centres[2 * c + 1] - y));
      const near = far.indexOf(Math.min(...far));
      return { x, y, way, layers, logits, shares, best, second, near, distance: far[near] };
    }

    // Painting

    /** Where the data's points lie at a moment. */
    function* placeAll() {
      const mine = moves;
      moment = Math.min(view.state.epoch, run.epochs);
      peek.runs.weightsAt(run, moment, net.weights);
      for (let from = 0; from < run.y.length; from += PART) {
        if (from) yield;
        const count = Math.min(PART, run.y.length - from);
        net.machine.hidden(net.weights, run.x.subarray(run.inputs * from), count, positions.subarray(2 * from));
      }
      centres = peek.measure.centres(positions, run.y, run.classes);
      placed = mine;
    }

    function paintPad() {
      const context = pad.begin();
      const { theme } = view;
      const [mark, left, top] = [frame.mark, frame.left, frame.top].map((share) => share * pad.size);
      const [width, height, cell] = [across * mark, rows * fine * mark, fine * mark];
      if (!pad.size) return;
      const picture = new ImageData(across, rows * fine);
      for (let each = 0; each < marks.length; each++) {
        const own = Math.floor(each / (across * fine)) * columns + Math.floor((each % across) / fine);
        const under = base < 0 ? greys.ground : greys.value(run.inputs * base + own);
        paintGrey(picture, each, marks[each] === INK ? greys.ink : marks[each] === ERASED ? greys.ground : under);
      }
      lay(context, picture, left, top, width, height);
      context.strokeStyle = "rgb(128 128 128 / 35%)";
      context.lineWidth = 1;
      context.beginPath();
      for (let column = 1; column < columns; column++) context.rect(left + column * cell, top, 0, height);
      for (let row = 1; row < rows; row++) context.rect(left, top + row * cell, width, 0);
      if (cell > 6) context.stroke();
      if (!cursor) return;
      context.strokeStyle = theme.accent;
      context.lineWidth = 3;
      context.strokeRect(left + cursor.column * cell, top + cursor.row * cell, cell, cell);
    }

    function paintGrey(picture, pixel, grey) {
      picture.data.fill(255 * (grey - greys.low) / greys.span, 4 * pixel, 4 * pixel + 3);
      picture.data[4 * pixel + 3] = 255;
    }

    /** A small picture as large as it is shown, each of its pixels a square. */
    function lay(context, picture, left, top, width, height) {
      const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { width: picture.width, height: picture.height }));
      canvas.getContext("2d").putImageData(picture, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(canvas, left, top, width, height);
    }

    function paintGiven() {
      const context = peek.blank(given);
      const cell = Math.min(given.clientWidth / columns, given.clientHeight / rows);
      const picture = new ImageData(columns, rows);
      const { mean, scale } = run.scaling;
      for (let at = 0; at < rows * columns; at++) paintGrey(picture, at, input[at] * scale[at] + mean[at]);
      lay(context, picture, 0, 0, columns * cell, rows * cell);
    }

    /** A layer's activity: a bar each neuron, up from the middle or down. */
    function paintStrip(canvas, values) {
      const context = peek.blank(canvas);
      const { theme } = view;
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      const reach = Math.max(1, ...values.map(Math.abs));
      const wide = Math.min(width / values.length, 28);
      values.forEach((value, unit) => {
        const tall = ((height / 2 - 1) * Math.abs(value)) / reach;
        context.fillStyle = value > 0 ? theme.accent : theme.muted;
        context.fillRect(unit * wide, height / 2 - (value > 0 ? tall : 0), Math.max(wide - 1, 0.5), tall);
      });
      context.fillStyle = theme.hairline;
      context.fillRect(0, height / 2 - 0.5, wide * values.length, 1);
      if (values.length > 2 || !at) return;
      context.fillStyle = theme.ink;
      context.font = `13px ${theme.font}`;
      context.textAlign = "left";
      context.textBaseline = "middle";
      context.fillText(text.place(values[0], values[1]), 2 * wide + 10, height / 2);
    }

    /** Each class with its share as a bar and both numbers. */
    function paintScores() {
      const context = peek.blank(scores);
      const { theme } = view;
      const width = scores.clientWidth;
      const half = Math.max(...Array.from({ length: run.classes }, (_, c) => paint.halfOf(context, c, theme, run.labels)));
      const [from, to] = [2 * half + 22, width - 104];
      for (let c = 0; c < run.classes; c++) {
        const y = (c + 0.5) * ROW_PX;
        context.beginPath();
        paint.marker(context, theme.markers[c], 5, y, 4);
        context.fillStyle = theme.classes[c];
        context.fill();
        paint.number(context, c, 14 + half, y, theme, run.labels);
        context.fillStyle = theme.faint(8);
        context.fillRect(from, y - 6, Math.max(to - from, 0), 12);
        if (!at) continue;
        context.fillStyle = theme.classes[c];
        context.fillRect(from, y - 6, Math.max(to - from, 0) * at.shares[c], 12);
        context.fillStyle = theme.ink;
        context.font = `${c === at.best ? 700 : 400} 13px ${theme.font}`;
        context.textAlign = "right";
        context.fillText(text.percent(at.shares[c]), width - 48, y);
        context.fillStyle = theme.muted;
        context.font = `13px ${theme.font}`;
        context.fillText(text.fixed(at.logits[c], 1), width, y);
      }
    }

    function paintHidden() {
      if (!hidden.size) return;
      const { theme } = view;
      const room = net.room(at ? [...positions, at.x, at.y] : positions);
      hidden.box = room.box;
      hidden.label(room.labels);
      paint.regions(hidden, net.regions(room.inner), peek.palette(theme), room);
      hidden.begin();
      const radius = Math.min(Math.max(hidden.size / 140, 1.5), 3.2);
      paint.room(hidden, room, theme.hairline);
      paint.points(hidden, positions, run.y, run.classes, theme, radius, at ? at.best : -1);
      paint.centres(hidden, positions, run.y, run.classes, theme, run.labels);
      if (at) {
        paint.trail(hidden, at.way, theme.ink);
        paint.ring(hidden, at.x, at.y, at.best, theme, 5);
      }
      if (pointed >= 0) peek.pictureAt(hidden, run, recipe.image, pointed, positions[2 * pointed], positions[2 * pointed + 1], theme);
    }

    return {
      change(names) {
        selected.change();
        if (names.includes("epoch")) moves++;
        if (names.includes("example") || view.state.ink !== known) recall();
      },
      *paint() {
        pad.fit();
        hidden.fit();
        paintPad();
        if (placed !== moves) yield* placeAll();
        at = empty() ? null : follow();
        if (!at) see();
        timeline.paint(moment);
        peek.write(verdict, at ? words.say("Taken for {class}, {share} sure", { class: said(at.best), share: text.percent(at.shares[at.best]) }) : words.say("The classes"));
        view.sum();
        yield;
        paintHidden();
        yield;
        paintGiven();
        strips.forEach(({ canvas }, layer) => paintStrip(canvas, at ? at.layers[layer] : new Float64Array(recipe.hidden[layer])));
        yield;
        paintScores();
      },
      stopped: timeline.stopped,
      reset() {
        eraser.setAttribute("aria-pressed", "false");
        cursor = null;
      },
      summary() {
        const begin = told(text.run(run), timeline.describe(moment));
        if (!at) return `${begin} ${words.say("Nothing is drawn yet: draw one, or take an example.")}`;
        return `${begin} ${landed({
          place: text.place(at.x, at.y), class: said(at.best), share: text.percent(at.shares[at.best]), second: said(at.second),
          other: text.percent(at.shares[at.second]), near: said(at.near), distance: text.digits(at.distance),
        })}`;
      },
      /** The picture as the network gets it, and what each layer makes of it. */
      rows() {
        const layers = at ? at.layers.map((values, layer) => [layer === at.layers.length - 1 ? "score" : `hidden ${layer + 1}`, values]) : [];
        return [["layer", "neuron", "value"], ...[["input", input], ...layers].flatMap(([layer, values]) => Array.from(values, (value, unit) => [layer, unit + 1, value]))];
      },
    };
  }
})();
