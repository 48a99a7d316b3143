// What somebody typed or pasted into the search box: a value to look up, a list of them, or words to search for.
// The server decides what a value is; this only decides where a text goes first, and never keeps anybody from the other way.

export type Asked =
  | { kind: 'empty' }
  | { kind: 'value'; value: string; type: string }
  | { kind: 'list'; values: string[] }
  | { kind: 'text'; text: string };

/** Takes back the common ways of defanging. */
export function refang(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/^h[tx]{2}p(s?)(?=[:[\]]|$)/i, 'http$1')
    .replace(/^fxp(?=:)/i, 'ftp')
    .replace(/\[(:|:\/\/|\/\/|\/)\]/g, '$1')
    .replace(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/gi, '.')
    .replace(/\[@\]|\(@\)|\[at\]|\(at\)/gi, '@')
    .trim();
}

/** A value as it may be pasted into a mail: nobody clicks on it, no scanner fetches it. */
export function defang(value: string): string {
  const scheme = /^(https?|ftp)(?=:\/\/)/i.exec(value);
  let rest = scheme ? value.slice(scheme[0].length) : value;
  const path = scheme ? rest.indexOf('/', 3) : rest.indexOf('/');
  const host = path < 0 ? rest : rest.slice(0, path);
  rest = path < 0 ? '' : rest.slice(path);
  const head = scheme ? scheme[0].replace(/tt/i, 'xx').replace(/^ftp/i, 'fxp') : '';
  if (!scheme && !/^[^\s/]*[.@:][^\s/]*$/.test(host)) return value;
  return head + host.replace(/\./g, '[.]').replace('@', '[@]') + rest;
}

const HASHES: Record<number, string> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };

/** The type of one value, or undefined for what is rather words. */
export function valueType(text: string): string | undefined {
  const value = refang(text);
  if (/\s/.test(value) || value.length > 8192) return undefined;
  if (/^[0-9a-f]+$/i.test(value) && HASHES[value.length]) return HASHES[value.length];
  if (/^(https?|ftp):\/\/[^/]+/i.test(value)) return 'url';
  if (/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(value)) {
    const parts = value.split('/')[0]!.split('.').map(Number);
    if (parts.every((n) => n < 256)) return value.includes('/') ? 'ipv4-range' : 'ipv4';
    return undefined;
  }
  if (/^[0-9a-f:.]*:[0-9a-f:.]*(\/\d{1,3})?$/i.test(value) && (value.match(/:/g) ?? []).length >= 2) return value.includes('/') ? 'ipv6-range' : 'ipv6';
  if (/^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$/.test(value)) return 'email';
  if (/^CVE-\d{4}-\d{4,}$/i.test(value)) return 'vulnerability';
  if (/^T\d{4}(\.\d{3})?$/i.test(value)) return 'technique';
  if (/^(CWE|CAPEC)-\d+$/i.test(value)) return 'catalogue-id';
  if (/^[^\s/]+\.[^\s/.\d][^\s/.]+(\/\S*)?$/.test(value) && /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+(\/\S*)?$/u.test(value)) return value.includes('/') ? 'url' : 'domain';
  return undefined;
}

/** Lines of a pasted text; if it is one line, values between commas, semicolons or blanks, provided that all of them are values. */
export function pastedValues(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) => line !== '');
  const parts = lines.length > 1 ? lines : (lines[0] ?? '').split(/[,;\s]+/).filter((part) => part !== '');
  if (lines.length <= 1 && !parts.every((part) => valueType(part) !== undefined)) return lines;
  return [...new Set(parts)];
}

export function interpret(text: string): Asked {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const values = pastedValues(trimmed);
  if (values.length > 1) return { kind: 'list', values };
  const type = valueType(trimmed);
  return type === undefined ? { kind: 'text', text: trimmed } : { kind: 'value', value: refang(trimmed), type };
}

/** Where Enter leads. Lists stand behind '#': that part of an address is sent to no server, and has no limit there. */
export function addressOf(asked: Asked): string | undefined {
  switch (asked.kind) {
    case 'empty':
      return undefined;
    case 'list':
      return `/lookup#${asked.values.map(encodeURIComponent).join(',')}`;
    case 'value':
      return asked.type === 'technique' ? `/attack/${asked.value.toUpperCase()}` : lookupAddress(asked.value);
    case 'text':
      return `/search?q=${encodeURIComponent(asked.text)}`;
  }
}
export const lookupAddress = (value: string): string => `/lookup?value=${encodeURIComponent(value)}`;

/** Where an object of this type has its page. With its source the report of a publication leads to the publication, which is what somebody wants to read. */
export function objectAddress(id: string, type = id.split('--')[0] ?? '', source = ''): string {
  if (type === 'report' && source === 'publications') return `/publications/${id.slice('report--'.length)}`;
  return type === 'intrusion-set' || type === 'threat-actor' ? `/actors/${id}` : `/objects/${id}`;
}
