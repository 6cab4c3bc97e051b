// Numbers, times and texts as the report shows them.

const NUMBER = new Intl.NumberFormat('en-US');

function count(number, noun, plural = noun + 's') {
  return `${NUMBER.format(number)} ${number === 1 ? noun : plural}`;
}

// Microseconds: "340 µs", "12.4 ms", "1.52 s", "3 min 05 s".
function duration(us) {
  if (us < 0) return '';
  if (us < 1000) return `${us} µs`;
  if (us < 1e6) return `${short(us / 1e3)} ms`;
  if (us < 60e6) return `${short(us / 1e6)} s`;
  const seconds = Math.round(us / 1e6);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

// Nanoseconds with sign, to the digits that a unit's worth of `step` makes meaningful.
function nanoseconds(ns, step = 0) {
  const size = Math.abs(ns);
  const [unit, name] = size >= 1e9 ? [1e9, 's'] : size >= 1e6 ? [1e6, 'ms'] : size >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const digits = step > 0 ? Math.max(0, Math.min(9, Math.ceil(Math.log10(unit / step)))) : unit === 1 ? 0 : 3;
  return `${(ns / unit).toFixed(digits)} ${name}`;
}

function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function bytes(size) {
  return size < 1024 ? `${size} B` : size < 1 << 20 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / (1 << 20)).toFixed(1)} MiB`;
}

function when(milliseconds) {
  const date = new Date(milliseconds);
  const two = (n) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

// Control characters become their pictures, and what would turn the direction of text around it a replacement character.
function visible(text) {
  return String(text ?? '')
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

function firstLine(text) {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
