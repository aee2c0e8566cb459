// @ts-check
// needs: kit/measure, kit/network, kit/runs
/** What every figure with planes needs to know of a run: what to show of its planes, and square paper to lay over them. */
(function () {
  "use strict";

  const MARGIN = 0.07; // of paper around the room
  const LEAST_REACH = 0.5; // shown of an open room when all points are at the origin
  const FARTHEST = 1e300; // what is beyond has no place in any plane

  /**
   * The hidden plane's room, what is shown of it, and its labels. A room without end is open: what is shown of it
   * follows how far the points are, and `walls` says whether it begins somewhere.
   * @param {string} activation @param {ArrayLike<number>} positions (N, 2)
   */
  peek.roomOf = function (activation, positions) {
    const { low, high } = peek.activations[activation].room;
    if (high !== null) {
      const paper = (high - low) * MARGIN;
      const [least, most] = [low, high].map(peek.text.end);
      const inner = { x0: low, x1: high, y0: low, y1: high };
      return {
        ...inner, inner, open: false, walls: true,
        box: { x0: low - paper, x1: high + paper, y0: low - paper, y1: high + paper },
        labels: [[low, low, least, "below"], [high, low, most, "below"], [low, high, most, "above"]],
      };
    }
    let reach = LEAST_REACH;
    let least = 0;
    for (let at = 0; at < positions.length; at++) {
      if (!(Math.abs(positions[at]) < FARTHEST)) continue;
      if (positions[at] > reach) reach = positions[at];
      if (positions[at] < least) least = positions[at];
    }
    const start = low === null ? least - (reach - least) * MARGIN : low;
    const edge = low === null ? start : low - reach * 1.3 * MARGIN;
    const end = reach + (reach - least) * MARGIN;
    const inner = { x0: start, x1: end, y0: start, y1: end };
    const tick = -least > reach ? -niceBelow(-least) : niceBelow(reach);
    const said = (Math.abs(tick) < 1e4 ? peek.text.plain(tick) : tick.toExponential(0).replace("e+", "e")).replace("-", "\u2212");
    return {
      ...inner, inner, open: true, walls: low !== null,
      box: { x0: edge, x1: end, y0: edge, y1: end },
      labels: [[0, 0, "0", "below"], [tick, 0, said, "below"], [0, tick, said, "before"]],
    };
  };

  /** The largest of 1, 2, 5, 10, ... that is not above a value. */
  function niceBelow(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].map((digit) => digit * power).find((tick) => tick <= value) || power;
  }

  /** An axis as a direction of the plane, the axes evenly around it. @returns {number[]} */
  peek.spoke = (axis, axes) => [Math.sin((2 * Math.PI * axis) / axes), Math.cos((2 * Math.PI * axis) / axes)];

  /** A run's points drawn flat, (N, 2): each of their axes is a direction (Kandogan 2000, star coordinates). */
  peek.spokes = function ({ x, y, inputs }) {
    const out = new Float64Array(2 * y.length);
    for (let axis = 0; axis < inputs; axis++) {
      const [across, up] = peek.spoke(axis, inputs);
      for (let point = 0; point < y.length; point++) {
        out[2 * point] += x[inputs * point + axis] * across;
        out[2 * point + 1] += x[inputs * point + axis] * up;
      }
    }
    return out;
  };

  /** What is shown of the input plane: all points, and some paper. */
  peek.inputBox = function (run) {
    let reach = 0;
    for (const value of run.x) reach = Math.max(reach, Math.abs(value));
    const edge = reach * (1 + 2 * MARGIN);
    return { x0: -edge, x1: edge, y0: -edge, y1: edge };
  };

  /** A run's network: room for weights, what evaluates them, where its head's begin, its hidden plane. @param {Run} run */
  peek.opened = ({ net, classes, activation, weights: [{ length }] }) => {
    const [weights, head] = [new Float64Array(length), peek.network.layers(net).at(-1).start];
    return {
      machine: peek.network.evaluator(net), weights, head, classes,
      room: (positions) => peek.roomOf(activation, positions),
      regions: (box) => peek.measure.headRegions(weights, classes, box, head),
    };
  };

  /** Square paper over [-1, 1]^2: lines along both axes, (2 * lines * samples, 2). */
  peek.sheet = function (lines, samples) {
    const out = new Float64Array(4 * lines * samples);
    let at = 0;
    for (let direction = 0; direction < 2; direction++) {
      for (let line = 0; line < lines; line++) {
        for (let sample = 0; sample < samples; sample++) {
          out[at + direction] = (2 * sample) / (samples - 1) - 1;
          out[at + 1 - direction] = (2 * line) / (lines - 1) - 1;
          at += 2;
        }
      }
    }
    return out;
  };

  /**
   * Keep a figure's run in line with the classes, activation and seed in its state: loads another when they change,
   * and hands it to use(run), the first once the reader is near. A run that cannot be had leaves things as they are, and
   * says so.
   * @param {any} view @param {(run: Run) => void} use
   */
  peek.selection = async function (view, use) {
    const chooser = peek.runs.chooser(view.options);
    await view.near;
    let [run] = await view.load(chooser.find(view.state).id);
    let wanted = run.id;
    use(run);
    return {
      change() {
        const { id } = chooser.find(view.state);
        if (id === wanted) return;
        wanted = id;
        view.root.setAttribute("aria-busy", "true");
        const settled = () => view.root.removeAttribute("aria-busy");
        view.load(id).then(([next]) => view.guard(() => {
          if (next.id !== wanted) return;
          settled();
          run = next;
          use(next);
          view.refresh([]);
        }), () => {
          if (id !== wanted) return;
          settled();
          wanted = run.id;
          view.set({ classes: run.classes, activation: run.activation, seed: run.seed });
        });
      },
    };
  };
})();
