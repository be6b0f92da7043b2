import { defineConfig } from "vite";

// The page is served under "default-src 'self'": nothing is inlined, no polyfill is injected.
export default defineConfig({
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2023" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
