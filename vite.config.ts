// Builds the app (renderer/) to dist/renderer, which the relay serves. The service worker is built from our own file,
// with the list of everything to keep on the device written into it.

import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const outDir = resolve(import.meta.dirname, "dist/renderer");

/** A module-style `export` in the built worker kills it silently in the browser: fail the build instead. */
const guardServiceWorker: Plugin = {
  name: "guard-service-worker",
  apply: "build",
  enforce: "post",
  closeBundle: {
    sequential: true,
    order: "post",
    handler() {
      const file = resolve(outDir, "sw.js");
      if (existsSync(file) && /(^|[;\n}])export[\s{]/.test(readFileSync(file, "utf8"))) {
        throw new Error("dist/renderer/sw.js contains an export: browsers would refuse it.");
      }
    },
  },
};

export default defineConfig({
  root: resolve(import.meta.dirname, "renderer"),
  cacheDir: resolve(import.meta.dirname, ".cache/vite"),
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2024",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: "database", test: /node_modules[\\/]dexie[\\/]/, priority: 2 },
            // What every start needs is one file: many small ones compress worse.
            { name: "start", tags: ["$initial"], priority: 1 },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  plugins: [
    react(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: ".",
      filename: "sw.ts",
      registerType: "prompt",
      injectRegister: false,
      injectManifest: {
        globPatterns: ["**/*.{js,css,html,svg,png,woff2,webmanifest}"],
        maximumFileSizeToCacheInBytes: 5 * 1024 * 1024,
        rollupFormat: "iife",
      },
      manifest: {
        id: "/",
        name: "Drawbridge",
        short_name: "Drawbridge",
        description: "Work with your team, clients and partners in one place, online or not.",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#f4f6fa",
        theme_color: "#14213d",
        icons: [
          { src: "/icons/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "/icons/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icons/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
    }),
    guardServiceWorker,
  ],
});
