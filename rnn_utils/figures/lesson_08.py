"""The figures of lesson 08, training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_utils import plots
from rnn_utils.training.optimizers import global_norm


def along_the_gradient(loss_at: Callable[[float], float], first_loss: float) -> None:
    """Show the loss at distances from 0.1 to 100 gradients from the start, downhill."""
    distances = np.logspace(-1, 2, 61)
    losses = [loss_at(float(eta)) for eta in distances]
    figure, axes = plots.subplots("distance η, in gradients", "loss (nats)")
    plots.lines(axes, {"after one step": losses, "before it": np.full(61, first_loss)}, x=distances)
    lowest = int(np.argmin(losses))
    axes.plot(distances[lowest], losses[lowest], "o", color=plots.COLOURS[0])
    axes.set(xscale="log", yscale="log")
    axes.set_yticks([4, 6, 10, 16], ["4", "6", "10", "16"])
    axes.minorticks_off()
    plots.show(
        figure,
        "Loss against the distance gone along the negative gradient, both axes logarithmic; dashed, the loss "
        "before the step. The curve starts at the dashed line, dips below it, and crosses it steeply; a dot "
        "marks its lowest point.",
    )
    print(
        f"lowest at η = {distances[lowest]:.2g}: {losses[lowest]:.2f};  at η = 100: {losses[-1]:.2f}"
    )


def one_batch(losses: Sequence[float], V: int) -> None:
    """Show the loss on one batch, update by update, beside that of knowing nothing."""
    figure, axes = plots.subplots("update", "loss (nats)")
    known = np.full(len(losses), np.log(V))
    plots.lines(axes, {"on the one batch": losses, "knowing nothing": known})
    plots.show(
        figure,
        "The loss on one batch against updates: a jagged curve that falls from the dashed line of knowing "
        "nothing nearly to zero, and rises for a moment here and there on its way.",
    )


def counted(book: Any) -> dict[str, float]:
    """Print and return the bits per character of three counted baselines on the test part.

    Args:
        book: `rnn_utils.experiments.book_training.Book`.
    """
    V, training, test = len(book.characters), book.training, book.test
    followers = np.ones((V, V))  # one more than counted, so that nothing is impossible
    np.add.at(followers, (training[:-1], training[1:]), 1)
    frequent = np.bincount(training, minlength=V) + 1
    after = followers / followers.sum(axis=1, keepdims=True)
    scores = {
        "uniform": float(np.log2(V)),
        "unigram": float(-np.mean(np.log2((frequent / frequent.sum())[test]))),
        "bigram": float(-np.mean(np.log2(after[test[:-1], test[1:]]))),
    }
    print("bits per character:", {name: round(score, 2) for name, score in scores.items()})
    return scores


def book_curves(losses: Mapping[str, np.ndarray], scores: Mapping[str, float]) -> None:
    """Show the training losses of some runs in bits, and print what each scores on unseen text."""
    curves = {
        name: loss[: len(loss) // 20 * 20].reshape(-1, 20).mean(axis=1) / np.log(2)
        for name, loss in losses.items()
    }
    updates = 20 * (np.arange(len(next(iter(curves.values())))) + 0.5)
    figure, axes = plots.subplots("update", "bits per character")
    plots.lines(axes, curves, x=updates)
    for name in ("unigram", "bigram"):
        axes.axhline(scores[name], color=plots.INK, linestyle=":", linewidth=1)
        axes.text(updates[-1], scores[name] + 0.04, name, color=plots.INK, ha="right", fontsize=9)
    plots.show(
        figure,
        "Bits per character on the training pages against updates. Both curves fall below the unigram line "
        "first and below the bigram line later; Adam falls faster than SGD and ends lower.",
    )
    for name, score in scores.items():
        print(f"{name:10} {score:5.2f} bits per character on the unseen tenth")


def rates(rows: np.ndarray) -> list[np.ndarray]:
    """Print the bits of SGD and Adam at each learning rate, and those at the rate that validation chose.

    Args:
        rows: `data.optimizer_rates()`.

    Returns:
        For SGD and for Adam the bits of each seed on the test part, at the chosen rate.
    """
    found = []
    for name in ("SGD", "Adam"):
        mine = rows[rows["optimizer"] == name]
        print(f"{name}: mean bits over {len(np.unique(mine['seed']))} seeds on the validation part")
        means = {
            float(rate): float(mine["validation"][mine["learning_rate"] == rate].mean())
            for rate in np.unique(mine["learning_rate"])
        }
        print("   " + "   ".join(f"η = {rate:g}: {bits:.2f}" for rate, bits in means.items()))
        best = min(means, key=lambda rate: means[rate])
        test = mine["test"][mine["learning_rate"] == best]
        print(
            f"   chosen: η = {best:g}; on the test part {test.mean():.2f} bits "
            f"({test.min():.2f} to {test.max():.2f})"
        )
        found.append(test)
    return found


def success(final: Mapping[str, np.ndarray], rates: Sequence[float]) -> dict[str, np.ndarray]:
    """Show the final losses of runs by learning rate, and return how many are below 0.035 nats.

    Args:
        final: by name, losses (rates, seeds).
        rates: the learning rates.
    """
    figure, axes = plots.subplots("learning rate", "final loss (nats)", list(final), share_y=True)
    for ax, ends, colour in zip(axes, final.values(), plots.COLOURS, strict=False):
        for seed in range(ends.shape[1]):
            ax.scatter(rates, ends[:, seed], color=colour, marker="osD^v"[seed], alpha=0.7)
        ax.plot(rates, np.median(ends, axis=1), color=colour, linewidth=1)
        ax.axhline(np.log(2), color=plots.INK, linestyle="--", linewidth=1)
        ax.axhline(0.035, color=plots.INK, linestyle=":", linewidth=1)
        ax.set(xscale="log", yscale="log")
    plots.show(
        figure,
        "Final loss of five runs at five learning rates, both axes logarithmic; dashed the loss of a coin, "
        "dotted the bound of success. Without clipping the runs are below it at learning rates of 0.3 and "
        "1; with clipping nearly all are at 0.3, 1 and 3. At 0.1 and 10 no run succeeds in either.",
    )
    print("runs that succeed, of 5, and the spread of the final loss")
    print("learning rate" + "".join(f"{name:>25}" for name in final))
    for k, rate in enumerate(rates):
        row = [
            f"{f'{np.sum(ends[k] < 0.035)} ({ends[k].min():.3f} to {ends[k].max():.3f})':>25}"
            for ends in final.values()
        ]
        print(f"{rate:13}" + "".join(row))
    return {name: np.sum(ends < 0.035, axis=1) for name, ends in final.items()}


def turned(gradients: Any, clip_by_global_norm: Callable[..., Any]) -> None:
    """Print by how many degrees three ways of clipping turn some gradients."""
    bound = 0.2 * global_norm(gradients)
    value = 0.1 * max(np.abs(g).max() for g in gradients)
    ways = {
        "all together": clip_by_global_norm(gradients, bound)[0],
        "each array by itself": [g / max(1, np.linalg.norm(g) / bound) for g in gradients],
        "each number by itself": [np.clip(g, -value, value) for g in gradients],
    }
    for name, changed in ways.items():
        a, b = (np.concatenate([g.ravel() for g in arrays]) for arrays in (changed, gradients))
        cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        print(f"{name:22}: turned by {angle:4.1f} degrees")
