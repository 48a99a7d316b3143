// Tables that the portal makes itself, as the server writes its own (src/base/csv_write.cpp): whatever stands in a cell, no program of tables takes it for a formula.
// With the full-width and small forms of the signs and the minus sign, also behind blanks, which some programs leave out.
const FORMULA = /^(?:[\t\r\n]|[ \t\r\n\v\f\u00a0\u3000\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212])/;
// Where the separator is ';' or a tab, cells begin behind these, and rows within quotes.
const INNER = /([;\t\r\n][ \t\r\n\v\f\u00a0\u3000\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212])/g;

export function csvCell(text: string): string {
  const formula = FORMULA.test(text);
  // What leads to the first sign gets its apostrophe at the begin.
  const lead = formula ? /^[ \t\r\n\v\f\u00a0\u3000\ufeff]*/.exec(text)![0] : '';
  const safe = lead + text.slice(lead.length).replace(INNER, "$1'");
  return formula || /[,"\r\n]/.test(text) ? `"${formula ? "'" : ''}${safe.replaceAll('"', '""')}"` : safe;
}
export const csvOf = (rows: string[][]): string => rows.map((row) => `${row.map(csvCell).join(',')}\n`).join('');
