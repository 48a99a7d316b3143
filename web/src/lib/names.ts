// Names as they are compared, and put in order.
/** As the server compares names: without case, blanks and signs. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** By their first letter, whatever blank or sign stands before it; what has neither letter nor digit comes last. */
export function byLetter<T>(things: T[], nameOf: (thing: T) => string): T[] {
  const keyed = things.map((thing) => ({ thing, key: fold(nameOf(thing)) }));
  return keyed.sort((a, b) => Number(a.key === '') - Number(b.key === '') || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map((one) => one.thing);
}
