// @ts-check
// needs: words
/**
 * "Embed" below a figure: the line that puts the figure's own page into someone else's, as the figure is now, copied at
 * once. Without scripts the link leads to that page.
 */
(() => {
  "use strict";

  const WIDTH_PX = 640; // of a column of text; where it is narrower, the frame scrolls or is told its height
  const AROUND_PX = 92; // what stands around the figure on its own page: templates/css/61-alone.css

  /** How high a figure is in a frame of WIDTH_PX. @param {HTMLElement} figure */
  function heightOf(figure) {
    const before = figure.style.cssText;
    figure.style.width = `${WIDTH_PX - 32}px`;
    const height = figure.offsetHeight;
    figure.style.cssText = before;
    return height + AROUND_PX;
  }

  /** The line, with the state that a live figure keeps in its link. @param {HTMLAnchorElement} link @param {HTMLElement} figure */
  function lineOf(link, figure) {
    const lives = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=canonical]"));
    const address = new URL(link.getAttribute("href") ?? "", lives?.href ?? location.href);
    const named = (figure.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    const frame = document.createElement("iframe");
    for (const [name, value] of Object.entries({
      src: address.href, title: named.join(" "), width: "100%", height: String(heightOf(figure)), loading: "lazy", style: "border: 0",
    })) frame.setAttribute(name, value);
    return frame.outerHTML;
  }

  /** @param {HTMLAnchorElement} link @param {HTMLElement} figure */
  function panelOf(link, figure) {
    const make = (tag, attributes, text = "") => {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      made.textContent = text;
      return made;
    };
    const line = /** @type {HTMLTextAreaElement} */ (make("textarea", { readonly: "", rows: "4", spellcheck: "false", "aria-label": words.say("The line to paste") }));
    const told = make("p", { role: "status" });
    const copy = make("button", { type: "button", class: "copy" }, words.say("Copy the line"));
    const open = make("a", { class: "paste-open", target: "_blank" }, words.say("Open the figure alone"));
    const panel = make("div", { class: "paste", role: "group", "aria-label": words.say("Embed") });
    const about = make("p", {}, words.say("Paste this line into a page of your own. The figure begins there as it is here now."));
    const tools = make("div", { class: "paste-tools" });
    tools.append(copy, open, told);
    panel.append(about, line, tools);

    const write = () => {
      line.value = lineOf(link, figure);
      open.setAttribute("href", /** @type {any} */ (line.value.match(/src="([^"]*)"/))[1].replaceAll("&amp;", "&"));
    };
    const give = async () => {
      write();
      line.focus();
      line.select();
      let copied = true;
      try {
        await navigator.clipboard.writeText(line.value);
      } catch {
        copied = document.execCommand("copy");
      }
      told.textContent = copied ? words.say("Copied") : words.say("Selected: press Ctrl+C");
    };
    for (const hand of ["pointerenter", "focusin"]) panel.addEventListener(hand, write);
    copy.addEventListener("click", give);
    return { panel, give };
  }

  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".figure-alone > a"))) {
    const figure = /** @type {HTMLElement | null} */ (link.closest("figure"));
    if (!figure) continue;
    /** @type {ReturnType<typeof panelOf> | null} */
    let shown = null;
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      shown ??= panelOf(link, figure);
      const open = !shown.panel.isConnected;
      if (open) {
        figure.append(shown.panel);
        shown.give();
      } else shown.panel.remove();
      link.setAttribute("aria-expanded", String(open));
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
})();
