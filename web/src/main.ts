import './base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { startSession } from './lib/api.svelte';
import { startPrefs } from './lib/prefs.svelte';
import { startRouter } from './lib/router.svelte';

startPrefs();
startRouter();
void startSession();
mount(App, { target: document.getElementById('app')! });
