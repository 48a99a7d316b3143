// Which country a name means. Catalogues write English names, in several ways, or codes of ISO 3166-1; what people see is named by Intl in their language.
const ALIASES: Record<string, string> = {
  usa: 'US', 'u.s.': 'US', 'united states of america': 'US', america: 'US', uk: 'GB', britain: 'GB', 'great britain': 'GB', england: 'GB', 'russian federation': 'RU', 'south korea': 'KR', 'republic of korea': 'KR', korea: 'KR',
  'north korea': 'KP', 'ivory coast': 'CI', "cote d'ivoire": 'CI', 'czech republic': 'CZ', czechia: 'CZ', gaza: 'PS', palestine: 'PS', 'palestinian territory': 'PS', 'hong kong': 'HK', macau: 'MO', macao: 'MO', turkey: 'TR', türkiye: 'TR', burma: 'MM',
  myanmar: 'MM', 'viet nam': 'VN', uae: 'AE', 'united arab emirates': 'AE', macedonia: 'MK', 'dr congo': 'CD', 'democratic republic of the congo': 'CD', congo: 'CG', 'cape verde': 'CV', swaziland: 'SZ', holland: 'NL', bosnia: 'BA',
  'iran (islamic republic of)': 'IR', 'korea (republic of)': 'KR', "korea (democratic people's republic of)": 'KP',
  "people's republic of china": 'CN', 'republic of china': 'TW', 'islamic republic of iran': 'IR', 'syrian arab republic': 'SY', 'lao pdr': 'LA', 'brunei darussalam': 'BN', moldova: 'MD', tanzania: 'TZ', bolivia: 'BO', venezuela: 'VE',
};
// Codes that ISO took back, which Intl still names.
const WITHDRAWN = new Set(['AN', 'BU', 'CS', 'DD', 'DY', 'FX', 'HV', 'NH', 'NT', 'RH', 'SU', 'TP', 'VD', 'YD', 'YU', 'ZR', 'UK', 'EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);

let names: Map<string, string> | undefined;
function known(): Map<string, string> {
  if (names) return names;
  names = new Map();
  const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  for (let a = 65; a <= 90; ++a)
    for (let b = 65; b <= 90; ++b) {
      const code = String.fromCharCode(a, b);
      const name = WITHDRAWN.has(code) ? undefined : english.of(code);
      if (name) names.set(name.toLowerCase(), code);
    }
  return names;
}

/** Code of ISO 3166-1, or undefined for what is no country: regions, sentences. */
export function codeOf(name: string): string | undefined {
  const text = name.trim().toLowerCase();
  const alias = Object.hasOwn(ALIASES, text) ? ALIASES[text] : undefined; // a name may be "constructor"
  if (/^[a-z]{2}$/.test(text)) {
    const code = text.toUpperCase();
    return [...known().values()].includes(code) ? code : alias;
  }
  return alias ?? known().get(text);
}
