// What README and docs say is there, is there: links, npm scripts, flags, and the record type a newcomer copies first.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseField } from "#shared/model/field-kinds.ts";
import { isKnownFacet } from "#shared/model/facets.ts";
import { defineRecordType, type RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const pages = ["README.md", "docs/glossary.md", "docs/desktop.md", "docs/operations.md", "docs/benchmarks.md"].concat(
  readdirSync(path.join(root, "docs/decisions")).map((file) => `docs/decisions/${file}`),
);
const readme = read("README.md");

describe.each(pages)("%s", (page) => {
  const text = read(page);

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
    for (const link of links) expect(existsSync(path.join(root, path.dirname(page), link)), link).toBe(true);
  });

  it("names npm scripts and files of the repository that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const [, script = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
    const files = text.matchAll(/`((?:shared|renderer|sync-server|electron|tests)\/[\w/.-]+\.\w+)`/g);
    // The example of a record type to come, and what a bench writes when it is run.
    const toCome = /^shared\/record-types\/invoice\.ts$|^tests\/bench\/results\//;
    for (const [, file = ""] of files)
      if (!toCome.test(file)) expect(existsSync(path.join(root, file)), file).toBe(true);
  });
});

describe("README.md", () => {
  it("names flags that the relay has", () => {
    const config = read("sync-server/config.ts");
    const flags = [...readme.matchAll(/(?<=[\s`])--([a-z][a-z-]+)/g)].map((match) => match[1] ?? "");
    expect(flags).toContain("behind-tls");
    for (const flag of new Set(flags)) expect(config, `--${flag}`).toMatch(new RegExp(`["']?${flag}["']?`));
  });

  it("shows a record type that works as it stands", () => {
    const source = /export const invoice = (defineRecordType\([\s\S]*?\n\}\));/.exec(readme)?.[1];
    // oxlint-disable-next-line no-implied-eval, no-new-func -- our own README, run to see that it is true
    const run = new Function("defineRecordType", `return ${source ?? ""}`) as (
      define: typeof defineRecordType,
    ) => RecordTypeDefinition;
    const invoice = run(defineRecordType);
    expect(invoice.type).toBe("invoice");
    for (const [name, spec] of Object.entries(invoice.fields)) {
      if (spec.facet !== undefined) expect(isKnownFacet(spec.facet), name).toBe(true);
      expect(parseField("", spec).ok, name).toBe(spec.required !== true);
    }
    const named = [...invoice.list, ...invoice.form.flatMap((section) => section.fields), invoice.title].flat();
    for (const name of named) expect(Object.keys(invoice.fields)).toContain(name);
    expect(readme).toContain("shared/record-types/index.ts");
  });
});
