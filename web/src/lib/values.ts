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

const VALUE_LENGTH_MOST = 8192;
const HASHES: Record<number, string> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };

/** The type of one value, or undefined for what is rather words. */
export function valueType(text: string): string | undefined {
  const value = refang(text);
  if (/\s/.test(value) || value.length > VALUE_LENGTH_MOST) return undefined;
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

/** In a sentence these are names of files, or of frameworks, more often than hosts. */
const NO_HOSTS = /\.(exe|dll|sys|scr|js|vbs|ps1|bat|cmd|sh|py|lnk|zip|rar|iso|img|txt|log|dat|bin|pdf|docx?|xlsx?|pptx?|html?|php|jar|msi)$|^(asp|ado|vb|ml)\.net$/i;
const CJK = /[\u3040-\u30ff\u3400-\u9fff]/gu;
const SENTENCE_WORDS = 6;
const SENTENCE_CJK = 12;
const isSentence = (line: string): boolean => valueType(line) === undefined && (line.split(/\s+/).length >= SENTENCE_WORDS || (line.match(CJK) ?? []).length >= SENTENCE_CJK);

/** Values within sentences, each once, without what stands around them: quotes, brackets, full stops, ports of hosts. */
export function valuesIn(text: string): string[] {
  const found = new Set<string>();
  for (const word of text.split(/[\s,;"'`<>|\u2018-\u201f\u3000-\u30ff\u3400-\u9fff\uff08\uff09\uff0c]+/u)) {
    if (word.length > VALUE_LENGTH_MOST) continue;
    const bare = word.normalize('NFKC').replace(/^[([{]+(?![.:/@])/, '').replace(/[.:!?)\]}]+$/, '');
    const portless = bare.replace(/\]?\[?:\]?\d{1,5}$/, '');
    for (const one of [bare, portless, portless.slice(Math.max(portless.lastIndexOf(':'), portless.lastIndexOf('=')) + 1)]) {
      const type = one === '' ? undefined : valueType(one);
      if (type === undefined || (type === 'domain' && NO_HOSTS.test(one) && one === refang(one))) continue;
      found.add(one);
      break;
    }
  }
  return [...found];
}

/** What somebody pasted, to be looked up. Lines, which may be names; of one line the values between commas, semicolons or blanks, provided that all of them are values; of sentences the values in them. */
export function pastedValues(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) => line !== '');
  const parts = (lines[0] ?? '').split(/[,;\s]+/).filter((part) => part !== '');
  if (lines.length <= 1 && parts.every((part) => valueType(part) !== undefined)) return [...new Set(parts)];
  const sentences = lines.some(isSentence);
  if (lines.length <= 1 && !sentences) return lines;
  const found = lines.flatMap((line) => {
    const within = valueType(line) === undefined ? valuesIn(line) : [line];
    return within.length > 0 || sentences ? within : [line];
  });
  return found.length > 0 ? [...new Set(found)] : [lines.join(' ')];
}

export function interpret(text: string): Asked {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const values = pastedValues(trimmed);
  if (values.length > 1) return { kind: 'list', values };
  const one = values[0] ?? trimmed;
  const type = valueType(one);
  return type === undefined ? { kind: 'text', text: trimmed } : { kind: 'value', value: refang(one), type };
}

/** The words before one that is only begun: the server looks for beginnings of three letters and more, shorter last words must stand whole. Empty: there are none. */
export function withoutBegun(words: string): string {
  return /^(.*\S)\s+-?[^\s"\u3040-\u30ff\u3400-\u9fff]{1,2}$/su.exec(words)?.[1] ?? '';
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
