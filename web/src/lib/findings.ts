import type { Finding, FindingChange, Review } from './types';
import { valueType } from './values';

/** What nobody spoke about counts as accepted unless it is noise: as the server counts. */
export const isAccepted = (f: Pick<Finding, 'accepted' | 'noise'>): boolean => f.accepted ?? f.noise === null;

/** Types that a person may give a finding, as the server names them. */
export const findingTypes = [
  'ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr', 'md5', 'sha1', 'sha256', 'sha512', 'file-name', 'windows-registry-key', 'vulnerability', 'threat-actor', 'malware', 'tool', 'attack-pattern',
] as const;
const TYPE_OF: Record<string, string> = { ipv4: 'ipv4-addr', ipv6: 'ipv6-addr', domain: 'domain-name', url: 'url', email: 'email-addr', md5: 'md5', sha1: 'sha1', sha256: 'sha256', sha512: 'sha512', vulnerability: 'vulnerability', technique: 'attack-pattern' };
const PROGRAM = /^[^\s/]+\.(exe|dll|sys|scr|ps1|vbs|js|bat|cmd|hta|lnk|iso|bin|elf|jar|docm?|docx|xlsm?|xlsx|pdf|rar|7z)$/i;
/** What a text somebody marked most likely is; the server decides. */
export function guessedType(text: string): string {
  if (PROGRAM.test(text)) return 'file-name';
  const type = valueType(text);
  if (type !== undefined && TYPE_OF[type]) return TYPE_OF[type];
  if (/^(HK[A-Z]{2}|HKEY_)/.test(text)) return 'windows-registry-key';
  return /^[\w-]+\.\w{1,5}$/.test(text.trim()) ? 'file-name' : 'malware';
}

const isSame = (a: Finding | undefined, b: Finding | undefined): boolean => a?.type === b?.type && a?.value === b?.value && (a && isAccepted(a)) === (b && isAccepted(b));
/** The finding is already as the change wants it. */
const isSo = (f: Finding, c: FindingChange): boolean =>
  (c.type === undefined || c.type === f.type) && (c.value === undefined || c.value === f.value || c.value === f.written) && (c.accepted === undefined || c.accepted === isAccepted(f));

/** Of what was said of `base`: what can still be said of `theirs`, and what somebody else decided otherwise meanwhile. Findings keep their index for good. */
export function changedBy(base: Review, theirs: Review, changes: FindingChange[]): { left: FindingChange[]; clashes: { mine: FindingChange; theirs: Finding }[] } {
  const left: FindingChange[] = [];
  const clashes: { mine: FindingChange; theirs: Finding }[] = [];
  for (const change of changes) {
    if (change.index === undefined) {
      // Both added the same: once is enough.
      if (!theirs.findings.slice(base.findings.length).some((f) => f.type === change.type && (f.value === change.value || f.written === change.value))) left.push(change);
      continue;
    }
    const now = theirs.findings[change.index];
    if (!now || isSo(now, change)) continue;
    if (isSame(base.findings[change.index], now)) left.push(change);
    else clashes.push({ mine: change, theirs: now });
  }
  return { left, clashes };
}

/** A text with every place of `written` in it marked, whatever its case and however it is defanged there. */
export function highlighted(text: string, written: string): { text: string; hit: boolean }[] {
  if (written === '') return [{ text, hit: false }];
  const out: { text: string; hit: boolean }[] = [];
  const wanted = written.replace(/[\\^$*+?()[\]{}|/-]/g, '\\$&').replace(/\./g, '(?:\\.|\\[\\.\\]|\\(\\.\\)|\\{\\.\\}|\\[dot\\]|\\(dot\\))').replace(/@/g, '(?:@|\\[@\\]|\\[at\\]|\\(at\\))');
  let at = 0;
  for (const found of text.matchAll(new RegExp(wanted, 'gi'))) {
    if (found.index > at) out.push({ text: text.slice(at, found.index), hit: false });
    at = found.index + found[0].length;
    out.push({ text: found[0], hit: true });
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false });
  return out;
}
