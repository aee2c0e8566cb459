// @ts-check
// needs: page/films, page/paste, words
/* What the page itself does: colours by switch, notes in place, contents that follow, copying, printing. */
(() => {
  "use strict";
  const root = document.documentElement;
  const darkSetting = matchMedia("(prefers-color-scheme: dark)");

  /** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  // Colours

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkSetting.matches);

  /** Remember a choice, or forget it. A browser may refuse; then the choice lasts as long as the page. @param {string} theme */
  function keepTheme(theme) {
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      /* nothing to remember with */
    }
  }

  /** @param {string} theme "light", "dark", or "" for the reader's setting */
  function applyTheme(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    const media = { light: "not all", dark: "screen", "": "screen and (prefers-color-scheme: dark)" }[theme] ?? "";
    for (const source of all("source[data-theme=dark]")) source.setAttribute("media", media);
    paintChrome();
    document.dispatchEvent(new CustomEvent("themechange", { detail: { dark: isDark() } }));
  }

  function paintChrome() {
    if (root.dataset.theme) {
      const paper = getComputedStyle(root).getPropertyValue("--paper").trim();
      for (const meta of all('meta[name="theme-color"]')) meta.setAttribute("content", paper);
    }
    for (const label of all(".theme-switch-label")) label.textContent = isDark() ? words.say("Light") : words.say("Dark");
    for (const button of all(".theme-switch")) button.setAttribute("aria-label", isDark() ? words.say("Switch to light colours") : words.say("Switch to dark colours"));
  }

  function startTheme() {
    for (const button of all(".theme-switch")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const wanted = isDark() ? "light" : "dark";
        const theme = (wanted === "dark") === darkSetting.matches ? "" : wanted;
        keepTheme(theme);
        applyTheme(theme);
      });
    }
    darkSetting.addEventListener("change", () => applyTheme(root.dataset.theme ?? ""));
    applyTheme(root.dataset.theme ?? "");
  }

  // Notes and citations in place: one card, never one above another

  const OPEN_AFTER_MS = 120;
  const CLOSE_AFTER_MS = 260;

  function startNotes() {
    const links = /** @type {HTMLAnchorElement[]} */ (all('a[role="doc-noteref"], a.citation').filter((link) => target(link)));
    if (!links.length || !HTMLElement.prototype.showPopover) return;
    const card = document.createElement("div");
    card.className = "note-card";
    card.id = "note-card";
    card.setAttribute("popover", "manual");
    card.setAttribute("role", "note");
    document.body.append(card);
    /** @type {HTMLAnchorElement | null} */
    let owner = null;
    let pinned = false;
    let timer = 0;

    /** @param {HTMLAnchorElement} link @param {boolean} pin */
    function open(link, pin) {
      clearTimeout(timer);
      if (owner !== link) {
        close();
        owner = link;
        card.replaceChildren(...noteOf(link));
        card.setAttribute("aria-label", link.getAttribute("role") ? words.say("Footnote") : words.say("Reference"));
        link.setAttribute("aria-describedby", card.id);
        card.showPopover();
        place(card, link);
      }
      pinned ||= pin;
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
      timer = setTimeout(() => {
        if (!pinned) close();
      }, CLOSE_AFTER_MS);
    }
    for (const link of links) {
      link.addEventListener("pointerenter", (event) => {
        if (event.pointerType !== "mouse") return;
        clearTimeout(timer);
        timer = setTimeout(() => open(link, false), OPEN_AFTER_MS);
      });
      link.addEventListener("pointerleave", closeSoon);
      link.addEventListener("focus", () => {
        if (link.matches(":focus-visible")) open(link, false);
      });
      link.addEventListener("blur", (event) => {
        if (!(event.relatedTarget instanceof Node && card.contains(event.relatedTarget))) closeSoon();
      });
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        if (owner === link && pinned) close();
        else open(link, true);
      });
      link.addEventListener("keydown", (event) => {
        const first = card.querySelector("a");
        if (event.key === "Tab" && !event.shiftKey && owner === link && pinned && first) {
          event.preventDefault();
          first.focus();
        }
      });
    }
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", closeSoon);
    card.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a")) close();
    });
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" || !owner) return;
      const inside = all("a", card);
      const leaving = event.shiftKey ? inside[0] : inside[inside.length - 1];
      if (document.activeElement === leaving) {
        const link = owner;
        link.focus();
        if (event.shiftKey) event.preventDefault();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !owner) return;
      const link = owner;
      const inside = card.contains(document.activeElement);
      close();
      if (inside) {
        link.focus();
        close();
      }
    });
    document.addEventListener("pointerdown", (event) => {
      const at = event.target;
      if (owner && at instanceof Node && !card.contains(at) && !owner.contains(at)) close();
    });
    addEventListener("scroll", () => owner && place(card, owner), { passive: true });
    addEventListener("resize", () => owner && place(card, owner));
  }

  /** @param {HTMLAnchorElement} link */
  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  /** A copy of what a link points at, without its own links back, and a way to go there. @param {HTMLAnchorElement} link */
  function noteOf(link) {
    const copy = /** @type {HTMLElement} */ (target(link)?.cloneNode(true));
    for (const back of all('[role="doc-backlink"], .backlink, .claim, [popover]', copy)) back.remove();
    for (const marked of [copy, ...all("[id]", copy)]) marked.removeAttribute("id");
    const go = document.createElement("a");
    go.href = link.hash;
    go.className = "note-go";
    go.textContent = link.getAttribute("role") ? words.say("Go to the note") : words.say("Go to the reference");
    return [...Array.from(copy.childNodes), go];
  }

  /** Under its link where there is room, else above; always inside the window. @param {HTMLElement} card @param {HTMLElement} link */
  function place(card, link) {
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const gap = 8;
    const left = Math.min(Math.max(gap, at.left - 16), innerWidth - card.offsetWidth - gap);
    const below = at.bottom + gap;
    const above = at.top - gap - card.offsetHeight;
    card.style.left = `${Math.max(gap, left)}px`;
    card.style.top = `${below + card.offsetHeight > innerHeight && above > 0 ? above : below}px`;
  }

  /** Evidence opens beside its mark where the browser tells us; elsewhere it stays in the middle of the window. */
  function startClaims() {
    if (!HTMLElement.prototype.showPopover) return;
    /** @param {HTMLElement} evidence */
    const beside = (evidence) => {
      const mark = document.querySelector(`[popovertarget="${evidence.id}"]`);
      if (!(mark instanceof HTMLElement)) return;
      Object.assign(evidence.style, { position: "fixed", margin: "0", inset: "auto" });
      place(evidence, mark);
    };
    for (const evidence of all(".claim-evidence[popover]")) {
      evidence.addEventListener("toggle", (event) => {
        if (/** @type {ToggleEvent} */ (event).newState === "open") beside(evidence);
      });
    }
    for (const event of ["scroll", "resize"]) {
      addEventListener(event, () => all(".claim-evidence:popover-open").forEach(beside), { passive: true });
    }
    // An address that names evidence means the claim: what is hidden cannot be scrolled to.
    const lead = () => {
      const mark = location.hash && document.querySelector(`[popovertarget="${CSS.escape(location.hash.slice(1))}"]`);
      if (!(mark instanceof HTMLElement)) return;
      mark.scrollIntoView({ block: "center", behavior: "instant" });
      mark.focus();
    };
    addEventListener("load", () => setTimeout(lead));
    addEventListener("hashchange", lead);
  }

  // Contents

  function startContents() {
    const links = /** @type {HTMLAnchorElement[]} */ (all('.contents--gutter a[href^="#"]'));
    const headings = links.map(target);
    if (!links.length) return;
    let waiting = false;
    const mark = () => {
      waiting = false;
      const passed = headings.filter((heading) => heading && heading.getBoundingClientRect().top < innerHeight * 0.35).length;
      links.forEach((link, index) => {
        if (index === passed - 1) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    };
    addEventListener("scroll", () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    }, { passive: true });
    mark();
    for (const inline of all(".contents--inline details")) {
      inline.addEventListener("click", (event) => {
        if (event.target instanceof HTMLAnchorElement) inline.removeAttribute("open");
      });
    }
  }

  // Copying, printing

  function startCopying() {
    for (const button of all("button[data-copy]")) {
      const text = document.getElementById(button.dataset.copy ?? "");
      if (!text || !navigator.clipboard) continue;
      button.hidden = false;
      const label = button.textContent;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(text.textContent ?? "");
          button.textContent = words.say("Copied");
        } catch {
          getSelection()?.selectAllChildren(text);
          button.textContent = words.say("Selected: press Ctrl+C");
        }
        setTimeout(() => (button.textContent = label), 2000);
      });
    }
  }

  function startPrinting() {
    /** @type {HTMLElement[]} */
    let opened = [];
    let theme = "";
    addEventListener("beforeprint", () => {
      theme = root.dataset.theme ?? "";
      applyTheme("light");
      opened = all("details:not(.play):not([open])");
      for (const details of opened) details.setAttribute("open", "");
    });
    addEventListener("afterprint", () => {
      applyTheme(theme);
      for (const details of opened) details.removeAttribute("open");
    });
  }

  function start() {
    for (const part of [startTheme, startNotes, startClaims, startContents, startCopying, startPrinting]) {
      try {
        part();
      } catch (error) {
        console.error(`${part.name}: ${error}`);
      }
    }
  }
  start();
})();
