// The run's data: JSON, deflated, as base64 in script elements that no browser runs.

const PASSED = 0, FAILED = 1, SKIPPED = 2, BROKEN = 3, NOT_RUN = 4;
const VERDICTS = [
  { name: 'passed', mark: '✓', says: 'checked, and it holds' },
  { name: 'failed', mark: '✕', says: 'the device is not as specified' },
  { name: 'skipped', mark: '○', says: 'the lab lacks something the scenario needs' },
  { name: 'broken', mark: '!', says: 'the lab or the test broke: nothing is known of the device' },
  { name: 'not run', mark: '·', says: 'the run ended before' },
];
const FLAKY = { name: 'flaky', mark: '↻', says: 'passed, but not at the first attempt' };
const STATUSES = ['unknown', 'passed', 'skipped', 'pending', 'undefined', 'ambiguous', 'failed'];
const STATUS_MARKS = ['?', '✓', '○', '…', '?', '?', '✕'];

async function inflate(element) {
  const binary = atob(element.textContent.trim());
  const data = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) data[i] = binary.charCodeAt(i);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}

function parts(kind) {
  return [...document.querySelectorAll(`script[data-part="${kind}"]`)];
}

// A file whose writing was cut off may end inside a block: what is whole is shown.
async function inflateAll(elements) {
  const results = await Promise.allSettled(elements.map(inflate));
  const whole = [];
  for (const result of results) {
    if (result.status === 'rejected') break;
    whole.push(result.value);
  }
  return whole;
}

async function loadReport() {
  const detailParts = parts('detail');
  const payloadParts = parts('payload');
  const [runs, indexes] = await Promise.all([inflateAll(parts('run')), inflateAll(parts('index'))]);
  const run = runs.at(-1) ?? { total: 0, environment: [], problems: [], snippets: [], duration: 0 };
  const features = [];
  const scenarios = [];
  indexes.slice(0, detailParts.length).forEach((rows, block) => {
    rows.forEach((row, at) => scenarios.push(readRow(row, block, at, features)));
  });
  finishFeatures(features, scenarios);
  return {
    run, features, scenarios,
    byId: new Map(scenarios.map((scenario) => [scenario.id, scenario])),
    isCut: !run.end || !run.finished,
    details: remembered((block) => inflate(detailParts[block])),
    payloads: remembered((block) => inflate(payloadParts[block]), 4),
    blocks: detailParts.length,
  };
}

function readRow([ordinal, id, feature, name, rule, line, verdict, attempts, took, tags, reason, kernel = []], block, at, features) {
  if (Array.isArray(feature)) {
    const [uri, title, description] = feature;
    features.push({ uri, name: title, description, scenarios: [] });
    feature = features.length - 1;
  }
  const scenario = {
    ordinal, id, feature: features[feature], name: name || '(no name)', rule, line, verdict, attempts, took, tags, reason, kernel, block, at,
    isFlaky: verdict === PASSED && attempts > 1,
  };
  scenario.feature.scenarios.push(scenario);
  scenario.text = `${scenario.name}\n${rule}\n${scenario.feature.name}\n${scenario.feature.uri}:${line}\n${tags.join('\n')}\n${reason}\n${kernel.join('\n')}\n${id}`.toLowerCase();
  return scenario;
}

function finishFeatures(features, scenarios) {
  const names = new Intl.Collator('en', { numeric: true });
  features.sort((a, b) => names.compare(a.uri, b.uri));
  for (const feature of features) feature.scenarios.sort((a, b) => a.line - b.line || a.ordinal - b.ordinal);
  scenarios.length = 0;
  for (const feature of features) scenarios.push(...feature.scenarios);
}

// Loads each block once; with a limit, the least recently used is let go.
function remembered(load, limit = Infinity) {
  const known = new Map();
  return (key) => {
    const value = known.get(key) ?? load(key);
    known.delete(key);
    known.set(key, value);
    if (known.size > limit) known.delete(known.keys().next().value);
    return value;
  };
}

async function openScenario(report, scenario) {
  const block = await report.details(scenario.block);
  return block.x[scenario.at].map(([verdict, took, start, deciding, steps, others]) => ({
    verdict, took, start, deciding, attachments: readAttachments(others, scenario.block),
    steps: steps.map(([isHook, keyword, text, status, stepTook, place, more = {}]) => ({
      isHook: isHook === 1, keyword: block.s[keyword], text: block.s[text], status, took: stepTook, place: block.s[place],
      message: more.m ?? '', exception: more.e === undefined ? '' : block.s[more.e], stack: more.k === undefined ? '' : block.s[more.k],
      docString: more.t, rows: more.r,
      attachments: readAttachments(more.a, scenario.block),
    })),
  }));
}

function readAttachments(list, block) {
  return (list ?? []).map((a) => ({ kind: a.k, media: a.m, name: a.n, text: a.b, payload: a.p, size: a.z, url: a.u, type: a.y, target: a.g, leftOut: a.l, why: a.o, block }));
}

async function openRunAttachments(report) {
  if (!report.run.attachments) return [];
  const [block, at] = report.run.attachments;
  return readAttachments((await report.details(block)).x[at].run, block);
}

function bodyOf(report, attachment) {
  if (attachment.payload === undefined) return Promise.resolve(attachment.text ?? '');
  return report.payloads(attachment.block).then((bodies) => bodies[attachment.payload]);
}
