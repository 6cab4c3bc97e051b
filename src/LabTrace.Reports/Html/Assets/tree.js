// The list of features, rules and scenarios: a tree of which only the rows in view exist.

const ROW_HEIGHT = 30;
const OPEN_ALL_UP_TO = 250;

function createTree(report, search, select) {
  const element = el('div', { class: 'tree', role: 'tree', tabindex: '0', 'aria-label': 'Features and scenarios' });
  const rows = virtualRows(element, ROW_HEIGHT, drawRow);
  const closed = new Set();
  let found = report.scenarios;
  let items = [];
  let active = 0;
  let selected = null;

  if (report.scenarios.length > OPEN_ALL_UP_TO) {
    for (const feature of report.features) {
      if (!feature.scenarios.some((s) => s.verdict === FAILED || s.verdict === BROKEN)) closed.add(feature.uri);
    }
  }

  function isOpen(item) {
    return search.isNarrowed() ? !closed.has(`narrowed ${item.key}`) : !closed.has(item.key);
  }

  function arrange() {
    const kept = items[active];
    items = search.wanted.order === 'slowest' ? found.map((scenario) => ({ scenario, level: 1 })) : arrangeByFile();
    active = Math.max(0, kept ? items.findIndex((item) => item.scenario ? item.scenario === kept.scenario : item.key === kept.key) : 0);
    countSiblings();
    rows.reset(items.length);
    point();
  }

  function arrangeByFile() {
    const list = [];
    let feature = null, rule = null;
    for (const scenario of found) {
      if (feature?.feature !== scenario.feature) {
        feature = { feature: scenario.feature, key: scenario.feature.uri, level: 1, scenarios: [] };
        rule = null;
        list.push(feature);
      }
      feature.scenarios.push(scenario);
      if (scenario.rule && rule?.rule !== scenario.rule) {
        rule = { rule: scenario.rule, key: `${feature.key}\n${scenario.rule}`, level: 2, scenarios: [] };
        if (isOpen(feature)) list.push(rule);
      } else if (!scenario.rule) {
        rule = null;
      }
      rule?.scenarios.push(scenario);
      if (isOpen(feature) && (rule === null || isOpen(rule))) list.push({ scenario, level: rule === null ? 2 : 3 });
    }
    return list;
  }

  function countSiblings() {
    // Positions among the items of one parent.
    const stack = [{ items: [] }];
    const close = (level) => {
      while (stack.length > level) {
        const group = stack.pop().items;
        group.forEach((item, at) => Object.assign(item, { position: at + 1, siblings: group.length }));
      }
    };
    for (const item of items) {
      close(item.level);
      while (stack.length < item.level) stack.push({ items: [] });
      stack[item.level - 1].items.push(item);
    }
    close(0);
  }

  function drawRow(index) {
    const item = items[index];
    const isGroup = !item.scenario;
    const row = el('div', {
      id: `row-${index}`, role: 'treeitem', class: `row level-${item.level} ${isGroup ? 'group' : ''}`,
      'aria-level': item.level, 'aria-posinset': item.position, 'aria-setsize': item.siblings,
      'aria-selected': item.scenario === selected && !isGroup ? 'true' : 'false',
      'aria-expanded': isGroup ? String(isOpen(item)) : null,
      onclick: () => press(index),
    }, isGroup ? groupParts(item) : scenarioParts(item.scenario));
    row.classList.toggle('active', index === active);
    return row;
  }

  function groupParts(item) {
    const bad = [FAILED, BROKEN].map((verdict) => [verdict, item.scenarios.filter((s) => s.verdict === verdict).length]).filter(([, n]) => n > 0);
    return [
      el('span', { class: 'twisty', 'aria-hidden': 'true' }, isOpen(item) ? '▾' : '▸'),
      el('span', { class: 'name', title: item.feature?.uri ?? item.rule }, item.rule ? `Rule: ${item.rule}` : item.feature.name),
      bad.map(([verdict, n]) => el('span', { class: `few ${VERDICTS[verdict].name}` }, mark(verdict), `${n}`, el('span', { class: 'unseen' }, ` ${VERDICTS[verdict].name}`))),
      el('span', { class: 'number' }, NUMBER.format(item.scenarios.length), el('span', { class: 'unseen' }, item.scenarios.length === 1 ? ' scenario' : ' scenarios')),
    ];
  }

  function scenarioParts(scenario) {
    return [
      mark(scenario.verdict, scenario.isFlaky),
      el('span', { class: 'unseen' }, `${scenario.isFlaky ? FLAKY.name : VERDICTS[scenario.verdict].name}: `),
      el('span', { class: 'name', title: scenario.name }, scenario.name),
      el('span', { class: 'number' }, scenario.verdict === NOT_RUN ? '' : duration(scenario.took)),
    ];
  }

  function press(index) {
    move(index);
    const item = items[index];
    if (item.scenario) select(item.scenario);
    else toggle(item, !isOpen(item));
  }

  function toggle(item, open) {
    const key = search.isNarrowed() ? `narrowed ${item.key}` : item.key;
    if (open) closed.delete(key);
    else closed.add(key);
    arrange();
  }

  function point() {
    element.setAttribute('aria-activedescendant', items.length > 0 ? `row-${active}` : '');
    if (items.length === 0) element.removeAttribute('aria-activedescendant');
  }

  function move(index) {
    if (items.length === 0) return;
    rows.row(active)?.classList.remove('active');
    active = Math.max(0, Math.min(items.length - 1, index));
    rows.reveal(active);
    rows.row(active)?.classList.add('active');
    point();
  }

  element.addEventListener('keydown', (event) => {
    const item = items[active];
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + rows.page()),
      PageUp: () => move(active - rows.page()),
      Home: () => move(0),
      End: () => move(items.length - 1),
      Enter: () => press(active),
      ' ': () => press(active),
      ArrowRight: () => item.scenario || isOpen(item) ? move(active + 1) : toggle(item, true),
      ArrowLeft: () => {
        if (!item.scenario && isOpen(item)) return toggle(item, false);
        for (let i = active - 1; i >= 0; i--) if (items[i].level < item.level) return move(i);
      },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  return {
    element,
    refresh() {
      found = search.find();
      arrange();
      return found;
    },
    show(scenario) {
      selected = scenario;
      if (scenario) {
        for (const key of [scenario.feature.uri, `${scenario.feature.uri}\n${scenario.rule}`]) {
          closed.delete(key);
          closed.delete(`narrowed ${key}`);
        }
      }
      arrange();
      const at = items.findIndex((item) => item.scenario && item.scenario === scenario);
      if (at >= 0) move(at);
      rows.redraw();
    },
    found: () => found,
  };
}
