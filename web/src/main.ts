import './base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { askEarly, startSession } from './lib/api.svelte';
import { pageAt } from './lib/pages';
import { prefs, startPrefs } from './lib/prefs.svelte';
import { route, startRouter } from './lib/router.svelte';

startPrefs();
startRouter();
void startSession();
// The page and its first answers come while the server is asked who is there; should it fail, it is told when it is shown.
const first = pageAt(location.pathname);
first?.page.load().catch(() => undefined);
for (const path of first?.page.early?.(first.parameter, route.query.get('lang') ?? prefs.language) ?? []) askEarly(path);
mount(App, { target: document.getElementById('app')! });
