// What is attached to steps: text, images, output, links to files.

const TEXT = 0, LOG = 1, IMAGE = 2, TIMELINE = 3, PLOT = 4, LINK = 5, BYTES = 6, MEASUREMENT = 7, KERNEL_REPORT = 8;
const SHORT_TEXT = 2000;

function attachmentName(attachment) {
  return visible(attachment.name ?? attachment.url?.split('/').at(-1) ?? attachment.media);
}

function drawAttachment(report, attachment, isOpen = false) {
  const note = attachment.leftOut ? el('p', { class: 'quiet' }, `${bytes(attachment.leftOut)} of it had no room in this report.`)
    : attachment.why ? el('p', { class: 'quiet' }, `Not shown: ${attachment.why}.`) : null;
  if (attachment.url !== undefined) return [fileLink(report, attachment), note];
  if (attachment.payload === undefined && attachment.text === undefined) {
    return [el('span', {}, attachmentName(attachment), ' ', el('span', { class: 'quiet' }, attachment.media)), note];
  }
  switch (attachment.kind) {
    case LOG: return drawText(report, attachment, null, note, true);
    case IMAGE: return drawImage(report, attachment, note);
    case LINK: return drawUriList(report, attachment);
    case KERNEL_REPORT: return drawKernelReport(report, attachment, note, isOpen);
    case MEASUREMENT: return el('p', { class: 'measured' }, 'measured ', el('b', {}, attachment.text));
    case BYTES: return drawDownload(report, attachment, note);
    default: return drawText(report, attachment, attachmentName(attachment), note, false);
  }
}

function fileLink(report, attachment) {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(attachment.url);
  const address = isAbsolute ? attachment.url : (report.run.files ?? '') + attachment.url.split('/').map(encodeURIComponent).join('/');
  const safe = safeUrl(address);
  return el('span', { class: 'file' }, safe ? el('a', { href: safe, rel: 'noreferrer', target: '_blank' }, visible(attachment.url)) : visible(attachment.url),
    el('span', { class: 'quiet' }, ` ${attachment.media}`));
}

// What the target's kernel reported of itself while the step ran.
function drawKernelReport(report, attachment, note, isOpen) {
  const pre = el('pre', { class: 'code', tabindex: '0', role: 'group', 'aria-label': 'Kernel log' });
  if (attachment.payload !== undefined) bodyOf(report, attachment).then((body) => { pre.textContent = body; });
  return el('details', { class: 'kernel-report', open: isOpen },
    el('summary', {}, el('span', { class: 'mark broken', 'aria-hidden': 'true' }, '⚑'), ' the kernel reported ', el('b', {}, attachment.text), el('span', { class: 'quiet' }, ` ${attachment.type}${attachment.target ? ` on ${attachment.target}` : ''}`)),
    pre, note);
}

function drawUriList(report, attachment) {
  const links = (attachment.text ?? '').split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return links.map((link) => safeUrl(link) && /^https?:/i.test(link)
    ? el('a', { href: link, rel: 'noreferrer', target: '_blank', class: 'file' }, link)
    : el('span', { class: 'file' }, link));
}

function drawText(report, attachment, name, note, isLog) {
  const pre = el('pre', { class: isLog ? 'log' : 'code' });
  const holder = el('div', { class: 'text' }, name && el('p', { class: 'label' }, name, el('span', { class: 'quiet' }, ` ${attachment.media}`)), pre, note);
  bodyOf(report, attachment).then((body) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body, null, 1);
    pre.textContent = text.length > SHORT_TEXT ? text.slice(0, SHORT_TEXT) : text;
    if (text.length > SHORT_TEXT) {
      const more = button(`Show all ${bytes(text.length)}`, () => {
        pre.textContent = text;
        pre.tabIndex = 0;
        pre.setAttribute('role', 'region');
        pre.setAttribute('aria-label', name ?? 'output');
        more.remove();
      });
      pre.after(more);
    }
  });
  return holder;
}

function drawImage(report, attachment, note) {
  const name = attachmentName(attachment);
  const image = el('img', { alt: name, loading: 'lazy' });
  bodyOf(report, attachment).then((body) => { image.src = `data:${attachment.media};base64,${body}`; });
  return el('figure', {}, image, el('figcaption', {}, name, ' ', el('span', { class: 'quiet' }, attachment.media)), note);
}

function drawDownload(report, attachment, note) {
  const name = attachmentName(attachment);
  const link = el('a', { download: name, href: '#', class: 'file' }, `Save ${name}`);
  bodyOf(report, attachment).then((body) => { link.href = `data:application/octet-stream;base64,${body}`; });
  return [link, el('span', { class: 'quiet' }, ` ${attachment.media}, ${bytes(Math.round(attachment.size * 0.75))}`), note];
}
