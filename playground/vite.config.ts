import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  // One page that works from any folder of any host, and after the first load without one.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 8000, target: 'es2022' },
  worker: { format: 'iife' },
});
