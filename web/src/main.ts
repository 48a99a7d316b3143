import './base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { askEarly, startSession } from './lib/api.svelte';
import { loadLanguage } from './lib/i18n.svelte';
import { pageAt } from './lib/pages';
import { prefs, startPrefs } from './lib/prefs.svelte';
import { route, startRouter } from './lib/router.svelte';

startPrefs();
startRouter();
// Nothing is drawn before its words are there; everything else is asked for meanwhile.
const words = loadLanguage(prefs.language);
void startSession();
// The page and its first answers come while the server is asked who is there; should it fail, it is told when it is shown.
const first = pageAt(location.pathname);
first?.page.load().catch(() => undefined);
for (const path of first?.page.early?.(first.parameter, route.query.get('lang') ?? prefs.language) ?? []) askEarly(path);
const app = document.getElementById('app')!;
words.then(
  () => mount(App, { target: app }),
  // No words, so no page either: these few stand in both languages. A browser does not ask again for a module that failed, so the page is loaded again.
  () => {
    const again = document.createElement('button');
    again.textContent = 'Reload · 再読み込み';
    again.onclick = () => location.reload();
    const told = document.createElement('h1');
    told.textContent = 'The portal could not be loaded. · ポータルを読み込めませんでした。';
    const page = document.createElement('main');
    page.className = 'panel';
    page.append(told, again);
    app.replaceChildren(page);
  },
);
