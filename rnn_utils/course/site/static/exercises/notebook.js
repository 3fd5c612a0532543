// Between a page and the notebook edition: the same grade ids stand in both.

const answered = (notebook) =>
  (notebook?.cells ?? []).filter((cell) => cell.cell_type === "code" && cell.metadata?.nbgrader?.solution);
const lines = (text) => text.split(/(?<=\n)/);

/** Return a copy of a learner's notebook with answers, by grade id, in their cells. */
export function withAnswers(notebook, answers) {
  const copy = structuredClone(notebook);
  for (const cell of answered(copy)) {
    const answer = answers[cell.metadata.nbgrader.grade_id];
    if (answer !== undefined) cell.source = lines(answer);
  }
  return copy;
}

/** Return the answers that stand in a notebook, by grade id. */
export function answersOf(notebook) {
  return Object.fromEntries(
    answered(notebook).map((cell) => [cell.metadata.nbgrader.grade_id, [cell.source].flat().join("")]),
  );
}
