// @ts-check
// needs: kit/controls, kit/runs, kit/state
/**
 * The house of the explorables: when a figure's script has come, its parts are built, hidden behind the static picture,
 * so that it has its room before it is seen. Near the viewport a figure loads what it shows; with its first painting
 * it takes the picture's place. It works only while it is seen, and the picture comes back when it throws.
 *
 *     <div class="explorable" data-explorable="bend" data-options='{"classes": 4, "hide": ["seed"]}'>static</div>
 *
 * A figure registers itself: peek.define(name, {properties, mount}).
 *   properties(options)  what its state is made of, see state.js
 *   mount(view)          builds its parts in view.stage at once, and after view.near promises an instance
 *   opening(options)     if given, what it begins with where the address says nothing of it
 *   built(view)          if given, the entry of the build's run whose network it has, where its state alone does not say
 *   longest(view)        if given, a summary as long as they get in its state, which keeps that much room
 * The instance: change(names) after a property changed; paint(resting), which as a generator may end a frame at each of
 * its yields; summary() -> text; rows() -> [[...], ...] for the CSV; destroy(), when there is more to undo than removing
 * elements.
 */
(function () {
  "use strict";

  const NEAR = "600px"; // how far outside the viewport a figure is made ready
  const PART_MS = 8; // of painting, after which what is left of it waits for the next frame
  const SETTLE_MS = 140; // without a change for so long, a figure may paint at rest
  const SPEAK_MS = 700; // and its summary is read out
  const { views } = peek;
  let building = new Promise((parsed) => { // one figure after the other, when all of the page is there
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", parsed);
    else parsed(null);
  });

  /** Bring the page's figures of a name to life, each in a task of its own: the page answers in between. */
  peek.define = (name, figure) => {
    const roots = document.querySelectorAll(`[data-explorable="${name}"]`);
    roots.forEach((root) => root.classList.add("is-defined"));
    building = building.then(async () => {
      for (const root of roots) {
        await new Promise((resolve) => setTimeout(resolve));
        start(/** @type {HTMLElement} */ (root), name, figure);
      }
    });
  };

  // Colours

  /** The tokens of the page's style sheet: CSS colours, the same as [r, g, b], and the markers' corners. */
  function readTheme(root) {
    const style = getComputedStyle(root);
    const said = (name) => style.getPropertyValue(`--${name}`).trim();
    const get = (name) => said(name) || "#808080";
    const theme = /** @type {any} */ ({ classes: [], tints: [], markers: [], classRgb: [], tintRgb: [] });
    for (const name of ["paper", "surface", "ink", "muted", "hairline", "accent"]) theme[name] = get(name);
    for (let c = 0; said(`class-${c}`); c++) {
      theme.classes.push(get(`class-${c}`));
      theme.tints.push(get(`tint-${c}`));
      theme.markers.push((said(`marker-${c}`).match(/\S+,\S+/g) || []).map((corner) => corner.split(",").map(Number)));
    }
    theme.faint = (percent) => `color-mix(in srgb, ${theme.ink} ${percent}%, transparent)`;
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
    constructor(root, name, figure) {
      this.root = root;
      this.name = name;
      this.id = uniqueId(root, name);
      this.figure = figure;
      this.options = JSON.parse(root.dataset.options || "{}");
      this.properties = this.figure.properties(this.options);
      this.defaults = this.started();
      this.opening = { ...this.defaults, ...this.figure.opening?.(this.options) };
      const said = peek.state.fromHash(this.id, this.properties, location.hash);
      this.state = Object.keys(said).length ? this.started(said) : { ...this.opening };
      this.still = [...root.childNodes];
      this.instance = null;
      this.updaters = [];
      this.visible = false;
      this.failed = false;
      this.animation = null;
      /** What is left of the painting under way. @type {Generator | null} */
      this.parts = null;
      this.fine = false; // whether it is one at rest
      this.behind = false; // whether something changed since it began
      this.tells = false; // whether the figure says when its sentence is to change
      this.changedAt = 0;
      this.lastFrame = 0;
      this.coats = 0;
      this.painted = false;
      /** Kept once the reader is near. @type {Promise<void>} */
      this.near = new Promise((come) => (this.come = come));
      /** Kept once it is live. @type {Promise<void>} */
      this.arrival = new Promise((arrive) => (this.arrive = arrive));
      this.told = null; // the summary that was last read out
    }

    /** The state at the start, but for what is said. */
    started(said) {
      return peek.state.started(this.properties, this.options, said);
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
      this.destroy();
      give(this.root, `${this.name} (#${this.id})`, error);
    }

    async mount() {
      this.stage = peek.element("div", { class: "explorable-stage" });
      this.live = peek.element("div", { class: "explorable-live", role: "group", "aria-label": this.figure.title });
      this.live.append(peek.element("div", { class: "explorable-way" }, this.stage));
      try {
        peek.controls.build(this);
        const arriving = this.figure.mount(this);
        peek.controls.update(this);
        this.root.append(this.live);
        this.root.classList.add("is-built");
        const instance = await arriving;
        if (this.failed) return;
        for (const name of ["paint", "summary", "rows"]) if (!instance[name]) throw new Error(`its instance has no ${name}()`);
        this.theme = readTheme(this.root);
        this.instance = instance;
        this.resizer = new ResizeObserver(() => this.invalidate());
        this.resizer.observe(this.live);
        this.live.addEventListener("contextrestored", () => this.repaint(), true);
        this.live.addEventListener("contextlost", (event) => event.preventDefault(), true);
        this.refresh(Object.keys(this.state));
      } catch (error) {
        this.fail(error);
      }
    }

    destroy() {
      this.stop();
      clearTimeout(this.speaking);
      try {
        this.instance?.destroy?.();
      } catch (error) {
        console.error(`figure ${this.name} (#${this.id}): ${error}`);
      }
      this.parts = null;
      this.resizer?.disconnect();
      this.waiting?.remove();
      this.live?.remove();
      this.root.classList.remove("is-built", "is-live");
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
      if (!names.length) this.parts = null; // of a run or a theme that is no more
      this.guard(() => {
        this.instance?.change?.(names);
        peek.controls.update(this);
      });
      this.invalidate();
      this.speakSoon();
    }

    reset() {
      this.stop();
      const back = { ...this.opening };
      const names = Object.keys(back).filter((name) => !Object.is(this.state[name], back[name]));
      Object.assign(this.state, back);
      this.note("");
      this.guard(() => this.instance?.reset?.());
      this.refresh(names);
      peek.state.toHash();
    }

    /** Ask for a new picture in the next frame. */
    invalidate() {
      this.changedAt = performance.now();
      this.behind = true;
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
        else this.hush(); // it is read out when it ends
        this.changedAt = performance.now();
      }
      const settled = !this.animation && performance.now() - this.changedAt > SETTLE_MS;
      if (this.fine && !settled) this.parts = null; // a gesture comes before what is fine
      if (!this.parts) {
        this.parts = this.painting(settled);
        this.fine = settled;
        this.behind = false;
      }
      const until = performance.now() + PART_MS;
      while (this.parts && performance.now() < until) if (this.parts.next().done) this.parts = null;
      if (this.parts || this.behind || this.animation) request(this);
      else if (!this.fine) this.settleSoon();
    }

    /** All that a painting does, part by part. @param {boolean} resting */
    *painting(resting) {
      const painting = this.instance.paint(resting);
      if (painting?.next && !painting.next().done) {
        if (this.painted && !this.tells) this.tell();
        yield;
        yield* painting;
      }
      if (!this.painted) {
        this.painted = true;
        this.root.classList.add("is-live");
        this.arrive();
      }
      if (!this.behind) this.tell(); // what it would say of a newer state is not painted yet
    }

    /** Paint all at once, at rest: what is taken away is whole. */
    finish() {
      this.behind = false;
      const painting = this.painting(true);
      while (!painting.next().done);
      this.parts = null;
    }

    /** For a figure to say within a painting: its readouts have changed in this part, and not in the first. */
    sum() {
      this.tells = true;
      this.tell();
    }

    /**
     * Bring the visible summary up to date: after a painting, and within it after the part in which the readouts change,
     * so that two places never say two moments.
     */
    tell() {
      const text = this.instance.summary();
      peek.write(this.summary, text);
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

    /** Call a function with rising shares up to 1, smoothly; at once where the reader wants no motion. */
    glide(length, step) {
      let passed = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 0;
      this.animate((elapsed) => {
        passed = Math.min(passed + elapsed / length, 1);
        step(passed * passed * (3 - 2 * passed));
        return passed < 1;
      });
    }

    stop() {
      if (!this.animation) return;
      this.animation = null;
      this.speakSoon();
      this.guard(() => this.instance?.stopped?.());
    }

    /** Runs by their ids. One that cannot be had is told, where everyone sees it, until some can. */
    async load(...ids) {
      const mine = (this.loading = (this.loading || 0) + 1);
      try {
        const runs = await Promise.all(ids.map((id) => peek.runs.load(id)));
        if (mine === this.loading) this.note("");
        return runs;
      } catch (error) {
        if (mine === this.loading) this.note(words.say("The page could not load {what}, so what was shown before stays.", error));
        throw error;
      }
    }

    /** A line that stands with the controls until another takes its place, and is read out. */
    note(text) {
      if (this.notice.textContent === text) return;
      this.notice.textContent = text;
      if (text) this.say(text);
    }

    /** Not to say what was about to be said. */
    hush() {
      clearTimeout(this.speaking);
    }

    /** Read a text out now, politely: a node of its own, which is what every reader hears. */
    say(text) {
      this.hush();
      const spoken = this.live.querySelector(".explorable-spoken");
      if (spoken.textContent !== text) spoken.textContent = text;
    }

    /** Read the summary out once nothing changes. */
    speakSoon() {
      this.hush();
      this.speaking = setTimeout(() => {
        const text = this.summary.textContent;
        const comes = this.root.hasAttribute("aria-busy"); // another run, with which it is said
        if (this.told === null || this.told === text || comes) return;
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
      this.guard(() => this.instance?.sleep?.(this.awake));
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

  const byRoot = new Map();
  const viewOf = (entry) => byRoot.get(entry.target);
  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && viewOf(entry).come()), { rootMargin: NEAR });
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => viewOf(entry).see(entry.isIntersecting)));

  /** The element of the page's figure of a name with runs of the same recipe as a view's. */
  peek.twin = (view, name) => {
    const recipeOf = (options) => peek.runs.among(options).first?.recipe;
    const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-explorable="${name}"]:not(.is-failed)`)]);
    return all.find((root) => recipeOf(JSON.parse(root.dataset.options || "{}")) === recipeOf(view.options));
  };

  /** Bring the reader to another figure, which brings its scripts; set it, with the focus on a part. @param {string} part a selector */
  peek.visit = async (root, state, part) => {
    peek.state.leave();
    (root.closest("figure") || root).scrollIntoView({ block: "start" });
    if (!byRoot.has(root)) await new Promise((resolve) => root.addEventListener("begun", resolve, { once: true }));
    const view = byRoot.get(root);
    view.set(state);
    await view.arrival;
    root.querySelector(part)?.focus({ preventScroll: true });
  };

  /** Its picture stays, and why is said where everyone sees it. */
  function give(root, figure, error) {
    root.classList.add("is-failed");
    console.error(`figure ${figure}: ${error && error.message ? error.message : error}`);
    root.dispatchEvent(new CustomEvent("failed", { bubbles: true, detail: error?.what }));
  }

  function start(root, name, figure) {
    try {
      const view = new View(root, name, figure);
      views.set(view.id, view);
      byRoot.set(root, view);
      near.observe(root);
      seen.observe(root);
      view.mount();
      root.dispatchEvent(new Event("begun"));
    } catch (error) {
      give(root, name, error);
    }
  }

  const repaint = () => views.forEach((view) => view.repaint());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("visibilitychange", () => views.forEach((view) => view.wake()));

  addEventListener("hashchange", () => {
    const named = peek.state.figuresInHash(location.hash);
    if (!named.length) return peek.state.stay(); // the browser goes there
    named.forEach((id) => views.has(id) && follow(views.get(id)));
  });

  /** Set a figure as the address has it, but for what no address has, and say what it then shows. */
  function follow(view) {
    const stays = view.properties.filter(({ kept }) => kept === false).map(({ name }) => [name, view.state[name]]);
    const state = view.started({ ...peek.state.fromHash(view.id, view.properties, location.hash), ...Object.fromEntries(stays) });
    view.stop();
    Object.assign(view.state, state);
    view.told = "";
    view.waiting?.click(); // one that sleeps wakes
    if (view.instance) view.refresh(Object.keys(state));
  }
})();
