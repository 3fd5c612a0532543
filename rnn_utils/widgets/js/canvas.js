// Drawing: a sheet is the whole canvas, axes are one panel of it. Everything is drawn again for each
// frame, so that the page's colours, its zoom and its width are always those of the moment.
// One file, since whoever draws a picture looks up here all that a sheet and an axis can do.

import { niceTicks, range } from "./maths.js";

export const BLUE = "#4477AA";
export const RED = "#EE6677";
export const GREEN = "#228833";
export const PURPLE = "#AA3377";
export const GREY = "#777777";

const MARGIN = { left: 54, right: 16, top: 24, bottom: 38 };
const ROW = 18; // of a legend, and of a title's further lines
const PHONE = 480; // on narrower pages the words may be scrolled to, below controls and picture
const IN_VIEW = 664; // px for a play with its controls and words, on the smallest of laptops
const ON_A_PHONE = 700; // px for its controls and the picture
const NARROWEST_PANEL = 230; // a panel among others
const LOWEST_PANEL = 150;

export class Sheet {
  constructor(canvas) {
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d");
    this.stale = true;
    this.rows = {};
  }

  // How many rows of title and legend the panels at a level need; those side by side stay even.
  need(level, rows) {
    this.rows[level] = Math.max(this.rows[level] || 0, rows);
    this.grown = this.grown || this.rows[level] > this.given(level);
  }

  given(level) {
    return this.known[level] || 0;
  }

  // That is known when all is drawn: whether to draw again.
  grow() {
    const { grown } = this;
    this.grown = false;
    return grown;
  }

  // The width and the page's colours, asked for only when they may have changed: the answer costs the
  // browser a layout of the whole page. Returns the width.
  measure() {
    if (this.stale) {
      const { canvas } = this;
      const style = getComputedStyle(canvas);
      const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
      this.text = read("--jp-content-font-color1", style.color);
      this.paper = read("--jp-layout-color0", backgroundOf(canvas));
      this.font = read("--jp-ui-font-family", "sans-serif");
      this.code = read("--jp-code-font-family", "monospace");
      this.width = canvas.parentElement.clientWidth;
      this.rows = {};
      this.widest = {};
      this.phone = this.width < PHONE;
      const play = canvas.closest(".rnn-play");
      const beside = play ? play.clientHeight - canvas.clientHeight : 0;
      const above = play ? canvas.getBoundingClientRect().top - play.getBoundingClientRect().top : 0;
      this.room = Math.max(2 * LOWEST_PANEL, this.phone ? ON_A_PHONE - above : IN_VIEW - beside);
      this.stale = this.width === 0;
    }
    return this.width;
  }

  // Start a frame: `count` panels side by side, or in rows where they would be narrower than `minimum`;
  // on a phone each has a row of its own. `weights` are relative widths, `lowest` is a height. More than two rows of title and
  // legend make a panel higher, unless the play would no longer be in view. Returns one rectangle each.
  panels(count, { height = 240, minimum = 280, lowest = LOWEST_PANEL, weights = Array(count).fill(1) } = {}) {
    const { width, phone, room } = this;
    const least = phone ? minimum : Math.min(minimum, NARROWEST_PANEL);
    const fitting = phone ? 1 : Math.max(1, Math.floor(width / least));
    const columns = width / count >= least ? count : fitting;
    const levels = range(Math.ceil(count / columns));
    let y = 0;
    const panels = levels.flatMap((level) => {
      const extra = ROW * Math.max(0, (this.rows[level] || 0) - 2);
      const high = Math.max(lowest, Math.min(height + extra, room / levels.length));
      const row = weights.slice(level * columns, (level + 1) * columns);
      const total = row.reduce((a, b) => a + b, 0);
      let x = 0;
      const placed = row.map((weight) => {
        const panel = { x, y, width: (width * weight) / total, height: high, level };
        x += panel.width;
        return panel;
      });
      y += high;
      return placed;
    });
    this.begin(width, y);
    return panels;
  }

