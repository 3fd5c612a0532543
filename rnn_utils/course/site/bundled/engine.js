// What the search is made of; `npm install && npm run build` puts it into one file, ../static/search/engine.js.

export { default as MiniSearch } from "minisearch";
export { stemmer } from "stemmer";
