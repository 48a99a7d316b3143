// The keyboard: which keys mean what, apart from any page.
import { places } from './places';

export type Action = { kind: 'search' } | { kind: 'help' } | { kind: 'go'; href: string } | { kind: 'row'; step: 1 | -1 } | { kind: 'wait' } | { kind: 'none' };

export interface Press {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
}

/** `waiting`: the press before was `g`. In fields where one types nothing is a shortcut. */
export function actionOf(press: Press, waiting: boolean, typing: boolean): Action {
  if (press.ctrlKey || press.metaKey || press.altKey || typing) return { kind: 'none' };
  if (waiting) {
    const place = places.find((one) => one.press === press.key);
    return place === undefined ? { kind: 'none' } : { kind: 'go', href: place.href };
  }
  switch (press.key) {
    case '/':
      return { kind: 'search' };
    case '?':
      return { kind: 'help' };
    case 'g':
      return { kind: 'wait' };
    case 'j':
      return { kind: 'row', step: 1 };
    case 'k':
      return { kind: 'row', step: -1 };
    default:
      return { kind: 'none' };
  }
}
