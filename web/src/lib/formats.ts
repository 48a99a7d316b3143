// Numbers and dates as a language writes them. Making a format takes the browser as long as using it a hundred times, and a table has one in every row: they are kept.
const kept = new Map<string, unknown>();
function one<T>(key: string, make: () => T): T {
  const had = kept.get(key) as T | undefined;
  if (had !== undefined) return had;
  const made = make();
  kept.set(key, made);
  return made;
}
export const numbers = (locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat => one(`n ${locale} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));
export const dates = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => one(`d ${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));
export const regions = (locale: string): Intl.DisplayNames => one(`r ${locale}`, () => new Intl.DisplayNames([locale], { type: 'region' }));
