"""What each column of a build's tables holds: the recipe of a run, and what was measured of it.

The keys are those of flat and measure.measure_run, and of packing.judge and
kinds.sort where the laws speak of the room.
"""

from __future__ import annotations

RECIPE = {
    "id": "name of the run within its experiment",
    "classes": "number of classes, k",
    "activation": "activation of the hidden layers",
    "seed": "decides the data and the first weights",
    "dataset": "kind of data",
    "points_per_class": "training points of each class",
    "hidden": "widths of the hidden layers, first to last",
    "epochs": "full-batch training steps",
    "learning_rate": "Adam's step size at the first epoch",
    "schedule": "cosine: the step size falls to 0 over the epochs; constant: it stays",
    "beta1": "Adam's decay of the mean gradient",
    "beta2": "Adam's decay of the mean squared gradient",
    "epsilon": "Adam's least denominator",
    "l2": "weight of half the squared norm of the weights, biases left out",
    "bias_start": "first value of the last hidden layer's biases; empty: drawn like the weights",
    "checkpoints": "how many times the weights were kept, epoch 0 and the last included",
    "head_bias": "whether the output layer has biases",
    "head_start": "drawn, or the law whose best output layer training started from",
    "head_held": "for how many epochs the output layer stayed as it started",
    "turn_rad": "spirals: how far an arm turns from its root to its tip, radians",
    "noise_rad": "spirals: standard deviation of a point's angle, radians",
    "root_radius": "spirals: radius at which the arms start",
    "spread": "standard deviation of a cloud, as a share of the distance between two",
    "noise": "standard deviation of a point's place; rings: share of the distance between two; moons: radii",
}

MEASURES = {
    "accuracy": "share of training points classified right after the last epoch",
    "loss": "mean cross-entropy after the last epoch, nats, without the L2 term",
    "collapsed": "whether the run learnt nothing: accuracy within 0.1 of chance",
    "epochs_to_90": "first epoch with an accuracy of 0.9; empty: never",
    "neurons": "width of the last hidden layer, d",
    "centres": "mean position of each class in the last hidden layer, class by class",
    "largest_norm": "largest distance of a centre from the origin",
    "least_distance": "least distance between two centres",
    "packing_ratio": "least distance as a share of the room's optimum; ReLU: of centres scaled into a quarter disk",
    "simplex_share": "least distance as a share of that of a regular simplex in the ball that holds the room",
    "simplex_fits": "whether all classes can be equally far from each other: k at most d + 1",
    "corner_each": "whether a cube of d dimensions has a corner for every class: k at most 2 to the power d",
    "tammes_share": "sphere, ball: least distance of the centres' directions as a share of Tammes' optimum",
    "thomson_share": "sphere, ball: least energy of as many charges as a share of these directions' energy",
    "distance_tammes": "sphere, ball: how far the centres' directions differ from Tammes' optimum in their distances",
    "distance_thomson": "sphere, ball: how far they differ from Thomson's optimum",
    "nearest_problem": "sphere, ball: the one of the two that they differ less from; empty: both have one optimum",
    "polygon_gap": "how far the centres are from a regular polygon: 0 is one",
    "one_vs_rest": "least distance from a centre to the convex hull of the others",
    "least_angle_deg": "least angle between two centres seen from the origin, degrees",
    "wall_gap": "tanh: how far the centre least near a wall is from its nearest wall",
    "interior": "how many centres lie inside the convex hull of the others",
    "margin": "least lead of the right class's score at the centres, per unit of the output weights' norm",
    "clearance": "least distance from a centre to the border of its class's region",
    "order_kept": "whether the centres stand around their middle in the order of their numbers",
    "two_axes": "share of the points' variance along their two principal axes",
    "own_neighbour_data": "wide layers: share of points whose nearest other point in the data is of their own class",
    "own_neighbour_map": "wide layers: the same in the picture that t-SNE makes of the last hidden layer",
    "gap": "wide layers: longest step that joins a class's points, in its typical steps, median of the classes",
    "gap_map": "wide layers: the same in t-SNE's picture",
    "own_centre": "share of points that no other class's centre is nearer to",
    "accuracy_in_two_axes": "share that the output layer gets right when it sees the two principal axes alone",
    "own_centre_epoch": "deep networks: first kept epoch at which own_centre is 0.9",
    "settled_epoch": "first kept epoch from which on least_distance stays within a tenth of its last value",
    "course": "accuracy, least_distance and packing_ratio at some of the kept epochs; empty: too few were kept",
    "early_packing_ratio": "deep networks: packing_ratio in the first layer of two neurons",
    "early_own_centre": "deep networks: own_centre in the first layer of two neurons",
    "early_own_centre_epoch": "deep networks: first kept epoch at which early_own_centre is 0.9",
    "nc1": "neural collapse 1: spread within classes against between them",
    "nc2_norm": "neural collapse 2: standard deviation over mean of the centres' distances from their middle",
    "nc2_angle": "neural collapse 2: standard deviation of the cosines between centres seen from their middle",
    "nc2_simplex": "neural collapse 2: mean distance of these cosines from a simplex's, -1 / (k - 1)",
    "nc3": "neural collapse 3: distance between output weights and centres, each of norm 1",
    "nc4": "neural collapse 4: share of points whose class is not that of the nearest centre",
    "told_from_origin": "share of a lattice of inputs whose predicted class the hidden vector's direction gives away",
    "told_from_knot": "the same with directions taken from where the middle of the input plane goes",
    "largest_region": "share of that lattice which the class predicted most often has: what a blind guess tells",
    "angles": "direction of the hidden vector over the input plane, class by class: mean and spread in degrees, share",
}

JUDGEMENTS = {
    "distance_points": "distance of the arrangement from what point packing predicts, modulo symmetry and labels",
    "distance_margin": "distance from what the greatest margin predicts",
    "distance_margin_no_bias": "distance from what the greatest margin without output biases predicts",
    "nearest_law": "the law at the least distance; empty: several are equally near",
    "pose": "the centres scaled to the wall and turned to match the last law as well as they can",
}

KINDS = {
    "kind": "which arrangement the run ended in, of those its recipe leads to: 1 is the commonest",
    "kind_distance": "distance of the arrangement from its kind's most central member, modulo symmetry and labels",
    "typical_distance": "distance from the most central member of kind 1",
    "typical_pose": "the centres scaled to the wall and turned to match that member as well as they can",
}

DESCRIPTIONS = {**RECIPE, **MEASURES, **JUDGEMENTS, **KINDS}
