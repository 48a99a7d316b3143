// The layer that somebody opened from a file: in this window alone, until it is closed or another is opened.
import type { Layer } from './navigator';

class OwnLayer {
  layer = $state.raw<Layer | undefined>(undefined);
}
export const own = new OwnLayer();

/** Score of a technique under a tactic (phase), and what is noted beside it; an entry for the tactic counts before one for all. */
export function layerIndex(layer: Layer): (attackId: string, phase: string) => { score: number; comment: string } | undefined {
  const entries = new Map(layer.techniques.map((x) => [`${x.id} ${x.tactic}`, { score: x.score, comment: x.comment }]));
  return (attackId, phase) => entries.get(`${attackId} ${phase}`) ?? entries.get(`${attackId} `);
}
