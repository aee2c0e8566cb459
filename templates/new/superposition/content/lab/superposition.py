"""The toy model of superposition: more features than neurons."""

import torch
from peek_article import lab

RESTARTS, STEPS, BATCH, LEARNING_RATE = 8, 320, 256, 0.06
REPRESENTED = 0.5  # length from which a feature's direction counts


@lab.experiment
def superposition(sparsity: float, importance: float, features: int = 5, neurons: int = 2, seed: int = 1):
    """Train x' = ReLU(W^T W x + b) from several starts at once; keep the one with the least loss.

    A feature is off in the share `sparsity` of the inputs.

    importance   importance of each feature relative to the one before
    loss         mean over inputs of the weighted squared error, summed over features
    represented  number of features whose direction is longer than one half
    in_order     whether those are the most important ones
    dimensions   neurons for each feature that is represented, by lengths
    last_share   share of the last feature in the squared lengths
    widest_gap   widest angle between neighbouring directions, degrees
    """
    rng = torch.Generator().manual_seed(seed)
    weights = importance ** torch.arange(features)
    W = torch.randn(RESTARTS, neurons, features, generator=rng).mul(features**-0.5).requires_grad_()
    b = torch.zeros(RESTARTS, 1, features, requires_grad=True)
    optimizer = torch.optim.Adam([W, b], LEARNING_RATE)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        loss = losses(W, b, sample(BATCH, features, sparsity, rng), weights)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        decay.step()

    with torch.no_grad():
        final = losses(W, b, sample(20 * BATCH, features, sparsity, rng), weights)
    W = W.detach()[final.argmin()]
    lengths = W.norm(dim=0)
    kept = lengths > REPRESENTED
    count = int(kept.sum())
    return {
        "loss": final.min(),
        "represented": count,
        "in_order": bool(kept[:count].all()),
        "dimensions": neurons / (lengths**2).sum(),
        "last_share": lengths[-1] ** 2 / (lengths**2).sum(),
        "widest_gap": widest_gap(W[:, kept]) if neurons == 2 else None,
        "W": W,
    }


def sample(count, features, sparsity, rng):
    """Inputs (count, features): each feature is uniform in [0, 1], or off."""
    x = torch.rand(count, features, generator=rng)
    return x * (torch.rand(count, features, generator=rng) >= sparsity)


def losses(W, b, x, weights):
    """The loss of each start: (restarts,)."""
    rebuilt = torch.relu(x @ W.mT @ W + b)
    return (weights * (x - rebuilt) ** 2).sum(-1).mean(-1)


def widest_gap(W):
    """The widest angle, in degrees, between neighbours among directions in the plane, the columns of W."""
    angles = torch.atan2(W[1], W[0]).rad2deg().sort().values
    return torch.cat([angles.diff(), angles[:1] + 360 - angles[-1:]]).max()


@lab.figure(
    "Lines from the middle, one for each of five features: two at a right angle where features are always on; "
    "more of them, and at last five, where features are rare.",
    needs="shapes",
)
def directions(rows, style):
    from matplotlib import pyplot as plt

    rows = [row for row in rows if row["seed"] == 1]
    figure, panels = plt.subplots(2, 2, figsize=(5, 4.6), layout="constrained")
    for row, axes in zip(rows, panels.flat, strict=True):
        for feature, (x, y) in enumerate(row["W"].T):
            colour = style.classes[feature]
            axes.plot([0, x], [0, y], color=colour, linewidth=2)
            axes.plot(x, y, "o", color=colour)
            length = (x**2 + y**2) ** 0.5
            if length > REPRESENTED:
                out = 1 + 0.25 / length
                axes.text(out * x, out * y, feature + 1, color=style.ink, ha="center", va="center")
        axes.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal", title=f"sparsity {row['sparsity']:g}")
        axes.axis("off")
    return figure
