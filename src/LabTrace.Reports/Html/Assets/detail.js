// The page of one scenario: why it did not pass, its steps, what it recorded.

const EVENT_LINE = /^(?:> {0,}| {2,})\S.*\[\d{3,}\]/;

async function drawScenario(report, scenario, attemptIndex, context) {
  const attempts = await openScenario(report, scenario);
  const attempt = attempts[attemptIndex] ?? attempts.at(-1);
  const captures = attempt ? await drawCaptures(report, attempt) : null;
  return [
    drawHeading(report, scenario),
    attempts.length > 1 && drawAttempts(scenario, attempts, attempts.indexOf(attempt)),
    scenario.verdict !== PASSED && attempt === undefined && el('p', { class: 'notice' }, 'This scenario did not run: the run ended before.'),
    attempt && drawFailure(scenario, attempt, captures),
    attempt && drawSteps(report, attempt, captures, context),
    captures?.element,
    attempt && await drawPlots(report, attempt),
    attempt?.attachments.length > 0 && section('Attached', el('ul', { class: 'attachments' }, attempt.attachments.map((attachment) => el('li', {}, drawAttachment(report, attachment))))),
  ];
}

function drawHeading(report, scenario) {
  const verdict = scenario.isFlaky ? FLAKY : VERDICTS[scenario.verdict];
  return el('div', { class: 'heading' },
    el('p', { class: 'path' }, scenario.feature.name, scenario.rule && ` › ${scenario.rule}`),
    el('h2', {}, scenario.name),
    el('p', { class: 'under' },
      el('span', { class: `badge ${verdict.name.replace(' ', '-')}`, title: verdict.says }, mark(scenario.verdict, scenario.isFlaky), ` ${verdict.name}`),
      scenario.verdict !== NOT_RUN && el('span', { class: 'number' }, duration(scenario.took)),
      scenario.attempts > 1 && el('span', {}, count(scenario.attempts, 'attempt')),
      el('code', {}, `${scenario.feature.uri}:${scenario.line}`),
      scenario.tags.map((tag) => drawTag(report, tag)),
      el('a', { class: 'permalink', href: `#${scenario.id}`, title: 'A link to this scenario that holds in later reports too' }, `#${scenario.id}`)));
}

// A known issue is a link where the report was told how to make one.
function drawTag(report, tag) {
  const key = /^@issue[:=](.+)$/.exec(tag)?.[1];
  if (!key) return el('span', { class: 'tag' }, tag);
  const url = report.run.issueUrl && safeUrl(report.run.issueUrl.replaceAll('{key}', encodeURIComponent(key)));
  return el('span', { class: 'tag issue' }, 'known issue ', url ? el('a', { href: url, rel: 'noreferrer', target: '_blank' }, key) : key);
}

function drawAttempts(scenario, attempts, shown) {
  return el('nav', { class: 'attempts', 'aria-label': 'Attempts' }, attempts.map((attempt, i) =>
    el('a', { href: `#${scenario.id}/${i + 1}`, 'aria-current': i === shown ? 'true' : null },
      mark(attempt.verdict), ` attempt ${i + 1}`, el('span', { class: 'unseen' }, ` ${VERDICTS[attempt.verdict].name}`), ` ${duration(attempt.took)}`)));
}

function drawFailure(scenario, attempt, captures) {
  if (attempt.verdict === PASSED) return null;
  const step = attempt.steps[attempt.deciding];
  const verdict = VERDICTS[attempt.verdict].name;
  const text = step?.message || (attempt.verdict === scenario.verdict ? scenario.reason : '');
  return el('section', { class: `failure ${verdict}`, 'aria-label': `Why it ${attempt.verdict === SKIPPED ? 'was skipped' : attempt.verdict === FAILED ? 'failed' : 'broke'}` },
    step && el('p', { class: 'what' }, mark(attempt.verdict), ' ', el('b', {}, step.keyword), step.text, ' ', el('code', {}, step.place)),
    drawMessage(text),
    captures?.hasDeciding(step) && el('p', {}, button('Show the deciding events in the timeline', () => captures.showDeciding(step), { class: 'primary' })),
    step?.exception && el('details', {}, el('summary', {}, step.exception), el('pre', { class: 'code' }, step.stack || 'no stack')));
}

// "expected: … found: …", hints, and the events that decide with a mark of their own.
function drawMessage(text) {
  const parts = [];
  let block = null;
  for (const line of text.split('\n')) {
    const pair = /^(expected|found):\s*(.*)$/.exec(line);
    const hint = /^\s*try: (.*)$/.exec(line);
    if (pair) {
      block = null;
      parts.push(el('p', { class: 'pair' }, el('span', { class: 'key' }, pair[1]), el('span', { class: 'any' }, pair[2])));
    } else if (hint) {
      block = null;
      parts.push(el('p', { class: 'pair' }, el('span', { class: 'key' }, 'try'), el('span', { class: 'any' }, hint[1])));
    } else if (line.trim() !== '' || block !== null) {
      if (block === null) parts.push(block = el('pre', {}));
      const decides = line.startsWith('> ') && EVENT_LINE.test(line);
      block.append(decides ? el('span', { class: 'deciding' }, line) : line, '\n');
    }
  }
  for (const part of parts) {
    if (part.tagName !== 'PRE') continue;
    while (part.lastChild?.nodeType === Node.TEXT_NODE && part.lastChild.data.trim() === '') part.lastChild.remove();
    Object.assign(part, { tabIndex: 0 });
    part.setAttribute('role', 'group');
    part.setAttribute('aria-label', 'Message');
  }
  return el('div', { class: 'message' }, parts);
}

