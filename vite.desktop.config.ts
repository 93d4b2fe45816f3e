// Bundles the desktop shell: main and the sandboxed preload, each one CommonJS file. The window is the renderer's own build.
import { builtinModules } from "node:module";
import { defineConfig } from "vite";

const entry = process.env["DESKTOP_ENTRY"] === "preload" ? "preload" : "main";

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: "dist/electron",
    emptyOutDir: entry === "main",
    target: "node24",
    minify: false,
    ssr: true,
    rolldownOptions: {
      input: `electron/${entry}.ts`,
      external: ["electron", ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
      output: { format: "cjs", entryFileNames: `${entry}.cjs`, inlineDynamicImports: true },
    },
  },
  ssr: { noExternal: true },
});
