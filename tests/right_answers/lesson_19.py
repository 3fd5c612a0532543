"""Correct solutions of lesson 19 in different styles: every one must pass."""

import numpy as np


def audit_by_sets(train_starts, test_starts, window, horizon):
    judged = {s + window + k for s in test_starts for k in range(horizon)}
    found = []
    for place, start in enumerate(train_starts):
        if judged & set(range(start, start + window + horizon)):
            found.append(place)
    return np.array(found, dtype=int)


def audit_by_a_mask(train_starts, test_starts, window, horizon):
    end = max(max(train_starts), max(test_starts)) + window + horizon
    judged = np.zeros(end, dtype=bool)
    for s in test_starts:
        judged[s + window : s + window + horizon] = True
    leaks = [judged[s : s + window + horizon].any() for s in train_starts]
    return np.nonzero(leaks)[0]


def audit_by_distances(train_starts, test_starts, window, horizon):
    apart = np.asarray(test_starts)[None, :] + window - np.asarray(train_starts)[:, None]
    return np.where(((apart < window + horizon) & (apart > -horizon)).any(axis=1))[0]


def f1_by_counting(tags, predicted, kinds):
    scores = np.zeros(kinds)
    for k in range(kinds):
        right = np.sum((tags == k) & (predicted == k))
        total = np.sum(tags == k) + np.sum(predicted == k)
        if total:
            scores[k] = 2 * right / total
    return scores


def f1_by_precision_and_recall(tags, predicted, kinds):
    scores = []
    for k in range(kinds):
        hits = float(((tags == k) & (predicted == k)).sum())
        precision = hits / max((predicted == k).sum(), 1)
        recall = hits / max((tags == k).sum(), 1)
        both = precision + recall
        scores.append(2 * precision * recall / both if both > 0 else 0.0)
    return np.array(scores)


def f1_by_a_table(tags, predicted, kinds):
    table = np.zeros((kinds, kinds))
    np.add.at(table, (np.ravel(tags), np.ravel(predicted)), 1)
    total = table.sum(axis=0) + table.sum(axis=1)
    return 2 * np.diag(table) / np.where(total == 0, 1, total)


RIGHT_ANSWERS = {
    "audit": [audit_by_sets, audit_by_a_mask, audit_by_distances],
    "f1_scores": [f1_by_counting, f1_by_precision_and_recall, f1_by_a_table],
}
