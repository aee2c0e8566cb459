// @ts-check
// needs: kit/controls, kit/measure
/**
 * A plane: a square of paper with a field of regions, marks above it, labels, and a pointer or a cross-hair that
 * looks at places. Everything painted is computed by a network at the size it is shown.
 */
(function () {
  "use strict";

  const element = peek.element;
  const DRAG_STEP_PX = 6; // lattice of the field while something moves, CSS px
  const REST_STEP_PX = 2; // and at rest, device px
  const ROWS = 24; // of the lattice in one go, while something moves
  const SLICE_MS = 5; // of painting at rest in one frame
  const KEY_STEP = 0.02; // of the plane's width, one arrow key
  const NUMBER_PX = 13; // size of a class's number
  const WORD_PX = 112; // as wide as a class's word may be over points; the legend has all of it
  peek.TAKE_PX = 14; // how near a point the pointer must be to mean the point and not the place

  /**
   * @param {any} view
   * @param {{title: string, note: string | Node, label: string, look?: (place: any) => void, explain?: string,
   *   step?: (from: {x: number, y: number}, way: number[]) => {x: number, y: number}}} options step: where an arrow key
   *   leads, where it does not move a cross-hair a little
   */
  peek.plane = function (view, options) {
    const field = element("canvas", { class: "plane-field" });
    const marks = element("canvas", { class: "plane-marks" });
    const labels = element("div", { class: "plane-labels", "aria-hidden": "true" });
    const surface = element("div", { class: "plane-surface" }, field, marks, labels);
    const note = element("span", {}, options.note);
    const title = element("p", { class: "plane-title" }, element("b", {}, options.title), " ", note);
    const root = element("div", { class: "plane" }, title, surface);
    view.stage.append(root);
    const fieldContext = /** @type {CanvasRenderingContext2D} */ (field.getContext("2d", { willReadFrequently: true }));
    const context = /** @type {CanvasRenderingContext2D} */ (marks.getContext("2d"));
    const plane = {
      root, surface, field, marks, context, fieldContext, view,
      box: { x0: -1, x1: 1, y0: -1, y1: 1 },
      size: 0, ratio: 1, fresh: true,
      /** Bring the canvases to the size they are shown at. */
      fit() {
        const size = Math.round(surface.clientWidth);
        const ratio = Math.min(window.devicePixelRatio || 1, 3);
        if (size === plane.size && ratio === plane.ratio) return;
        plane.size = size;
        plane.ratio = ratio;
        for (const canvas of [field, marks]) canvas.width = canvas.height = Math.max(Math.round(size * ratio), 1);
        plane.fresh = true;
      },
      px: (x) => ((x - plane.box.x0) / (plane.box.x1 - plane.box.x0)) * plane.size,
      py: (y) => ((plane.box.y1 - y) / (plane.box.y1 - plane.box.y0)) * plane.size,
      x: (px) => plane.box.x0 + (px / plane.size) * (plane.box.x1 - plane.box.x0),
      y: (py) => plane.box.y1 - (py / plane.size) * (plane.box.y1 - plane.box.y0),
      drawn: false,
      /** Whether a hand draws on it: then it presses, drags and types, and a finger does not scroll the page. */
      draw(on) {
        plane.drawn = on;
        surface.classList.toggle("is-drawn", on);
      },
      /** What stands beside the title. */
      noted: (text) => peek.write(note, text),
      /** An empty sheet of marks, in CSS pixels. */
      begin() {
        context.setTransform(plane.ratio, 0, 0, plane.ratio, 0, 0);
        context.clearRect(0, 0, plane.size, plane.size);
        return context;
      },
      /** Text labels: [x, y, text, class] in the plane's units; class places them. */
      label(list) {
        const { x0, x1, y0, y1 } = plane.box;
        while (labels.childElementCount > list.length) labels.lastChild.remove();
        list.forEach(([x, y, text, kind], at) => {
          const label = labels.children[at] || labels.appendChild(element("span"));
          label.className = `plane-label ${kind || ""}`;
          label.style.left = `${(100 * (x - x0)) / (x1 - x0)}%`;
          label.style.top = `${(100 * (y1 - y)) / (y1 - y0)}%`;
          peek.write(label, text);
        });
      },
    };
    if (options.look) listen(plane, options);
    return plane;
  };

  /** Planes beside each other, or what stands with one. */
  peek.planes = (view, ...planes) => view.stage.append(element("div", { class: "planes" }, ...planes.map(({ root }) => root)));

  /**
   * Pointer and keyboard to places: look({x, y, how: "hover" | "pick" | "key" | "leave" | "escape"}); on a plane that is
   * drawn on also "press", "drag" and "release" instead of a click, "cancel" once the page takes the finger to be zoomed by two,
   * and "type" with a key, until look says that it was none.
   */
  function listen(plane, options) {
    const { surface } = plane;
    surface.tabIndex = 0;
    surface.setAttribute("role", "application");
    surface.setAttribute("aria-roledescription", "plane");
    surface.setAttribute("aria-label", options.label);
    if (options.explain) peek.controls.explain(plane.root, options.explain, surface);
    const place = (event) => {
      const bounds = surface.getBoundingClientRect();
      const scale = plane.size / bounds.width;
      return { x: plane.x((event.clientX - bounds.left) * scale), y: plane.y((event.clientY - bounds.top) * scale) };
    };
    const look = (how, where) => plane.view.guard(() => options.look({ ...where, how }));
    let held = null; // the pointer that draws
    surface.addEventListener("pointerdown", (event) => {
      if (!plane.drawn || held !== null || event.button) return;
      held = event.pointerId;
      surface.setPointerCapture(event.pointerId);
      look("press", place(event));
    });
    surface.addEventListener("pointermove", (event) => {
      if (held === event.pointerId) look("drag", place(event));
      else if (event.pointerType !== "touch") look("hover", place(event));
    });
    for (const [end, how] of [["pointerup", "release"], ["pointercancel", "cancel"]]) {
      surface.addEventListener(end, (event) => {
        if (held !== event.pointerId) return;
        look(how, place(event));
        held = null;
      });
    }
    surface.addEventListener("pointerleave", () => look("leave", {}));
    surface.addEventListener("click", (event) => plane.drawn || look("pick", place(event)));
    let cursor = { x: 0, y: 0 };
    surface.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      const step = KEY_STEP * (event.shiftKey ? 5 : 1) * (plane.box.x1 - plane.box.x0);
      if (moves[event.key] && options.step) look("key", (cursor = options.step(cursor, moves[event.key])));
      else if (moves[event.key]) {
        const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
        cursor = {
          x: clamp(cursor.x + moves[event.key][0] * step, plane.box.x0, plane.box.x1),
          y: clamp(cursor.y + moves[event.key][1] * step, plane.box.y0, plane.box.y1),
        };
        look("key", cursor);
      } else if (event.key === "Enter" || event.key === " ") look("pick", cursor);
      else if (event.key === "Escape") look("escape", {});
      else if (!plane.drawn || !look("type", { ...cursor, key: event.key })) return;
      event.preventDefault();
    });
  }

  /** The point of (count, 2) positions that a place means, or -1. */
  peek.pointAt = function (plane, positions, place) {
    let best = -1;
    let nearest = ((peek.TAKE_PX * (plane.box.x1 - plane.box.x0)) / plane.size) ** 2;
    for (let at = 0; at < positions.length; at += 2) {
      const d = (positions[at] - place.x) ** 2 + (positions[at + 1] - place.y) ** 2;
      if (d < nearest) {
        nearest = d;
        best = at / 2;
      }
    }
    return best;
  };

  /** Where the point lies that is next to a place in a direction, more along it than aside; the place where none is. */
  peek.pointFrom = function (positions, from, [dx, dy]) {
    let next = from;
    let least = Infinity;
    for (let at = 0; at < positions.length; at += 2) {
      const [x, y] = [positions[at] - from.x, positions[at + 1] - from.y];
      const [along, aside] = [x * dx + y * dy, Math.abs(x * dy - y * dx)];
      if (along > 1e-9 && aside <= along && along + aside < least) {
        least = along + aside;
        next = { x: positions[at], y: positions[at + 1] };
      }
    }
    return next;
  };

  /** Places of centres as an address has them: "x,y;x,y". */
  peek.places = {
    FITS: /^(?:-?\d+(?:\.\d+)?(?:[,;]|$))*$/,
    write: (points) => Array.from({ length: points.length / 2 }, (_, c) =>
      `${Number(points[2 * c].toFixed(4))},${Number(points[2 * c + 1].toFixed(4))}`).join(";"),
    /** k places, or null where the text has others. @returns {Float64Array | null} */
    read(text, k) {
      const values = Float64Array.from(text.split(/[;,]/), Number);
      return values.length === 2 * k && values.every(Number.isFinite) ? values : null;
    },
  };

  // The field: which class the network gives every place of the input plane

  /** The lattice of hidden positions behind a field, and its painting. */
  peek.field = function (plane) {
    const field = {
      columns: 0, rows: 0, stepPx: 1, // stepPx in CSS px
      xs: new Float64Array(0), ys: new Float64Array(0),
      hx: new Float32Array(0), hy: new Float32Array(0),
      winner: new Uint8Array(0),
    };
    let image = null;
    let restRow = -1; // the next row to paint at rest; -1: nothing begun
    let scratch = null;

    function layOut(width, step, scale) {
      const count = Math.ceil(width / step) + 1;
      if (field.columns !== count) {
        field.columns = field.rows = count;
        for (const name of ["xs", "ys"]) field[name] = new Float64Array(count);
        for (const name of ["hx", "hy"]) field[name] = new Float32Array(count * count);
        field.winner = new Uint8Array(count * count);
      }
      field.stepPx = step / scale;
      const { x0, x1, y0, y1 } = plane.box;
      for (let at = 0; at < count; at++) {
        field.xs[at] = x0 + ((at * step) / width) * (x1 - x0);
        field.ys[at] = y1 - ((at * step) / width) * (y1 - y0);
      }
    }

    let wanted = 1; // how often it became stale, and for which of these it is painted
    let painted = 0;
    let fine = false;
    field.stale = () => {
      wanted++;
    };
    field.old = () => painted !== wanted;
    field.ready = () => painted > 0 && !(restRow >= 0 && restRow < field.rows - 1);

    /**
     * Bring the field up to date: coarsely when something changed, finely bit by bit at rest; what was begun so goes on
     * a bit a frame while a reader looks.
     * @param {{machine: any, weights: ArrayLike<number>, head: number, classes: number}} of head: where its weights begin
     * @returns {Generator} part by part; in the end what was done: "all", "some" or ""
     */
    field.show = function* (of, palette, resting) {
      if (field.old()) {
        const mine = wanted;
        yield* paintAll(of, palette);
        painted = mine;
        fine = false;
        return "all";
      }
      if (fine || !(resting || restRow >= 0)) return "";
      while (!(fine = refine(of, palette)) && resting) yield;
      if (!fine) plane.view.continueResting();
      return "some";
    };

    /** Paint all of the field, coarsely: the lattice is read between its nodes. */
    function* paintAll(of, palette) {
      const width = plane.size; // one pixel of the image a CSS pixel; shown larger on fine screens
      layOut(width, DRAG_STEP_PX, 1);
      restRow = -1;
      for (let row = 0; row < field.rows; row += ROWS) {
        const end = Math.min(row + ROWS, field.rows);
        of.machine.lattice(of.weights, field.xs, field.ys, field.hx, field.hy, row, end);
        winners(field, of, row, end);
        yield;
      }
      if (!image || image.width !== width) image = new ImageData(width, width);
      for (let row = 0; row < field.rows - 1; row += ROWS) {
        fill(image, field, DRAG_STEP_PX, of, palette, row, Math.min(row + ROWS, field.rows - 1));
        yield;
      }
      if (plane.ratio === 1) {
        plane.fieldContext.putImageData(image, 0, 0);
        return;
      }
      if (!scratch || scratch.width !== width) {
        scratch = document.createElement("canvas");
        scratch.width = scratch.height = width;
      }
      scratch.getContext("2d").putImageData(image, 0, 0);
      plane.fieldContext.drawImage(scratch, 0, 0, plane.field.width, plane.field.width);
    }

    /** Go on painting finely, at device pixels, for a few milliseconds. returns true when done. */
    function refine(of, palette) {
      const width = plane.field.width;
      const step = REST_STEP_PX;
      const compute = (from, to) => {
        of.machine.lattice(of.weights, field.xs, field.ys, field.hx, field.hy, from, to);
        winners(field, of, from, to);
      };
      if (restRow < 0) {
        layOut(width, step, plane.ratio);
        restRow = 0;
        if (!image || image.width !== width) image = new ImageData(width, width);
        compute(0, 1);
      }
      const until = performance.now() + SLICE_MS;
      const from = restRow;
      while (restRow < field.rows - 1 && performance.now() < until) {
        const next = Math.min(restRow + 4, field.rows - 1);
        compute(restRow + 1, next + 1);
        fill(image, field, step, of, palette, restRow, next);
        restRow = next;
      }
      const top = from * step;
      plane.fieldContext.putImageData(image, 0, 0, 0, top, width, Math.min(restRow * step, width) - top);
      return restRow >= field.rows - 1;
    }
    return field;
  };

  /** What stands for a field where there is no plane of inputs. */
  peek.fieldless = function () {
    let old = true;
    return {
      stale: () => (old = true), old: () => old, ready: () => false,
      *show() {
        const was = old;
        old = false;
        return was ? "all" : "";
      },
    };
  };

  /** The class that the head gives each node of a lattice, row by row from..to. */
  function winners(field, { weights, head, classes }, from, to) {
    const { hx, hy, winner } = field;
    for (let at = from * field.columns; at < to * field.columns; at++) {
      let most = -Infinity;
      let best = 0;
      for (let c = 0; c < classes; c++) {
        const row = head + 3 * c;
        const logit = weights[row] * hx[at] + weights[row + 1] * hy[at] + weights[row + 2];
        if (logit > most) {
          most = logit;
          best = c;
        }
      }
      winner[at] = best;
    }
  }

  peek.winners = winners;

  /**
   * Colour the pixels between the lattice rows from..to. Cells whose corners agree are one colour; in the others
   * each pixel asks the head, and the border between two classes is as soft as one pixel.
   */
  function fill(image, field, step, { weights, head, classes }, palette, from, to) {
    const width = image.width;
    const pixels = new Uint32Array(image.data.buffer);
    const { hx, hy, winner, columns } = field;
    for (let row = from; row < to; row++) {
      const top = row * step;
      const bottom = Math.min(top + step, image.height);
      for (let column = 0; column < columns - 1; column++) {
        const a = row * columns + column;
        const b = a + 1;
        const c = a + columns;
        const d = c + 1;
        const left = column * step;
        const right = Math.min(left + step, width);
        const own = winner[a];
        if (own === winner[b] && own === winner[c] && own === winner[d]) {
          const colour = palette.packed[own];
          for (let y = top; y < bottom; y++) pixels.fill(colour, y * width + left, y * width + right);
          continue;
        }
        for (let y = top; y < bottom; y++) {
          const v = (y + 0.5 - top) / step;
          const leftX = hx[a] + v * (hx[c] - hx[a]);
          const leftY = hy[a] + v * (hy[c] - hy[a]);
          const acrossX = (hx[b] + v * (hx[d] - hx[b]) - leftX) / step;
          const acrossY = (hy[b] + v * (hy[d] - hy[b]) - leftY) / step;
          for (let x = left; x < right; x++) {
            const u = x + 0.5 - left;
            const px = leftX + u * acrossX;
            const py = leftY + u * acrossY;
            let first = 0;
            let second = 0;
            let most = -Infinity;
            let next = -Infinity;
            for (let k = 0; k < classes; k++) {
              const at = head + 3 * k;
              const logit = weights[at] * px + weights[at + 1] * py + weights[at + 2];
              if (logit > most) {
                next = most;
                second = first;
                most = logit;
                first = k;
              } else if (logit > next) {
                next = logit;
                second = k;
              }
            }
            const wx = weights[head + 3 * first] - weights[head + 3 * second];
            const wy = weights[head + 3 * first + 1] - weights[head + 3 * second + 1];
            const share = u / step;
            const downX = (hx[c] - hx[a] + share * (hx[d] - hx[b] - hx[c] + hx[a])) / step;
            const downY = (hy[c] - hy[a] + share * (hy[d] - hy[b] - hy[c] + hy[a])) / step;
            const slopeAcross = wx * acrossX + wy * acrossY;
            const slopeDown = wx * downX + wy * downY;
            const distance = (most - next) / Math.sqrt(slopeAcross * slopeAcross + slopeDown * slopeDown + 1e-30);
            pixels[y * width + x] =
              distance >= 0.5 ? palette.packed[first] : blend(palette.rgb[second], palette.rgb[first], 0.5 + distance);
          }
        }
      }
    }
  }

  /** Two [r, g, b] as one packed pixel (little-endian), `share` of the second. */
  function blend(from, to, share) {
    const r = from[0] + share * (to[0] - from[0]);
    const g = from[1] + share * (to[1] - from[1]);
    const b = from[2] + share * (to[2] - from[2]);
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }

  /** The regions' colours; with a class chosen, the others are mixed into the paper. */
  peek.palette = function (theme, chosen = -1) {
    const faint = (rgb, c) => (chosen < 0 || c === chosen ? rgb : rgb.map((v, i) => Math.round(0.25 * v + 0.75 * theme.paperRgb[i])));
    const rgb = theme.tintRgb.map(faint);
    if (chosen >= 0) rgb[chosen] = theme.tintRgb[chosen].map((v, i) => Math.round(0.86 * v + 0.14 * theme.classRgb[chosen][i]));
    return { rgb, packed: rgb.map((colour) => blend(colour, colour, 0)), css: rgb.map((colour) => `rgb(${colour.join(" ")})`) };
  };

  // Marks

  const shortened = new Map(); // words -> what is written of them

  /** A class's number or word, of a long one both ends, in the font that the context has from then on. */
  function written(context, c, theme, labels) {
    context.font = `700 ${NUMBER_PX}px ${theme.font}`;
    const said = String(peek.text.class(c, labels));
    if (!shortened.has(said)) {
      const letters = [...said];
      const half = () => letters.length >> 1;
      letters.splice(WORD_PX / 2, letters.length - WORD_PX);
      let text = said;
      while (letters.length > 2 && context.measureText(text).width > WORD_PX) {
        letters.splice(half(), 1);
        text = `${letters.slice(0, half()).join("").trimEnd()}\u2026${letters.slice(half()).join("").trimStart()}`;
      }
      shortened.set(said, text);
    }
    return shortened.get(said);
  }

  /** A place in px that is half a mark's size away from the plane's ends. */
  const within = (plane, px, half) => Math.min(Math.max(px, half), plane.size - half);

  /** The height nearest to y px at which a word at x px covers none of those before it, to which it is added. */
  function free(plane, words, x, y, half) {
    const covers = (other, at) => Math.abs(at - other.y) < 1.1 * NUMBER_PX && Math.abs(x - other.x) < half + other.half;
    const heights = [0, -1, 1, -2, 2].map((lines) => within(plane, y + 1.2 * lines * NUMBER_PX, NUMBER_PX / 2));
    const found = heights.find((at) => !words.some((other) => covers(other, at))) ?? y;
    words.push({ x, y: found, half });
    return found;
  }

  peek.paint = {
    /** Polygons of the regions of the hidden plane, on the field's canvas. */
    regions(plane, polygons, palette, room) {
      const context = plane.fieldContext;
      context.setTransform(plane.ratio, 0, 0, plane.ratio, 0, 0);
      context.clearRect(0, 0, plane.size, plane.size);
      context.lineWidth = 1;
      context.lineJoin = "round";
      polygons.forEach((polygon, c) => {
        if (polygon.length < 3) return;
        context.beginPath();
        for (const [x, y] of polygon) context.lineTo(plane.px(x), plane.py(y));
        context.closePath();
        context.fillStyle = context.strokeStyle = palette.css[c];
        context.fill();
        context.stroke(); // neighbours overlap by half a pixel, or the paper would shine through
      });
      if (room) clearOutside(plane, context, room);
      context.setTransform(1, 0, 0, 1, 0, 0);
    },

    /** The room as a hairline: the square, the quadrant's two walls, or of the plane, which has none, nothing. */
    room(plane, room, colour) {
      if (!room.walls) return;
      const { context } = plane;
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.beginPath();
      const snap = (value) => Math.round(value * plane.ratio) / plane.ratio + 0.5 / plane.ratio;
      const [left, right] = [snap(plane.px(room.x0)), snap(plane.px(room.x1))];
      const [top, bottom] = [snap(plane.py(room.y1)), snap(plane.py(room.y0))];
      if (room.open) {
        context.moveTo(left, 0);
        context.lineTo(left, bottom);
        context.lineTo(plane.size, bottom);
      } else context.rect(left, top, right - left, bottom - top);
      context.stroke();
    },

    /** Points of all classes, each class with its marker, with a thin halo of paper. */
    points(plane, positions, y, classes, theme, radius, emphasis = -1) {
      const { context } = plane;
      for (let c = 0; c < classes; c++) {
        context.beginPath();
        for (let point = 0; point < y.length; point++) {
          if (y[point] === c) marker(context, theme.markers[c], plane.px(positions[2 * point]), plane.py(positions[2 * point + 1]), radius);
        }
        context.globalAlpha = emphasis >= 0 && emphasis !== c ? 0.25 : 1;
        context.fillStyle = theme.classes[c];
        if (radius > 2) {
          context.strokeStyle = theme.paper;
          context.lineWidth = 1;
          context.stroke();
        }
        context.fill();
      }
      context.globalAlpha = 1;
    },

    marker,

    /** Where centres might be, as dashed circles. @param {ArrayLike<number>} places (k, 2) */
    circles(plane, places, theme) {
      const { context } = plane;
      context.strokeStyle = theme.accent;
      context.lineWidth = 1.5;
      context.setLineDash([3, 3]);
      for (let at = 0; at < places.length; at += 2) {
        context.beginPath();
        context.arc(plane.px(places[at]), plane.py(places[at + 1]), 15, 0, 7);
        context.stroke();
      }
      context.setLineDash([]);
    },

    /** A class's number or word at a place in px, in its colour and with a halo of paper, so that it reads over points. */
    number(context, c, x, y, theme, labels) {
      const said = written(context, c, theme, labels);
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      context.strokeStyle = theme.paper;
      context.lineWidth = 4;
      context.strokeText(said, x, y);
      context.fillStyle = theme.classes[c];
      context.fillText(said, x, y);
    },

    /** Half as wide as a class's number or word is, in px. */
    halfOf(context, c, theme, labels) {
      return context.measureText(written(context, c, theme, labels)).width / 2;
    },

    /** Which class is which: each one's number beyond its farthest point, where arms and rings are apart. */
    numbers(plane, positions, y, classes, theme, labels) {
      const { context } = plane;
      const words = [];
      for (let c = 0; c < classes; c++) {
        let [at, most] = [0, -1];
        for (let point = 0; point < y.length; point++) {
          if (y[point] !== c) continue;
          const far = Math.hypot(positions[2 * point], positions[2 * point + 1]);
          if (far > most) [at, most] = [2 * point, far];
        }
        if (most < 0) continue; // it has no points
        const beyond = 1 + (NUMBER_PX + 2) / (plane.px(most) - plane.px(0));
        const half = Math.max(peek.paint.halfOf(context, c, theme, labels), NUMBER_PX);
        const left = within(plane, plane.px(beyond * positions[at]), half);
        const top = within(plane, plane.py(beyond * positions[at + 1]), NUMBER_PX);
        peek.paint.number(context, c, left, free(plane, words, left, top, half), theme, labels);
      }
    },

    /** The same at the centres of the classes, on discs, where these do not cover each other. */
    centres(plane, positions, y, classes, theme, labels) {
      const { context } = plane;
      const words = [];
      const centres = peek.measure.centres(positions, y, classes);
      if (peek.measure.leastDistance(centres).distance * (plane.px(1) - plane.px(0)) < 1.5 * NUMBER_PX) return;
      for (let c = 0; c < classes; c++) {
        if (Number.isNaN(centres[2 * c])) continue;
        const half = peek.paint.halfOf(context, c, theme, labels);
        const x = within(plane, plane.px(centres[2 * c]), half);
        const y = free(plane, words, x, plane.py(centres[2 * c + 1]), half);
        context.beginPath();
        context.arc(x, y, 0.7 * NUMBER_PX, 0, 7);
        context.fillStyle = theme.paper;
        if (String(peek.text.class(c, labels)).length < 3) context.fill();
        peek.paint.number(context, c, x, y, theme, labels);
      }
    },

    /** One point made large: a ring of ink around its marker. */
    ring(plane, x, y, c, theme, radius) {
      const { context } = plane;
      context.beginPath();
      context.arc(plane.px(x), plane.py(y), radius * 2.6, 0, 7);
      context.fillStyle = theme.paper;
      context.fill();
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.5;
      context.stroke();
      context.beginPath();
      marker(context, theme.markers[c], plane.px(x), plane.py(y), radius * 1.5);
      context.fillStyle = theme.classes[c];
      context.fill();
    },

    /** Lines through (count, 2) positions, `line` of them a line. */
    lines(plane, positions, line, colour, width) {
      const { context } = plane;
      context.beginPath();
      for (let at = 0; at < positions.length; at += 2) {
        const x = plane.px(positions[at]);
        const y = plane.py(positions[at + 1]);
        if (at % (2 * line)) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    },

    /** A path that fades with age: (steps, 2) positions, the newest last. */
    trail(plane, positions, colour) {
      const { context } = plane;
      const steps = positions.length / 2;
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.lineCap = "round";
      for (let step = 1; step < steps; step++) {
        context.globalAlpha = 0.08 + 0.92 * (step / steps) ** 2;
        context.beginPath();
        context.moveTo(plane.px(positions[2 * step - 2]), plane.py(positions[2 * step - 1]));
        context.lineTo(plane.px(positions[2 * step]), plane.py(positions[2 * step + 1]));
        context.stroke();
      }
      context.globalAlpha = 1;
    },

    /** Where a function of a lattice's nodes is negative, part by part. @returns {Generator} {area, border}, or null: nowhere */
    *inside(field, value) {
      const { columns, rows } = field;
      const patch = { area: new Path2D(), border: new Path2D() };
      const values = new Float32Array(columns * rows);
      let any = false;
      for (let from = 0; from < rows - 1; from += ROWS) {
        const to = Math.min(from + ROWS, rows - 1);
        for (let node = columns * (from && from + 1); node < columns * (to + 1); node++) if ((values[node] = value(node)) < 0) any = true;
        march(field, values, patch, from, to);
        yield;
      }
      return any ? patch : null;
    },

    /** Such a patch: filled, its border stroked. */
    patch(plane, { area, border }, fillColour, strokeColour) {
      const { context } = plane;
      context.fillStyle = fillColour;
      context.fill(area);
      context.strokeStyle = strokeColour;
      context.lineWidth = 1.5;
      context.lineCap = "round";
      context.stroke(border);
    },

    cross(plane, x, y, colour) {
      const { context } = plane;
      const [px, py] = [plane.px(x), plane.py(y)];
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(px - 7, py);
      context.lineTo(px + 7, py);
      context.moveTo(px, py - 7);
      context.lineTo(px, py + 7);
      context.stroke();
    },
  };

  function clearOutside(plane, context, room) {
    const [left, right, top, bottom] = [plane.px(room.x0), plane.px(room.x1), plane.py(room.y1), plane.py(room.y0)];
    const size = plane.size;
    context.clearRect(0, 0, left, size);
    context.clearRect(0, bottom, size, size - bottom);
    if (room.open) return;
    context.clearRect(right, 0, size - right, size);
    context.clearRect(0, 0, size, top);
  }

  /** Add a class's marker to the path under way: its corners in units of r, none of a circle. */
  function marker(context, corners, x, y, r) {
    if (!corners.length) {
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
      return;
    }
    const last = corners[corners.length - 1];
    context.moveTo(x + r * last[0], y + r * last[1]);
    for (let at = 0; at < corners.length - 1; at++) context.lineTo(x + r * corners[at][0], y + r * corners[at][1]);
    context.closePath();
  }

  /** Marching squares: the area where values are negative and its border, in CSS px, between the lattice rows from..to. */
  function march(field, values, { area, border }, from, to) {
    const { columns, stepPx } = field;
    const dx = [0, 1, 1, 0];
    const dy = [0, 0, 1, 1];
    const corner = [0, 0, 0, 0];
    for (let row = from; row < to; row++) {
      let runStart = -1;
      const flush = (column) => {
        if (runStart >= 0) area.rect(runStart * stepPx, row * stepPx, (column - runStart) * stepPx, stepPx);
        runStart = -1;
      };
      for (let column = 0; column < columns - 1; column++) {
        const at = row * columns + column;
        corner[0] = values[at];
        corner[1] = values[at + 1];
        corner[2] = values[at + columns + 1];
        corner[3] = values[at + columns];
        const count = (corner[0] < 0) + (corner[1] < 0) + (corner[2] < 0) + (corner[3] < 0);
        if (count === 4) {
          if (runStart < 0) runStart = column;
          continue;
        }
        flush(column);
        if (!count) continue;
        let started = false;
        const crossings = [];
        for (let side = 0; side < 4; side++) {
          const here = corner[side];
          const there = corner[(side + 1) % 4];
          const add = (x, y) => {
            if (started) area.lineTo(x, y);
            else area.moveTo(x, y);
            started = true;
          };
          if (here < 0) add((column + dx[side]) * stepPx, (row + dy[side]) * stepPx);
          if (here < 0 !== there < 0) {
            const t = here / (here - there);
            const x = (column + dx[side] + t * (dx[(side + 1) % 4] - dx[side])) * stepPx;
            const y = (row + dy[side] + t * (dy[(side + 1) % 4] - dy[side])) * stepPx;
            add(x, y);
            crossings.push(x, y);
          }
        }
        area.closePath();
        for (let at2 = 0; at2 + 3 < crossings.length; at2 += 4) {
          border.moveTo(crossings[at2], crossings[at2 + 1]);
          border.lineTo(crossings[at2 + 2], crossings[at2 + 3]);
        }
      }
      flush(columns - 1);
    }
  }
})();
