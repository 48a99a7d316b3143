// Both languages are there in every test, as if a reader had seen both.
import { loadLanguage } from '../src/lib/i18n.svelte';

await loadLanguage('en');
await loadLanguage('ja');
