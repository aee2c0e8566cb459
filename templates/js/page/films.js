// @ts-check
// needs: words
/** Animations: what their marks say, and all of a figure together. */
(() => {
  "use strict";

  for (const play of document.querySelectorAll("details.play")) {
    play.addEventListener("toggle", () => {
      const label = play.querySelector(".play-label");
      if (label) label.textContent = play.hasAttribute("open") ? words.say("Stop") : words.say("Play");
    });
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".play-all"))) {
    const figure = button.closest("figure, section, .poster");
    if (!figure) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const playing = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(playing));
      const label = button.querySelector(".play-label");
      if (label) label.textContent = playing ? words.say("Stop all") : words.say("Play all");
      for (const play of figure.querySelectorAll("details.play")) play.toggleAttribute("open", playing);
    });
  }
})();
