import './base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { startSession } from './lib/api.svelte';
import { pageAt } from './lib/pages';
import { startPrefs } from './lib/prefs.svelte';
import { startRouter } from './lib/router.svelte';

startPrefs();
startRouter();
void startSession();
// The page comes while the server is asked who is there; should it fail, it is told when it is shown.
pageAt(location.pathname)?.page.load().catch(() => undefined);
mount(App, { target: document.getElementById('app')! });
