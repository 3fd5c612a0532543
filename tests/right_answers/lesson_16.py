"""Correct solutions of lesson 16 in different styles: every one must pass."""

import math

import numpy as np


def scores_by_product(query, keys):
    return (keys * query).sum(axis=2) / np.sqrt(keys.shape[2])


def scores_by_matmul(query, keys):
    return np.matmul(keys.transpose(1, 0, 2), query[:, :, None])[:, :, 0].T / math.sqrt(
        query.shape[-1]
    )


def scores_by_loops(query, keys):
    T, N, H = keys.shape
    scores = np.zeros((T, N))
    for t in range(T):
        for n in range(N):
            scores[t, n] = sum(query[n, k] * keys[t, n, k] for k in range(H)) / H**0.5
    return scores


def scores_of_a_scaled_query(query, keys):
    return np.einsum("nh,tnh->tn", query * query.shape[1] ** -0.5, keys)


def softmax_by_infinities(scores, lengths):
    scores = scores.copy()
    for n, length in enumerate(lengths):
        scores[length:, n] = -np.inf
    e = np.exp(scores - np.max(scores, axis=0))
    return e / np.sum(e, axis=0)


def softmax_by_parts(scores, lengths):
    weights = np.zeros(scores.shape)
    for n in range(scores.shape[1]):
        own = scores[: lengths[n], n]
        e = np.exp(own - own.max())
        weights[: lengths[n], n] = e / e.sum()
    return weights


def softmax_by_logarithms(scores, lengths):
    inside = np.arange(len(scores)).reshape(-1, 1) < np.asarray(lengths).reshape(1, -1)
    kept = np.where(inside, scores, -np.inf)
    total = np.logaddexp.reduce(kept, axis=0)
    return np.exp(kept - total)


def attend_by_helpers(query, keys, values, lengths):
    weights = softmax_by_parts(scores_by_product(query, keys), lengths)
    return (weights[:, :, np.newaxis] * values).sum(axis=0)


def attend_by_sequences(query, keys, values, lengths):
    read = []
    for n, length in enumerate(lengths):
        s = keys[:length, n] @ query[n] / np.sqrt(len(query[n]))
        w = np.exp(s - s.max())
        read.append(w / w.sum() @ values[:length, n])
    return np.array(read)


def softmax_below_a_billion(scores, lengths):
    outside = (np.arange(len(scores)).reshape(-1, 1) >= lengths).astype(float)
    kept = scores + outside * -1e9
    e = np.exp(kept - np.max(kept, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def attend_in_one_pass(query, keys, values, lengths):
    largest, total = np.full(len(query), -np.inf), np.zeros(len(query))
    read = np.zeros((len(query), values.shape[2]))
    for t, (k, v) in enumerate(zip(keys, values, strict=True)):
        live = t < lengths
        s = (query * k).sum(axis=1) / np.sqrt(query.shape[1])
        new = np.where(live, np.maximum(largest, s), largest)
        fade, share = np.exp(largest - new), np.where(live, np.exp(s - new), 0)
        total, read = total * fade + share, read * fade[:, None] + share[:, None] * v
        largest = new
    return read / total[:, None]


def attend_by_matmul(query, keys, values, lengths):
    w = softmax_by_infinities(scores_by_matmul(query, keys), lengths).T[:, None, :]
    return (w @ values.transpose(1, 0, 2))[:, 0]


def back_by_sums(dy, query, keys, values, lengths):
    weights = softmax_by_parts(scores_by_product(query, keys), lengths)
    d_values = weights[:, :, None] * dy
    d_weights = (values * dy).sum(axis=2)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=0, keepdims=True))
    d_scores /= np.sqrt(query.shape[1])
    return (d_scores[:, :, None] * keys).sum(axis=0), d_scores[:, :, None] * query[None], d_values


def back_by_jacobians(dy, query, keys, values, lengths):
    T, N, H = keys.shape
    d_query, d_keys, d_values = np.zeros((N, H)), np.zeros((T, N, H)), np.zeros(values.shape)
    weights = softmax_by_infinities(scores_by_product(query, keys), lengths)
    for n in range(N):
        w = weights[:, n]
        jacobian = np.diag(w) - np.outer(w, w)
        ds = jacobian @ (values[:, n] @ dy[n]) / np.sqrt(H)
        d_query[n] = ds @ keys[:, n]
        d_keys[:, n] = np.outer(ds, query[n])
        d_values[:, n] = np.outer(w, dy[n])
    return d_query, d_keys, d_values


def back_through_what_was_read(dy, query, keys, values, lengths):
    weights = softmax_by_logarithms(scores_by_product(query, keys), lengths)
    read = np.einsum("tn,tnv->nv", weights, values)
    ds = weights * np.einsum("nv,tnv->tn", dy, values - read) * query.shape[1] ** -0.5
    return [
        np.einsum("tn,tnh->nh", ds, keys),
        np.einsum("tn,nh->tnh", ds, query),
        np.einsum("tn,nv->tnv", weights, dy),
    ]


