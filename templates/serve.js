// @ts-check
/*
 * Sent with each page by peek serve, and with no site: says what is wrong or under way, and brings a new version of the
 * page in. Words change in place, so that explorables and the scroll stay as they are; what scripts work on is
 * loaded anew, at the same scroll.
 */
(() => {
  "use strict";
  const EVENTS = "/_peek/events";
  const SCROLL = `peek-scroll ${location.pathname}`;
  const FOLDS = `peek-folds ${location.pathname}`;
  const QUIET = /(^\.nojekyll|sitemap\.xml|feed\.xml|social-card\.png)$/; // nothing that a page shows
  const SCRIPTED = "figure, details, script, style, .claim, .citation, [role=doc-noteref], [popover], .copy";

  // What is said over the page

  const panel = document.createElement("div");
  panel.setAttribute("role", "alert");
  panel.style.cssText =
    "position:fixed;inset:auto 0 0 0;z-index:99;max-height:60vh;overflow:auto;padding:1rem 1.5rem;" +
    "font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#fff;display:none";

  /** @param {{problem: string, progress: string}} state */
  function say(state) {
    panel.textContent = state.problem || state.progress;
    panel.style.background = state.problem ? "#7a1616" : "#1b4965";
    panel.style.display = panel.textContent ? "block" : "none";
    if (panel.textContent) document.body.append(panel);
  }

  // A new version in the place of the old

  /** A page up to this script, whose element tells the digest of the page's head and its version. @param {string} text */
  function parse(text) {
    const { body } = new DOMParser().parseFromString(text, "text/html");
    const script = /** @type {HTMLElement} */ (body.querySelector("script[data-head]"));
    const { head } = script.dataset;
    const version = Number(script.dataset.version);
    while (script.nextSibling) script.nextSibling.remove();
    script.remove();
    return { body, head, version };
  }

  /** The page as it was sent, and for each of its nodes the one on the screen, which scripts may have changed. */
  let sent = parse(document.documentElement.outerHTML);
  /** @type {WeakMap<Node, Node>} */
  const shown = new WeakMap();
  pair(sent.body, document.body);

  /** Note that a tree stands for another of the same form. @param {Node} source @param {Node} live */
  function pair(source, live) {
    shown.set(source, live);
    if (source.nodeName === "NOSCRIPT") return;
    source.childNodes.forEach((child, index) => live.childNodes[index] && pair(child, live.childNodes[index]));
  }

  /** Note that a tree has taken the place of an equal one. @param {Node} old @param {Node} fresh */
  function inherit(old, fresh) {
    const live = shown.get(old);
    if (live) shown.set(fresh, live);
    fresh.childNodes.forEach((child, index) => inherit(old.childNodes[index], child));
  }

  class Unpatchable extends Error {}

  /** The node on the screen that a sent one became. @param {Node} source */
  function live(source) {
    const node = shown.get(source);
    if (!node?.isConnected) throw new Unpatchable();
    return node;
  }

  /** Make what stands for one sent node stand for another. @param {Node} old @param {Node} fresh */
  function patch(old, fresh) {
    if (old.isEqualNode(fresh)) return inherit(old, fresh);
    const node = live(old);
    shown.set(fresh, node);
    if (!(old instanceof Element && fresh instanceof Element && node instanceof Element)) {
      node.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.matches("script, style, noscript, [data-explorable]")) throw new Unpatchable();
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) node.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) node.setAttribute(name, value);
    patchChildren(old, fresh, node);
  }

  /** @param {Node} old @param {Node} fresh @param {Node} parent */
  function patchChildren(old, fresh, parent) {
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    let start = 0;
    while (start < Math.min(before.length, after.length) && before[start].isEqualNode(after[start])) start++;
    let end = 0;
    const most = Math.min(before.length, after.length) - start;
    while (end < most && before[before.length - 1 - end].isEqualNode(after[after.length - 1 - end])) end++;
    for (let i = 0; i < start; i++) inherit(before[i], after[i]);
    for (let i = 1; i <= end; i++) inherit(before[before.length - i], after[after.length - i]);
    const gone = before.slice(start, before.length - end);
    const come = after.slice(start, after.length - end);
    if (gone.length === come.length && gone.every((node, index) => node.nodeName === come[index].nodeName)) {
      gone.forEach((node, index) => patch(node, come[index]));
      return;
    }
    const anchor = end ? live(before[before.length - end]) : gone.length ? live(gone[gone.length - 1]).nextSibling : null;
    for (const node of gone) {
      if (node instanceof Element && (node.matches(SCRIPTED) || node.querySelector(SCRIPTED))) throw new Unpatchable();
    }
    for (const node of gone) live(node).parentNode?.removeChild(live(node));
    for (const node of come) {
      if (node instanceof Element && (node.matches(SCRIPTED) || node.querySelector(SCRIPTED))) throw new Unpatchable();
      const copy = document.importNode(node, true);
      parent.insertBefore(copy, anchor);
      pair(node, copy);
    }
  }

  /** What can be folded, by its summary and how many before it have the same. @returns {Map<string, HTMLDetailsElement>} */
  function folds() {
    const found = new Map();
    for (const details of document.querySelectorAll("details:not(.play)")) {
      const said = details.querySelector("summary")?.textContent;
      let count = 0;
      while (found.has(`${said} ${count}`)) count++;
      found.set(`${said} ${count}`, details);
    }
    return found;
  }

  function reload() {
    sessionStorage.setItem(SCROLL, String(scrollY));
    sessionStorage.setItem(FOLDS, JSON.stringify([...folds()].map(([name, { open }]) => [name, open])));
    location.reload();
  }

  let renewing = false;
  let again = false;

  /** One at a time: an older page that is late must not replace a newer one. */
  async function renew() {
    again = renewing;
    if (renewing) return;
    renewing = true;
    try {
      do {
        again = false;
        await bringIn();
      } while (again);
    } finally {
      renewing = false;
    }
  }

  async function bringIn() {
    let fresh;
    try {
      fresh = parse(await (await fetch(location.pathname, { cache: "no-store" })).text());
    } catch {
      version = -1; // nobody answers: whatever comes when somebody does is new
      return;
    }
    try {
      if (sent.head !== fresh.head) throw new Unpatchable();
      patch(sent.body, fresh.body);
      sent = fresh;
    } catch (error) {
      if (!(error instanceof Unpatchable)) throw error;
      reload();
    }
  }

  /** @param {number} version */
  function restyle(version) {
    const old = document.querySelector('link[rel="stylesheet"]');
    if (!(old instanceof HTMLLinkElement)) return reload();
    const link = /** @type {HTMLLinkElement} */ (old.cloneNode());
    link.href = `${old.href.split("?")[0]}?v=${version}`;
    link.addEventListener("load", () => old.remove());
    old.after(link);
  }

  const own = decodeURIComponent(location.pathname.slice(1)).replace(/(^|\/)$/, "$1index.html");
  let version = sent.version; // the site may have changed before anybody could tell this page

  /** @param {{version: number, changed: string[]}} state */
  function follow(state) {
    const last = version;
    version = state.version;
    if (last === version) return;
    const changed = state.changed.filter((path) => !QUIET.test(path));
    const pages = changed.filter((path) => path.endsWith(".html"));
    const styles = changed.filter((path) => path.endsWith(".css"));
    if (version !== last + 1 || changed.length > pages.length + styles.length || !document.querySelector("main")) reload();
    else {
      if (styles.length) restyle(version);
      if (pages.includes(own)) renew();
    }
  }

  const at = sessionStorage.getItem(SCROLL);
  if (at !== null) {
    sessionStorage.removeItem(SCROLL);
    const now = folds();
    for (const [name, open] of JSON.parse(sessionStorage.getItem(FOLDS) ?? "[]")) {
      const details = now.get(name);
      if (details) details.open = open;
    }
    const back = () => scrollTo({ top: Number(at), behavior: "instant" });
    back();
    // A figure that the address names is scrolled to when the page starts; the author was somewhere else.
    for (const event of ["DOMContentLoaded", "load"]) addEventListener(event, () => requestAnimationFrame(() => setTimeout(back)));
  }
  new EventSource(EVENTS).onmessage = ({ data }) => {
    const state = JSON.parse(data);
    say(state);
    follow(state);
  };
})();
