// The page of the run as a whole, shown while no scenario is open.

const REASONS_SHOWN = 25;
const SLOWEST_SHOWN = 10;

function runVerdict(report) {
  const has = (verdict) => report.scenarios.some((s) => s.verdict === verdict);
  if (report.isCut) return [BROKEN, 'Run cut off'];
  if (has(FAILED)) return [FAILED, 'Run failed'];
  if (has(BROKEN) || report.run.problems.length > 0) return [BROKEN, 'Run broken'];
  if (has(NOT_RUN)) return [NOT_RUN, 'Run stopped early'];
  if (!has(PASSED)) return [SKIPPED, report.scenarios.length > 0 ? 'Everything was skipped' : 'Nothing ran'];
  return [PASSED, 'Run passed'];
}

function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== '').map(([name, value]) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), content);
}

function linkTo(scenario, ...label) {
  return el('a', { href: `#${scenario.id}` }, label.length > 0 ? label : scenario.name);
}

function problemList(report) {
  if (report.run.problems.length === 0) return null;
  return section('What went wrong outside of scenarios', report.run.problems.map(([what, place, message]) =>
    el('div', { class: 'failure broken' }, el('p', { class: 'what' }, mark(BROKEN), ` ${what}`, place && el('code', {}, place)), el('pre', {}, message))));
}

// Scenarios by the first line of why, the most frequent reason first.
function byReason(scenarios) {
  const groups = new Map();
  for (const scenario of scenarios) {
    const reason = firstLine(scenario.reason).replace(/^expected:\s*/, 'expected ') || 'no reason given';
    const key = `${scenario.verdict} ${reason}`;
    if (!groups.has(key)) groups.set(key, { reason, verdict: scenario.verdict, scenarios: [] });
    groups.get(key).scenarios.push(scenario);
  }
  return [...groups.values()].sort((a, b) => b.scenarios.length - a.scenarios.length);
}

function reasonTable(title, scenarios) {
  if (scenarios.length === 0) return null;
  const groups = byReason(scenarios);
  return section(title,
    el('table', { class: 'reasons' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Why'), el('th', { scope: 'col', class: 'number' }, 'Scenarios'), el('th', { scope: 'col' }, 'Which'))),
      el('tbody', {}, groups.slice(0, REASONS_SHOWN).map((group) => el('tr', {},
        el('td', {}, mark(group.verdict), el('span', { class: 'unseen' }, VERDICTS[group.verdict].name), ' ', el('span', { class: 'any' }, group.reason)),
        el('td', { class: 'number' }, NUMBER.format(group.scenarios.length)),
        el('td', {}, someOf(group.scenarios)))))),
    groups.length > REASONS_SHOWN && el('p', { class: 'quiet' }, `${count(groups.length - REASONS_SHOWN, 'further reason')} not listed: see the scenarios in the list.`));
}

function kernelReports(scenarios) {
  const titles = new Map();
  for (const scenario of scenarios) for (const title of scenario.kernel) titles.set(title, [...(titles.get(title) ?? []), scenario]);
  if (titles.size === 0) return null;
  return section('What kernels reported', el('table', { class: 'reasons' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Report'), el('th', { scope: 'col', class: 'number' }, 'Scenarios'), el('th', { scope: 'col' }, 'Which'))),
    el('tbody', {}, [...titles].sort((a, b) => b[1].length - a[1].length).slice(0, REASONS_SHOWN).map(([title, which]) => el('tr', {},
      el('td', {}, el('span', { class: 'mark broken', 'aria-hidden': 'true' }, '⚑'), ' ', el('span', { class: 'any' }, title)),
      el('td', { class: 'number' }, NUMBER.format(which.length)),
      el('td', {}, someOf(which)))))),
  titles.size > REASONS_SHOWN && el('p', { class: 'quiet' }, `${count(titles.size - REASONS_SHOWN, 'further report')} not listed.`));
}

function someOf(scenarios) {
  return [scenarios.slice(0, 3).map((scenario, i) => [i > 0 && ', ', linkTo(scenario)]), scenarios.length > 3 && ` and ${NUMBER.format(scenarios.length - 3)} more`];
}

function slowest(report) {
  const list = report.scenarios.filter((s) => s.took > 0).sort((a, b) => b.took - a.took).slice(0, SLOWEST_SHOWN);
  if (list.length < 2) return null;
  return section('Slowest scenarios', el('ol', { class: 'bars' }, list.map((scenario) => el('li', {},
    el('span', { class: 'bar', style: { width: `${100 * scenario.took / list[0].took}%` } }),
    mark(scenario.verdict, scenario.isFlaky), linkTo(scenario), el('span', { class: 'number' }, duration(scenario.took))))));
}

async function drawOverview(report) {
  const { run, scenarios } = report;
  const attachments = await openRunAttachments(report);
  const [verdict, title] = runVerdict(report);
  const bad = scenarios.filter((s) => s.verdict === FAILED || s.verdict === BROKEN);
  return [
    el('div', { class: 'heading' }, el('h2', {}, mark(verdict), ` ${title}`)),
    report.isCut && el('p', { class: 'notice' }, `The report ends before the run did: ${NUMBER.format(scenarios.filter((s) => s.verdict !== NOT_RUN).length)} of ${count(run.total, 'scenario')} had ended.`),
    facts([
      ['Started', run.start && when(run.start)],
      ['Took', run.duration > 0 ? duration(run.duration) : null],
      ['Scenarios', `${NUMBER.format(run.total)}${run.pickles > run.total ? ` of ${NUMBER.format(run.pickles)}` : ''} in ${count(report.features.length, 'feature')}`],
      ...run.environment,
      ['Run directory', run.directory],
    ]),
    problemList(report),
    reasonTable('What did not pass', bad),
    kernelReports(scenarios),
    reasonTable('Flaky', scenarios.filter((s) => s.isFlaky).map((s) => ({ ...s, reason: `passed at attempt ${s.attempts}` }))),
    reasonTable('Skipped', scenarios.filter((s) => s.verdict === SKIPPED)),
    scenarios.some((s) => s.verdict === NOT_RUN) && section('Not run', el('p', {}, `${count(scenarios.filter((s) => s.verdict === NOT_RUN).length, 'scenario')} did not run: filter the list by “not run” to see which.`)),
    slowest(report),
    attachments.length > 0 && section('Attached to the run', el('ul', { class: 'attachments' }, attachments.map((attachment) => el('li', {}, drawAttachment(report, attachment))))),
    run.snippets.length > 0 && section('Step definitions to start from', el('pre', { class: 'code' }, run.snippets.join('\n\n'))),
    run.leftOut > 0 && el('p', { class: 'quiet' }, `${count(run.leftOut, 'attachment')} (${bytes(run.leftOutBytes)}) had no room in this file, whole or in part. They are in the run's directory.`),
  ];
}
