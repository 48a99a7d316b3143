// Language, theme: of this browser alone.
export type Language = 'en' | 'ja';
export type Theme = 'auto' | 'light' | 'dark';

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`mozu.${key}`);
  } catch {
    return null; // a browser that keeps nothing
  }
}
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`mozu.${key}`, value);
  } catch {
    // then it holds until the page is closed
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(`mozu.${key}`);
  } catch {
    // nothing was kept
  }
}

const dark = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');
const browser = typeof navigator === 'undefined' ? 'en' : navigator.language;

class Preferences {
  language = $state<Language>((kept('language') ?? browser).startsWith('ja') ? 'ja' : 'en');
  theme = $state<Theme>((['light', 'dark'] as const).find((t) => t === kept('theme')) ?? 'auto');
}
export const prefs = new Preferences();

function apply(): void {
  const theme = prefs.theme === 'auto' ? (dark?.matches ? 'dark' : 'light') : prefs.theme;
  document.documentElement.dataset['theme'] = theme;
  document.documentElement.lang = prefs.language;
}
export function setLanguage(language: Language): void {
  prefs.language = language;
  keep('language', language);
  apply();
}
export function setTheme(theme: Theme): void {
  prefs.theme = theme;
  keep('theme', theme);
  apply();
}
export function startPrefs(): void {
  dark?.addEventListener('change', apply);
  apply();
}
