// @ts-check
// needs: kit/controls, kit/runs
/**
 * The loss curve as the scrubber of time. Its handle rides on the curve; dragging anywhere on the curve takes it.
 * The axis is logarithmic in epochs, since most happens early.
 */
(function () {
  "use strict";

  const element = peek.element;
  const PLAY_MS = 7000; // from the first epoch to the last
  const PAD = { left: 2, right: 14, top: 14, bottom: 28 }; // below: the handle over the last epoch's label
  const TICK_PX = 54; // room for a number
  const GUESSING_PX = 18; // and below the line of what guessing costs for what it is
  const PAGE = 8; // checkpoints
  const HINTS = {
    back: { said: [words.say("\u2190 drag back to the start"), words.say("\u2190 drag back")], least: "\u2190" },
    on: { said: [words.say("drag through training \u2192"), words.say("drag \u2192")], least: "\u2192" },
  };

  /**
   * @param {any} view its state's `epoch` is what is scrubbed
   * @param {{explain: string, hint?: boolean, still?: boolean, stops?: [number, string][]}} options
   *   hint: say that and where one can drag; still: without a play button; stops: epochs to be marked on the curve
   */
  peek.timeline = function (view, options) {
    const canvas = element("canvas", { class: "timeline-curve" });
    const handle = element("div", {
      class: "timeline-handle", role: "slider", tabindex: "0", "aria-label": words.say("Epoch of training"), "aria-orientation": "horizontal",
    });
    const readout = element("div", { class: "timeline-readout", "aria-hidden": "true" });
    const hint = element("span", { class: "timeline-hint", "aria-hidden": "true" });
    const ticks = element("div", { class: "timeline-ticks", "aria-hidden": "true" });
    const track = element("div", { class: "timeline-track" }, canvas, ticks, handle, hint);
    const play = element("button", { type: "button", class: "timeline-play", onclick: toggle }, words.say("Play"));
    const back = element("button", { type: "button", class: "timeline-step", "aria-label": words.say("Previous checkpoint"), onclick: () => step(-1) }, "‹");
    const next = element("button", { type: "button", class: "timeline-step", "aria-label": words.say("Next checkpoint"), onclick: () => step(1) }, "›");
    const buttons = element("div", { class: "timeline-buttons", role: "group", "aria-label": words.say("Time") },
      back, ...(options.still ? [] : [play]), next);
    const root = element("div", { class: "timeline" }, element("div", { class: "timeline-head" }, buttons, readout), track);
    peek.controls.explain(root, options.explain, handle);
    view.stage.append(root);
    /** @type {CanvasRenderingContext2D} */
    let context;
    /** @type {Run | null} */
    let run = null;
    let width = 0;
    let height = 0;
    let ratio = 1;
    let curve = null; // {loss, accuracy} in CSS px, and the scale's top
    let drawn = "";
    let ticked = "";
    const sizes = new Map(); // of the hint's words, as the track is laid out now

    const timeline = {
      root,
      /** Scrub another run. */
      show(shown) {
        run = shown;
        curve = null;
        if (track.clientWidth) fit(); // now, and not in the first frame as well
        view.invalidate();
      },
      /** The run has grown. */
      grow() {
        curve = null;
      },
      paint,
      stopped() {
        play.textContent = words.say("Play");
        come();
      },
    };

    const last = () => (run ? run.checkpoints[run.checkpoints.length - 1] : 0);
    const innerWidth = () => width - PAD.left - PAD.right;
    /** Where an epoch is on the track however wide it becomes: a figure out of sight is not painted again. */
    const across = (epoch) => `calc(${PAD.left}px + (100cqi - ${PAD.left + PAD.right}px) * ${peek.runs.toPlace(epoch, run.epochs).toFixed(5)})`;
    const toX = (epoch) => PAD.left + innerWidth() * peek.runs.toPlace(epoch, run ? run.epochs : 1);

    // Time in the reader's hand

    function go(epoch) {
      if (!run) return;
      root.classList.add("is-used");
      view.set({ epoch: Math.min(Math.max(epoch, 0), last()) });
    }

    /** Come to rest at a whole epoch, which is what is said and what an address keeps. */
    const come = () => view.set({ epoch: Math.round(view.state.epoch) });

    function step(steps) {
      if (!run) return;
      view.stop();
      go(peek.runs.stepFrom(run, view.state.epoch, steps));
    }

    function toggle() {
      if (!run) return;
      if (view.animation) {
        view.stop();
        return;
      }
      root.classList.add("is-used");
      let place = view.state.epoch >= last() ? 0 : peek.runs.toPlace(view.state.epoch, run.epochs);
      play.textContent = words.say("Pause");
      view.animate((elapsed) => {
        place += elapsed / PLAY_MS;
        const end = peek.runs.toPlace(last(), run.epochs);
        view.set({ epoch: peek.runs.toEpoch(Math.min(place, end), run.epochs) });
        return place < end;
      });
    }

    handle.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -PAGE, PageUp: PAGE }[event.key];
      if (steps) step(steps);
      else if (event.key === "Home") step(-1e6);
      else if (event.key === "End") step(1e6);
      else if (event.key === " " || event.key === "Enter") toggle();
      else return;
      event.preventDefault();
    });

    let held = null; // {pointer, epoch}: the one that drags, and from when
    let touched = null; // where a finger came down beside the handle, which may be going to scroll the page
    track.addEventListener("pointerdown", (event) => {
      if (event.button || held) return;
      const near = event.target instanceof Node && handle.contains(event.target);
      if (event.pointerType === "touch" && !near) touched = { x: event.clientX, y: event.clientY };
      else hold(event);
    });
    track.addEventListener("pointermove", (event) => {
      if (touched) {
        if (peek.controls.sideways(touched, event)) hold(event);
      } else if (held?.pointer === event.pointerId) view.guard(() => take(event));
    });
    track.addEventListener("pointerup", (event) => {
      if (touched) hold(event);
      release();
    });
    track.addEventListener("pointercancel", () => {
      if (held) go(held.epoch); // two fingers zoom the page
      release();
    });

    function hold(event) {
      touched = null;
      held = { pointer: event.pointerId, epoch: view.state.epoch };
      track.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      root.classList.add("is-held");
      view.stop();
      view.guard(() => take(event));
    }

    function release() {
      if (held) come();
      touched = null;
      held = null;
      root.classList.remove("is-held");
    }

    function take(event) {
      if (!run) return;
      const place = (event.clientX - track.getBoundingClientRect().left - PAD.left) / innerWidth();
      go(peek.runs.toEpoch(Math.min(Math.max(place, 0), 1), run.epochs));
    }

    // What is seen

    /** Bring the curves to the size of the track. */
    function fit() {
      const fine = window.devicePixelRatio || 1;
      if (track.clientWidth === width && track.clientHeight === height && fine === ratio && curve) return;
      width = track.clientWidth;
      height = track.clientHeight;
      ratio = fine;
      layOut();
    }

    /** The curves on the track: for each pixel column the loss of the epochs it stands for. */
    function layOut() {
      sizes.clear();
      const epochs = run.loss.length - 1;
      const guess = run.guessing || { loss: Math.log(run.classes), said: words.say("guessing: ln {n}", { n: run.classes }) };
      const guessing = guess.loss;
      let top = guessing * 1.08;
      for (let epoch = 0; epoch <= epochs; epoch++) if (run.loss[epoch] < 3 * guessing) top = Math.max(top, run.loss[epoch]);
      const inner = height - PAD.top - PAD.bottom;
      const toY = (share) => PAD.top + inner * (1 - Math.min(share, 1));
      const loss = [];
      const accuracy = [];
      let previous = -1;
      for (let x = 0; x <= innerWidth(); x++) {
        const epoch = Math.min(Math.round(peek.runs.toEpoch(x / innerWidth(), run.epochs)), epochs);
        if (epoch === previous) continue;
        previous = epoch;
        loss.push([toX(epoch), toY(run.loss[epoch] / top)]);
        accuracy.push([toX(epoch), toY(share(epoch))]);
        if (epoch === epochs) break;
      }
      curve = { loss, accuracy, top, toY, guessing: toY(guessing / top) };
      drawn = "";
      const key = [width, height, run.epochs, run.classes, top].join();
      if (key === ticked) return;
      ticked = key;
      const apart = (TICK_PX * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;
      const marks = [0];
      for (const epoch of [1, 10, 100, 1000, 10000]) {
        if (toX(epoch) - toX(marks[marks.length - 1]) > apart && toX(run.epochs) - toX(epoch) > apart) marks.push(epoch);
      }
      marks.push(run.epochs);
      ticks.replaceChildren(...marks.map((epoch) =>
        element("span", { style: `left:${across(epoch)}` }, epoch ? String(epoch) : words.say("epoch {epoch}", { epoch }))));
      ticks.append(element("span", { class: "timeline-guessing", style: `top:${curve.guessing}px` }, guess.said));
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", String(run.epochs));
    }

    const share = (epoch) => run.right[epoch] / (run.y.length || 1);

    function lossAt(epoch) {
      const low = Math.min(Math.floor(epoch), run.loss.length - 1);
      const high = Math.min(low + 1, run.loss.length - 1);
      return run.loss[low] + (epoch - low) * (run.loss[high] - run.loss[low]);
    }

    /** @param {number} [moment] the epoch that the figure paints, where it is not yet the newest */
    function paint(moment = view.state.epoch) {
      if (!run) return;
      fit();
      const epoch = Math.min(moment, last());
      const key = [epoch, width, view.coats, run.loss.length].join();
      if (key === drawn) return;
      drawn = key;
      const x = toX(epoch);
      const y = curve.toY(lossAt(epoch) / curve.top);
      context = peek.blank(canvas);
      const { theme } = view;
      line([[PAD.left, curve.guessing], [width - PAD.right, curve.guessing]], theme.hairline, 1, [1, 4]);
      line([[PAD.left, height - PAD.bottom], [width - PAD.right, height - PAD.bottom]], theme.hairline, 1);
      line(curve.accuracy, theme.hairline, 1.25, [5, 3]);
      line(curve.loss, theme.hairline, 1.5);
      context.save();
      context.beginPath();
      context.rect(0, 0, x, height);
      context.clip();
      line(curve.accuracy, theme.muted, 1.25, [5, 3]);
      line(curve.loss, theme.ink, 2);
      context.restore();
      for (const [stop] of options.stops || []) ring(toX(stop), curve.toY(lossAt(stop) / curve.top));
      line([[x, PAD.top - 8], [x, height - PAD.bottom]], theme.accent, 1);
      handle.style.transform = `translate(${across(epoch)}, ${y}px)`;
      handle.setAttribute("aria-valuenow", String(Math.round(epoch)));
      handle.setAttribute("aria-valuetext", describe(epoch));
      if (options.hint) point(epoch, x);
      read(epoch);
    }

    /** Until time has been moved: where the way left to drag lies, on its side of the handle and between the lines. */
    function point(epoch, x) {
      if (root.classList.contains("is-used")) return;
      const back = peek.runs.toPlace(epoch, run.epochs) > 0.5;
      hint.classList.toggle("is-back", back);
      const { said: phrases, least } = HINTS[back ? "back" : "on"];
      const atEnd = [0, last()].includes(epoch); // from where there is one way alone
      for (const [said, spared] of [...[GUESSING_PX, 0].flatMap((px) => phrases.map((said) => [said, px])), ...(atEnd ? [[least, GUESSING_PX]] : [])]) {
        const size = sizeOf(said);
        const [from, to] = back ? [x - size.width, x] : [x, x + size.width];
        const near = [...curve.loss, ...curve.accuracy].filter(([at]) => at >= from && at <= to).map(([, y]) => y);
        const lines = [...near, curve.guessing, curve.guessing + spared, height - PAD.bottom].sort((a, b) => a - b);
        const gaps = lines.slice(1).map((y, at) => ({ size: y - lines[at], middle: (y + lines[at]) / 2 }));
        const widest = gaps.reduce((best, gap) => (gap.size > best.size ? gap : best));
        hint.style.transform = `translate(${across(epoch)}, ${widest.middle}px)`;
        ticks.classList.toggle("is-covered", !spared);
        if (widest.size > size.height) return peek.write(hint, said);
      }
      ticks.classList.remove("is-covered");
      peek.write(hint, ""); // no room for any
    }

    /** How large words of the hint are, in CSS px: measured once, since that makes the browser lay out the page. */
    function sizeOf(said) {
      if (!sizes.has(said)) {
        hint.textContent = said;
        sizes.set(said, { width: hint.offsetWidth, height: hint.offsetHeight });
      }
      return sizes.get(said);
    }

    function line(points, colour, thickness, dash = []) {
      context.beginPath();
      for (const [x, y] of points) context.lineTo(x, y);
      context.setLineDash(dash);
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      context.lineJoin = "round";
      context.stroke();
    }

    function ring(x, y) {
      context.beginPath();
      context.arc(x, y, 4, 0, 7);
      context.fillStyle = view.theme.paper;
      context.fill();
      context.strokeStyle = view.theme.accent;
      context.lineWidth = 1.5;
      context.stroke();
    }

    const named = { epoch: words.say("epoch"), loss: words.say("loss"), accuracy: words.say("accuracy") };
    const readings = Object.entries(named).map(([name, said]) => {
      const value = element("b");
      readout.append(element("span", { class: `reading reading--${name}` }, element("i", { class: "reading-key" }), `${said}\u00a0`, value));
      return value;
    });

    /** The numbers beside the curve. */
    function read(epoch) {
      told(epoch).forEach((said, at) => peek.write(readings[at], said));
    }

    /** Epoch, loss and accuracy, as the readout and every sentence have them. */
    function told(epoch) {
      const nearest = Math.min(Math.round(epoch), run.right.length - 1);
      const measured = run.y.length ? [peek.text.digits(lossAt(epoch)), peek.text.percent(share(nearest))] : ["\u2013", "\u2013"];
      return [String(Math.round(epoch)), ...measured];
    }

    function describe(epoch) {
      const [at, loss, accuracy] = told(epoch);
      return peek.text.moment(at, loss, accuracy);
    }

    timeline.describe = describe;
    return timeline;
  };
})();
