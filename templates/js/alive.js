// @ts-check
// needs: kit/measure, kit/network, kit/room, kit/timeline, kit/view
// needs of a wide layer: kit/projection
/**
 * The grid, alive: every class count and activation as small multiples on one timeline. Their weights are loaded when
 * the reader asks for them; a click opens one of them in the page's large figure.
 */
(function () {
  "use strict";

  const { element } = peek;
  const ROWS = () => Object.keys(peek.activations);
  const SLICE_MS = 12; // of preparing at a time

  peek.define("alive", {
    title: words.say("All networks on one timeline"),

    properties(options) {
      const { properties, recipe } = peek.runs.chooser(options);
      const seed = properties.find((property) => property.name === "seed");
      return [
        { ...seed, allowed: undefined },
        { kind: "number", name: "epoch", initial: Infinity, min: 0, step: 1 },
        { kind: "flag", name: "regions", label: words.say("Regions"), initial: true, shown: () => !peek.projection?.(recipe), explain: words.say("Colour each place of the hidden plane with the class it stands for.") },
      ];
    },

    longest(view) {
      return told(3000, ofSeed(listed(view.options), view.state.seed).map((run) => [run.classes, "ReLU", 0.999]));
    },

    async mount(view) {
      const runs = listed(view.options);
      const asked = Object.keys(peek.state.fromHash(view.id, view.properties, location.hash)).length > 0;
      const count = () => ofSeed(runs, view.state.seed).length;
      const pressed = !asked && await awakened(view, count());
      return alive(view, runs, count, pressed);
    },
  });

  /** The summary. each: classes, activation's label, accuracy */
  function told(epoch, each) {
    const said = each.map(([classes, label, share]) => `${peek.text.classes(classes)} ${label} ${peek.text.percent(share)}`);
    return words.say("At epoch {epoch}, accuracy: {each}.", { epoch, each: said.join(words.say("; ")) });
  }

  /** The runs that the static pictures show, of every seed. */
  function listed(options) {
    const wanted = (run) => ["classes", "activation"].every((name) => !(name in options) || [options[name]].flat().includes(run[name]));
    return peek.runs.chooser(options).runs.filter(wanted);
  }

  /** A button under the static picture, with what went wrong before; resolves when it is pressed, to whether by a hand. */
  function awakened(view, count, wrong = "") {
    return new Promise((resolve) => {
      const button = element("button", { type: "button", class: "wake" }, words.say("Bring these {n} networks to life", { n: count }));
      const notice = element("p", { class: "explorable-notice", role: "alert" }, wrong);
      button.addEventListener("click", ({ isTrusted }) => {
        notice.remove();
        button.textContent = words.say("Loading\u2026");
        button.disabled = true;
        view.root.classList.remove("is-waiting");
        resolve(isTrusted);
      });
      view.root.classList.add("is-waiting");
      view.root.append(button, notice);
      if (view.waiting) {
        view.waiting.remove();
        button.focus({ preventScroll: true });
      }
      view.waiting = button;
    });
  }

  /** The reader who woke the networks has the handle at hand: the button is gone, and on a phone the tiles are above it. */
  function come(timeline) {
    const { top, bottom } = timeline.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) timeline.scrollIntoView({ block: "end" });
    timeline.querySelector(".timeline-handle").focus({ preventScroll: true });
  }

  async function alive(view, runs, count, pressed) {
    const rows = element("div", { class: "multiple-rows" });
    view.stage.append(rows);
    const timeline = peek.timeline(view, {
      hint: true,
      explain: words.say("The mean of the networks\u2019 losses, each as a share of what guessing costs (solid), and their mean accuracy (dashed). All networks follow the handle."),
    });
    build(view, rows, ofSeed(runs, view.state.seed));
    await view.near;
    let seed;
    let networks = null;
    while (!networks) {
      seed = view.state.seed;
      networks = await gather(view, ofSeed(runs, seed)).catch(async (error) => {
        pressed = await awakened(view, count(), words.say("The page could not load {what}, so the picture stays.", error));
      });
    }
    build(view, rows, networks);
    timeline.show(together(networks));
    if (view.waiting) view.waiting.remove();
    if (pressed) view.arrival.then(() => document.activeElement === document.body && come(timeline.root)); // else they went on

    const epoch = () => Math.min(view.state.epoch, networks[0].run.epochs);

    return {
      change() {
        const asked = view.state.seed;
        if (asked === seed) return;
        seed = asked;
        gather(view, ofSeed(runs, seed)).then((next) => view.guard(() => {
          if (seed !== asked) return; // others have been asked for since
          networks.splice(0, networks.length, ...next);
          build(view, rows, networks);
          timeline.show(together(networks));
          view.refresh([]);
        }), () => {
          if (seed !== asked) return;
          seed = networks[0].run.seed;
          view.set({ seed });
        });
      },
      *paint() {
        timeline.paint();
        const now = epoch();
        for (const network of networks) {
          yield;
          paintOne(view, network, now);
        }
      },
      stopped: timeline.stopped,
      summary() {
        const each = networks.map(({ run }) => {
          const now = Math.min(Math.round(epoch()), run.right.length - 1);
          return [run.classes, peek.text.activation(run.activation), run.right[now] / run.y.length];
        });
        return told(Math.round(epoch()), each);
      },
      rows() {
        const out = [["classes", "activation", "seed", "epoch", "class", "centre_h1", "centre_h2"]];
        for (const network of networks) {
          const { run } = network;
          const centres = peek.measure.centres(peek.runs.keptAt(run, network.frames, epoch(), network.now), run.y, run.classes);
          for (let c = 0; c < run.classes; c++) out.push([run.classes, run.activation, run.seed, Math.round(epoch()), c + 1, centres[2 * c], centres[2 * c + 1]]);
        }
        return out;
      },
    };
  }

  /** The index's entries of a seed, in the order of their places. */
  const ofSeed = (runs, seed) => runs.filter((run) => run.seed === seed)
    .sort((a, b) => ROWS().indexOf(a.activation) - ROWS().indexOf(b.activation) || a.classes - b.classes);

  /** Load runs, and work out every checkpoint's hidden positions, a slice at a time. */
  async function gather(view, wanted) {
    const loaded = await view.load(...wanted.map((run) => run.id));
    const networks = [];
    let since = performance.now();
    for (const run of loaded) {
      const net = peek.opened(run);
      const frames = [];
      for (const weights of run.weights) {
        const out = new Float64Array(2 * run.y.length);
        net.machine.hidden(weights, run.x, run.y.length, out);
        frames.push(Float32Array.from(out));
        if (performance.now() - since > SLICE_MS) {
          await new Promise((resolve) => setTimeout(resolve));
          since = performance.now();
        }
      }
      networks.push({ ...named(run), ...net, run, frames, now: new Float32Array(2 * run.y.length) });
    }
    return networks;
  }

  const named = ({ classes, activation, seed }) => ({ classes, activation, seed });

  /** A place for each network, or for what the index knows of it before it has come. */
  function build(view, rows, networks) {
    rows.replaceChildren(...ROWS().filter((name) => networks.some((known) => known.activation === name)).map((activation) => {
      const row = element("div", { class: "multiple-row" });
      for (const network of networks.filter((known) => known.activation === activation)) {
        network.canvas = element("canvas", {});
        const said = words.say("{classes}, {activation}", { classes: peek.text.classes(network.classes), activation: peek.text.activation(activation) });
        row.append(element("button", {
          type: "button", class: "multiple", "aria-label": words.say("{network}: open in the large figure", { network: said }), onclick: () => open(view, network),
        }, network.canvas, element("span", {}, said, ...(network.told ? [` \u00b7 ${network.told}`] : []))));
      }
      return row;
    }));
  }

  /** Show a network in the page's large figure, at the same moment. */
  function open(view, network) {
    const large = peek.twin(view, "bend");
    if (large) peek.visit(large, { ...named(network), epoch: view.state.epoch }, ".timeline-handle");
  }

  /** All runs as one, for the timeline: the mean loss as a share of guessing's, the mean accuracy. */
  function together(networks) {
    const [{ run: first }] = networks;
    const epochs = Math.min(...networks.map(({ run }) => run.epochs));
    const mean = (value) => Float32Array.from({ length: epochs + 1 }, (_, epoch) =>
      networks.reduce((sum, { run }) => sum + value(run, epoch), 0) / networks.length);
    return {
      ...first,
      epochs,
      guessing: { loss: 1, said: words.say("guessing") },
      y: new Uint8Array(1),
      loss: mean((run, epoch) => run.loss[epoch] / Math.log(run.classes)),
      right: mean((run, epoch) => run.right[epoch] / run.y.length),
    };
  }

  function paintOne(view, network, epoch) {
    const { canvas, run } = network;
    const size = canvas.clientWidth;
    if (!size) return;
    const positions = peek.runs.keptAt(run, network.frames, epoch, network.now);
    const room = network.room(positions);
    const { box } = room;
    const scale = size / (box.x1 - box.x0);
    const px = (x) => (x - box.x0) * scale;
    const py = (y) => (box.y1 - y) * scale;
    const context = peek.blank(canvas, 2);
    const { theme } = view;
    if (view.state.regions) {
      peek.runs.weightsAt(run, epoch, network.weights);
      network.regions(room.inner).forEach((polygon, c) => {
        if (polygon.length < 3) return;
        context.beginPath();
        for (const [x, y] of polygon) context.lineTo(px(x), py(y));
        context.closePath();
        context.fillStyle = context.strokeStyle = theme.tints[c];
        context.lineWidth = 0.7;
        context.fill();
        context.stroke();
      });
    }
    context.strokeStyle = theme.hairline;
    context.lineWidth = 1;
    if (room.walls) context.strokeRect(px(room.x0), py(room.y1), px(room.x1) - px(room.x0), py(room.y0) - py(room.y1));
    const side = size > 120 ? 2.4 : 1.8;
    for (let c = 0; c < run.classes; c++) {
      context.fillStyle = theme.classes[c];
      for (let point = 0; point < run.y.length; point++) {
        if (run.y[point] === c) context.fillRect(px(positions[2 * point]) - side / 2, py(positions[2 * point + 1]) - side / 2, side, side);
      }
    }
  }
})();
