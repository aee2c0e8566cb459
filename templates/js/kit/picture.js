// @ts-check
// needs: kit/kit, kit/plane
/**
 * Rows of data that are pictures in grey levels, from the least of their values in black to the greatest in white; and
 * what stands in the place of a plane of inputs that there is not.
 */
(function () {
  "use strict";

  const { element } = peek;
  const SIDE_PX = 72; // the longer side of a point's picture
  const AWAY_PX = 14; // of it from its point
  const ACROSS = 8; // samples beside each other, at least
  const shades = new WeakMap(); // run -> its rows as canvases, and the ends of their values

  /**
   * The greys of a run's data: the least value and how far it is to the greatest, and each value as it was before it was
   * scaled. Both ends are rounded to a hundred-thousandth of the way, since scaling has left its own.
   */
  peek.greysOf = function (run) {
    const { mean, scale } = run.scaling;
    const value = (at) => run.x[at] * scale[at % run.inputs] + mean[at % run.inputs];
    if (!shades.has(run)) {
      let [low, high] = [Infinity, -Infinity];
      for (let at = 0; at < run.x.length; at++) [low, high] = [Math.min(low, value(at)), Math.max(high, value(at))];
      const unit = 10 ** (Math.floor(Math.log10(high - low || 1)) - 4);
      [low, high] = [low, high].map((end) => Number((Math.round(end / unit) * unit).toPrecision(12)));
      shades.set(run, { low, span: high - low || 1, value, canvases: [] });
    }
    return shades.get(run);
  };

  /** A row of a run's data as a canvas, a pixel a value. */
  function pictureOf(run, [height, width], point) {
    const { low, span, value, canvases } = peek.greysOf(run);
    if (!canvases[point]) {
      const canvas = (canvases[point] = /** @type {HTMLCanvasElement} */ (element("canvas", { width, height })));
      const image = new ImageData(width, height);
      for (let at = 0; at < height * width; at++) {
        image.data.fill(255 * (value(run.inputs * point + at) - low) / span, 4 * at, 4 * at + 3);
        image.data[4 * at + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    }
    return canvases[point];
  }

  /** A picture with its longer side, in CSS px. */
  function draw(context, picture, x, y, side) {
    const scale = side / Math.max(picture.width, picture.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, x, y, picture.width * scale, picture.height * scale);
  }

  /** The picture of a run's point beside it, framed, with its class, all of it in the plane. */
  peek.pictureAt = function (plane, run, image, point, x, y, theme) {
    const picture = pictureOf(run, image, point);
    const { context } = plane;
    const scale = SIDE_PX / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    const [px, py] = [plane.px(x), plane.py(y)];
    const left = px + AWAY_PX + width + 4 < plane.size ? px + AWAY_PX : px - AWAY_PX - width;
    const top = Math.max(Math.min(py - AWAY_PX - height, plane.size - height - 26), 4);
    context.fillStyle = theme.paper;
    context.fillRect(left - 4, top - 4, width + 8, height + 8);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.strokeRect(left - 4, top - 4, width + 8, height + 8);
    draw(context, picture, left, top, SIDE_PX);
    peek.paint.number(context, run.y[point], left + width / 2, top + height + 15, theme, run.labels);
  };

  /** Rows as lines over their columns, side by side (parallel coordinates), each scaled as in training; one stands out. */
  function lines(context, run, point, theme, width, height) {
    const reach = run.x.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const row = (at, strong) => {
      context.beginPath();
      for (let c = 0; c < run.inputs; c++) {
        context.lineTo(2 + c / Math.max(run.inputs - 1, 1) * (width - 4), height / 2 * (1 - 0.98 * run.x[run.inputs * at + c] / reach));
      }
      [context.globalAlpha, context.lineWidth] = strong ? [1, 2.5] : [Math.min(Math.max(30 / run.y.length, 0.06), 0.5), 1];
      context.strokeStyle = theme.classes[run.y[at]];
      context.stroke();
    };
    const perClass = run.y.length / run.classes;
    for (let at = 0; at < run.y.length; at++) row(at % run.classes * perClass + Math.floor(at / run.classes)); // no class hides another
    if (point >= 0) row(point, true);
    context.globalAlpha = 1;
  }

  /**
   * What stands beside the hidden plane where inputs have no plane: why, and some of the pictures that the rows are, or
   * the rows as lines.
   * @param {any} view @param {number[] | null} image height and width of a picture @param {string} why
   */
  peek.samples = function (view, image, why) {
    const what = image ? words.say("Some of the pictures of each class.") : words.say("Each row as a line over all columns.");
    const canvas = element("canvas", { role: "img", "aria-label": what });
    const root = element("div", { class: "plane" },
      element("p", { class: "plane-title" }, element("b", {}, words.say("The data"))),
      element("div", { class: "planeless" }, canvas, element("p", {}, image ? why : `${why} ${what}`)));
    let run = null;
    return {
      root,
      use: (next) => (run = next),
      /** Samples of each class, in rows; those of the looked-at point's class stand out. @param {number} point or -1 */
      paint(point) {
        const context = peek.blank(canvas);
        const [width, height] = [canvas.clientWidth, canvas.clientHeight];
        if (!image) return lines(context, run, point, view.theme, width, height);
        const perClass = run.y.length / run.classes;
        const half = Math.max(...Array.from({ length: run.classes }, (_, c) => peek.paint.halfOf(context, c, view.theme, run.labels))) + 6;
        const side = Math.min((width - 2 * half) / ACROSS, height / run.classes);
        const rows = Math.floor(height / side / run.classes);
        const [across, tall] = [Math.floor((width - 2 * half) / side + 1e-9), height / run.classes];
        for (let c = 0; c < run.classes; c++) {
          context.globalAlpha = point < 0 || run.y[point] === c ? 1 : 0.3;
          peek.paint.number(context, c, half, c * tall + (rows * side) / 2, view.theme, run.labels);
          for (let at = 0; at < Math.min(rows * across, perClass); at++) {
            const place = { x: 2 * half + (at % across) * side, y: c * tall + Math.floor(at / across) * side };
            draw(context, pictureOf(run, image, c * perClass + at), place.x + 1, place.y + 1, side - 2);
          }
        }
        context.globalAlpha = 1;
      },
    };
  };
})();
