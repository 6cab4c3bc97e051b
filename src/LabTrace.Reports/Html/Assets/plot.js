// A plot as it was attached: a histogram, or lines over a quantity. Its numbers are there as a table too.

const PLOT_WIDTH = 640, PLOT_HEIGHT = 240, PLOT_LEFT = 64, PLOT_BOTTOM = 40, PLOT_TOP = 18, PLOT_RIGHT = 16;
const TABLE_ROWS = 500;

function drawPlot(data) {
  if (data === null || typeof data !== 'object') return null;
  const isHistogram = data.kind === 'histogram';
  const bins = (Array.isArray(data.bins) ? data.bins : []).filter((bin) => Array.isArray(bin) && bin.length === 3 && bin.every(Number.isFinite));
  const series = (Array.isArray(data.series) ? data.series : []).map((line) => ({
    name: visible(line?.name), points: (Array.isArray(line?.points) ? line.points : []).filter((p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite)),
  })).filter((line) => line.points.length > 0);
  if (isHistogram ? bins.length === 0 : series.length === 0) return null;
  const marks = (Array.isArray(data.marks) ? data.marks : []).filter((m) => m && (Number.isFinite(m.x) || Number.isFinite(m.y))).map((m) => ({ ...m, label: visible(m.label) }));
  const axes = isHistogram ? histogramAxes(data, bins, marks) : lineAxes(data, series, marks);
  const title = visible(data.title) || (isHistogram ? 'Histogram' : 'Plot');
  const drawing = svg('svg', { viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`, role: 'img', 'aria-label': `${title}. ${visible(data.note)}` },
    drawAxes(axes), isHistogram ? drawBins(axes, bins) : series.map((line, i) => drawLine(axes, line, i)), marks.map((m) => drawPlotMark(axes, m)));
  return el('figure', { class: 'plot' }, el('figcaption', {}, el('b', {}, title), data.note && el('span', { class: 'quiet' }, ` ${visible(data.note)}`)), drawing,
    series.length > 1 && el('p', { class: 'legend' }, series.map((line, i) => el('span', {}, el('span', { class: 'swatch', style: { background: `var(--hue-${i % 8})` } }), line.name))),
    el('details', {}, el('summary', {}, 'Numbers'), plotTable(isHistogram, axes, bins, series)));
}

function scale(low, high, from, to, isLog) {
  const place = isLog ? Math.log10 : (v) => v;
  const span = place(high) - place(low) || 1;
  return (value) => from + (place(value) - place(low)) / span * (to - from);
}

function unitText(unit) {
  return unit === 'ns' ? (value, step = 0) => nanoseconds(value, step) : (value) => `${Number(value.toPrecision(6))}${unit ? ` ${visible(unit)}` : ''}`;
}

function histogramAxes(data, bins, marks) {
  const isLog = data.x?.scale === 'log' && bins[0][0] > 0;
  const inside = marks.filter((m) => Number.isFinite(m.x) && (!isLog || m.x > 0)).map((m) => m.x);
  const low = Math.min(bins[0][0], ...inside), high = Math.max(bins.at(-1)[1], ...inside);
  return makeAxes(low, high, isLog, 0, Math.max(...bins.map((bin) => bin[2])), data.x, { label: 'count' });
}

function lineAxes(data, series, marks) {
  const points = series.flatMap((line) => line.points);
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [px, py] of points) {
    lowX = Math.min(lowX, px); highX = Math.max(highX, px); lowY = Math.min(lowY, py); highY = Math.max(highY, py);
  }
  for (const m of marks) if (Number.isFinite(m.y)) { lowY = Math.min(lowY, m.y); highY = Math.max(highY, m.y); }
  const room = (highY - lowY) * 0.06 || 1;
  return makeAxes(lowX, highX, false, lowY - room, highY + room, data.x, data.y);
}

function makeAxes(lowX, highX, isLog, lowY, highY, x, y) {
  return {
    lowX, highX, isLog, lowY, highY,
    x: scale(lowX, highX, PLOT_LEFT, PLOT_WIDTH - PLOT_RIGHT, isLog),
    y: scale(lowY, highY, PLOT_HEIGHT - PLOT_BOTTOM, PLOT_TOP, false),
    labelX: visible(x?.label), labelY: visible(y?.label), textX: unitText(x?.unit), textY: unitText(y?.unit),
  };
}

function ticks(low, high, wanted, isLog) {
  if (isLog) {
    const list = [];
    for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power++) list.push(10 ** power);
    if (list.length >= 2) return list;
    return [low, Math.sqrt(low * high), high];
  }
  const raw = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw);
  const list = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) list.push(at);
  return list;
}

function drawAxes(axes) {
  const bottom = PLOT_HEIGHT - PLOT_BOTTOM;
  const across = ticks(axes.lowX, axes.highX, 6, axes.isLog);
  const up = ticks(axes.lowY, axes.highY, 4, false);
  const stepX = across.length > 1 && !axes.isLog ? across[1] - across[0] : 0;
  const stepY = up.length > 1 ? up[1] - up[0] : 0;
  return [
    up.map((value) => [
      svg('line', { class: 'grid', x1: PLOT_LEFT, x2: PLOT_WIDTH - PLOT_RIGHT, y1: axes.y(value), y2: axes.y(value) }),
      svg('text', { x: PLOT_LEFT - 6, y: axes.y(value) + 4, 'text-anchor': 'end' }, axes.textY(value, stepY)),
    ]),
    across.map((value) => [
      svg('line', { class: 'grid', x1: axes.x(value), x2: axes.x(value), y1: bottom, y2: bottom + 4 }),
      svg('text', { x: axes.x(value), y: bottom + 16, 'text-anchor': 'middle' }, axes.textX(value, axes.isLog ? value : stepX)),
    ]),
    svg('line', { class: 'axis', x1: PLOT_LEFT, x2: PLOT_WIDTH - PLOT_RIGHT, y1: bottom, y2: bottom }),
    svg('text', { class: 'axis-label', x: (PLOT_LEFT + PLOT_WIDTH) / 2, y: PLOT_HEIGHT - 6, 'text-anchor': 'middle' }, axes.labelX),
    svg('text', { class: 'axis-label', x: 4, y: 11 }, axes.labelY),
  ];
}

function drawBins(axes, bins) {
  const bottom = PLOT_HEIGHT - PLOT_BOTTOM;
  return bins.map(([from, to, number]) => svg('rect', {
    class: 'bin', x: axes.x(from) + 0.5, width: Math.max(1, axes.x(to) - axes.x(from) - 1), y: axes.y(number), height: Math.max(0, bottom - axes.y(number)),
  }, svg('title', {}, `${axes.textX(from)} to ${axes.textX(to)}: ${NUMBER.format(number)}`)));
}

function drawLine(axes, line, index) {
  const path = line.points.map(([px, py], i) => `${i ? 'L' : 'M'}${axes.x(px).toFixed(1)} ${axes.y(py).toFixed(1)}`).join('');
  return [
    svg('path', { class: `series hue-${index % 8}`, d: path }),
    line.points.length <= 200 && line.points.map(([px, py]) => svg('circle', { class: `point hue-${index % 8}`, cx: axes.x(px), cy: axes.y(py), r: 2 },
      svg('title', {}, `${axes.textX(px)}: ${axes.textY(py)}`))),
  ];
}

function drawPlotMark(axes, m) {
  if (Number.isFinite(m.x) && !(axes.isLog && m.x <= 0)) {
    const at = axes.x(m.x);
    const isRight = at > PLOT_WIDTH * 0.7;
    return [svg('line', { class: 'limit', x1: at, x2: at, y1: PLOT_TOP - 4, y2: PLOT_HEIGHT - PLOT_BOTTOM }),
      svg('text', { class: 'limit-label', x: at + (isRight ? -5 : 5), y: PLOT_TOP + 6, 'text-anchor': isRight ? 'end' : 'start' }, m.label)];
  }
  if (!Number.isFinite(m.y)) return null;
  return [svg('line', { class: 'limit', x1: PLOT_LEFT, x2: PLOT_WIDTH - PLOT_RIGHT, y1: axes.y(m.y), y2: axes.y(m.y) }),
    svg('text', { class: 'limit-label', x: PLOT_WIDTH - PLOT_RIGHT - 4, y: axes.y(m.y) - 4, 'text-anchor': 'end' }, m.label)];
}

function plotTable(isHistogram, axes, bins, series) {
  const head = isHistogram ? ['from', 'to', 'count'] : ['series', axes.labelX || 'x', axes.labelY || 'y'];
  const all = isHistogram ? bins.map(([from, to, n]) => [axes.textX(from), axes.textX(to), NUMBER.format(n)])
    : series.flatMap((line) => line.points.map(([px, py]) => [line.name, axes.textX(px), axes.textY(py)]));
  return [el('table', {}, el('thead', {}, el('tr', {}, head.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, all.slice(0, TABLE_ROWS).map((row) => el('tr', {}, row.map((cell) => el('td', { class: 'number' }, cell)))))),
  all.length > TABLE_ROWS && el('p', { class: 'quiet' }, `${NUMBER.format(all.length - TABLE_ROWS)} further rows are in the attachment.`)];
}
