// Elements are made from parts; text is always text.

function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function button(label, press, attributes = {}) {
  return el('button', { type: 'button', onclick: press, ...attributes }, label);
}

function mark(verdict, isFlaky = false) {
  const kind = isFlaky ? FLAKY : VERDICTS[verdict];
  return el('span', { class: `mark ${kind.name.replace(' ', '-')}`, 'aria-hidden': 'true' }, kind.mark);
}

// A link that can only lead to a page or a file: never to a program.
function safeUrl(url) {
  return /^(https?|file):\/\//i.test(url) || !/^[^/?#]*:/.test(url) && !url.startsWith('//') ? url : null;
}

function say(text) {
  const status = document.getElementById('status');
  if (status.textContent !== text) status.textContent = text;
}

// Draws only the rows in view. The element scrolls; `draw(index)` makes a row's element.
function virtualRows(element, rowHeight, draw) {
  const space = el('div', { class: 'space', role: 'none' });
  element.append(space);
  let length = 0;
  let shown = new Map();

  function update() {
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - 8);
    const last = Math.min(length, Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + 8);
    const next = new Map();
    for (let i = first; i < last; i++) {
      const row = shown.get(i) ?? draw(i);
      if (!shown.has(i)) row.style.setProperty('top', `${i * rowHeight}px`);
      next.set(i, row);
    }
    shown.forEach((row, i) => next.has(i) || row.remove());
    next.forEach((row, i) => shown.has(i) || space.append(row));
    shown = next;
  }

  element.addEventListener('scroll', update, { passive: true });
  new ResizeObserver(update).observe(element);
  return {
    reset(rows) {
      length = rows;
      shown.forEach((row) => row.remove());
      shown = new Map();
      space.style.setProperty('height', `${rows * rowHeight}px`);
      update();
    },
    redraw() { this.reset(length); },
    reveal(index) {
      const top = index * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight;
      update();
    },
    row: (index) => shown.get(index),
    page: () => Math.max(1, Math.floor(element.clientHeight / rowHeight) - 1),
  };
}
