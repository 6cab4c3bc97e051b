// A capture's timeline as it was attached: checked, because it comes from elsewhere, and laid out in lanes.

function readTimeline(data) {
  const list = (value) => Array.isArray(value) ? value : [];
  const numbers = (value) => list(value).map((n) => Number.isFinite(n) ? n : 0);
  if (data === null || typeof data !== 'object' || !Array.isArray(data.t) || data.t.length === 0) return null;
  const names = list(data.names).map(visible);
  const tasks = list(data.tasks).map((task) => ({ comm: visible(list(task)[0]), pid: Number(list(task)[1]) || 0 }));
  const lanes = list(data.lanes).map((lane) => ({ kind: visible(list(lane)[0]), name: visible(list(lane)[1]) }));
  const [name, cpu, task, lane] = [numbers(data.n), numbers(data.c), numbers(data.k), numbers(data.r)];
  const texts = list(data.x);
  let time = 0;
  const events = numbers(data.t).map((delta, i) => {
    time += delta;
    return {
      index: i, time, name: name[i] ?? 0, cpu: cpu[i] ?? -1, task: task[i] ?? -1, ring: lanes[lane[i]]?.kind === 'ring' ? lanes[lane[i]].name : null, text: visible(texts[i]),
      isDeciding: false,
    };
  });
  const within = (index) => Number.isInteger(index) && index >= 0 && index < events.length;
  for (const index of list(data.deciding).filter(within)) events[index].isDeciding = true;
  const gaps = list(data.gaps).map(list).filter(([index]) => Number.isInteger(index) && index >= 0 && index <= events.length).map(([index, number]) => ({
    from: events[Math.max(0, index - 1)].time, to: events[Math.min(events.length - 1, index)].time, count: Number(number) || 0,
  }));
  const slices = data.slices ?? {};
  const [starts, lengths, sliceLanes, sliceTasks, kinds] = [slices.t, slices.d, slices.l, slices.k, slices.y].map(numbers);
  const labels = list(slices.labels).map(visible);
  let start = 0;
  const sliceList = starts.map((delta, i) => {
    start += delta;
    return { start, end: start + (lengths[i] ?? 0), lane: lanes[sliceLanes[i]], task: sliceTasks[i] ?? -1, label: labels[list(slices.n)[i]] ?? '', kind: kinds[i] ?? 0 };
  }).filter((slice) => slice.lane);
  const losses = list(data.losses).map(list).filter(([index]) => within(index)).map(([index, onCpu, lost]) => ({ time: events[index].time, cpu: onCpu, lost }));
  return {
    name: visible(data.name) || 'capture', clock: visible(data.clock), isTime: data.unit !== 'ticks', total: Number(data.total) || events.length,
    lost: Number(data.lost) || 0, events, names, tasks, slices: sliceList, losses, gaps,
    deciding: events.filter((event) => event.isDeciding),
    first: Math.min(events[0].time, sliceList[0]?.start ?? Infinity),
    last: Math.max(events.at(-1).time, ...sliceList.map((slice) => slice.end)),
    rings: [...new Set(lanes.filter((l) => l.kind === 'ring').map((l) => l.name))],
    groups: ['cpu', 'process', ...(lanes.some((l) => l.kind === 'ring') ? ['ring'] : [])],
  };
}

function taskName(model, task) {
  const known = model.tasks[task];
  return known ? `${known.comm}-${known.pid}` : 'unknown task';
}

// The lanes of a grouping, in order, each with its events and slices in order of time.
function lanesOf(model, group) {
  const lanes = new Map();
  const lane = (key, name, order) => {
    if (!lanes.has(key)) lanes.set(key, { name, order, events: [], slices: [] });
    return lanes.get(key);
  };
  if (group === 'cpu') {
    for (const event of model.events) lane(`cpu ${event.cpu}`, event.cpu < 0 ? 'no cpu' : `cpu ${event.cpu}`, event.cpu).events.push(event);
    for (const slice of model.slices) if (slice.lane.kind === 'cpu') lane(`cpu ${slice.lane.name}`, `cpu ${slice.lane.name}`, Number(slice.lane.name)).slices.push(slice);
  } else if (group === 'process') {
    for (const event of model.events) lane(event.task, taskName(model, event.task), event.time).events.push(event);
    for (const slice of model.slices) if (slice.task >= 0 && lanes.has(slice.task)) lanes.get(slice.task).slices.push(slice);
  } else {
    for (const ring of model.rings) lane(ring, ring, model.rings.indexOf(ring));
    for (const slice of model.slices) if (slice.lane.kind === 'ring') lanes.get(slice.lane.name).slices.push(slice);
    for (const event of model.events) if (event.ring !== null) lanes.get(event.ring).events.push(event);
  }
  return [...lanes.values()].sort((a, b) => a.order - b.order);
}
