// @ts-check
// needs: kit/measure, kit/room, kit/scene, kit/timeline, kit/view
/** The bend: the input plane and what the network makes of it, side by side, with the loss curve as the scrubber. */
(function () {
  "use strict";

  peek.define("bend", {
    title: words.say("The input plane and the hidden plane of a network, through its training"),

    properties(options) {
      const { properties, recipe } = peek.runs.chooser(options);
      const shown = () => peek.runs.inputsOf(recipe) === 2;
      return [
        ...properties,
        { kind: "number", name: "epoch", initial: Infinity, min: 0, step: 1 },
        {
          kind: "flag", name: "lattice", label: words.say("Lattice"), initial: false, shown,
          explain: words.say("Lay square paper over the input plane and see how the network bends it."),
        },
        {
          kind: "flag", name: "whole", label: words.say("Whole regions"), initial: false, shown,
          explain: words.say("Look at all of a class's region at once, instead of at the place under the pointer."),
        },
        { kind: "text", name: "look", initial: "", fits: peek.scene.LOOK },
      ];
    },

    longest: ({ state }) => told(peek.text.longest.run(state.classes), peek.text.longest.moment(), peek.text.longest.pair()),

    mount: bend,
  });

  const told = (run, moment, pair) =>
    words.say("{run}. At {moment}. The two nearest class centres in the hidden plane, of classes {a} and {b}, are {distance} apart.", { run, moment, ...pair });

  /** @param {any} view */
  async function bend(view) {
    const { text } = peek;
    const scene = peek.scene(view);
    const timeline = peek.timeline(view, {
      hint: true,
      explain: words.say("The loss at each epoch (solid) and the accuracy (dashed). Drag the handle to train the network or to untrain it."),
    });
    view.stage.append(scene.line);
    let run;
    const selected = await peek.selection(view, (next) => {
      run = next;
      scene.use(run);
      timeline.show(run);
    });
    const epoch = () => Math.min(view.state.epoch, run.epochs);

    return {
      change(names) {
        selected.change();
        scene.change(names);
      },
      paint(resting) {
        scene.paint(epoch(), resting);
        timeline.paint();
      },
      stopped: timeline.stopped,
      reset: scene.reset,
      rows: scene.rows,
      summary() {
        return told(text.run(run), timeline.describe(epoch()), text.pair(scene.least(), run.labels));
      },
    };
  }
})();
