// The report: bar, list, page; where the address leads; keys; theme; print.

const PRINTED_SCENARIOS = 300;
const OVERVIEW = 'overview';

async function main() {
  applyTheme(storedTheme());
  const report = await loadReport();
  const search = createSearch(report);
  const context = { showsHooks: false };
  const page = document.getElementById('page');
  const tree = createTree(report, search, (scenario) => { location.hash = scenario.id; });
  const found = el('p', { class: 'found quiet' });
  const box = el('input', { type: 'search', id: 'search', placeholder: 'Search: words, @tags, files, steps', 'aria-label': 'Search scenarios', autocomplete: 'off', spellcheck: 'false' });
  const chips = drawChips();
  const order = el('select', { 'aria-label': 'Order', onchange: () => { search.wanted.order = order.value; narrow(); } },
    el('option', { value: 'file' }, 'in file order'), el('option', { value: 'slowest' }, 'slowest first'));
  let shown = null;

  document.getElementById('top').append(...drawTop(report));
  document.getElementById('list').append(el('div', { class: 'controls' }, box, chips, el('div', { class: 'between' }, found, el('a', { href: `#${OVERVIEW}`, class: 'narrow' }, 'Overview'), order)), tree.element);
  box.addEventListener('input', () => search.setText(box.value).then(narrow));
  box.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      tree.element.focus();
    } else if (event.key === 'Escape') {
      clear();
    }
  });
  window.addEventListener('hashchange', route);
  document.addEventListener('keydown', press);
  window.addEventListener('beforeprint', print);
  window.addEventListener('afterprint', () => document.getElementById('print').replaceChildren());
  narrow();
  await route();
  const overview = (await drawOverview(report)).flat(Infinity).filter(Boolean);
  document.documentElement.dataset.ready = 'true';

  function drawChips() {
    return el('div', { class: 'chips', role: 'group', 'aria-label': 'Verdicts' }, search.kinds.filter((kind) => kind.count > 0).map((kind) =>
      button([el('span', { class: `mark ${kind.name.replace(' ', '-')}`, 'aria-hidden': 'true' }, kind.mark), kind.name, el('span', { class: 'number' }, NUMBER.format(kind.count))], (event) => {
        search.toggle(kind.name);
        event.currentTarget.setAttribute('aria-pressed', String(search.wanted.verdicts.has(kind.name)));
        narrow();
      }, { class: 'chip', title: kind.says, 'aria-pressed': 'false' })));
  }

  function narrow() {
    const list = tree.refresh();
    const text = search.isNarrowed() ? `${NUMBER.format(list.length)} of ${count(report.scenarios.length, 'scenario')}` : count(report.scenarios.length, 'scenario');
    found.textContent = text;
    if (search.isNarrowed()) say(`${text} found`);
  }

  function clear() {
    box.value = '';
    search.clear();
    for (const chip of chips.children) chip.setAttribute('aria-pressed', 'false');
    narrow();
  }

  async function route() {
    const [id, attempt] = location.hash.slice(1).split('/').map(decoded);
    const scenario = report.byId.get(id) ?? null;
    const isAnother = scenario !== shown;
    shown = scenario;
    if (scenario && !tree.found().includes(scenario)) clear();
    tree.show(scenario);
    document.body.classList.toggle('opened', scenario !== null || id === OVERVIEW);
    document.title = `${scenario ? `${scenario.name} · ` : ''}${runVerdict(report)[1]} · LabTrace report`;
    const content = scenario ? await drawScenario(report, scenario, attempt ? Number(attempt) - 1 : scenario.attempts - 1, context) : await drawOverview(report);
    if (shown !== scenario) return;
    const missing = id && id !== OVERVIEW && !scenario ? el('p', { class: 'notice' }, `No scenario of this run has the id “${visible(id)}”.`) : null;
    page.replaceChildren(...[missing, drawWalk(scenario), ...content].flat(Infinity).filter(Boolean));
    if (isAnother) page.scrollTop = 0;
    document.documentElement.dataset.shown = scenario?.id ?? '';
  }

  function drawWalk(scenario) {
    if (scenario === null) return el('nav', { class: 'walk narrow', 'aria-label': 'Back' }, el('a', { href: '#' }, '← Scenarios'));
    return el('nav', { class: 'walk', 'aria-label': 'Between scenarios' },
      el('a', { href: '#', class: 'narrow' }, '← Scenarios'), el('a', { href: `#${OVERVIEW}`, class: 'wide' }, '← Overview'), el('span', { class: 'grow' }),
      button('Previous problem', () => walk(-1), { title: 'p' }), button('Next problem', () => walk(1), { title: 'n' }));
  }

  // From problem to problem among what the list shows.
  function walk(direction) {
    const list = tree.found();
    const bad = list.filter((s) => s.verdict === FAILED || s.verdict === BROKEN);
    if (bad.length === 0) return say('no scenario in the list failed or broke');
    const at = list.indexOf(shown);
    const next = direction > 0 ? bad.find((s) => list.indexOf(s) > at) ?? bad[0] : bad.findLast((s) => list.indexOf(s) < at) ?? bad.at(-1);
    location.hash = next.id;
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || document.getElementById('keys').open) return;
    const act = {
      '/': () => { box.focus(); box.select(); },
      n: () => walk(1), p: () => walk(-1), t: () => toggleTheme(), '?': () => document.getElementById('keys').showModal(),
      Escape: () => { location.hash = ''; },
      m: () => page.focus(), l: () => tree.element.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // On paper: the run, what did not pass, and the scenario that is open.
  function print() {
    const bad = report.scenarios.filter((s) => s.verdict === FAILED || s.verdict === BROKEN);
    document.getElementById('print').replaceChildren(
      ...(shown ? overview : []),
      el('h3', {}, `${count(bad.length, 'scenario')} failed or broken`),
      ...bad.slice(0, PRINTED_SCENARIOS).map((s) => el('div', { class: `failure ${VERDICTS[s.verdict].name}` },
        el('p', { class: 'what' }, mark(s.verdict), ` ${VERDICTS[s.verdict].name}: `, el('b', {}, s.feature.name), ` › ${s.name} `, el('code', {}, `${s.feature.uri}:${s.line}`)),
        el('pre', {}, s.reason))),
      bad.length > PRINTED_SCENARIOS ? el('p', {}, `and ${NUMBER.format(bad.length - PRINTED_SCENARIOS)} more`) : '');
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function drawTop(report) {
  const [verdict, title] = runVerdict(report);
  const total = Math.max(1, report.scenarios.length);
  const share = (kind, number) => number > 0 && el('span', { class: `share ${kind.name.replace(' ', '-')}`, style: { 'flex-grow': String(Math.max(number, total / 150)) } });
  const flaky = report.scenarios.filter((s) => s.isFlaky).length;
  const of = (index) => report.scenarios.filter((s) => s.verdict === index).length;
  const numbers = [[FAILED, of(FAILED)], [BROKEN, of(BROKEN)], [SKIPPED, of(SKIPPED)], [PASSED, of(PASSED)], [NOT_RUN, of(NOT_RUN)]].filter(([index, n]) => n > 0 || index === FAILED || index === PASSED);
  const keys = el('dialog', { id: 'keys', 'aria-labelledby': 'keys-title' }, el('h2', { id: 'keys-title' }, 'Keys'),
    facts([['/', 'search'], ['l', 'go to the list'], ['↑ ↓', 'move in the list'], ['→ ←', 'open and close a feature'], ['Enter', 'open a scenario'], ['m', 'go to the page'], ['n p', 'next, previous problem'],
      ['Esc', 'back to the overview'], ['t', 'light or dark'], ['+ − ← →', 'zoom and pan the timeline'], [', .', 'previous, next event'], ['d', 'deciding events'], ['0', 'whole timeline']]),
    el('form', { method: 'dialog' }, el('button', {}, 'Close')));
  return [
    el('h1', {}, el('a', { class: 'title', href: '#' }, mark(verdict), el('span', {}, title))),
    el('p', { class: 'tally' }, numbers.map(([index, n]) => el('span', { class: VERDICTS[index].name.replace(' ', '-') }, mark(index), el('b', {}, NUMBER.format(n)), ` ${VERDICTS[index].name}`)),
      flaky > 0 && el('span', { class: 'flaky' }, mark(PASSED, true), el('b', {}, NUMBER.format(flaky)), ' flaky')),
    el('span', { class: 'grow' }),
    report.run.start && el('span', { class: 'quiet when' }, `${when(report.run.start)} · ${duration(report.run.duration)}`),
    button('Theme', toggleTheme, { id: 'theme', class: 'small', title: 'Light or dark (t)' }),
    button('?', () => keys.showModal(), { class: 'small', 'aria-label': 'Keys', title: 'Keys (?)' }),
    el('div', { class: 'shares', 'aria-hidden': 'true' }, VERDICTS.map((kind, index) => share(kind, index === PASSED ? of(PASSED) - flaky : of(index))), share(FLAKY, flaky)),
    keys,
  ];
}

// The system's theme, unless the reader chose the other.
function storedTheme() {
  try {
    return localStorage.getItem('labtrace-theme');
  } catch {
    return null;
  }
}

function applyTheme(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function toggleTheme() {
  const isDark = document.documentElement.dataset.theme === 'dark'
    || document.documentElement.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches;
  const theme = isDark ? 'light' : 'dark';
  applyTheme(theme);
  try {
    localStorage.setItem('labtrace-theme', theme);
  } catch {
    // A browser that keeps nothing for files keeps this neither.
  }
}

document.addEventListener('DOMContentLoaded', () => main().catch((error) => {
  document.getElementById('page').append(el('p', { class: 'notice' }, `This report cannot be shown: ${error.message}`));
  throw error;
}));