  // Clears the canvas and draws in units of the drawing's own, as large as the place allows.
  scaled(wide, high, draw) {
    const zoom = Math.min(this.width / wide, 1.5, this.room / high);
    this.begin(this.width, high * zoom);
    this.ctx.save();
    this.ctx.scale(zoom, zoom);
    draw();
    this.ctx.restore();
  }

  begin(width, height) {
    this.known = { ...this.rows };
    const ratio = window.devicePixelRatio || 1;
    const { canvas, ctx } = this;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
      canvas.style.height = `${height}px`;
    }
    this.typed = "";
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    ctx.lineJoin = "round";
  }

  // To set a font, even the same one, takes a canvas longer than to draw a line of text. Below, each
  // drawing sets whatever it uses: to save and to restore all of it would cost as much.
  type(size = 12, bold = false, font = this.font) {
    const wanted = `${bold ? "600 " : ""}${size}px ${font}`;
    if (this.typed !== wanted) this.ctx.font = this.typed = wanted;
  }

  write(text, x, y, { align = "left", base = "middle", size = 12, bold = false, colour, turn, font } = {}) {
    const { ctx } = this;
    this.type(size, bold, font);
    ctx.fillStyle = colour || this.text;
    ctx.textAlign = align;
    ctx.textBaseline = base;
    if (!turn) {
      ctx.fillText(text, x, y);
      return;
    }
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(turn);
    ctx.fillText(text, 0, 0);
    ctx.restore();
  }

  extent(text, size, bold) {
    this.type(size, bold);
    return this.ctx.measureText(text).width;
  }

  // The words of a text in as many lines as it takes.
  lines(text, width, size, bold) {
    return text.split(" ").reduce((lines, word) => {
      const longer = `${lines[lines.length - 1]} ${word}`;
      if (lines.length && this.extent(longer, size, bold) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
      return lines;
    }, []);
  }

  path(points, { colour = BLUE, width = 2, dash = [], close = false, fill } = {}) {
    const { ctx } = this;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.beginPath();
    points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    if (close) ctx.closePath();
    if (fill) {
      ctx.fillStyle = fill;
      ctx.fill();
    }
    if (width) ctx.stroke();
  }

  circle(x, y, radius, { colour = BLUE, fill, width = 2, dash = [] } = {}) {
    const { ctx } = this;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) {
      ctx.fillStyle = fill;
      ctx.fill();
    }
    ctx.setLineDash(dash);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    if (width) ctx.stroke();
  }

  // A gate: a round valve, filled as far as it is open (from 0 to 1).
  valve(x, y, open, radius = 14) {
    const { ctx } = this;
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.clip();
    ctx.globalAlpha = 0.45;
    ctx.fillStyle = PURPLE;
    ctx.fillRect(x - radius, y + radius * (1 - 2 * open), 2 * radius, 2 * radius * open);
    ctx.restore();
    this.circle(x, y, radius, { colour: PURPLE, width: 1.5 });
    this.write("×", x, y, { align: "center", bold: true, size: 15 });
  }

  // A broken line whose last piece is an arrow.
  route(points, { colour = this.text, width = 1.5, dash = [] } = {}) {
    this.path(points, { colour, width, dash });
    this.arrow(points[points.length - 2], points[points.length - 1], { colour, width, dash });
  }

  // One mark for one meaning: the shape says it, the colour repeats it.
  mark(shape, x, y, { colour = BLUE, size = 4 } = {}) {
    const d = size;
    if (shape === "dot") this.circle(x, y, d, { colour, fill: colour, width: 0 });
    if (shape === "ring") this.circle(x, y, d, { colour, fill: this.paper });
    if (shape === "cross") {
      this.path([[x - d, y - d], [x + d, y + d]], { colour });
      this.path([[x - d, y + d], [x + d, y - d]], { colour });
    }
    const square = [[x - d, y - d], [x + d, y - d], [x + d, y + d], [x - d, y + d]];
    if (shape === "square") this.path(square, { colour, fill: colour, close: true, width: 0 });
    if (shape === "box") this.path(square, { colour, close: true });
    const diamond = [[x, y - d - 1], [x + d + 1, y], [x, y + d + 1], [x - d - 1, y]];
    if (shape === "diamond") this.path(diamond, { colour, fill: this.paper, close: true });
  }

  arrow([x0, y0], [x1, y1], { colour = GREY, width = 1.5, dash = [], head = 6 } = {}) {
    const angle = Math.atan2(y1 - y0, x1 - x0);
    const side = (turn) => [x1 - head * Math.cos(angle + turn), y1 - head * Math.sin(angle + turn)];
    this.path([[x0, y0], [x1, y1]], { colour, width, dash });
    this.path([side(0.45), [x1, y1], side(-0.45)], { colour, fill: colour, close: true, width: 1 });
  }
}

