// @ts-check
// needs: page/films, page/paste
/** A figure alone in a frame: the page around it is told how high it is, so that it can be given its room. */
(() => {
  "use strict";

  if (parent === window) return;
  const tell = () => parent.postMessage({ type: "figure-height", height: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
  new ResizeObserver(tell).observe(document.body);
})();