def decode_by_lists(step, state, start, end, longest):
    tokens, ended, rows = list(start), [False] * len(start), []
    for _ in range(longest):
        if all(ended):
            break
        scores, state = step(np.array(tokens), state)
        best = np.argmax(scores, axis=1)
        tokens = [end if done else int(k) for done, k in zip(ended, best, strict=True)]
        ended = [done or k == end for done, k in zip(ended, tokens, strict=True)]
        rows.append(tokens)
    return np.array(rows, dtype=int).reshape(-1, len(start))


def decode_then_cut(step, state, start, end, longest):
    N, k = len(start), start
    written = np.full((longest, N), end)
    alive = np.ones(N, dtype=bool)
    for t in range(longest):
        y, state = step(k, state)
        k = y.argmax(1)
        k[~alive] = end
        written[t] = k
        alive &= k != end
        if not alive.any():
            return written[: t + 1]
    return written


def decode_by_recursion(step, state, start, end, longest, ended=None):
    ended = np.zeros(len(start), bool) if ended is None else ended
    if longest == 0 or ended.all():
        return np.zeros((0, len(start)), int)
    y, state = step(start, state)
    row = np.where(ended, end, np.argmax(y, axis=-1))
    rest = decode_by_recursion(step, state, row, end, longest - 1, ended | (row == end))
    return np.concatenate([row[None], rest])


def beam_by_sorting(step, state, start, end, longest, width):
    beam, finished = [(0.0, [], state)], []
    for _ in range(longest):
        grown = []
        for total, tokens, own in beam:
            scores, after = step(np.array([tokens[-1] if tokens else start]), own)
            p = np.exp(scores[0] - scores[0].max())
            for k, log in enumerate(np.log(p / p.sum())):
                grown.append((total + log, [*tokens, k], after))
        grown.sort(key=lambda one: one[0], reverse=True)
        beam = []
        for one in grown[:width]:
            (finished if one[1][-1] == end else beam).append(one)
        if not beam:
            break
    best = max(finished + beam, key=lambda one: one[0])
    return best[1], best[0]


def beam_by_recursion(step, state, start, end, longest, width):
    def grow(beam, left):
        alive = [one for one in beam if not one[1] or one[1][-1] != end]
        if not alive or not left:
            return beam
        new = []
        for log, tokens, own in alive:
            y, after = step(np.array([(tokens or (start,))[-1]]), own)
            logs = y[0] - np.logaddexp.reduce(y[0])
            new += [(log + logs[k], (*tokens, k), after) for k in range(len(logs))]
        kept = sorted(new, key=lambda one: one[0])[-width:]
        return [one for one in beam if one not in alive] + grow(kept, left - 1)

    log, tokens, _ = max(grow([(0.0, (), state)], longest), key=lambda one: one[0])
    return np.array(tokens, dtype=int), log


def beam_by_arrays(step, state, start, end, longest, width):
    totals, texts, states, best = np.zeros(1), [[]], [state], (-np.inf, [])
    for _ in range(longest):
        rows, after = [], []
        for text, own in zip(texts, states, strict=True):
            y, new = step(np.array([text[-1]] if text else [start]), own)
            rows.append(y[0] - y[0].max() - np.log(np.sum(np.exp(y[0] - y[0].max()))))
            after.append(new)
        sums = (totals[:, None] + np.array(rows)).ravel()
        V, order = len(rows[0]), np.argsort(sums)[::-1][:width]
        grown = [(sums[i], [*texts[i // V], int(i % V)], after[i // V]) for i in order]
        best = max([best, *((s, t) for s, t, _ in grown if t[-1] == end)], key=lambda one: one[0])
        alive = [one for one in grown if one[1][-1] != end]
        if not alive:
            return best[1], best[0]
        totals, texts, states = (
            np.array([one[0] for one in alive]),
            *zip(*[one[1:] for one in alive], strict=True),
        )
    return max([best[::-1], *zip(texts, totals, strict=True)], key=lambda one: one[1])


RIGHT_ANSWERS = {
    "attention_scores": [
        scores_by_product,
        scores_by_matmul,
        scores_by_loops,
        scores_of_a_scaled_query,
    ],
    "masked_softmax": [
        softmax_by_infinities,
        softmax_by_parts,
        softmax_by_logarithms,
        softmax_below_a_billion,
    ],
    "attend": [attend_by_helpers, attend_by_sequences, attend_by_matmul, attend_in_one_pass],
    "attend_backward": [back_by_sums, back_by_jacobians, back_through_what_was_read],
    "beam_search": [beam_by_sorting, beam_by_recursion, beam_by_arrays],
    "greedy_decode": [decode_by_lists, decode_then_cut, decode_by_recursion],
}
