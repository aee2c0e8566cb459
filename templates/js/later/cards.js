// @ts-check
// needs: words
/*
 * What opens beside the text: a card with what a link leads to, copied from the page, and the evidence of a claim. One card,
 * never one above another: under the pointer or the focus, or under a finger that rests; a note's opens at a click as well.
 */
(() => {
  "use strict";
  const OPEN_AFTER_MS = 150;
  const CLOSE_AFTER_MS = 260;
  const HOLD_MS = 450;
  const STILL_PX = 10;
  const LOWEST_PX = 96; // that a card is, wherever its link is
  const PICTURES = 3; // of a figure
  const ROWS = 4; // of a table
  const NOTES = 'a[role="doc-noteref"], a.citation';
  const LINKS = `.prose a[href^="#"]:not(.anchor, .figure-number, .equation-number, .backlink, [role="doc-backlink"]), ${NOTES}`;
  if (!HTMLElement.prototype.showPopover) return;

  /** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  /** @param {HTMLAnchorElement} link */
  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  // What is in a card

  /** Copies without what works in its own place alone: ids, links back, marks of claims. @param {(Element | null | undefined)[]} elements */
  function copies(...elements) {
    return elements.filter((element) => element instanceof Element).map((element) => {
      const copy = /** @type {HTMLElement} */ (element.cloneNode(true));
      for (const back of all('.anchor, .backlink, [role="doc-backlink"], .claim-mark, .claim, [popover]', copy)) back.remove();
      for (const marked of [copy, ...all("[id]", copy)]) marked.removeAttribute("id");
      return copy;
    });
  }

  /** The first sentence of a text, as it is marked up. @param {Element} text */
  function sentence(text) {
    const [first] = new Intl.Segmenter(document.documentElement.lang, { granularity: "sentence" }).segment(text.textContent ?? "");
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let left = first ? first.segment.trimEnd().length : 0;
    const range = document.createRange();
    range.selectNodeContents(text);
    while (walker.nextNode()) {
      const { length } = /** @type {Text} */ (walker.currentNode);
      if (left <= length) {
        range.setEnd(walker.currentNode, left);
        break;
      }
      left -= length;
    }
    return line("", range.cloneContents());
  }

  /** @param {string} kind @param {...(Node | string)} content */
  function line(kind, ...content) {
    const said = document.createElement("p");
    said.className = kind;
    said.append(...content);
    return said;
  }
  /** @param {Element} element */
  const inside = (element) => copies(element).flatMap((copy) => [...copy.childNodes]);

  /** The works that are cited together with one. @param {HTMLAnchorElement} link */
  function group(link) {
    const found = [link];
    for (const way of /** @type {const} */ (["previousSibling", "nextSibling"])) {
      for (let node = link[way]; node; node = node[way]) {
        if (node instanceof HTMLAnchorElement && node.matches(".citation")) found[way === "nextSibling" ? "push" : "unshift"](node);
        else if (!(node instanceof Text) || /[()[\]]/.test(node.data)) break;
      }
    }
    return found;
  }

  /** What a link leads to, in short; empty where that is nothing that a card can show. @param {HTMLAnchorElement} link */
  function shown(link) {
    const at = target(link);
    if (!at) return [];
    if (link.matches(NOTES)) {
      const works = link.matches(".citation") ? group(link) : [link];
      return works.flatMap((work) => {
        const at = target(work);
        const go = document.createElement("a");
        go.href = work.hash;
        go.className = "note-go";
        go.textContent = work.getAttribute("role") ? words.say("Go to the note") : words.say("Go to the reference");
        return at ? [...inside(at), go] : [];
      });
    }
    const about = copies(...known(at));
    for (const inner of about.flatMap((copy) => [copy, ...all("a, [tabindex]", copy)])) for (const name of ["href", "tabindex"]) inner.removeAttribute(name);
    for (const picture of about.flatMap((copy) => all("img", copy))) picture.setAttribute("alt", ""); // its title says it
    return about;
  }

  /** @param {HTMLElement} at @returns {(Element | null | undefined)[]} */
  function known(at) {
    if (at.matches("figure, [data-figure]")) {
      const caption = at.querySelector("figcaption");
      const table = at.querySelector("table");
      if (table && !at.matches("[data-figure]")) {
        const [first] = copies(table);
        for (const row of all("tbody tr", first).slice(ROWS)) row.remove();
        return [caption, first];
      }
      const named = (at.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
      const pictures = all("picture", at);
      const row = document.createElement("div");
      row.className = "note-pictures";
      row.append(...copies(...(pictures.length ? pictures : all('svg[role="img"]', at)).slice(0, PICTURES)));
      return [row, line("", ...copies(...named).flatMap((copy) => [copy, " "]))];
    }
    if (at.matches(".equation, mtr")) return [at.querySelector("math") ?? at.closest("math")];
    if (at.matches("h1, h2, h3, h4, h5, h6")) {
      const next = at.nextElementSibling;
      return [line("note-title", ...inside(at)), next?.matches("p") ? sentence(next) : null];
    }
    const term = at.closest("dt");
    if (term?.nextElementSibling) return [line("note-title", ...inside(term)), sentence(term.nextElementSibling)];
    return at.matches("p, li, dd, aside, blockquote") ? [line("", ...inside(at))] : [];
  }

  // When it is there

  const card = document.createElement("div");
  card.className = "note-card";
  card.id = "note-card";
  card.setAttribute("popover", "manual");
  card.setAttribute("role", "note");
  document.body.append(card);
  /** @type {HTMLAnchorElement | null} */
  let owner = null;
  let pinned = false;
  let held = false; // a finger rested: what it does next is no click
  let timer = 0;

  /** @param {HTMLAnchorElement} link @param {boolean} pin */
  function open(link, pin) {
    clearTimeout(timer);
    if (owner !== link) {
      close();
      const content = shown(link);
      if (!content.length) return false;
      owner = link;
      card.replaceChildren(...content);
      const kind = link.getAttribute("role") ? words.say("Footnote") : words.say("Reference");
      card.setAttribute("aria-label", link.matches(NOTES) ? kind : (link.textContent ?? ""));
      link.setAttribute("aria-describedby", card.id);
      card.showPopover();
      place(card, link);
    }
    pinned ||= pin;
    return true;
  }
  function close() {
    clearTimeout(timer);
    if (owner) owner.removeAttribute("aria-describedby");
    owner = null;
    pinned = false;
    card.hidePopover();
  }
  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => pinned || close(), CLOSE_AFTER_MS);
  }

  /** @param {string} kind @param {(event: any, link: HTMLAnchorElement) => void} hear events on links */
  function on(kind, hear) {
    document.addEventListener(kind, (event) => {
      const link = event.target instanceof Element ? event.target.closest(LINKS) : null;
      if (link instanceof HTMLAnchorElement && !card.contains(link)) hear(event, link);
    });
  }
  on("pointerover", (event, link) => {
    if (event.pointerType !== "mouse") return;
    clearTimeout(timer);
    timer = setTimeout(() => open(link, false), OPEN_AFTER_MS);
  });
  on("pointerout", closeSoon);
  on("focusin", (_, link) => link.matches(":focus-visible") && open(link, false));
  on("focusout", (event) => event.relatedTarget instanceof Node && card.contains(event.relatedTarget) || closeSoon());
  on("pointerdown", (event, link) => {
    held = false;
    if (event.pointerType === "mouse") return;
    const from = [event.clientX, event.clientY];
    const hold = setTimeout(() => (held = open(link, true)), HOLD_MS);
    const enough = (/** @type {PointerEvent} */ next) => {
      if (next.type === "pointermove" && Math.hypot(next.clientX - from[0], next.clientY - from[1]) < STILL_PX) return;
      clearTimeout(hold);
      for (const kind of ends) document.removeEventListener(kind, /** @type {EventListener} */ (enough));
    };
    const ends = ["pointermove", "pointerup", "pointercancel"];
    for (const kind of ends) document.addEventListener(kind, /** @type {EventListener} */ (enough));
  });
  on("contextmenu", (event) => held && event.preventDefault());
  on("click", (event, link) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (held) return event.preventDefault();
    if (!link.matches(NOTES) || !target(link)) return close();
    event.preventDefault();
    if (owner === link && pinned) close();
    else open(link, true);
  });
  on("keydown", (event, link) => {
    held = false;
    const [first] = stops();
    if (event.key === "Tab" && !event.shiftKey && owner === link && pinned && first) {
      event.preventDefault();
      first.focus();
    }
  });
  const stops = () => (card.tabIndex === 0 ? [card, ...all("a[href]", card)] : all("a[href]", card));
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", closeSoon);
  card.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a[href]")) close();
  });
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !owner) return;
    const links = stops();
    if (document.activeElement !== (event.shiftKey ? links[0] : links[links.length - 1])) return;
    owner.focus();
    if (event.shiftKey) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !owner) return;
    const link = owner;
    const within = card.contains(document.activeElement);
    close();
    if (within) {
      link.focus();
      close();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    const at = event.target;
    if (owner && at instanceof Node && !card.contains(at) && !owner.contains(at)) close();
  });

  // Where

  /**
   * Under its link where there is room, else where there is more, under it or above; beside a link that is seen all of it
   * is inside the window, and what has no room is scrolled to. @param {HTMLElement} what @param {HTMLElement} link
   */
  function place(what, link) {
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const gap = 8;
    const left = Math.min(Math.max(gap, at.left - 16), innerWidth - what.offsetWidth - gap);
    const [below, above] = [innerHeight - at.bottom, at.top].map((room) => room - 2 * gap);
    const { scrollTop } = what;
    what.style.maxHeight = "";
    const isAbove = what.offsetHeight > below && above > below;
    const room = Math.max(isAbove ? above : below, LOWEST_PX);
    if (what.offsetHeight > room) what.style.maxHeight = `${room}px`;
    what.style.left = `${Math.max(gap, left)}px`;
    what.style.top = `${isAbove ? at.top - gap - what.offsetHeight : at.bottom + gap}px`;
    what.scrollTop = scrollTop;
    if (what.scrollHeight > what.clientHeight) what.tabIndex = 0; // for arrow keys
    else what.removeAttribute("tabindex");
  }

  // The evidence of claims opens beside its mark where the browser tells us; elsewhere it stays in the middle of the window.

  /** @param {HTMLElement} evidence */
  function beside(evidence) {
    const mark = document.querySelector(`[popovertarget="${evidence.id}"]`);
    if (!(mark instanceof HTMLElement)) return;
    Object.assign(evidence.style, { position: "fixed", margin: "0", inset: "auto" });
    place(evidence, mark);
  }
  for (const evidence of all(".claim-evidence[popover]")) {
    evidence.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") beside(evidence);
    });
  }
  for (const event of ["scroll", "resize"]) {
    addEventListener(event, () => {
      if (owner) place(card, owner);
      all(".claim-evidence:popover-open").forEach(beside);
    }, { passive: true });
  }

  // What the reader was at when this script came

  all(".claim-evidence:popover-open").forEach(beside);
  const at = matchMedia("(hover: hover)").matches ? ":is(:hover, :focus-visible)" : ":focus-visible";
  const link = document.querySelector(`:is(${LINKS})${at}`);
  if (link instanceof HTMLAnchorElement) timer = setTimeout(() => open(link, false), OPEN_AFTER_MS);
})();