function drawSteps(report, attempt, captures, context) {
  const longest = Math.max(1, ...attempt.steps.map((step) => step.took));
  const quietHooks = attempt.steps.filter((step) => step.isHook && step.status === 1 && step.attachments.length === 0);
  const list = el('ol', { class: `steps ${context.showsHooks ? 'with-hooks' : ''}` }, attempt.steps.map((step, i) =>
    drawStep(report, step, { isDeciding: i === attempt.deciding && attempt.verdict !== PASSED, isQuiet: quietHooks.includes(step), longest, captures })));
  const toggle = quietHooks.length > 0 && button(context.showsHooks ? 'Hide hooks' : `Show ${count(quietHooks.length, 'hook')}`, () => {
    context.showsHooks = list.classList.toggle('with-hooks');
    toggle.textContent = context.showsHooks ? 'Hide hooks' : `Show ${count(quietHooks.length, 'hook')}`;
  }, { class: 'small' });
  return el('section', {}, el('h3', {}, 'Steps ', toggle), list);
}

function drawStep(report, step, { isDeciding, isQuiet, longest, captures }) {
  const status = STATUSES[step.status];
  const shown = step.attachments.filter((a) => a.kind !== TIMELINE && a.kind !== PLOT || a.payload === undefined);
  return el('li', { class: `step ${status} ${step.isHook ? 'hook' : ''} ${isQuiet ? 'quiet-hook' : ''} ${isDeciding ? 'decides' : ''}` },
    el('div', { class: 'line' },
      el('span', { class: `mark ${status}`, 'aria-hidden': 'true' }, STATUS_MARKS[step.status]),
      el('span', { class: 'unseen' }, `${status}: `),
      el('span', { class: 'sentence', title: step.place }, el('b', {}, step.keyword), drawSentence(step.text)),
      el('span', { class: 'took' }, el('span', { class: 'bar', style: { width: `${step.took > 0 ? 100 * step.took / longest : 0}%` } })),
      el('span', { class: 'number' }, duration(step.took))),
    step.docString !== undefined && el('pre', { class: 'code argument' }, step.docString),
    step.rows && el('table', { class: 'argument' }, el('tbody', {}, step.rows.map((row) => el('tr', {}, row.map((cell) => el('td', {}, cell)))))),
    step.message && !isDeciding && step.status !== 1 && el('pre', { class: 'code argument' }, step.message),
    captures?.of(step).map((capture) => el('p', { class: 'attached' }, button(`Timeline of ${capture.name}`, () => captures.show(capture), { class: 'small' }))),
    shown.length > 0 && el('ul', { class: 'attachments' }, shown.map((attachment) => el('li', {}, drawAttachment(report, attachment, isDeciding)))));
}

// What stands in quotes is what the sentence is about.
function drawSentence(text) {
  return text.split(/("[^"]*")/).map((part) => part.startsWith('"') ? el('span', { class: 'quoted' }, part) : part);
}

// The timelines of an attempt: one is shown at a time.
async function drawCaptures(report, attempt) {
  const captures = [];
  for (const step of attempt.steps) {
    for (const attachment of step.attachments.filter((a) => a.kind === TIMELINE && a.payload !== undefined)) {
      const model = readTimeline(await bodyOf(report, attachment));
      if (model) captures.push({ step, model, name: model.name });
    }
  }
  if (captures.length === 0) return null;
  const holder = el('div', {});
  const tabs = el('div', { class: 'tabs' });
  const element = el('section', { class: 'capture' }, el('h3', {}, 'Capture'), captures.length > 1 && tabs, holder);
  let view = null;
  let current = null;

  function show(capture, scrolls = true) {
    if (current !== capture) {
      current = capture;
      view?.close();
      view = createTimeline(capture.model);
      holder.replaceChildren(view.element);
      tabs.replaceChildren(...captures.map((c) => button(c.name, () => show(c, false), { 'aria-pressed': String(c === current) })));
    }
    if (scrolls) {
      element.scrollIntoView({ block: 'start' });
      view.focus();
    }
  }

  const decides = (step) => captures.find((c) => c.step === step && c.model.deciding.length > 0);
  show(captures.find((c) => c.model.deciding.length > 0) ?? captures[0], false);
  return {
    element, show,
    of: (step) => captures.filter((capture) => capture.step === step),
    hasDeciding: (step) => decides(step) !== undefined,
    showDeciding(step) {
      show(decides(step));
      view.showDeciding();
    },
  };
}

async function drawPlots(report, attempt) {
  const attachments = attempt.steps.flatMap((step) => step.attachments.filter((a) => a.kind === PLOT && a.payload !== undefined));
  const plots = [];
  for (const attachment of attachments) {
    const plot = drawPlot(await bodyOf(report, attachment));
    if (plot) plots.push(plot);
  }
  return plots.length > 0 && section('Plots', el('div', { class: 'plots' }, plots));
}
