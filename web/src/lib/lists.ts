/** Values between commas of either script, or in lines of their own, each once. */
export function listed(text: string): string[] {
  return [...new Set(text.split(/[,，、\n]/).map((one) => one.trim()))].filter((one) => one !== '');
}
