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
void words.then(() => mount(App, { target: document.getElementById('app')! }));
