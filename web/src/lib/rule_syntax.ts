// Colours for rules: YARA, Sigma (YAML), Suricata and Snort. Cut into pieces that the page shows as text. Each grammar is one expression of alternatives without nesting,
// so a long rule costs its length.
export type RulePiece = { kind: 'plain' | 'keyword' | 'string' | 'comment' | 'number' | 'name'; text: string };
type Kind = Exclude<RulePiece['kind'], 'plain'>;

const grammars: Record<string, RegExp> = {
  yara: /(?<comment>\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>"(?:[^"\\\n]|\\.)*"?|\/(?![/*])(?:[^/\\\n]|\\.)+\/[is]*|\{(?=[\s0-9A-Fa-f?~])[\s0-9A-Fa-f?~()|[\]-]*\})|(?<name>[$#@!][A-Za-z0-9_]*\*?)|(?<keyword>\b(?:all|and|any|ascii|at|base64|base64wide|condition|contains|defined|endswith|entrypoint|false|filesize|for|fullword|global|icontains|iendswith|iequals|import|in|include|istartswith|matches|meta|nocase|none|not|of|or|private|rule|startswith|strings|them|true|wide|xor)\b)|(?<number>\b(?:0x[0-9A-Fa-f]+|\d+(?:KB|MB)?)\b)/g,
  sigma: /(?<comment>(?<=^|\s)#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?)|(?<keyword>^[ \t-]*[A-Za-z0-9_.|-]+(?=:(?:\s|$)))|(?<number>(?<=[\s:])-?\d+(?:\.\d+)?(?=\s|$))/gm,
  suricata: /(?<comment>^\s*#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<keyword>^(?:alert|pass|drop|reject|rejectsrc|rejectdst|rejectboth|log)\b|(?<=[(;]\s*)[a-z_][a-z0-9_.]*(?=\s*[:;]))|(?<name>\$[A-Z_]+)|(?<number>\b\d+\b)/gm,
};
grammars['snort'] = grammars['suricata']!;

export function rulePieces(language: string, text: string): RulePiece[] {
  const grammar = grammars[language];
  if (!grammar) return [{ kind: 'plain', text }];
  const out: RulePiece[] = [];
  let at = 0;
  for (const found of text.matchAll(grammar)) {
    if (found[0] === '') continue;
    if (found.index > at) out.push({ kind: 'plain', text: text.slice(at, found.index) });
    at = found.index + found[0].length;
    const kind = Object.entries(found.groups ?? {}).find(([, part]) => part !== undefined)?.[0] as Kind;
    out.push({ kind, text: found[0] });
  }
  if (at < text.length) out.push({ kind: 'plain', text: text.slice(at) });
  return out;
}
