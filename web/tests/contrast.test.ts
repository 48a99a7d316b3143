// Every text on every surface it stands on has the contrast that WCAG 2 asks of small text, in both themes.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../src/tokens.css', import.meta.url), 'utf8');
const tokensOf = (block: string) => Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));
const [, light = '', dark = ''] = /:root \{(.*?)\n\}.*?:root\[data-theme='dark'\] \{(.*?)\n\s*\}/s.exec(css) ?? [];

function luminance(hex: string): number {
  const part = (at: number) => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
const pairs: [string, string[]][] = [
  ['text', ['surface', 'ground', 'raised', 'accent-soft', 'mark']],
  ['muted', ['surface', 'ground', 'raised', 'accent-soft']],
  ['accent', ['surface', 'ground', 'raised', 'accent-soft']],
  ['accent-text', ['accent']],
  ['danger', ['surface', 'ground']],
  ['rail-text', ['rail']],
  ['rail-active', ['rail', 'rail-active-ground']],
  ...['red', 'orange', 'yellow', 'green', 'grey'].map((zone): [string, string[]] => [`zone-${zone}`, [`zone-${zone}-soft`, 'surface']]),
  ['node-letter', ['actor', 'malware', 'technique', 'campaign', 'report', 'indicator', 'observable', 'vulnerability', 'other'].map((kind) => `node-${kind}`)],
  ['heat-dark-text', ['heat-0', 'heat-1', 'heat-2', 'heat-3']],
  ['heat-light-text', ['heat-4', 'heat-5']],
];

describe.each([
  ['light', tokensOf(light)],
  ['dark', tokensOf(dark)],
])('%s', (_name, tokens) => {
  it.each(pairs)('%s', (text, grounds) => {
    for (const ground of grounds) expect(contrast(tokens[text] ?? '#000000', tokens[ground] ?? '#000000'), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });
});
