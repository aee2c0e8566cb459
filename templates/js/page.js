// @ts-check
// needs: page/alone, page/films, words
/* What the page itself does: colours by switch, contents that follow, layout of what is far, copying, printing. */
(() => {
  "use strict";
  const root = document.documentElement;
  const source = document.currentScript?.getAttribute("src"); // none in one file, where all scripts are inside
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
    for (const dark of all("[data-theme=dark][media]")) if (dark.getAttribute("media") !== media) dark.setAttribute("media", media);
    paintSwitch();
    document.dispatchEvent(new CustomEvent("themechange", { detail: { dark: isDark() } }));
  }

  function paintSwitch() {
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

  // Contents

  function startContents() {
    const links = /** @type {HTMLAnchorElement[]} */ (all('.contents--gutter a[href^="#"]'));
    const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    if (!links.length) return;
    let waiting = false;
    let seen = false; // a phone has no gutter, and where things are takes it long to tell
    const mark = () => {
      waiting = false;
      const passed = headings.filter((heading) => heading && heading.getBoundingClientRect().top < innerHeight * 0.35).length;
      links.forEach((link, index) => {
        if (index === passed - 1) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    };
    addEventListener("scroll", () => {
      if (!seen || waiting) return;
      waiting = true;
      requestAnimationFrame(mark);
    }, { passive: true });
    const [gutter] = all(".contents--gutter");
    new IntersectionObserver(([{ isIntersecting }]) => {
      seen = isIntersecting;
      if (seen) mark();
    }).observe(gutter);
    for (const inline of all(".contents--inline details")) {
      inline.addEventListener("click", (event) => {
        if (event.target instanceof HTMLAnchorElement) inline.removeAttribute("open");
      });
    }
  }

  // What is far below: laid out while nothing else is to do, once a reader stirs; the font of formulas when one is near

  const SPARE_MS = 5; // of idle time, for one piece more

  function startLayout() {
    const pieces = all(".is-opening .prose > *").reverse();
    const idle = window.requestIdleCallback ?? ((/** @type {IdleRequestCallback} */ work) => setTimeout(work, 20, { timeRemaining: () => 0 }));
    const lay = (/** @type {IdleDeadline} */ deadline) => {
      do {
        const piece = pieces.pop();
        if (!piece) return root.classList.remove("is-opening");
        piece.classList.add("is-laid");
        piece.getBoundingClientRect(); // now
      } while (deadline.timeRemaining() > SPARE_MS);
      idle(lay);
    };
    if (pieces.length) stirred(() => idle(lay));
  }

  const HANDS = ["pointermove", "pointerdown", "touchstart", "wheel", "keydown", "scroll"];

  /** Do something once a reader stirs. @param {() => void} work */
  function stirred(work) {
    const begin = () => {
      for (const hand of HANDS) removeEventListener(hand, begin, true);
      work();
    };
    for (const hand of HANDS) addEventListener(hand, begin, { capture: true, passive: true });
  }

  /** The scripts of templates/js/later, which answer to a reader's hand: at its first stir. A link waits for them meanwhile. */
  function startLater() {
    if (!source) return;
    stirred(() => {
      /** @type {HTMLElement | null} */
      let link = null;
      const hold = (/** @type {MouseEvent} */ event) => {
        const clicked = event.target instanceof Element ? event.target.closest('a[href^="#"], .figure-alone > a') : null;
        if (!(clicked instanceof HTMLElement) || event.metaKey || event.ctrlKey || event.shiftKey) return;
        link = clicked;
        event.preventDefault();
        event.stopPropagation();
      };
      const script = document.createElement("script");
      script.src = source.replace(/page\.js.*$/, "later.js");
      script.onload = script.onerror = () => {
        script.type = "done";
        removeEventListener("click", hold, true);
        link?.click();
      };
      addEventListener("click", hold, true);
      document.head.append(script);
    });
  }

  /** An address that names evidence means the claim: what is hidden cannot be scrolled to. */
  function startEvidence() {
    const lead = () => {
      const mark = location.hash && document.querySelector(`[popovertarget="${CSS.escape(location.hash.slice(1))}"]`);
      if (!(mark instanceof HTMLElement)) return;
      mark.scrollIntoView({ block: "center", behavior: "instant" });
      mark.focus();
    };
    addEventListener("load", () => setTimeout(lead));
    addEventListener("hashchange", lead);
  }

  function startMaths() {
    const show = () => root.classList.remove("is-before-maths");
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      show();
    }, { rootMargin: "100%" });
    for (const formula of all("math")) near.observe(formula);
    addEventListener("beforeprint", show);
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
    /** What readers chose, while they print. @type {string | null} */
    let theme = null;
    addEventListener("beforeprint", () => {
      if (theme !== null) return; // some browsers say it twice
      theme = root.dataset.theme ?? "";
      // Browsers wait for pictures that are still to come, but not for others in place of those that have come.
      if (isDark()) for (const picture of all("picture > img")) picture.replaceWith(picture.cloneNode());
      applyTheme("light");
      opened = all("details:not(.play):not([open])");
      for (const details of opened) details.setAttribute("open", "");
    });
    addEventListener("afterprint", () => {
      applyTheme(theme);
      for (const details of opened) details.removeAttribute("open");
      theme = null;
    });
  }

  /** @param {() => void} part */
  function guarded(part) {
    try {
      part();
    } catch (error) {
      console.error(`${part.name}: ${error}`);
    }
  }

  /**
   * In a task of its own, since the browser lays out the page in this one. A reader's colours come at once, or pictures came
   * in others, and so does what waits for the page to be loaded or for a reader's first gesture.
   */
  function start() {
    const parts = [startTheme, startCopying, startContents, startLayout, startMaths, startPrinting];
    if (root.dataset.theme) guarded(/** @type {() => void} */ (parts.shift()));
    [startEvidence, startLater].forEach(guarded);
    setTimeout(() => parts.forEach(guarded));
  }
  start();
})();
