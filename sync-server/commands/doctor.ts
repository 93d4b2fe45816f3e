// `doctor`: looks a data folder over and says what it found and what to do. Changes nothing.

import { resolve } from "node:path";
import { inspectFolder } from "#sync-server/storage/inspect-folder.ts";
import { lookUpChainKey } from "#sync-server/log/chain-key.ts";
import { failed, readToolArguments, type Command, type Outcome } from "./command.ts";
import { examineFolder, type Finding } from "./examine-folder.ts";
import { counted, megabytes } from "./words.ts";

/** Exit codes: nothing wrong, something found, not examined. */
const codes = { sound: 0, found: 1, notExamined: 2 } as const;

const line = ({ level, says, advice }: Finding): string =>
  `${level.padEnd(8)} ${says}${advice === undefined ? "" : `\n${" ".repeat(9)}${advice}`}`;

export const doctor: Command = {
  usage: "doctor --data FOLDER",
  help: "Check a data folder and say what was found; exit code 0 sound, 1 problems, 2 not readable",
  run: async (args) => {
    const read = readToolArguments(args, 0);
    if (!read.ok) return failed(`${read.error}. Write: doctor --data FOLDER`, codes.notExamined);
    const folder = resolve(read.value.data);
    const opened = inspectFolder(folder);
    if (!opened.ok) return failed(opened.error.message, codes.notExamined);
    try {
      return report(folder, await examineFolder(opened.value, lookUpChainKey(folder)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return failed(
        `The database in ${folder} stopped being readable half-way (${reason}). Restore the newest backup.`,
        codes.notExamined,
      );
    } finally {
      opened.value.close();
    }
  },
};

function report(folder: string, { findings, facts }: Awaited<ReturnType<typeof examineFolder>>): Outcome {
  const problems = findings.filter((finding) => finding.level === "problem").length;
  const { counts, sizes } = facts;
  return {
    exitCode: problems === 0 ? codes.sound : codes.found,
    says: [
      `Data folder ${folder}`,
      `Log ${facts.logId}, tables of version ${facts.schemaVersion}, last number ${facts.lastSeq.toLocaleString("en")}`,
      Object.entries(counts)
        .map(([table, count]) => `${count.toLocaleString("en")} ${table}`)
        .join(", "),
      `Database ${megabytes(sizes.database)}, write-ahead log ${megabytes(sizes.writeAheadLog)}, ${megabytes(sizes.free)} free on this disk`,
      "",
      ...findings.map(line),
      "",
      problems === 0 ? "Nothing wrong was found." : `${counted(problems, "problem")} found.`,
      "",
    ].join("\n"),
  };
}
