// Descriptions as ATT&CK and the galaxies write them: a little Markdown, citations, <code>. Cut into pieces that the page shows as text; nothing becomes HTML.
export type Piece = { kind: 'text' | 'code' | 'citation'; text: string } | { kind: 'link'; text: string; href: string };

const ATTACK = /^https?:\/\/attack\.mitre\.org\/(techniques|groups|software|campaigns|mitigations|tactics|assets)\/([A-Z]+\d+)(?:\/(\d+))?\/?$/;

/** Links to pages that are known here stay here; others are addresses of the web, opened only by a click. Undefined: not an address that may be opened. */
export function hrefOf(url: string): string | undefined {
  const attack = ATTACK.exec(url);
  if (attack) {
    const id = attack[3] ? `${attack[2]}.${attack[3]}` : attack[2]!;
    return attack[1] === 'techniques' ? `/attack/${id}` : `/lookup?value=${id}`;
  }
  return /^https?:\/\//i.test(url) ? url : undefined;
}

export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  const pattern = /\[([^\][]{1,300})\]\(([^()\s]{1,1000})\)|\(Citation: ([^()]{1,300})\)|<code>(.{1,2000}?)<\/code>|`([^`\n]{1,500})`/gs;
  let at = 0;
  const plain = (end: number) => {
    if (end > at) out.push({ kind: 'text', text: text.slice(at, end).replace(/<br\s*\/?>/gi, '\n') });
  };
  for (const found of text.matchAll(pattern)) {
    plain(found.index);
    at = found.index + found[0].length;
    const href = found[2] === undefined ? undefined : hrefOf(found[2]);
    if (found[1] !== undefined) out.push(href ? { kind: 'link', text: found[1], href } : { kind: 'text', text: found[1] });
    else if (found[3] !== undefined) out.push({ kind: 'citation', text: found[3] });
    else out.push({ kind: 'code', text: (found[4] ?? found[5])! });
  }
  plain(text.length);
  return out;
}

/** A piece of a text, cut anywhere, without its marks. */
export const plainOf = (cut: string): string =>
  pieces(cut.replace(/^([^\][]{0,300})\]\([^()\s]{0,1000}\)/, '$1').replace(/(\(Citation: [^()…]{0,300}|\]\([^()\s…]{0,1000})(…?)$/, '$2').replace(/\[(?=[^\][]{0,300}$)/, ''))
    .map((piece) => (piece.kind === 'citation' ? '' : piece.text))
    .join('');

/** Paragraphs of a text. */
export const paragraphs = (text: string): Piece[][] =>
  text.split(/\n\s*\n/).filter((part) => part.trim() !== '').map((part) => pieces(part.trim()));
