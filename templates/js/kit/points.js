// @ts-check
// needs: kit/controls, kit/runs
/**
 * Points of the reader's own: as text for the address, from a table, and the tools to draw them on a plane.
 * A point is {x, y, c}: a place in the square from -1 to 1, in steps of 1/255, and its class from 0.
 */
peek.points = (function () {
  "use strict";

  const { element } = peek;
  const { DIGITS } = peek.runs;
  const MOST = 500; // points, or addresses would be longer than some programs pass on
  const CLASSES = 7; // those that have a colour and a mark of their own
  const NAME = 24; // letters of a class's name
  const END = 510; // the last step across the square
  const EDGE = 1.05; // of the plane that is shown
  const APART_PX = 7; // of the points that a hand sprays
  const STRAY_PX = 4; // standard deviation of their distance from its way, in each direction
  const ERASE_PX = 12;

  /** All that `pack` writes: three signs a point, a stop after each class. */
  const FITS = new RegExp(`^(?=.{0,${3 * MOST + CLASSES - 1}}$)(?:(?:[\\w-]{3})*\\.){0,${CLASSES - 1}}(?:[\\w-]{3})*$`);
  const NAMES = new RegExp(`^(?:[^;]{1,${NAME}}(?:; [^;]{1,${NAME}}){0,${CLASSES - 1}})?$`, "u");
  const MISSING = /^(nan|na|n\/a|null|none)?$/i; // of a number, not a column's head

  /** A text that is too long without its middle: what tells two apart is often at the end. */
  function shortened(text) {
    const signs = [...text];
    return signs.length > NAME ? [...signs.slice(0, NAME / 2), "\u2026", ...signs.slice(1 - NAME / 2)].join("") : text;
  }

  const step = (value) => Math.round(((Math.min(Math.max(value, -1), 1) + 1) / 2) * END);
  const place = (at) => (2 * Math.min(at, END)) / END - 1;

  function pack(points) {
    const section = (c) => points.filter((point) => point.c === c).map(({ x, y }) => {
      const whole = 512 * step(x) + step(y);
      return DIGITS[whole >> 12] + DIGITS[(whole >> 6) & 63] + DIGITS[whole & 63];
    });
    return Array.from({ length: CLASSES }, (_, c) => section(c).join("")).join(".").replace(/\.+$/, "");
  }

  function unpack(text) {
    return text.split(".").flatMap((section, c) => (section.match(/.../g) || []).map((signs) => {
      const whole = [...signs].reduce((sum, sign) => 64 * sum + DIGITS.indexOf(sign), 0);
      return { x: place(whole >> 9), y: place(whole & 511), c };
    }));
  }

  /** What a run holds of such points: in class order, of as many classes as the last one's number, and at least two. */
  function data(text, names) {
    const points = unpack(text).slice(0, MOST);
    const classes = Math.max(2, ...points.map(({ c }) => c + 1));
    const said = names.split("; ");
    return {
      x: Float32Array.from(points.flatMap(({ x, y }) => [x, y])), y: Uint8Array.from(points, ({ c }) => c), inputs: 2, classes,
      labels: names && Array.from({ length: classes }, (_, c) => said[c] || String(c + 1)),
      box: { x0: -EDGE, x1: EDGE, y0: -EDGE, y1: EDGE },
    };
  }

  /** The cells of a line of a table; one in quotes may hold what stands between cells, and quotes, written twice. */
  function cellsOf(line, by) {
    const cells = line.match(new RegExp(`(?:"(?:[^"]|"")*"|[^${by}])+|${by}`, "g")) || [];
    const found = [""];
    for (const cell of cells) {
      if (cell === by) found.push("");
      else found[found.length - 1] = cell.trim().replace(/^"(.*)"$/, (_, inner) => inner.replaceAll('""', '"').trim());
    }
    while (found.length > 3 && !found[found.length - 1]) found.pop(); // as spreadsheets write them
    return found;
  }

  function numberOf(cell, by) {
    const text = (by === "," ? cell : cell.replace(",", ".")).replace("\u2212", "-");
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  }

  /**
   * Points of a table: x, y and a class a line, apart by commas, semicolons, tabs or blanks, under a line of heads or none;
   * heads that are called x and y say where these stand, and the last of the others is the class.
   * Classes are numbers from 1, or words. What does not fit the square is scaled to fit, each axis alone.
   * @returns {{points: any[], names: string, scaled: boolean}} @throws {Error} what is wrong, with its line
   */
  function read(table) {
    const rows = [];
    const labels = [];
    let by = "";
    let [columns, count] = [[0, 1, 2], 3];
    table.normalize().split(/\r\n?|\n/).forEach((text, at) => {
      if (!text.trim() || text.startsWith("#")) return;
      const line = at + 1;
      const isFirst = !by;
      const bare = text.replace(/"[^"]*"/g, "");
      by ||= ["\t", ";", ","].find((sign) => bare.includes(sign)) || " ";
      const cells = cellsOf(by === " " ? text.trim().replace(/\s+/g, by) : text, by);
      const isHead = cells.length > 2 && cells.every((cell) => Number.isNaN(numberOf(cell, by)));
      if (isFirst && isHead && !cells.slice(0, 2).every((cell) => MISSING.test(cell))) {
        const heads = cells.map((cell) => cell.toLowerCase());
        const [x, y] = [heads.indexOf("x"), heads.indexOf("y")];
        const others = [...heads.keys()].filter((column) => column !== x && column !== y);
        if (x >= 0 && y >= 0) [columns, count] = [[x, y, others[others.length - 1]], heads.length];
        return;
      }
      const [x, y, label] = columns.map((column) => cells[column] ?? "");
      if (cells.length !== count || !label) throw new Error(words.say("Line {line}: expected x, y and a class.", { line }));
      const [left, up] = [x, y].map((cell) => numberOf(cell, by));
      for (const [cell, value] of [[x, left], [y, up]]) {
        if (!Number.isFinite(value)) throw new Error(words.say("Line {line}: “{value}” is no number.", { line, value: shortened(cell) }));
      }
      if (!labels.includes(label)) labels.push(label);
      if (labels.length > CLASSES) throw new Error(words.say("Line {line}: an eighth class; at most {n}.", { line, n: CLASSES }));
      if (rows.length === MOST) throw new Error(words.say("Line {line}: at most {n} points.", { line, n: MOST }));
      rows.push({ x: left, y: up, label });
    });
    if (labels.length < 2) throw new Error(words.say("Put points of two classes or more on the input plane, then train."));
    const wide = ["x", "y"].filter((axis) => rows.some((row) => Math.abs(row[axis]) > 1));
    for (const axis of wide) {
      const half = rows.map((row) => row[axis] / 2); // the difference of two large numbers is none
      const [low, high] = [Math.min(...half), Math.max(...half)];
      rows.forEach((row, at) => (row[axis] = high > low ? 1.8 * ((half[at] - low) / (high - low)) - 0.9 : 0));
    }
    const numbered = labels.every((label) => /^[1-7]$/.test(label));
    const classOf = (label) => (numbered ? Number(label) - 1 : labels.indexOf(label));
    return {
      points: rows.map(({ x, y, label }) => ({ x, y, c: classOf(label) })), scaled: wide.length > 0,
      names: numbered ? "" : labels.map((label) => shortened(label.replaceAll(";", ","))).join("; "),
    };
  }

  /**
   * The tools to draw points on a plane, which are the view's property `points`, and `names` their classes' words.
   * @param {any} view
   * @returns {{root: HTMLElement, hand: (where: any, plane: any) => boolean, draws: () => boolean, update: () => void, reset: () => void}}
   *   hand: what a pointer or a key does on the plane, and whether it did; draws: whether it would
   */
  function tools(view) {
    /** @type {number | string} */
    let brush = view.state.points ? "look" : 0; // who comes by a link looks first
    const before = []; // points and names to go back to
    const inputs = new Map();
    const classes = Array.from({ length: CLASSES }, () => element("span")); // their numbers or words
    const style = getComputedStyle(view.root);
    const name = peek.newId("brush");
    const segments = element("div", { class: "segments" });
    const choices = [
      ...classes.map((said, c) => /** @type {[any, Node[]]} */ ([c, [mark(c), said]])),
      ["erase", [words.say("Erase")]], ["look", [words.say("Look")]],
    ];
    for (const [value, said] of /** @type {[any, any[]][]} */ (choices)) {
      const input = element("input", { type: "radio", name, value, onchange: () => choose(value) });
      inputs.set(value, input);
      segments.append(element("label", {}, input, element("span", {}, ...said)));
    }
    const drawing = element("fieldset", { class: "control control--choice" }, element("legend", {}, words.say("Draw points of class")), segments);
    peek.controls.explain(drawing, words.say("Choose a class, then tap or drag on the input plane: at most {n} points. By keyboard on the plane: arrow keys move the cross-hair, Enter or Space puts a point, Delete takes the nearest away, 1 to 7 choose the class.", { n: MOST }), drawing);
    const undo = peek.controls.button(words.say("Undo"), "", back);
    const clear = peek.controls.button(words.say("Clear"), "", () => {
      change([], "");
      if (brush === "look") choose(0); // at nothing
    });
    const wrong = element("p", { class: "control-wrong", id: peek.newId("wrong") });
    const table = element("textarea", { rows: 5, spellcheck: "false", placeholder: "0.2, -0.5, 1\n0.3, 0.1, 2", "aria-label": words.say("A table of x, y and class, a point a line"), "aria-describedby": wrong.id });
    const use = peek.controls.button(words.say("Use these points"), "", paste);
    const pasting = element("div", { class: "points-table", hidden: true }, table, use.control, wrong);
    const open = peek.controls.button(words.say("Paste a table"), "", () => {
      unfold(pasting.hidden);
      if (!pasting.hidden) table.focus();
    }, { "aria-expanded": "false" });
    const unfold = (shown) => {
      pasting.hidden = !shown;
      open.button.setAttribute("aria-expanded", String(shown));
    };
    const root = element("div", { class: "points-tools" }, drawing, element("div", { class: "control-actions" }, undo.control, clear.control, open.control), pasting);

    function mark(c) {
      const [picture, shape] = ["svg", "polygon"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
      const corners = style.getPropertyValue(`--marker-${c}`).trim();
      const circle = Array.from({ length: 24 }, (_, at) => `${Math.sin((at * Math.PI) / 12)},${Math.cos((at * Math.PI) / 12)}`).join(" ");
      shape.setAttribute("points", corners.includes(",") ? corners : circle);
      shape.style.fill = `var(--class-${c})`;
      picture.setAttribute("viewBox", "-1.6 -1.6 3.2 3.2");
      picture.setAttribute("class", "marker");
      picture.setAttribute("aria-hidden", "true");
      picture.append(shape);
      return picture;
    }

    function choose(value) {
      brush = value;
      view.refresh([]);
    }

    const list = () => unpack(view.state.points);
    const isNow = ([points, names]) => points === view.state.points && names === view.state.names;
    /** For Undo: what a gesture left as it was is not done. */
    function keep() {
      while (before.length && isNow(before[before.length - 1])) before.pop();
      before.push([view.state.points, view.state.names]);
    }

    function change(points, names = view.state.names) {
      keep();
      view.set({ points: pack(points), names: points.length ? names : "" });
    }

    function back() {
      const [points, names] = before.splice(before.findLastIndex((earlier) => !isNow(earlier)))[0];
      view.set({ points, names });
    }

    function paste() {
      try {
        const { points, names, scaled } = read(table.value);
        change(points, names);
        choose("look");
        const n = points.length;
        wrong.textContent = scaled ? words.say("{n} points; what did not fit the plane is scaled.", { n }) : words.say("{n} points.", { n });
        table.setAttribute("aria-invalid", "false");
      } catch (error) {
        wrong.textContent = error.message;
        table.setAttribute("aria-invalid", "true");
      }
      view.say(wrong.textContent);
    }

    function put(x, y) {
      const points = list();
      if (points.length >= MOST) return view.note(words.say("At most {n} points.", { n: MOST }));
      view.set({ points: pack([...points, { x, y, c: brush }]) });
    }

    /** Without what is nearer to a place than so many px; the nearest alone, where only one is to go. */
    function erase(x, y, plane, alone) {
      const far = (point) => Math.hypot(plane.px(point.x) - plane.px(x), plane.py(point.y) - plane.py(y));
      const points = list();
      const near = points.filter((point) => far(point) < (alone ? Infinity : ERASE_PX));
      const gone = alone ? near.sort((a, b) => far(a) - far(b)).slice(0, 1) : near;
      view.note("");
      if (gone.length) view.set({ points: pack(points.filter((point) => !gone.includes(point))) });
    }

    let last = { x: 0, y: 0 }; // px
    function hand({ how, x, y, key }, plane) {
      const px = { x: plane.px(x), y: plane.py(y) };
      if (how === "type") return typed(key, x, y, plane);
      if (!["press", "drag", "pick", "release", "cancel"].includes(how)) return false;
      if (how === "press" || how === "pick") keep();
      if (how === "release") return true;
      if (how === "cancel") {
        const [points, names] = before.pop();
        view.set({ points, names });
        return true;
      }
      if (brush === "erase") erase(x, y, plane, false);
      else if (how === "drag") {
        if (Math.hypot(px.x - last.x, px.y - last.y) < APART_PX) return true;
        put(plane.x(px.x + stray()), plane.y(px.y + stray()));
      } else {
        const taken = list().some((point) => step(point.x) === step(x) && step(point.y) === step(y));
        put(taken ? plane.x(px.x + 3 * stray()) : x, taken ? plane.y(px.y + 3 * stray()) : y);
        if (how === "pick") view.say(words.say("A point of class {c}; {n} points.", { c: Number(brush) + 1, n: list().length }));
      }
      last = px;
      return true;
    }

    const stray = () => STRAY_PX * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

    function typed(key, x, y, plane) {
      if (/^[1-7]$/.test(key)) choose(Number(key) - 1);
      else if (key === "Delete" || key === "Backspace") {
        keep();
        erase(x, y, plane, true);
        view.say(words.say("{n} points.", { n: list().length }));
      } else return false;
      return true;
    }

    const draws = () => brush !== "look";

    function update() {
      inputs.get(brush).checked = true;
      const names = view.state.names.split("; ");
      classes.forEach((said, c) => peek.write(said, names[c] || String(c + 1)));
      undo.button.disabled = before.every(isNow);
      clear.button.disabled = !view.state.points;
    }

    /** As at the start, with nothing drawn. */
    function reset() {
      brush = 0;
      before.length = 0;
      table.value = wrong.textContent = "";
      table.setAttribute("aria-invalid", "false");
      unfold(false);
    }

    return { root, hand, draws, update, reset };
  }

  return { FITS, NAMES, MOST, pack, unpack, data, read, tools };
})();
