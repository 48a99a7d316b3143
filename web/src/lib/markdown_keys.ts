// What keys do to Markdown, apart from any field: each gives what is put in the place of `from`–`to`, and what is selected then.
export interface Selection {
  text: string;
  from: number;
  to: number;
}
export interface Edited {
  text: string;
  from: number;
  to: number;
  select: [number, number];
}

/** Marks around what is selected, or away from it. */
export function surrounded({ text, from, to }: Selection, mark: string, end = mark): Edited {
  const inside = text.slice(from, to);
  if (text.slice(from - mark.length, from) === mark && text.slice(to, to + end.length) === end && (mark !== '*' || text[from - 2] !== '*'))
    return { text: inside, from: from - mark.length, to: to + end.length, select: [from - mark.length, to - mark.length] };
  return { text: mark + inside + end, from, to, select: [from + mark.length, to + mark.length] };
}

/** Every selected line with this before it. */
export function prefixed({ text, from, to }: Selection, mark: string): Edited {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', to);
  const end = next < 0 ? text.length : next;
  const lines = text.slice(start, end).split('\n');
  const all = lines.every((line) => line.startsWith(mark));
  const out = lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join('\n');
  return { text: out, from: start, to: end, select: [start + out.length, start + out.length] };
}

export function linked({ text, from, to }: Selection): Edited {
  const inside = text.slice(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(inside);
  const out = isAddress ? `[](${inside})` : `[${inside}](https://)`;
  const at = isAddress ? from + 1 : from + out.length - 1;
  return { text: out, from, to, select: [at, at] };
}

/** Enter within a list or quote goes on with it; in an empty item it ends it. Undefined: an ordinary line end. */
export function continued({ text, from, to }: Selection): Edited | undefined {
  if (from !== to) return undefined;
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const line = text.slice(start, from);
  const found = /^(\s*)([-*+]|\d{1,9}[.)]|>)( +)(.*)$/.exec(line);
  if (!found) return undefined;
  const [, indent = '', mark = '', blank = '', rest = ''] = found;
  if (rest === '') return { text: '', from: start, to: from, select: [start, start] };
  const number = /^(\d+)([.)])$/.exec(mark);
  const next = `\n${indent}${number ? `${Number(number[1]) + 1}${number[2]}` : mark}${blank}`;
  return { text: next, from, to, select: [from + next.length, from + next.length] };
}
