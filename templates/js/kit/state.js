// @ts-check
// needs: kit/kit
/**
 * A figure's state as a list of properties, and as part of the page's address.
 *
 * A property: {name, kind, label, explain, initial} and, by kind,
 *   choice  values: [[value, text], ...]      one of a few
 *   range   min, max, step, text(value), scale: "log"?   a number
 *   flag                                      yes or no
 *   text    fits, wrong(text)                 fits: a pattern of all that it may be, or what tests a text as one; wrong:
 *                                             with a label, what is wrong with a text, "" where nothing is
 *   number  min, max, step                    likewise
 * kept: false keeps a property out of the address, which leaves it as it is. initial may be a function of the values of the properties before it.
 *
 * What a figure's script writes as { kind: "...", name: "..." are options that authors may start it with: the build
 * reads them there, with min, max, values and fits where they stand there plainly, and refuses any others. A line
 * "// values of NAME: …" says all values that follow from what is there. like is a text that fits. What a run is chosen by comes from runs.js instead, as authors choose pictures' runs by the same.
 *
 * In the address only what differs from the default is written: #fig-bend.classes=4&fig-bend.epoch=120
 * Of a figure that stands as it opens nothing is.
 * An address that names a section has no room for it; then the page's entry in the browser's history keeps it, so that
 * loading the page again, or coming back to it, shows the same.
 */
peek.state = (function () {
  "use strict";

  const WRITE_MS = 300; // browsers refuse to rewrite the address more often than about 200 times in 10 s

  /** A property's value at the start, the author's options first. */
  function initial(property, options, state) {
    const value = typeof property.initial === "function" ? property.initial(state) : property.initial;
    const wanted = options[property.name];
    return wanted === undefined ? value : parse(property, String(wanted), value);
  }

  /** Every property's value: what an address says, and else as at the start. */
  function started(properties, options, said = {}) {
    const state = {};
    for (const property of properties) state[property.name] = said[property.name] ?? initial(property, options, state);
    return state;
  }

  /** A value from text; `otherwise` when the text is none. */
  function parse(property, text, otherwise) {
    if (property.kind === "flag") return text === "true" || text === "1";
    if (property.kind === "choice") {
      const found = property.values.find(([value]) => String(value) === text);
      return found ? found[0] : otherwise;
    }
    if (property.kind === "text") return property.fits.test(text) ? text : otherwise;
    if (text === String(property.initial)) return property.initial; // one without end has no number
    const value = Number(text);
    return text.trim() === "" || !Number.isFinite(value) ? otherwise : snapped(property, value);
  }

  /** The nearest of the values that a range or a number can have. */
  function snapped({ min = 0, max = Infinity, step, scale }, value) {
    const within = Math.min(Math.max(value, min), max);
    if (scale === "log") return Number(within.toPrecision(2)); // as its control gives them
    return Math.min(Number((min + Math.round((within - min) / step) * step).toPrecision(12)), max);
  }

  function format(property, value) {
    if (property.kind === "flag") return value ? "1" : "0";
    const there = (property.kind === "range" || property.kind === "number") && Number.isFinite(value);
    return String(there ? snapped(property, value) : value);
  }

  /** [figure, property, text] of each entry of an address's hash. */
  function entries(hash) {
    if (!hash.includes("=")) return [];
    return [...new URLSearchParams(hash.slice(1))].map(([key, text]) => {
      const dot = key.lastIndexOf(".");
      return [key.slice(0, dot), key.slice(dot + 1), text];
    });
  }

  function figuresInHash(hash) {
    return [...new Set(entries(hash).map(([id]) => id))];
  }

  /** The properties of one figure that a hash sets, or, where it sets none of any figure, the page's history. */
  function fromHash(id, properties, hash) {
    const state = {};
    const kept = history.state && history.state.figures;
    for (const [figure, name, text] of entries(hash.includes("=") ? hash : `#${kept || ""}`)) {
      const property = properties.find((candidate) => candidate.name === name);
      if (figure !== id || !property) continue;
      const value = parse(property, text, undefined);
      if (value !== undefined) state[name] = value;
    }
    return state;
  }

  /** The hash, without #, of some figures' states: what differs from their defaults, where they do not stand as they open. */
  function hashOf(views) {
    const parameters = new URLSearchParams();
    for (const view of views) {
      const usual = (property) => initial(property, view.options, view.state);
      const apart = (from) => view.properties.filter((property) =>
        property.kept !== false && format(property, view.state[property.name]) !== format(property, from(property)));
      const moved = apart(({ name }) => view.opening[name]);
      const unusual = moved.length ? apart(usual) : [];
      for (const property of unusual.length ? unusual : moved) {
        parameters.set(`${view.id}.${property.name}`, format(property, view.state[property.name]));
      }
    }
    return parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  }

  let timer = 0;
  /** Write all figures' states to the address, soon. An address that names a section stays until there is a state. */
  function toHash() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const hash = hashOf(peek.views.values());
      if (hash) write(hash, `#${hash}`);
      else write(hash, location.hash.includes("=") ? location.pathname + location.search : location.href);
    }, WRITE_MS);
  }

  /** The reader went to another place of the page: its address stays, and the figures as well. */
  function stay() {
    clearTimeout(timer);
    write(hashOf(peek.views.values()), location.href);
  }

  /** The reader is brought to another place: Back leads to where they were. */
  const leave = () => enter("pushState", history.state, location.href);

  function write(figures, address) {
    if (address === location.href && figures === ((history.state && history.state.figures) || "")) return;
    enter("replaceState", { ...history.state, figures }, address);
  }

  function enter(how, state, address) {
    try {
      history[how](state, "", address);
    } catch {
      // Some browsers refuse this for pages opened from a file; the link can still be copied.
    }
  }

  /** A link to one figure as it is. */
  function linkTo(view) {
    const page = location.href.split("#")[0];
    return `${page}#${hashOf([view]) || view.id}`;
  }

  return { initial, started, fromHash, figuresInHash, hashOf, toHash, stay, leave, linkTo };
})();
