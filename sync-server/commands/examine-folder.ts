// The checks of a data folder. Each says what it found in a sentence, and what to do when something has to be done. A check
// more is one function more in the list.

import { Doc } from "yjs";
import type { PublicKey } from "#shared/model/signatures.ts";
import { loadSoundly } from "#shared/doc/sound-updates.ts";
import { isReadableUpdate } from "#sync-server/log/check-update.ts";
import { SCHEMA_VERSION } from "#sync-server/storage/schema.ts";
import type { InspectedFolder } from "#sync-server/storage/inspect-folder.ts";
import { verifyAudit } from "#sync-server/access/verify-audit.ts";
import { gatherChains, type ChainsFound } from "./examine-chains.ts";
import { gatherFiles, type FilesFound } from "./examine-files.ts";
import { counted } from "./words.ts";

export type Finding = {
  /** A note needs nobody: the relay copes with it. */
  readonly level: "ok" | "note" | "problem";
  readonly says: string;
  readonly advice?: string;
};

export type Facts = {
  readonly logId: string;
  readonly schemaVersion: number;
  readonly lastSeq: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly sizes: ReturnType<InspectedFolder["sizes"]>;
};

const NAMED = 5;
const LOW_SPACE_BYTES = 256 * 1024 * 1024;
const LARGE_LOG_BYTES = 256 * 1024 * 1024;

const ok = (says: string): Finding => ({ level: "ok", says });
const problem = (says: string, advice: string): Finding => ({ level: "problem", says, advice });
const note = (says: string, advice: string): Finding => ({ level: "note", says, advice });

const RESTORE = "Restore the newest backup into a new folder; devices send again what they hold.";

/** The first few by name. */
const named = (docIds: readonly string[]): string =>
  docIds.slice(0, NAMED).join(", ") + (docIds.length > NAMED ? `, and ${docIds.length - NAMED} more` : "");

function checkFile(folder: InspectedFolder): readonly Finding[] {
  const found = folder.integrity();
  return found.length === 1 && found[0] === "ok"
    ? [ok("The database file is whole.")]
    : [problem(`The database file is damaged: ${found.slice(0, NAMED).join("; ")}.`, RESTORE)];
}

function checkVersion(folder: InspectedFolder): readonly Finding[] {
  const version = folder.schemaVersion();
  if (version > SCHEMA_VERSION)
    return [
      problem("The folder was written by a newer version of Drawbridge.", "Install that version or a later one."),
    ];
  return version < SCHEMA_VERSION
    ? [note(`The tables are of version ${version}.`, `The next start brings them to version ${SCHEMA_VERSION}.`)]
    : [ok(`The tables are of this version (${SCHEMA_VERSION}).`)];
}

/**
 * Is everything what was written, does it decode, are the updates gone that a snapshot replaced, can every document be opened,
 * do the chains of decisions hold, are the attached files what was brought?
 */
async function checkDocuments(folder: InspectedFolder, chainKey: PublicKey | undefined): Promise<readonly Finding[]> {
  const chains = gatherChains();
  const files = gatherFiles();
  const damaged: string[] = [];
  const unreadable: string[] = [];
  const behind: string[] = [];
  const leftOut: string[] = [];
  let checked = 0;
  for (const document of folder.documents()) {
    const { docId, snapshot, updates, replacedRows, isWhole } = document;
    checked += 1;
    if (!isWhole) damaged.push(docId);
    const parts = [...(snapshot === undefined ? [] : [snapshot]), ...updates].map(({ bytes }) => bytes);
    if (parts.some((bytes) => !isReadableUpdate(bytes))) unreadable.push(docId);
    if (replacedRows > 0) behind.push(docId);
    const loaded = loadSoundly(() => new Doc({ guid: docId }), parts);
    if (loaded.leftOut > 0) leftOut.push(docId);
    chains.add(document, loaded.doc);
    files.add(document, loaded.doc);
    loaded.doc.destroy();
  }
  return [
    damaged.length === 0
      ? ok("Every row of the log is what was written.")
      : problem(
          `${counted(damaged.length, "document")} with rows that are not what was written: ${named(damaged)}.`,
          `The relay leaves them out and serves the others. ${RESTORE}`,
        ),
    unreadable.length === 0
      ? ok(`Every update of ${counted(checked, "document")} decodes.`)
      : problem(
          `${counted(unreadable.length, "document")} with bytes that do not decode: ${named(unreadable)}.`,
          RESTORE,
        ),
    behind.length === 0
      ? ok("Every snapshot has replaced the updates it covers.")
      : note(
          `${counted(behind.length, "snapshot")} left updates behind: ${named(behind)}.`,
          "Nothing is lost: the relay ended before it had deleted them, or is about to. It does so seconds after its next start.",
        ),
    ...(leftOut.length === 0
      ? []
      : [
          note(
            `${counted(leftOut.length, "document")} with updates that decode but do not apply: ${named(leftOut)}.`,
            "Every reader leaves them out. Somebody sent them on purpose, or a program did: look who wrote there.",
          ),
        ]),
    ...describeFiles(files.examine(folder.files())),
    ...describeChains(await chains.examine(chainKey), chainKey !== undefined),
  ];
}

