// Bundles the desktop shell: main and the sandboxed preload, each one CommonJS file. The window is the renderer's own build.
import { builtinModules } from "node:module";
import { defineConfig } from "vite";

export default defineConfig(() => {
  const entry = process.env["DESKTOP_ENTRY"] === "preload" ? "preload" : "main";
  return {
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
        output: { format: "cjs", entryFileNames: `${entry}.cjs`, codeSplitting: false },
      },
    },
    ssr: { noExternal: true },
  };
});
