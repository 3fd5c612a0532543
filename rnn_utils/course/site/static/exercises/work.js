// A reader's answers, kept in this browser by lesson and grade id.

const key = (lesson) => `rnn-course.work.${lesson}`;

/** Return what is kept of a lesson: for each grade id the `answer`, and `points` once it was checked. */
export function kept(lesson) {
  try {
    return JSON.parse(localStorage.getItem(key(lesson))) ?? {};
  } catch {
    return {}; // a browser that keeps nothing, or what something else wrote there
  }
}

/** Keep changes to one answer; say whether the browser keeps them. */
export function keep(lesson, name, changes) {
  try {
    const work = kept(lesson); // another window may have written since
    localStorage.setItem(key(lesson), JSON.stringify({ ...work, [name]: { ...work[name], ...changes } }));
    return true;
  } catch {
    return false;
  }
}

/** Return the points of all answers of a lesson. */
export function pointsOf(work) {
  return Object.values(work).reduce((sum, { points = 0 }) => sum + points, 0);
}
