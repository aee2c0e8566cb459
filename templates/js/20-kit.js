// @ts-check
/**
 * The house of the explorables: finds them in the page, mounts each one near the viewport in place of its
 * static picture, lets it work only while it is seen, and puts the picture back when it throws.
 *
 *     <div class="explorable" data-explorable="bend" data-options='{"classes": 4, "hide": ["seed"]}'>static</div>
 *
 * A figure registers itself: peek.define(name, {properties, mount}).
 *   properties(options)  what its state is made of, see 21-state.js
 *   mount(view)          builds its parts in view.stage and returns (a promise of) an instance
 * The instance: change(names) after a property changed; paint(resting); summary() -> text; rows() -> [[...], ...]
 * for the CSV; destroy(), when there is more to undo than removing elements.
 */
(function () {
  "use strict";

  const NEAR = "600px"; // how far outside the viewport a figure is made ready
  const SETTLE_MS = 140; // without a change for so long, a figure may paint at rest
  const SPEAK_MS = 700; // and its summary is read out
  const SILENT_MS = 4000; // the longest that the reading stays behind
  const definitions = new Map();
  const views = new Map();

  peek.define = (name, figure) => definitions.set(name, figure);
  peek.views = views;

  // Elements

  /**
   * An element: attributes by name, "on..." listeners, text and children.
   * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string)} children
   */
  peek.element = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
    }
    element.append(...children);
    return element;
  };

  let lastId = 0;
  peek.newId = (stem) => `${stem}-${++lastId}`;

  // Numbers in words

  const DIGITS = 12;

  /**
   * A number in units of the last digit shown, as the build rounds it (generator/rounding.py): taken to DIGITS
   * significant digits, which undoes what binary fractions add, and from there a half to the even digit.
   * @param {number} value @param {number} digits after the point
   */
  function units(value, digits) {
    if (Number.isInteger(value)) return value * 10 ** digits;
    const [taken, power] = value.toExponential(DIGITS - 1).split("e");
    const scaled = Number(`${taken}e${Number(power) + digits}`);
    return Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled);
  }

  const written = (shown, digits) => (shown / 10 ** digits).toFixed(digits).replace("-", "\u2212");

  peek.text = {
    /** A number to so many digits after the point. */
    fixed: (value, digits = 0) => (Number.isFinite(value) ? written(units(value, digits), digits) : "not a number"),
    /** A loss or a distance with the digits that matter. @param {number} value */
    digits(value) {
      const size = Math.abs(value);
      return peek.text.fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
    },
    /** A share in per cent. Only what is whole reads 100. */
    percent(share) {
      const shown = units(share, 3);
      return `${written(shown === 1000 && units(share, DIGITS) < 10 ** DIGITS ? 999 : shown, 1)}\u202f%`;
    },
    /** A direction in whole degrees, below 360. */
    degrees: (angle) => `${units(angle, 0) % 360}\u00b0`,
    /** A mean direction and its deviation, of hundredths, as the build keeps them; deviations below 10 keep a decimal. */
    direction(mean, deviation) {
      if (Number.isNaN(mean)) return "no direction";
      const [of, by] = [mean, deviation].map((angle) => units(angle, 2) / 100);
      return `${peek.text.degrees(of)} \u00b1 ${peek.text.fixed(by, units(by, 1) < 100 ? 1 : 0)}\u00b0`;
    },
    /** A place in a plane. */
    place: (x, y) => `(${peek.text.fixed(x, 2)}, ${peek.text.fixed(y, 2)})`,
    activation: (name) => (name === "relu" ? "ReLU" : name),
  };

  // Colours

  /** The tokens of the page's style sheet, as CSS colours and as [r, g, b]. */
  function readTheme(root) {
    const style = getComputedStyle(root);
    const get = (name) => style.getPropertyValue(`--${name}`).trim() || "#808080";
    const theme = /** @type {any} */ ({ classes: [], tints: [], classRgb: [], tintRgb: [] });
    for (const name of ["paper", "surface", "ink", "muted", "hairline", "accent"]) theme[name] = get(name);
    for (let c = 0; c < 7; c++) {
      theme.classes.push(get(`class-${c}`));
      theme.tints.push(get(`tint-${c}`));
    }
    theme.classRgb = theme.classes.map(toRgb);
    theme.tintRgb = theme.tints.map(toRgb);
    theme.paperRgb = toRgb(theme.paper);
    theme.font = style.getPropertyValue("--sans").trim() || "sans-serif";
    return theme;
  }

  function toRgb(colour) {
    const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
    return hex ? hex.slice(1).map((pair) => parseInt(pair, 16)) : [128, 128, 128];
  }

  // One clock for all figures

  const dirty = new Set();
  let frame = 0;

  function request(view) {
    dirty.add(view);
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function tick(now) {
    frame = 0;
    const due = [...dirty].filter((view) => view.awake);
    for (const view of due) {
      dirty.delete(view);
      view.guard(() => view.frame(now));
    }
  }

  // A figure in the page

  class View {
    constructor(root, name, id) {
      this.root = root;
      this.name = name;
      this.id = id;
      this.figure = definitions.get(name);
      this.options = JSON.parse(root.dataset.options || "{}");
      this.properties = this.figure.properties(this.options);
      this.defaults = peek.state.defaults(this.properties, this.options);
      this.state = { ...this.defaults };
      this.still = [...root.childNodes];
      this.instance = null;
      this.visible = false;
      this.failed = false;
      this.animation = null;
      this.changedAt = 0;
      this.lastFrame = 0;
      this.coats = 0;
      this.told = null; // the summary that was last read out
    }

    get awake() {
      return this.visible && !document.hidden && this.instance !== null;
    }

    /** Run something of the figure's; when it throws, the static picture comes back. */
    guard(work) {
      if (this.failed) return undefined;
      try {
        return work();
      } catch (error) {
        this.fail(error);
        return undefined;
      }
    }

    fail(error) {
      if (this.failed) return;
      this.failed = true;
      this.root.classList.add("is-failed");
      console.error(`figure ${this.name} (#${this.id}): ${error && error.message ? error.message : error}`);
      this.destroy();
    }

    async mount() {
      if (this.instance || this.mounting || this.failed) return;
      this.mounting = true;
      this.theme = readTheme(this.root);
      this.stage = peek.element("div", { class: "explorable-stage" });
      this.live = peek.element("div", { class: "explorable-live", role: "group", "aria-label": this.figure.title });
      this.live.append(this.stage);
      try {
        Object.assign(this.state, peek.state.fromHash(this.id, this.properties, location.hash));
        peek.controls.build(this);
        this.live.classList.add("is-arriving");
        this.root.append(this.live);
        const instance = await this.figure.mount(this);
        if (this.failed) return;
        this.instance = instance;
        this.resizer = new ResizeObserver(() => this.invalidate());
        this.resizer.observe(this.live);
        this.live.addEventListener("contextrestored", () => this.repaint(), true);
        this.live.addEventListener("contextlost", (event) => event.preventDefault(), true);
        this.live.classList.remove("is-arriving");
        this.root.classList.add("is-live");
        this.refresh(Object.keys(this.state));
      } catch (error) {
        this.fail(error);
      } finally {
        this.mounting = false;
      }
    }

    destroy() {
      this.stop();
      clearTimeout(this.speaking);
      if (this.instance && this.instance.destroy) {
        try {
          this.instance.destroy();
        } catch (error) {
          console.error(`figure ${this.name} (#${this.id}): ${error}`);
        }
      }
      if (this.resizer) this.resizer.disconnect();
      if (this.waiting) this.waiting.remove();
      if (this.live) this.live.remove();
      this.root.classList.remove("is-live");
      this.instance = null;
      dirty.delete(this);
    }

    /** Change properties; whatever depends on them follows. */
    set(changes) {
      const names = Object.keys(changes).filter((name) => !Object.is(this.state[name], changes[name]));
      if (!names.length) return;
      Object.assign(this.state, changes);
      this.refresh(names);
      peek.state.toHash();
    }

    refresh(names) {
      this.guard(() => {
        if (this.instance && this.instance.change) this.instance.change(names);
        peek.controls.update(this);
      });
      this.invalidate();
      this.speakSoon();
    }

    reset() {
      this.stop();
      const back = { ...this.defaults };
      const names = Object.keys(back).filter((name) => !Object.is(this.state[name], back[name]));
      Object.assign(this.state, back);
      if (this.instance && this.instance.reset) this.guard(() => this.instance.reset());
      this.refresh(names);
      peek.state.toHash();
    }

    /** Ask for a new picture in the next frame. */
    invalidate() {
      this.changedAt = performance.now();
      this.resting = false;
      request(this);
    }

    /** Ask for another frame of painting at rest. */
    continueResting() {
      request(this);
    }

    frame(now) {
      const elapsed = Math.min(now - this.lastFrame, 100);
      this.lastFrame = now;
      if (this.animation) {
        if (this.animation(elapsed) === false) this.stop();
        this.changedAt = performance.now();
      }
      const settled = !this.animation && performance.now() - this.changedAt > SETTLE_MS;
      if (!settled) {
        this.instance.paint(false);
        if (this.animation) request(this);
        else this.settleSoon();
      } else {
        this.instance.paint(true);
      }
      this.sum();
    }

    /** Bring the visible summary up to date; a figure knows what it shows once it has painted. */
    sum() {
      const text = this.instance.summary();
      if (this.summary.textContent !== text) this.summary.textContent = text;
      this.told ??= text; // on arrival there is no news to read out
    }

    settleSoon() {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => request(this), SETTLE_MS + 10);
    }

    /** Call a function every frame, with the milliseconds since the last, until it returns false or stop(). */
    animate(step) {
      this.animation = step;
      this.lastFrame = performance.now();
      this.invalidate();
    }

    stop() {
      if (!this.animation) return;
      this.animation = null;
      if (this.instance && this.instance.stopped) this.guard(() => this.instance.stopped());
    }

    /** Read a text out now, politely. */
    say(text) {
      const spoken = this.live.querySelector(".explorable-spoken");
      if (spoken.textContent !== text) spoken.textContent = text;
    }

    /** Read the summary out once nothing changes, or now and then while everything does. */
    speakSoon() {
      const now = performance.now();
      if (!this.speaking) this.silentSince = now;
      else if (now - this.silentSince > SILENT_MS) return;
      clearTimeout(this.speaking);
      this.speaking = setTimeout(() => {
        this.speaking = 0;
        const text = this.summary.textContent;
        if (!this.told || this.told === text) return;
        this.told = text;
        this.say(text);
      }, SPEAK_MS);
    }

    see(visible) {
      this.visible = visible;
      this.wake();
    }

    /** The figure came into sight or left it. */
    wake() {
      if (this.instance && this.instance.sleep) this.guard(() => this.instance.sleep(this.awake));
      if (this.awake) this.invalidate();
    }

    /** Paint all anew, whatever has changed: the theme, or a canvas that was lost. */
    repaint() {
      this.coats++;
      this.theme = readTheme(this.root);
      if (this.instance) this.refresh([]);
    }
  }

  // The page

  function uniqueId(root, name) {
    const figure = root.closest("figure[id]");
    const wanted = root.id || (figure && figure.id) || name;
    let id = wanted;
    for (let count = 2; views.has(id); count++) id = `${wanted}-${count}`;
    return id;
  }

  function start() {
    const near = new IntersectionObserver(
      (entries) => entries.forEach((entry) => entry.isIntersecting && viewOf(entry.target).mount()),
      { rootMargin: NEAR });
    const seen = new IntersectionObserver(
      (entries) => entries.forEach((entry) => viewOf(entry.target).see(entry.isIntersecting)));
    const byRoot = new Map();
    const viewOf = (root) => byRoot.get(root);
    for (const root of document.querySelectorAll("[data-explorable]")) {
      const name = root.dataset.explorable;
      try {
        if (!definitions.has(name)) throw new Error("unknown figure");
        const view = new View(root, name, uniqueId(root, name));
        views.set(view.id, view);
        byRoot.set(root, view);
        near.observe(root);
        seen.observe(root);
      } catch (error) {
        console.error(`figure ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    if (!views.size) return;
    const repaint = () => views.forEach((view) => view.repaint());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    document.addEventListener("visibilitychange", () => views.forEach((view) => view.wake()));
    addEventListener("hashchange", followHash);
    followHash();
  }

  /** A link to a view: set the figures it names and go to the first of them. */
  function followHash() {
    const named = peek.state.figuresInHash(location.hash).filter((id) => views.has(id));
    if (!named.length) return;
    for (const id of named) {
      const view = views.get(id);
      const state = { ...view.defaults, ...peek.state.fromHash(id, view.properties, location.hash) };
      Object.assign(view.state, state);
      if (view.instance) view.refresh(Object.keys(state));
    }
    const { root } = views.get(named[0]);
    (root.closest("figure") || root).scrollIntoView({ block: "start" });
  }

  queueMicrotask(() => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
  });
})();
