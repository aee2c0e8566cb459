// @ts-check
// needs: kit/kit, kit/room
/**
 * Last hidden layers wider than a plane: seen as the build projects them, onto the directions in which their points vary
 * most at the end of training. Borders of classes are not seen in a projection.
 */
(function () {
  "use strict";

  const STEP_PX = { drag: 6, rest: 3 }; // of the field
  const MARGIN = 1.08; // what is shown, of how far the points are
  const { opened } = peek;

  /** What is other in a figure whose hidden plane is a projection; null where it is none. */
  peek.projection = ({ hidden }) => hidden.at(-1) > 2 ? {
    field,
    explain: words.say("The points in the last hidden layer, projected onto the two directions in which they vary most at the end of training. Borders of classes are not seen there."),
  } : null;

  peek.opened = function (run) {
    const net = opened(run);
    const { axes, share } = run.net;
    if (!axes) return net;
    const { machine } = net;
    const [width, inputs] = [axes.length / 3, run.net.widths[0]];
    const hidden = (weights, x, count, out) => {
      for (let point = 0; point < count; point++) {
        const layer = machine.through(weights, x.subarray(inputs * point, inputs * (point + 1))).at(-2);
        for (const axis of [0, 1]) {
          let sum = 0;
          for (let unit = 0; unit < width; unit++) sum += (layer[unit] - axes[unit]) * axes[(axis + 1) * width + unit];
          out[2 * point + axis] = sum;
        }
      }
    };
    const room = (positions) => {
      const reach = MARGIN * positions.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
      const inner = { x0: -reach, x1: reach, y0: -reach, y1: reach };
      return { ...inner, inner, box: inner, open: true, walls: false, labels: [] };
    };
    const told = words.say("{n} neurons, projected: {share} of the variance", { n: width, share: peek.text.percent(share) });
    return { ...net, machine: { ...machine, hidden }, room, regions: () => [], told };
  };

  /** The field of such a network: every place of it asks all layers. */
  function field(plane) {
    let state = "old"; // then "coarse", then "fine"

    function paint({ machine, weights }, { packed }, step) {
      const count = Math.max(Math.ceil(plane.size / step), 1);
      const image = new ImageData(count, count);
      const pixels = new Uint32Array(image.data.buffer);
      const { x0, x1, y0, y1 } = plane.box;
      const along = (place) => (place + 0.5) / count;
      for (let at = 0; at < pixels.length; at++) {
        const logits = machine.through(weights, [x0 + along(at % count) * (x1 - x0), y1 - along(Math.floor(at / count)) * (y1 - y0)]).at(-1);
        pixels[at] = packed[logits.indexOf(Math.max(...logits))];
      }
      const sheet = peek.element("canvas", { width: count, height: count });
      sheet.getContext("2d").putImageData(image, 0, 0);
      plane.fieldContext.drawImage(sheet, 0, 0, plane.field.width, plane.field.height);
    }

    return {
      stale: () => (state = "old"), old: () => state === "old", ready: () => false,
      *show(of, palette, resting) {
        if (state === "fine" || (state === "coarse" && !resting)) return "";
        const first = state === "old";
        state = first ? "coarse" : "fine";
        paint(of, palette, first ? STEP_PX.drag : STEP_PX.rest);
        return first ? "all" : "some";
      },
    };
  }
})();