function describeFiles({ here, changed, missing }: FilesFound): readonly Finding[] {
  if (here === 0 && missing.length === 0) return [];
  return [
    changed.length === 0
      ? ok(`The bytes of ${counted(here, "attached file")} are what was brought.`)
      : problem(
          `${counted(changed.length, "attached file")} with other bytes than were brought: ${named(changed)}.`,
          "Put them back from the newest backup, or take them out of the folder: devices that hold them bring them again.",
        ),
    ...(missing.length === 0
      ? []
      : [
          note(
            `${counted(missing.length, "attached file")} without bytes here: ${named(missing)}.`,
            "They are on the device of whoever attached them, and come when it connects.",
          ),
        ]),
  ];
}

function describeChains(found: ChainsFound, hasKey: boolean): readonly Finding[] {
  const { decisions, waiting, problems } = found;
  if (decisions === 0 && problems.length === 0) return [];
  return [
    ...(problems.length === 0
      ? [ok(`The chains of ${counted(decisions, "decision")} hold.`)]
      : problems
          .slice(0, NAMED)
          .map((says) =>
            problem(
              `A chain of decisions was changed: ${says}.`,
              "The relay adds nothing to it. Compare with the newest backup, and put back the chain-key.pem you kept.",
            ),
          )),
    ...(waiting === 0
      ? []
      : [
          note(
            `${counted(waiting, "decision is", "decisions are")} not chained yet.`,
            "A relay at work does it in a moment, one that starts as well. If they stay, look at its log.",
          ),
        ]),
    ...(hasKey
      ? []
      : [
          note(
            "There is no chain-key.pem in this folder.",
            "Put back the copy you kept before the relay starts: it makes another, and devices then warn.",
          ),
        ]),
  ];
}

function checkRows(folder: InspectedFolder): readonly Finding[] {
  const orphans = folder.orphans().filter(({ count }) => count > 0);
  return orphans.length === 0
    ? [ok("No row points at something that is not there.")]
    : orphans.map(({ what, count }) =>
        problem(
          `${count.toLocaleString("en")} ${what}.`,
          "The relay passes over them. Keep the folder and tell us how it came to this.",
        ),
      );
}

function checkAudit(folder: InspectedFolder): readonly Finding[] {
  const { rows, head, problems } = verifyAudit(folder.audit());
  const kept = `${head.seq}:${head.hash}`;
  return problems.length === 0
    ? [
        ok(
          `The audit's ${counted(rows, "entry", "entries")} stand as they were written. Keep its head elsewhere: ${kept}`,
        ),
      ]
    : problems
        .slice(0, NAMED)
        .map(({ message }) =>
          problem(
            `The audit was changed. ${message}`,
            "Somebody had their hands in the database, or a part of it was put back. Compare with the newest backup before you go on.",
          ),
        );
}

function checkSpace(folder: InspectedFolder): readonly Finding[] {
  const { free, writeAheadLog } = folder.sizes();
  return [
    free < LOW_SPACE_BYTES
      ? problem("The disk is nearly full.", "Free some space: a relay that cannot write acknowledges nothing.")
      : ok("There is room on the disk."),
    ...(writeAheadLog > LARGE_LOG_BYTES
      ? [note("The write-ahead log is large.", "It shrinks while the relay runs. If it does not, restart the relay.")]
      : []),
  ];
}

type Check = (
  folder: InspectedFolder,
  chainKey: PublicKey | undefined,
) => readonly Finding[] | Promise<readonly Finding[]>;

const checks: readonly Check[] = [checkVersion, checkDocuments, checkRows, checkAudit, checkSpace];

/** `chainKey`: what this folder's relay signs the heads of its chains with; left out, heads are taken as they are. */
export async function examineFolder(
  folder: InspectedFolder,
  chainKey?: PublicKey,
): Promise<{ readonly findings: readonly Finding[]; readonly facts: Facts }> {
  const file = checkFile(folder);
  const facts: Facts = {
    logId: folder.logId(),
    schemaVersion: folder.schemaVersion(),
    lastSeq: folder.lastSeq(),
    counts: folder.counts(),
    sizes: folder.sizes(),
  };
  const findings = [...file];
  for (const check of checks) findings.push(...(await check(folder, chainKey)));
  return { findings, facts };
}
