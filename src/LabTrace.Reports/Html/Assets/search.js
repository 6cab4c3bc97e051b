// Which scenarios are wanted: by verdict and by words. All words must be found, in the scenario or in its steps.

function createSearch(report) {
  const wanted = { verdicts: new Set(), words: [], order: 'file' };
  let steps = null;

  const kinds = [...VERDICTS.map((verdict, index) => ({ ...verdict, has: (s) => s.verdict === index })), { ...FLAKY, has: (s) => s.isFlaky }];
  for (const kind of kinds) kind.count = report.scenarios.filter(kind.has).length;

  // Each block's step texts once, in lower case, and which of them a scenario has.
  async function readSteps() {
    steps = [];
    for (let block = 0; block < report.blocks; block++) {
      const { x, s } = await report.details(block);
      steps.push({
        texts: s.map((text) => text.toLowerCase()),
        ofScenario: x.filter(Array.isArray).map((attempts) => [...new Set(attempts.flatMap((attempt) => attempt[4].filter((step) => step[0] === 0).map((step) => step[2])))]),
      });
    }
  }

  function matches(scenario, matching) {
    if (wanted.verdicts.size > 0 && !kinds.some((kind) => wanted.verdicts.has(kind.name) && kind.has(scenario))) return false;
    return wanted.words.every((word, i) => scenario.text.includes(word)
      || matching !== null && steps[scenario.block].ofScenario[scenario.at].some((text) => matching[i][scenario.block].has(text)));
  }

  return {
    wanted, kinds,
    isNarrowed: () => wanted.verdicts.size > 0 || wanted.words.length > 0,
    async setText(text) {
      wanted.words = text.toLowerCase().split(/\s+/).filter(Boolean);
      if (wanted.words.length > 0 && steps === null) await readSteps();
    },
    toggle(name) {
      if (!wanted.verdicts.delete(name)) wanted.verdicts.add(name);
    },
    clear() {
      wanted.verdicts.clear();
      wanted.words = [];
    },
    find() {
      const matching = wanted.words.length === 0 || steps === null || steps.length < report.blocks ? null
        : wanted.words.map((word) => steps.map(({ texts }) => new Set(texts.flatMap((text, at) => text.includes(word) ? [at] : []))));
      const found = report.scenarios.filter((scenario) => matches(scenario, matching));
      return wanted.order === 'slowest' ? found.sort((a, b) => b.took - a.took) : found;
    },
  };
}
