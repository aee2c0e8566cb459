// @ts-check
// needs: build/activations, words
/**
 * The activations by name, from the build's table (see generator/networks/activations.py). What a neuron does to its
 * sum, and the slope of that. A room without end has null for low or high; turn is the range
 * of its directions in degrees.
 * @typedef {{label: string, biasStart: number | null, value: (a: number) => number,
 *   slope: (a: number) => number, room: {name: string, low: number | null, high: number | null, turn: number}}} Activation
 */

/**
 * Everything the explorables share hangs off this one name. Data scripts hand their runs to peek.receive.
 * A var, for it is the page's: each of these scripts is built into a block of its own.
 * @type {any}
 */
var peek = {
  activations: activationRows(), // Record<string, Activation>
  datasets: {}, // what draws each kind of data, see generator/networks/datasets
  views: new Map(), // the explorables of the page by their ids
};

(function () {
  "use strict";

  // Elements

  /**
   * An element: attributes by name, "on..." listeners, text and children.
   * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string)} children
   */
  peek.element = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "style") element.style.cssText = value;  // the page's policy forbids the attribute
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
    }
    element.append(...children);
    return element;
  };

  /**
   * Only what changed is touched, or the page would be laid out anew each frame; and other words take the place of the
   * last in the same node, since a new one costs three times the layout.
   */
  peek.write = (element, text) => {
    if (element.textContent === text) return;
    const { firstChild: node } = element;
    if (text && node instanceof Text && !node.nextSibling) node.data = text;
    else element.textContent = text;
  };

  /** A canvas's context in CSS px, empty, with at most so many device pixels for each. size: as it was read before */
  peek.blank = (canvas, most = Infinity, size = canvas) => {
    const ratio = Math.min(window.devicePixelRatio || 1, most);
    const { clientWidth: width, clientHeight: height } = size;
    const [wide, tall] = [width, height].map((length) => Math.round(length * ratio));
    if (canvas.width !== wide || canvas.height !== tall) [canvas.width, canvas.height] = [wide, tall];
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  };

  let lastId = 0;
  peek.newId = (stem) => `${stem}-${++lastId}`;

  // Numbers in words

  const DIGITS = 12;
  const LARGE = 1e6; // from where on only the size of a number matters

  /**
   * A number in units of the last digit shown, as the build rounds it (generator/base/rounding.py): taken to DIGITS
   * significant digits, which undoes what binary fractions add, and from there a half to the even digit.
   * @param {number} value @param {number} digits after the point
   */
  function units(value, digits) {
    if (Number.isInteger(value)) return value * 10 ** digits;
    const [taken, power] = value.toExponential(DIGITS - 1).split("e");
    const scaled = Number(`${taken}e${Number(power) + digits}`);
    return Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled);
  }

  const written = (shown, digits) => (shown / 10 ** digits).toFixed(digits).replace("-", "\u2212").replace(".", words.marks.point);

  peek.text = {
    /** A number to so many digits after the point. */
    fixed: (value, digits = 0) => (Number.isFinite(value) ? written(units(value, digits), digits) : words.say("not a number")),
    /** A loss or a distance with the digits that matter. @param {number} value */
    digits(value) {
      const size = Math.abs(value);
      if (size >= LARGE && size < Infinity) return peek.text.plain(value.toExponential(1).replace("e+", "e"));
      return peek.text.fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
    },
    /** A number with the digits that it has. @param {number} value */
    plain: (value) => String(value).replace(".", words.marks.point),
    /** A share in per cent. Only what is whole reads 100. */
    percent(share) {
      const shown = units(share, 3);
      return words.marks.percent.replace("{}", written(shown === 1000 && units(share, DIGITS) < 10 ** DIGITS ? 999 : shown, 1));
    },
    /** A direction in whole degrees, below 360. */
    degrees: (angle) => `${units(angle, 0) % 360}\u00b0`,
    /** A mean direction and its deviation, of hundredths, as the build keeps them; deviations below 10 keep a decimal. */
    direction(mean, deviation) {
      if (Number.isNaN(mean)) return words.say("no direction");
      const [of, by] = [mean, deviation].map((angle) => units(angle, 2) / 100);
      return `${peek.text.degrees(of)} \u00b1 ${peek.text.fixed(by, units(by, 1) < 100 ? 1 : 0)}\u00b0`;
    },
    /** Where a room ends. */
    end: (value) => peek.text.fixed(value, Number.isInteger(value) ? 0 : 2),
    /** A place in a plane. */
    place: (x, y) => `(${peek.text.fixed(x, 2)}, ${peek.text.fixed(y, 2)})`,
    activation: (name) => peek.activations[name].label,
    classes: (n) => words.say("{n} classes", { n }),
    /** A run, by what readers choose it by. */
    run: ({ classes, activation, seed }) => peek.text.named(classes, peek.text.activation(activation), seed),
    named: (n, activation, seed) => words.say("{classes}, {activation}, seed {seed}", { classes: peek.text.classes(n), activation, seed }),
    /** A moment of training. */
    moment: (epoch, loss, accuracy) => words.say("epoch {epoch}, loss {loss}, accuracy {accuracy}", { epoch, loss, accuracy }),
    /** A class: its word, where classes have words, else its number. @param {string[] | null} [labels] */
    class: (c, labels) => (labels ? labels[c] : c + 1),
    /** Which two centres are the nearest, and how near: the values of a sentence. */
    pair({ distance, pair }, labels) {
      const [a, b] = pair.map((c) => peek.text.class(c, labels));
      return { a, b, distance: peek.text.digits(distance) };
    },
    /** As long as they get: for sentences that keep their room. */
    longest: {
      run: (classes) => peek.text.named(classes, "ReLU", 10),
      moment: () => peek.text.moment(3000, peek.text.fixed(0.123, 3), peek.text.percent(0.999)),
      pair: () => peek.text.pair({ distance: 0.012, pair: [5, 6] }),
    },
  };
})();