function backgroundOf(node) {
  for (; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (colour !== "transparent" && !/^rgba\(.*, 0\)$/.test(colour)) return colour;
  }
  return "Canvas";
}

export class Axes {
  constructor(sheet, panel, { x, y, title = "", xlabel = "", ylabel = "", xticks, yticks, square, room = 0,
                              format = formatNumber }) {
    const titles = sheet.lines(title, panel.width - MARGIN.left, 13, true);
    const top = MARGIN.top + room + ROW * sheet.given(panel.level || 0);
    let width = panel.width - MARGIN.left - MARGIN.right;
    let height = panel.height - top - MARGIN.bottom;
    if (square) width = height = Math.min(width, height);
    Object.assign(this, { sheet, xlim: x, ylim: y, width, height });
    this.left = panel.x + MARGIN.left;
    this.top = panel.y + top;
    this.panel = panel;
    this.row = titles.length - 1; // the row that is written in
    this.keys = 0;
    this.pen = panel.x + panel.width; // no room left in the title's own
    sheet.need(panel.level || 0, this.row);
    const bottom = this.top + height;
    titles.forEach((line, i) => sheet.write(line, this.left, panel.y + 11 + ROW * i, { bold: true, size: 13 }));
    sheet.write(xlabel, this.left + width / 2, bottom + 28, { align: "center" });
    sheet.write(ylabel, panel.x + 10, this.top + height / 2, { align: "center", turn: -Math.PI / 2 });
    sheet.path([[this.left, this.top], [this.left, bottom], [this.left + width, bottom]], {
      colour: GREY,
      width: 1,
    });
    for (const tick of xticks || niceTicks(...x, Math.max(2, width / 50))) {
      sheet.path([[this.px(tick), bottom], [this.px(tick), bottom + 4]], { colour: GREY, width: 1 });
      sheet.write(formatNumber(tick), this.px(tick), bottom + 13, { align: "center" });
    }
    for (const tick of yticks || niceTicks(...y, Math.max(2, height / 36))) {
      sheet.path([[this.left - 4, this.py(tick)], [this.left, this.py(tick)]], { colour: GREY, width: 1 });
      sheet.write(format(tick), this.left - 7, this.py(tick), { align: "right" });
    }
  }

  px(x) {
    return this.left + ((x - this.xlim[0]) / (this.xlim[1] - this.xlim[0])) * this.width;
  }

  py(y) {
    return this.top + ((this.ylim[1] - y) / (this.ylim[1] - this.ylim[0])) * this.height;
  }

  // The data coordinates of a place on the canvas.
  at(px, py) {
    return [
      this.xlim[0] + ((px - this.left) / this.width) * (this.xlim[1] - this.xlim[0]),
      this.ylim[1] - ((py - this.top) / this.height) * (this.ylim[1] - this.ylim[0]),
    ];
  }

  // Draw inside the frame only (half a marker may stand over).
  inside(drawing) {
    const { ctx } = this.sheet;
    ctx.save();
    ctx.beginPath();
    ctx.rect(this.left - 6, this.top - 6, this.width + 12, this.height + 12);
    ctx.clip();
    drawing();
    ctx.restore();
  }

  line(xs, ys, { colour = BLUE, width = 2, dash = [], mark, size, label } = {}) {
    const points = xs.map((x, i) => [this.px(x), this.py(clamp(ys[i], this.ylim))]);
    this.inside(() => {
      if (width) this.sheet.path(points, { colour, width, dash });
      if (mark) points.forEach(([x, y]) => this.sheet.mark(mark, x, y, { colour, size }));
    });
    if (label) this.key(label, { colour, width, dash, mark, size });
    return this;
  }

