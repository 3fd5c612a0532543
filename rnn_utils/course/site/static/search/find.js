// Which sections a question is about, the best first, and what of them shows why.

import { MiniSearch, stemmer } from "./engine.js";

// Words that are in any question: the first say nothing at all, the others only what is wanted of the rest.
const SILENT = new Set("a an and are as at by do does for from i in into is it its my of on or that the their they this to what".split(" "));
const IDLE = new Set([
  ...SILENT,
  ...("about be between can difference explained get how meaning rnn rnns should up use vs versus was when where which who why " +
    "with work works you your").split(" "),
]);
const OPTIONS = {
  boost: { asked: 6, title: 4, terms: 2, words: 1, above: 0.5 },
  prefix: (term) => term.length > 3,
  fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  weights: { prefix: 0.4, fuzzy: 0.2 },
};
const FAR_BEHIND = 0.15; // of the best one's score
const EXCERPT = 36; // words

const stems = new Map(); // a lesson says the same words again and again

/** Return what a word is found by, whatever its ending and spelling; nothing for one that is in any question. */
export function stem(word) {
  if (!stems.has(word)) {
    const plain = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
    stems.set(word, IDLE.has(plain) ? null : stemmer(plain.replace(/z(e[drs]?|ing|ations?|ers?)$/, "s$1")));
  }
  return stems.get(word);
}

/** Return what two ways to ask for the same have in common. */
function key(question) {
  const words = question.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word && !SILENT.has(word));
  return words.map((word) => stem(word) ?? stemmer(word)).sort().join(" ");
}

/**
 * Return a function that finds sections.
 *
 * @param {{url: string, title: string, above: string, words: string, terms: string, asked: string[], worth: number}[]}
 *   sections what rnn_utils/course/site/search.py writes
 * @returns {(question: string) => {section: object, found: Set<string>}[]} gives the sections with the stems found there
 */
export function finder(sections) {
  const engine = new MiniSearch({ idField: "url", fields: Object.keys(OPTIONS.boost), processTerm: stem });
  engine.addAll(sections.map((section) => ({ ...section, asked: section.asked.join(" ") })));
  const known = new Map(sections.map((section) => [section.url, section]));
  const keys = new Map(sections.map(({ url, asked }) => [url, new Set(asked.map(key))]));
  const boostDocument = (url) => known.get(url).worth;
  return (question) => {
    const all = engine.search(question, { ...OPTIONS, boostDocument });
    const near = all.filter(({ score }) => score > FAR_BEHIND * all[0].score);
    const named = sections.filter(({ url }) => keys.get(url).has(key(question)));
    // What is asked for by its name comes first, as in an index.
    const first = (url) => named.includes(known.get(url));
    const rest = named.filter(({ url }) => !near.some(({ id }) => id === url)).map(({ url }) => ({ id: url, terms: [] }));
    const found = [...near, ...rest].sort((a, b) => first(b.id) - first(a.id));
    return found.map(({ id, terms }) => ({ section: known.get(id), found: new Set(terms) }));
  };
}

/** Return the part of a text in which most was found, as pieces `[text, whether it was found]`. */
export function excerpt(text, found) {
  const words = text.split(" ");
  const hits = words.map((word) => word.split(/[^\p{L}\p{N}]+/u).some((part) => found.has(stem(part))));
  const within = (from) => hits.slice(from, from + EXCERPT).filter(Boolean).length;
  const begins = words.map((_, k) => k).filter((k) => k === 0 || (/[.?!]$/.test(words[k - 1]) && !/^\p{Ll}/u.test(words[k])));
  const from = begins.reduce((best, k) => (within(k) > within(best) ? k : best), 0);
  const pieces = words.slice(from, from + EXCERPT).map((word, k) => [word, hits[from + k]]);
  if (from + EXCERPT < words.length) pieces.push(["…", false]);
  return pieces;
}
