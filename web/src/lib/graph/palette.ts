// Colours of the graph, as the sheet of tokens says them now.
import { kindNames, type Kind, type Palette } from './paint';

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const letter = token('node-letter');
  return {
    ground: token('surface'), text: token('text'), muted: token('muted'), edge: token('border-strong'), edgeStrong: token('accent'), select: token('accent'), halo: token('surface'),
    suspect: token('zone-red'), interesting: token('zone-orange'), cleared: token('zone-green'), font: style.fontFamily || 'sans-serif',
    kinds: Object.fromEntries(kindNames.map((kind) => [kind, [token(`node-${kind}`), letter]])) as Record<Kind, [string, string]>,
  };
}