  points(xs, ys, options = {}) {
    return this.line(xs, ys, { mark: "dot", ...options, width: 0 });
  }

  stems(xs, ys, { colour = BLUE, mark = "dot", size = 3, label } = {}) {
    xs.forEach((x, i) => this.line([x, x], [0, ys[i]], { colour, width: 1.5 }));
    return this.line(xs, ys, { colour, mark, size, width: 0, label });
  }

  bars(edges, heights, { colour = BLUE } = {}) {
    heights.forEach((height, i) => {
      const [x0, x1] = [this.px(edges[i]), this.px(edges[i + 1])];
      const [y0, y1] = [this.py(0), this.py(height)];
      const corners = [[x0 + 1, y0], [x0 + 1, y1], [x1 - 1, y1], [x1 - 1, y0]];
      this.sheet.path(corners, { colour, fill: colour, close: true, width: 0 });
    });
    return this;
  }

  vertical(x, { colour = GREY, dash = [5, 4], width = 1.5, label } = {}) {
    this.line([x, x], this.ylim, { colour, dash, width });
    if (label) this.key(label, { colour, dash, width });
    return this;
  }

  horizontal(y, { colour = GREY, dash = [5, 4], width = 1, label } = {}) {
    return this.line(this.xlim, [y, y], { colour, dash, width, label });
  }

  note(text, x, y, options = {}) {
    this.sheet.write(text, this.px(x), this.py(y), options);
    return this;
  }

  arrow(from, to, options) {
    this.sheet.arrow([this.px(from[0]), this.py(from[1])], [this.px(to[0]), this.py(to[1])], options);
    return this;
  }

  // A matrix as squares: the area is the size, filled is positive, an empty box is negative.
  matrix(rows, { most, colour = BLUE, other = RED, signs = true } = {}) {
    const cell = Math.min(Math.abs(this.px(1) - this.px(0)), Math.abs(this.py(1) - this.py(0)));
    rows.forEach((row, i) =>
      row.forEach((value, j) => {
        const size = (cell / 2 - 1) * Math.sqrt(Math.min(1, Math.abs(value) / most));
        if (size < 0.4) return;
        const shape = value > 0 ? "square" : "box";
        this.sheet.mark(shape, this.px(j), this.py(i), { colour: value > 0 ? colour : other, size });
      }),
    );
    if (signs) {
      this.key("positive", { colour, width: 0, mark: "square" });
      this.key("negative", { colour: other, width: 0, mark: "box" });
    }
    return this;
  }

  // One entry of the legend, in the rows between the title and the frame.
  key(label, { colour, width = 2, dash = [], mark, size = 4 }) {
    const { panel, sheet } = this;
    // As wide as it ever was: a legend whose numbers change must not jump while a slider is dragged.
    const slot = `${panel.x} ${panel.y} ${(this.keys += 1)}`;
    const needed = (sheet.widest[slot] = Math.max(sheet.widest[slot] || 0, 34 + sheet.extent(label)));
    if (this.pen + needed - 6 > panel.x + panel.width) {
      this.pen = this.left;
      this.row += 1;
      sheet.need(panel.level || 0, this.row);
    }
    const [x, y] = [this.pen, panel.y + 11 + ROW * this.row];
    if (width) sheet.path([[x, y], [x + 20, y]], { colour, width, dash });
    if (mark) sheet.mark(mark, x + 10, y, { colour, size });
    sheet.write(label, x + 25, y);
    this.pen += needed + 4;
  }
}

export function formatNumber(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3)
    ? value.toExponential(0).replace("e+", "e")
    : String(Number(value.toPrecision(6)));
  return text.replace(/-/g, "−");
}

// A number with a fixed count of decimals and a true minus sign.
export function decimals(value, count = 2) {
  const text = value.toFixed(count);
  return (Number(text) === 0 ? (0).toFixed(count) : text).replace("-", "−");
}

function clamp(value, [low, high]) {
  // A line that leaves the frame still points the right way, without numbers a canvas cannot take.
  const room = 20 * (high - low);
  return Math.min(high + room, Math.max(low - room, value));
}
