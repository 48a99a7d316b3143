import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // The policy of the server allows files alone: nothing is put into the page as data: or inline.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { '/api': { target: process.env['MOZU_SERVER'] ?? 'https://localhost:8443', secure: false } } },
  test: { include: ['tests/*.test.ts'], setupFiles: ['tests/setup.ts'] },
});
