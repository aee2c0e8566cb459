// @ts-check
// needs: kit/guide, kit/measure, kit/room, kit/scene, kit/timeline, kit/view
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

    opening: ({ stops }) => stops && { epoch: stops[0][0] },

    longest: ({ state }) => told(peek.text.longest.run(state.classes), peek.text.longest.moment(), peek.text.longest.pair()),

    mount: bend,
  });

  const told = (run, moment, pair, projected = false) => projected
    ? words.say("{run}. At {moment}. The two nearest class centres in the projection, of classes {a} and {b}, are {distance} apart.", { run, moment, ...pair })
    : words.say("{run}. At {moment}. The two nearest class centres in the hidden plane, of classes {a} and {b}, are {distance} apart.", { run, moment, ...pair });

  /** What there is to see, part by part. @param {NodeListOf<Element>} planes @param {Element} time */
  function tour(planes, time) {
    const both = [...planes];
    const [data, hidden] = [both.slice(0, -1), both.slice(-1)];
    return [
      [words.say("These are the data. Each mark is a training point, with colour, shape and number of its class. The tint is the class that the network gives to a place."), data],
      [words.say("The same points as the network\u2019s last hidden layer sees them: it has two neurons, and their two answers are a place in this plane."), hidden],
      [words.say("Where two tints meet is a border. In the hidden plane borders are straight lines; carried back to the data they bend."), both],
      [words.say("Square paper, laid over the data, shows what the network does to the space between the points: it bends and folds it, and never tears it."), both, { lattice: true }],
      [words.say("The handle is time. Drag it along the curve of the loss to train the network or to untrain it."), [time]],
    ].filter(([, parts, changes]) => parts.length > (changes ? 1 : 0));
  }

  /** @param {any} view */
  async function bend(view) {
    const { text } = peek;
    const scene = peek.scene(view);
    let run;
    const epoch = () => (run ? Math.min(view.state.epoch, run.epochs) : 0);
    const { stops } = view.options;
    const timeline = peek.timeline(view, {
      hint: true,
      stops,
      explain: words.say("The loss at each epoch (solid) and the accuracy (dashed). Drag the handle to train the network or to untrain it."),
    });
    const guide = stops && peek.guide(view, { run: () => run, epoch, tour: peek.projection?.(peek.runs.among(view.options).recipe) ? [] : tour(view.stage.querySelectorAll(".plane"), timeline.root) });
    if (guide) timeline.root.before(guide.root);
    view.stage.append(scene.line);
    const selected = await peek.selection(view, (next) => {
      run = next;
      scene.use(run);
      timeline.show(run);
    });

    return {
      change(names) {
        selected.change();
        scene.change(names);
      },
      *paint(resting) {
        const painting = scene.paint(epoch(), resting);
        painting.next(); // where the points lie; sizes are read before anything is written, so that the page is laid out once
        if (!view.painted) yield; // nothing is seen yet, and all runs for the first time
        timeline.paint();
        yield;
        yield* painting;
        guide?.paint();
      },
      stopped() {
        timeline.stopped();
        guide?.stopped();
      },
      reset() {
        scene.reset();
        guide?.reset();
      },
      rows: scene.rows,
      summary() {
        return told(text.run(run), timeline.describe(epoch()), text.pair(scene.least(), run.labels), run.net.widths.at(-2) > 2);
      },
    };
  }
})();
