// T14: an approved text is bound by what it says, not by its words alone: a clause struck out, or a link that leads elsewhere,
// is another text.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { XmlElement, XmlText } from "yjs";
import { compareSubjects, parseSubject } from "#shared/model/approval-subject.ts";
import { assert } from "#shared/model/result.ts";
import { openClinic, type Clinic } from "./clinic.ts";
import { synced } from "./network.ts";

const programs = resolve(import.meta.dirname, "../../docs/verify");
const scratch = mkdtempSync(join(tmpdir(), "drawbridge-formats-"));
let clinic: Clinic;
let scope: string;

beforeAll(async () => {
  clinic = await openClinic();
  const made = await clinic.igor.data.edit.create({
    type: "document",
    space: clinic.space,
    audience: "client",
    values: { title: "Scope", body: "Anchors are M16\nSee the plan" },
  });
  assert(made.ok, "a document");
  scope = made.value.id;
}, 60_000);
afterAll(async () => {
  await clinic.network.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Formats the words of a paragraph and changes none of them. */
async function format(record: string, field: string, paragraph: number, marks: object): Promise<void> {
  const live = await clinic.igor.data.live.open(record, field);
  assert(live.ok, "the text is open");
  const block = live.value.fragment.get(paragraph);
  assert(block instanceof XmlElement, "a paragraph");
  const words = block.get(0);
  assert(words instanceof XmlText, "with words");
  words.format(0, words.length, marks);
  await live.value.close();
  await synced(clinic.igor);
}

/** Asks Carla, who approves. */
async function approved(attachments: readonly string[]): Promise<void> {
  const request = await clinic.ask([clinic.ids.carla], { attachments });
  await clinic.shows(clinic.carla, "pending", "asked", (view) => view.request.id === request && view.needsMe);
  await clinic.carla.data.approvals.decide({ request, decision: "approve" });
  await clinic.shows(clinic.igor, "approved", "approved", (view) => view.request.id === request && !view.isStale);
}

const isStale = (what: string): Promise<void> => clinic.shows(clinic.carla, "approved", what, (view) => view.isStale);

async function differences() {
  const view = await clinic.viewOf(clinic.carla);
  const [before, after] = [parseSubject(view?.request.subject ?? ""), parseSubject(view?.subjectNow ?? "")];
  assert(before !== undefined && after !== undefined, "both are subjects");
  return compareSubjects(before, after);
}

describe("T14: a formatted text", () => {
  it("struck out after it was approved, an attached document is not covered any more", async () => {
    await approved([scope]);
    await format(scope, "body", 0, { strike: {} });
    await isStale("a clause was struck out");
    expect(await differences()).toEqual([{ field: `attachment/${scope}`, title: "Scope", formatOnly: true }]);
  });

  it("with a link that leads elsewhere it is not either, and both programs check the form", async () => {
    await format(scope, "body", 1, { link: { href: "https://plan.example/a" } });
    await approved([scope]);
    await format(scope, "body", 1, { link: { href: "https://plan.example/b" } });
    await isStale("the link leads elsewhere");
    const folder = await exported("links");
    for (const result of verified(folder)) {
      expect(result.problems).toEqual([]);
      expect(result.conclusion.map(({ covers }) => covers)).toEqual([false, false]);
    }
    const form = join(folder, `documents/${scope}.format.json`);
    writeFileSync(form, "[]");
    for (const { problems } of verified(folder)) expect(problems.join()).toContain(`format of document ${scope}`);
  });

  it("the same holds for what a milestone says of itself", async () => {
    const { igor, milestone } = clinic;
    expect((await igor.data.edit.set(milestone, { description: "Two coats of paint" })).ok).toBe(true);
    await approved([]);
    await format(milestone, "description", 0, { strike: {} });
    await isStale("the description was struck out");
    expect(await differences()).toEqual([{ field: "description", formatOnly: true }]);
  });
});

async function exported(name: string): Promise<string> {
  const zip = await clinic.igor.data.approvals.exportFolder(clinic.space);
  assert(zip.ok, "an export");
  const folder = join(scratch, name);
  for (const [file, bytes] of Object.entries(unzipSync(new Uint8Array(await zip.value.arrayBuffer())))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  return folder;
}

type Result = { readonly problems: readonly string[]; readonly conclusion: readonly { readonly covers: boolean }[] };

/** What both programs say; a folder that does not hold ends them with 1. */
function verified(folder: string): readonly Result[] {
  const said = (command: string, program: string): Result => {
    try {
      return JSON.parse(execFileSync(command, [join(programs, program), folder], { encoding: "utf8" })) as Result;
    } catch (error) {
      const { stdout } = error as { readonly stdout?: string };
      return JSON.parse(stdout ?? "") as Result;
    }
  };
  return [said(process.execPath, "verify.mjs"), said("python3", "verify.py")];
}
