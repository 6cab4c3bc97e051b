// A capture along time: lanes on a canvas to zoom and pan, and the events as a list beside it. Mouse and keyboard do the same things.

const LANE_HEIGHT = 34;
const AXIS_HEIGHT = 24;
const EVENT_ROW_HEIGHT = 22;
const HIT_PIXELS = 6;
const SMALLEST_SPAN = 20;

function createTimeline(model) {
  const full = { from: model.first - Math.max(1, (model.last - model.first) * 0.01), to: model.last + Math.max(1, (model.last - model.first) * 0.01) };
  let view = { ...full };
  let group = model.groups[0];
  let lanes = lanesOf(model, group);
  let selected = model.deciding[0] ?? null;
  const hidden = new Set();

  const seen = (event) => !hidden.has(event.name);
  const colour = (name) => `var(--hue-${name % 8})`;
  const paint = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const timeText = (time, step = 0) => model.isTime ? nanoseconds(time, step) : `${NUMBER.format(time)} ticks`;

  const canvas = el('canvas', {
    tabindex: '0', role: 'application', 'aria-roledescription': 'timeline', 'aria-describedby': 'timeline-keys',
  });
  const describe = () => canvas.setAttribute('aria-label', `Timeline of ${model.name}: ${lanes.map((lane) => lane.name).join(', ')}`);
  describe();
  const tip = el('div', { class: 'tip', hidden: true });
  const stage = el('div', { class: 'stage' }, el('div', { class: 'lanes' }, canvas), tip);
  const range = el('span', { class: 'range' });
  const list = el('div', { class: 'events', role: 'listbox', tabindex: '0', 'aria-label': 'Events' });
  const rows = virtualRows(list, EVENT_ROW_HEIGHT, drawEventRow);
  let listed = [];

  const groups = el('div', { class: 'tabs', role: 'group', 'aria-label': 'Lanes' }, model.groups.map((name) => button(`by ${name}`, () => regroup(name), { 'data-group': name, 'aria-pressed': String(name === group) })));
  const element = el('div', { class: 'timeline' },
    el('div', { class: 'toolbar' }, groups,
      el('div', { class: 'tabs', role: 'group', 'aria-label': 'Zoom' },
        button('−', () => zoom(2), { title: 'Zoom out (-)', 'aria-label': 'Zoom out' }),
        button('+', () => zoom(0.5), { title: 'Zoom in (+)', 'aria-label': 'Zoom in' }),
        button('All', () => setView(full), { title: 'Everything (0)' }),
        model.deciding.length > 0 && button('Deciding', () => showDeciding(), { title: 'The events that decided (d)' })),
      range),
    legend(), stage,
    el('p', { class: 'quiet', id: 'timeline-keys' }, 'Drag to pan, ctrl and wheel to zoom (or the wheel alone once the timeline has the focus). Keys: + − zoom, ← → pan, comma and full stop previous and next event, d deciding events, 0 everything.'),
    summary(), list);

  function summary() {
    const kept = model.events.length;
    return el('p', { class: 'quiet' }, `${count(model.total, 'event')}, clock ${model.clock || 'unknown'}`,
      model.total > kept && `; ${NUMBER.format(kept)} shown here, ${NUMBER.format(model.total - kept)} left out (hatched)`,
      model.lost > 0 && el('b', {}, `; the kernel lost ${count(model.lost, 'event')}`), '.');
  }

  function legend() {
    const counts = new Map();
    for (const event of model.events) counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
    return el('div', { class: 'legend', role: 'group', 'aria-label': 'Kinds of events' }, [...counts].sort((a, b) => b[1] - a[1]).slice(0, 16).map(([name, number]) => {
      const swatch = el('span', { class: 'swatch', style: { background: colour(name) } });
      return button([swatch, model.names[name] ?? 'event', el('span', { class: 'number' }, NUMBER.format(number))], (press) => {
        const isHidden = !hidden.delete(name);
        if (isHidden) hidden.add(name);
        press.currentTarget.setAttribute('aria-pressed', String(!isHidden));
        refresh();
      }, { 'aria-pressed': 'true' });
    }));
  }

  // Where times are on the canvas.
  const labelWidth = () => canvas.clientWidth < 520 ? 84 : 148;
  const x = (time) => labelWidth() + (time - view.from) / (view.to - view.from) * (canvas.clientWidth - labelWidth());
  const timeAt = (pixels) => view.from + (pixels - labelWidth()) / (canvas.clientWidth - labelWidth()) * (view.to - view.from);

  function setView(next) {
    const span = Math.min(full.to - full.from, Math.max(SMALLEST_SPAN, next.to - next.from));
    const from = Math.max(full.from, Math.min(full.to - span, next.from));
    view = { from, to: from + span };
    refresh();
  }

  function zoom(factor, at = selected && seenIn(selected) ? selected.time : (view.from + view.to) / 2) {
    setView({ from: at - (at - view.from) * factor, to: at + (view.to - at) * factor });
  }

  const pan = (part) => setView({ from: view.from + part * (view.to - view.from), to: view.to + part * (view.to - view.from) });
  const seenIn = (event) => event.time >= view.from && event.time <= view.to;

  function showDeciding() {
    const [first, last] = [model.deciding[0].time, model.deciding[Math.min(2, model.deciding.length - 1)].time];
    const around = Math.max((last - first) * 0.3, Math.min(10000, (full.to - full.from) / 20));
    setView({ from: first - around, to: last + around });
    pick(model.deciding[0]);
  }

  function pick(event) {
    selected = event;
    if (!seenIn(event)) setView({ from: event.time - (view.to - view.from) / 2, to: event.time + (view.to - view.from) / 2 });
    else refresh();
    const at = listed.indexOf(event);
    if (at >= 0) rows.reveal(at);
    say(`${model.names[event.name] ?? 'event'} at ${timeText(event.time)}, ${taskName(model, event.task)}, cpu ${event.cpu}${event.isDeciding ? ', deciding' : ''}`);
  }

  function step(direction) {
    const events = model.events.filter(seen);
    if (events.length === 0) return;
    const from = selected ? events.indexOf(selected) : -1;
    const middle = events.findIndex((event) => event.time >= view.from);
    pick(events[Math.max(0, Math.min(events.length - 1, from < 0 ? middle : from + direction))]);
  }

  function regroup(name) {
    group = name;
    lanes = lanesOf(model, group);
    describe();
    for (const tab of groups.children) tab.setAttribute('aria-pressed', String(tab.dataset.group === name));
    refresh();
  }

  let isWaiting = false;
  function refresh() {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      draw();
      const next = model.events.filter(seen);
      if (next.length !== listed.length) {
        listed = next;
        rows.reset(listed.length);
      } else {
        rows.redraw();
      }
      list.setAttribute('aria-activedescendant', selected && listed.includes(selected) ? `event-${selected.index}` : '');
      if (!selected || !listed.includes(selected)) list.removeAttribute('aria-activedescendant');
    });
  }

  function drawEventRow(at) {
    const event = listed[at];
    const before = at > 0 ? listed[at - 1] : null;
    return el('div', {
      class: `event ${event.isDeciding ? 'deciding' : ''}`, role: 'option', id: `event-${event.index}`, 'aria-selected': String(event === selected),
      'aria-posinset': at + 1, 'aria-setsize': listed.length, onclick: () => pick(event), title: event.text,
    },
      el('span', { class: 'decides' }, event.isDeciding ? el('span', {}, el('span', { 'aria-hidden': 'true' }, '▶'), el('span', { class: 'unseen' }, 'deciding')) : ''),
      el('span', { class: 'number' }, timeText(event.time, 1)),
      el('span', { class: 'number delta' }, before && model.isTime ? `+${nanoseconds(event.time - before.time)}` : ''),
      el('span', { class: 'where' }, event.cpu < 0 ? '' : `[${event.cpu}]`),
      el('span', { class: 'task' }, taskName(model, event.task)),
      el('span', { class: 'kind' }, el('span', { class: 'swatch', style: { background: colour(event.name) } }), model.names[event.name] ?? ''),
      el('span', { class: 'words' }, event.text));
  }

  function draw() {
    const height = AXIS_HEIGHT + lanes.length * LANE_HEIGHT + 6;
    const width = canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    canvas.style.setProperty('height', `${height}px`);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    pen.font = `11px ${paint('--mono')}`;
    pen.textBaseline = 'middle';
    tellRange();
    lanes.forEach((lane, i) => {
      pen.fillStyle = paint(i % 2 ? '--panel' : '--stripe');
      pen.fillRect(0, AXIS_HEIGHT + i * LANE_HEIGHT, width, LANE_HEIGHT);
    });
    drawAxis(pen, width, height);
    pen.save();
    pen.beginPath();
    pen.rect(labelWidth(), 0, width - labelWidth(), height);
    pen.clip();
    drawGaps(pen, height);
    lanes.forEach((lane, i) => drawLane(pen, lane, AXIS_HEIGHT + i * LANE_HEIGHT));
    drawMarks(pen, height);
    pen.restore();
    pen.fillStyle = paint('--text');
    lanes.forEach((lane, i) => pen.fillText(fit(pen, lane.name, labelWidth() - 14), 8, AXIS_HEIGHT + (i + 0.5) * LANE_HEIGHT));
    if (document.activeElement === canvas) {
      pen.strokeStyle = paint('--accent');
      pen.lineWidth = 2;
      pen.strokeRect(1, 1, width - 2, height - 2);
    }
  }

  function tellRange() {
    const step = (view.to - view.from) / 100;
    range.textContent = `${timeText(view.from - model.first, step)} … ${timeText(view.to - model.first, step)}`;
  }

  function fit(pen, text, width) {
    if (pen.measureText(text).width <= width) return text;
    let end = text.length;
    while (end > 1 && pen.measureText(`${text.slice(0, end)}…`).width > width) end--;
    return `${text.slice(0, end)}…`;
  }

  function drawAxis(pen, width, height) {
    const target = (view.to - view.from) / Math.max(2, (width - labelWidth()) / 110);
    const power = 10 ** Math.floor(Math.log10(target));
    const tick = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= target);
    pen.strokeStyle = paint('--line');
    pen.fillStyle = paint('--quiet');
    pen.lineWidth = 1;
    for (let time = Math.ceil((view.from - model.first) / tick) * tick; time <= view.to - model.first; time += tick) {
      const at = Math.round(x(model.first + time)) + 0.5;
      if (at < labelWidth()) continue;
      pen.beginPath();
      pen.moveTo(at, AXIS_HEIGHT - 6);
      pen.lineTo(at, height);
      pen.stroke();
      pen.fillText(timeText(time, tick), at + 4, AXIS_HEIGHT / 2);
    }
  }

  function drawGaps(pen, height) {
    for (const gap of model.gaps) {
      const [from, to] = [x(gap.from), x(gap.to)];
      pen.save();
      pen.beginPath();
      pen.rect(from, AXIS_HEIGHT, Math.max(2, to - from), height);
      pen.clip();
      pen.strokeStyle = paint('--line');
      pen.beginPath();
      for (let at = Math.max(from, 0) - height; at < Math.min(to, canvas.clientWidth); at += 8) {
        pen.moveTo(at, height);
        pen.lineTo(at + height, 0);
      }
      pen.stroke();
      const words = `${NUMBER.format(gap.count)} left out`;
      if (to - from > pen.measureText(words).width + 12) {
        pen.fillStyle = paint('--quiet');
        pen.fillText(words, from + 6, AXIS_HEIGHT + 8);
      }
      pen.restore();
    }
  }

  function drawLane(pen, lane, top) {
    for (const slice of lane.slices) {
      if (slice.end < view.from || slice.start > view.to) continue;
      const from = Math.max(labelWidth() - 2, x(slice.start));
      const to = Math.min(canvas.clientWidth + 2, Math.max(from + 1, x(slice.end)));
      pen.fillStyle = paint(`--slice-${(group === 'process' ? Number(slice.lane.name) || 0 : slice.task < 0 ? 0 : slice.task) % 6}`);
      // A call or handler lies on the task that makes it.
      const [offset, thickness] = slice.kind === 1 ? [24, 7] : [15, 16];
      if (slice.kind === 1) pen.fillStyle = paint('--call');
      pen.fillRect(from, top + offset, to - from, thickness);
      if (slice.kind === 1) continue;
      const words = group === 'process' ? `${slice.lane.kind} ${slice.lane.name}` : slice.label;
      if (to - from > 34) {
        pen.fillStyle = paint('--text');
        pen.fillText(fit(pen, words, to - from - 8), from + 4, top + 23);
      }
    }
    for (const event of lane.events) {
      if (!seen(event) || !seenIn(event)) continue;
      const at = x(event.time);
      pen.fillStyle = paint(`--hue-${event.name % 8}`);
      pen.fillRect(at - 1, top + 3, 2, event.isDeciding ? LANE_HEIGHT - 6 : 12);
    }
    for (const event of lane.events) {
      if (!seen(event) || !seenIn(event) || (!event.isDeciding && event !== selected)) continue;
      const at = x(event.time);
      if (event.isDeciding) {
        pen.fillStyle = paint('--failed');
        pen.beginPath();
        pen.moveTo(at - 5, top);
        pen.lineTo(at + 5, top);
        pen.lineTo(at, top + 8);
        pen.fill();
      }
      if (event === selected) {
        pen.strokeStyle = paint('--accent');
        pen.lineWidth = 2;
        pen.strokeRect(at - 5, top + 1, 10, LANE_HEIGHT - 2);
      }
    }
  }

  function drawMarks(pen, height) {
    pen.lineWidth = 1;
    pen.setLineDash([4, 3]);
    if (selected && seenIn(selected)) {
      pen.strokeStyle = paint(selected.isDeciding ? '--failed' : '--accent');
      pen.beginPath();
      pen.moveTo(x(selected.time), AXIS_HEIGHT - 8);
      pen.lineTo(x(selected.time), height);
      pen.stroke();
    }
    pen.setLineDash([]);
    for (const loss of model.losses) {
      pen.fillStyle = paint('--broken');
      pen.fillText(loss.lost > 0 ? `✂ ${NUMBER.format(loss.lost)} lost` : '✂ lost', x(loss.time) + 2, height - 8);
    }
  }

  function find(offsetX, offsetY) {
    const lane = lanes[Math.floor((offsetY - AXIS_HEIGHT) / LANE_HEIGHT)];
    if (!lane || offsetX < labelWidth()) return {};
    let nearest = null, distance = HIT_PIXELS;
    for (const event of lane.events) {
      const away = Math.abs(x(event.time) - offsetX);
      if (seen(event) && away < distance) [nearest, distance] = [event, away];
    }
    const time = timeAt(offsetX);
    return { event: nearest, slice: lane.slices.findLast((slice) => slice.start <= time && slice.end >= time) };
  }

  function hover(event) {
    const found = find(event.offsetX, event.offsetY);
    const lines = found.event ? [
      el('b', {}, model.names[found.event.name] ?? 'event', found.event.isDeciding && ' — deciding'),
      el('span', {}, `${timeText(found.event.time - model.first, 1)} · cpu ${found.event.cpu} · ${taskName(model, found.event.task)}`),
      found.event.text && el('code', {}, found.event.text),
    ] : found.slice ? [
      el('b', {}, found.slice.label || `${found.slice.lane.kind} ${found.slice.lane.name}`),
      el('span', {}, `${timeText(found.slice.end - found.slice.start)} from ${timeText(found.slice.start - model.first, 1)} on ${found.slice.lane.kind} ${found.slice.lane.name}`),
    ] : null;
    tip.hidden = lines === null;
    if (lines === null) return;
    tip.replaceChildren(...lines.filter(Boolean));
    const left = Math.min(event.offsetX + 14, Math.max(0, canvas.clientWidth - tip.offsetWidth - 4));
    tip.style.setProperty('left', `${left}px`);
    tip.style.setProperty('top', `${event.offsetY - canvas.parentElement.scrollTop + 18}px`);
  }

  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    drag = { at: event.offsetX, view, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag === null) return hover(event);
    const moved = (event.offsetX - drag.at) / (canvas.clientWidth - labelWidth()) * (drag.view.to - drag.view.from);
    if (Math.abs(event.offsetX - drag.at) > 3) drag.moved = true;
    if (drag.moved) setView({ from: drag.view.from - moved, to: drag.view.to - moved });
  });
  canvas.addEventListener('pointerup', (event) => {
    const found = drag && !drag.moved ? find(event.offsetX, event.offsetY).event : null;
    drag = null;
    if (found) pick(found);
  });
  canvas.addEventListener('pointerleave', () => { tip.hidden = true; });
  canvas.addEventListener('dblclick', (event) => zoom(0.25, timeAt(event.offsetX)));
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(event.deltaX / 1000);
    else zoom(1.0015 ** event.deltaY, timeAt(event.offsetX));
  }, { passive: false });
  canvas.addEventListener('focus', refresh);
  canvas.addEventListener('blur', refresh);

  function press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act = {
      '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), '_': () => zoom(2), 0: () => setView(full),
      ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15), Home: () => pan(-1e9), End: () => pan(1e9),
      ',': () => step(-1), '.': () => step(1), d: () => model.deciding.length > 0 && showDeciding(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  canvas.addEventListener('keydown', press);
  list.addEventListener('keydown', (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: rows.page(), PageUp: -rows.page() }[event.key];
    if (move === undefined) return press(event);
    event.preventDefault();
    step(move);
  });
  tellRange();
  const watch = new ResizeObserver(refresh);
  watch.observe(stage);
  const themes = new MutationObserver(refresh);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

  return {
    element, showDeciding,
    focus: () => canvas.focus({ preventScroll: true }),
    close() {
      watch.disconnect();
      themes.disconnect();
    },
  };
}
