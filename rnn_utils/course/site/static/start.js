// The network at the top of the start page: it writes as soon as it is there, unless the reader wants no motion.

import { embed } from "./static.js";
import writer from "./writer.js";

const place = document.getElementById("writer");
const payload = await (await fetch(place.dataset.source)).json();
embed(place, writer, payload);
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) place.querySelector("button").click();
