// @ts-check
/* Brings the scripts of a figure when its reader nears it, or when the address says how it is to stand; and leads to it. */
(() => {
  "use strict";
  const AHEAD = "100%"; // of the window: so far outside it a figure is near
  const LANDING_MS = 3000; // after the page has loaded or a link was followed, in which things may still find their room
  const known = document.getElementById("figure-scripts");
  if (!known) return;
  /** By the figure's name: the addresses of its scripts, in order. @type {Map<string | undefined, string[]>} */
  const scripts = new Map(JSON.parse(known.textContent || ""));
  const all = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("[data-figure]")));
  const figures = all.filter((figure) => scripts.has(figure.dataset.figure));
  const asked = new Set();

  /** @param {HTMLElement} figure */
  function bring(figure) {
    near.unobserve(figure);
    const addresses = scripts.get(figure.dataset.figure) ?? [];
    for (const address of addresses) {
      if (asked.has(address)) continue;
      asked.add(address);
      const script = document.createElement("script");
      script.src = address;
      script.async = false; // in this order
      script.onload = () => address === addresses[addresses.length - 1] && check(figure);
      script.onerror = () => figures.forEach(leave);
      document.head.append(script);
    }
  }

  /** Its picture stays, without room for more. @param {HTMLElement} figure */
  const leave = (figure) => figure.classList.remove("is-coming");

  /** A script that could not be read defines nothing. @param {HTMLElement} figure */
  function check(figure) {
    if (!figure.querySelector("[data-explorable]:not(.is-defined)")) return;
    console.error(`figure ${figure.dataset.figure}: unknown figure`);
    leave(figure);
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) bring(/** @type {HTMLElement} */ (target));
  }, { rootMargin: AHEAD });

  /** The figures whose state an address's hash has, by their ids. @param {string} hash */
  const stated = (hash) => (hash.includes("=") ? [...new URLSearchParams(hash.slice(1)).keys()].map((key) => key.slice(0, key.lastIndexOf("."))) : []);

  /** What has a state cannot wait: others' changes would write the address without it. */
  function follow() {
    const ids = stated(location.hash.includes("=") ? location.hash : `#${history.state?.figures ?? ""}`);
    figures.filter((figure) => ids.includes(figure.id)).forEach(bring);
  }

  /**
   * An address leads to what it names, a state to the first of its figures: at once, and again whenever the page's height
   * changes while fonts and figures come, until the reader moves. A page that is left and returned to stands as it stood.
   */
  function startLanding() {
    const [visit] = performance.getEntriesByType("navigation");
    let until = visit && /** @type {PerformanceNavigationTiming} */ (visit).type !== "navigate" ? 0 : Infinity;
    const land = (/** @type {ScrollBehavior} */ behavior) => {
      const [id] = stated(location.hash);
      const place = id ? document.getElementById(id) : document.querySelector(":target");
      if (place) place.scrollIntoView({ block: "start", behavior });
    };
    new ResizeObserver(() => performance.now() < until && land("instant")).observe(document.body);
    for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(hand, () => (until = 0), { capture: true, passive: true });
    }
    addEventListener("load", () => until && (until = performance.now() + LANDING_MS));
    addEventListener("hashchange", () => {
      until = performance.now() + LANDING_MS;
      follow();
      if (stated(location.hash).length) land("auto"); // elsewhere the browser goes itself
    });
  }

  for (const figure of figures) {
    figure.classList.add("is-coming");
    near.observe(figure);
  }
  follow();
  startLanding();
})();
