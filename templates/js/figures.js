// @ts-check
// needs: words
/* Brings the scripts of a figure when its reader nears it, or when the address says how it is to stand; and leads to it. */
(() => {
  "use strict";
  const AHEAD = "100%"; // of the window: so far outside it a figure is near, once a reader stirs
  const LANDING_MS = 3000; // after the page has loaded or a link was followed, in which things may still find their room
  const SEEN = 0.75; // of what a figure draws: enough not to be taken there
  const SET_MS = 1400; // in which a figure that was set from the text fades from being marked
  /** By the figure's name: the addresses of its scripts, in order. @type {Map<string | undefined, string[]>} */
  const scripts = new Map(JSON.parse(document.getElementById("figure-scripts")?.textContent || "[]"));
  const all = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("[data-figure]")));
  const figures = all.filter((figure) => scripts.has(figure.dataset.figure));
  const asked = new Set();

  // A page that a browser saved holds what scripts had made of it, which they make again.
  for (const root of document.querySelectorAll(".is-defined")) {
    for (const made of root.querySelectorAll(":scope > :is(.explorable-live, .wake, .explorable-notice)")) made.remove();
    root.classList.remove("is-defined", "is-waiting", "is-built", "is-live", "is-failed");
  }

  /** @param {HTMLElement} figure */
  function bring(figure) {
    for (const observer of [seen, near]) observer.unobserve(figure);
    const addresses = scripts.get(figure.dataset.figure) ?? [];
    for (const address of addresses) {
      if (asked.has(address)) continue;
      asked.add(address);
      const script = document.createElement("script");
      script.src = address;
      script.async = false; // in this order
      script.onload = script.onerror = () => {
        script.type = "done"; // or a page that was saved would run it before what it needs
        if (address === addresses[addresses.length - 1]) check(figure, address);
      };
      document.head.append(script);
    }
  }

  /** A script that could not be read defines nothing. @param {HTMLElement} brought @param {string} what */
  function check({ dataset }, what) {
    for (const root of document.querySelectorAll(`[data-figure="${dataset.figure}"] [data-explorable]:not(.is-defined)`)) {
      console.error(`figure ${dataset.figure}: unknown figure`);
      root.classList.add("is-failed");
      root.dispatchEvent(new CustomEvent("failed", { bubbles: true, detail: what }));
    }
  }

  /** The picture of what failed stays, without room for more, and below it stands why. */
  document.addEventListener("failed", ({ target, detail: what }) => {
    const root = /** @type {HTMLElement} */ (target);
    root.closest("[data-figure]")?.classList.remove("is-coming");
    const notice = Object.assign(document.createElement("p"), { className: "explorable-notice", role: "alert" });
    notice.textContent = what ? words.say("The page could not load {what}, so the picture stays.", { what }) : words.say("This figure has failed, so its picture stands here.");
    root.append(notice);
  });

  const [seen, near] = ["0px", AHEAD].map((rootMargin) => new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) bring(/** @type {HTMLElement} */ (target));
  }, { rootMargin }));

  /** @param {IntersectionObserver} observer */
  const watch = (observer) => figures.forEach((figure) => observer.observe(figure));

  /** The figures whose state an address's hash has, by their ids. @param {string} hash */
  const stated = (hash) => (hash.includes("=") ? [...new URLSearchParams(hash.slice(1)).keys()].map((key) => key.slice(0, key.lastIndexOf("."))) : []);

  /** What has a state cannot wait: others' changes would write the address without it. */
  function follow() {
    const ids = stated(location.hash.includes("=") ? location.hash : `#${history.state?.figures ?? ""}`);
    figures.filter((figure) => ids.includes(figure.id)).forEach(bring);
  }

  /** An entry of the history where the reader has been has a state. */
  function mark() {
    try {
      history.replaceState({ ...history.state }, "");
    } catch {
      // Some browsers refuse this for pages opened from a file.
    }
  }

  /**
   * An address leads to what it names, a state to the first of its figures, the key End to the end: at once, and again
   * whenever the page's height changes while fonts and figures come, until the reader moves. A page that is left and returned to stands as it stood.
   */
  function startLanding() {
    const [visit] = performance.getEntriesByType("navigation");
    let until = visit && /** @type {PerformanceNavigationTiming} */ (visit).type !== "navigate" ? 0 : Infinity;
    const place = () => /** @type {HTMLElement | null} */ (document.getElementById(stated(location.hash)[0] ?? "") ?? document.querySelector(":target"));
    let ends = false; // it is the end of the page that was asked for
    const land = (/** @type {ScrollBehavior} */ behavior) => {
      if (ends) scrollTo({ top: document.body.scrollHeight, behavior });
      else place()?.scrollIntoView({ block: "start", behavior });
    };
    new ResizeObserver(() => performance.now() < until && land("instant")).observe(document.body);
    for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(hand, (event) => {
        const { key, target } = /** @type {KeyboardEvent} */ (event);
        ends = key === "End" && target instanceof Element && !target.closest("input, select, textarea, .explorable");
        until = ends ? performance.now() + LANDING_MS : 0;
        if (ends) document.documentElement.classList.remove("is-opening"); // all is laid out before the page goes there
      }, { capture: true, passive: true });
    }
    addEventListener("load", () => until && (until = performance.now() + LANDING_MS));
    mark();
    addEventListener("hashchange", ({ isTrusted }) => {
      ends = false;
      follow();
      const isBack = isTrusted && history.state !== null; // or Forward: the browser leads to where the reader was
      mark();
      until = isBack ? 0 : performance.now() + LANDING_MS;
      if (isBack) return;
      const figure = stated(location.hash).length && place();
      if (!figure) return; // the browser goes there
      const live = inSight(figure);
      if (live) {
        until = 0; // the reader's place is where the figure is seen
        live.animate({ boxShadow: ["var(--accent)", "transparent"].map((colour) => `0 0 0 5px var(--paper), 0 0 0 8px ${colour}`) }, SET_MS);
      } else {
        land("auto");
        figure.tabIndex = -1; // from there the reader goes on by keyboard, as from what any link names
        figure.focus({ preventScroll: true });
      }
    });
  }

  /** What lives in a figure, when a reader sees most of what it draws. @param {HTMLElement} figure */
  function inSight(figure) {
    const live = figure.querySelector(".explorable.is-live");
    const { top, bottom } = (live?.querySelector(".explorable-live .planes") ?? figure).getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    return seen > SEEN * Math.min(bottom - top, innerHeight) ? live : null;
  }

  /** Words of the text that set a figure lead to its view; of a figure on this page they look and say so. */
  function startWords() {
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-state]"))) {
      const [page] = link.href.split("#");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
        event.preventDefault();
        const view = `${page}#${link.dataset.state}`;
        if (view !== location.href) location.href = view;
        else dispatchEvent(new Event("hashchange")); // a browser is silent about where it already is
      });
      const id = link.hash.slice(1);
      if (page !== location.href.split("#")[0] || !document.getElementById(id)?.querySelector("[data-explorable]")) continue;
      link.classList.add("sets");
      link.title = words.say("Sets {figure} to what is said here", { figure: document.getElementById(`${id}-number`)?.textContent });
    }
  }

  for (const figure of figures) figure.classList.add("is-coming");
  // Scripts would share the line with what is painted first: they wait for the frame after it.
  requestAnimationFrame(() => requestAnimationFrame(() => watch(seen)));
  for (const hand of ["pointermove", "pointerdown", "wheel", "keydown", "scroll"]) addEventListener(hand, () => watch(near), { capture: true, passive: true, once: true });
  follow();
  if (!document.body.classList.contains("is-alone")) startLanding(); // whoever frames a figure is at a place of their own
  setTimeout(startWords); // the browser lays out the page in this task
})();
