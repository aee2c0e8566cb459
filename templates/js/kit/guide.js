// @ts-check
// needs: kit/controls, kit/runs, kit/view
/**
 * A guide for the first minute: moments of training at which the author's words say what is seen, walked one by one;
 * and a tour that names the parts of the figure. Where the guide is follows from the epoch: there is no state but that.
 */
(function () {
  "use strict";

  const { element, write } = peek;
  const WAY_MS = 1800; // from one stop to the next

  /**
   * @param {any} view its options' stops are [[epoch, words], ...] in the order of time; its state's epoch is moved
   * @param {{run: () => Run, epoch: () => number, tour: [string, Element[], Record<string, any>?][]}} figure
   *   run, epoch: what is shown; tour: what is said of which parts, and what is changed meanwhile
   */
  peek.guide = function (view, { run, epoch, tour }) {
    const stops = view.options.stops;
    const own = words.say("The handle is yours: drag it along the curve.");
    const longest = [own, ...stops.map(([, said]) => said), ...tour.map(([said]) => said)].sort((a, b) => b.length - a.length)[0];
    const text = element("p", { class: "guide-words" });
    const button = (said, onclick, attributes = {}) => element("button", { type: "button", ...attributes, onclick: () => view.guard(onclick) }, said);
    const back = button("‹", () => walk(-1), { "aria-label": words.say("One step back") });
    const next = button(words.say("Next \u2192"), () => walk(1), { class: "is-main" });
    const count = element("span", { class: "guide-count" }, "1/1");
    const ask = button(words.say("What am I looking at?"), () => visit(step < 0 ? 0 : -1), { class: "tool", "aria-pressed": "false" });
    const root = element("div", { class: "guide", role: "group", "aria-label": words.say("Guide") },
      element("div", { class: "roomy", "data-longest": longest }, text),
      element("div", { class: "guide-buttons" }, back, next, count, ask));

    let goal = -1; // the stop that time is on its way to
    let step = -1; // of the tour
    let before = {}; // what the tour changed

    /** The stop at which the figure stands: of the network that the author's words are about. */
    function here() {
      if (goal >= 0) return goal;
      const home = ["classes", "activation", "seed"].every((name) => view.state[name] === view.defaults[name]);
      return home ? stops.findIndex(([at]) => at === Math.round(epoch())) : -2;
    }

    /** The next stop that way, or -1. */
    function beyond(way) {
      if (here() === -2) return -1;
      const from = goal >= 0 ? stops[goal][0] : Math.round(epoch());
      return way > 0 ? stops.findIndex(([at]) => at > from) : stops.findLastIndex(([at]) => at < from);
    }

    function walk(way) {
      if (step >= 0) return visit(step + way < tour.length ? step + way : -1);
      const to = beyond(way);
      if (to >= 0) return go(to);
      view.reset();
      view.say(stops[0][1]);
    }

    function go(to) {
      const [end] = stops[to];
      const { epochs } = run();
      view.stop();
      const start = peek.runs.toPlace(epoch(), epochs);
      const way = peek.runs.toPlace(end, epochs) - start;
      goal = to;
      view.glide(WAY_MS, (share) => {
        view.set({ epoch: share < 1 ? peek.runs.toEpoch(start + share * way, epochs) : end });
        view.hush(); // the author's words are to come
      });
    }

    /** A step of the tour; -1 ends it. */
    function visit(to) {
      view.stop();
      mark(false);
      view.set(before);
      before = {};
      step = to;
      ask.setAttribute("aria-pressed", String(step >= 0));
      if (step < 0) return ask.focus({ preventScroll: true });
      const changes = tour[step][2] || {};
      for (const name of Object.keys(changes)) before[name] = view.state[name];
      view.set(changes);
      mark(true);
      view.invalidate();
      next.focus({ preventScroll: true });
      view.say(tour[step][0]);
    }

    const mark = (on) => tour[step]?.[1].forEach((part) => part.classList.toggle("is-pointed", on));

    root.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key] * (getComputedStyle(root).direction === "rtl" ? -1 : 1);
      const one = way < 0 ? back : next;
      if (way && !one.disabled) one.click();
    });
    view.live.addEventListener("keydown", (event) => event.key === "Escape" && step >= 0 && view.guard(() => visit(-1)));

    return {
      root,
      paint() {
        const at = here();
        const touring = step >= 0;
        const last = touring ? step === tour.length - 1 : beyond(1) < 0;
        write(text, touring ? tour[step][0] : at >= 0 ? stops[at][1] : own);
        write(next, !last ? words.say("Next \u2192") : touring ? words.say("Done") : words.say("Again"));
        write(count, touring ? `${step + 1}/${tour.length}` : at >= 0 ? `${at + 1}/${stops.length}` : "");
        back.disabled = touring ? step === 0 : beyond(-1) < 0;
        root.classList.toggle("is-touring", touring);
      },
      /** Time has stopped: where the way was walked to its end, its words are read out. */
      stopped() {
        if (goal >= 0 && epoch() === stops[goal][0]) view.say(stops[goal][1]);
        goal = -1;
      },
      /** All is as at the start: a tour is over, and what it changed is not to come back. */
      reset() {
        mark(false);
        before = {};
        step = -1;
        ask.setAttribute("aria-pressed", "false");
      },
    };
  };
})();
