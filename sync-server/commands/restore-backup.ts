// `restore FILE`: a new data folder from a backup. It gets another log id, which is how every device learns to offer again
// what was acknowledged after the backup was made (PROTOCOL.md, rule R4).

import { resolve } from "node:path";
import { restoreBackup } from "#sync-server/storage/backup.ts";
import { failed, readToolArguments, type Command } from "./command.ts";

const END_SESSIONS = "end-sessions";
const usage = `restore FILE --data NEWFOLDER [--${END_SESSIONS}]`;

export const restore: Command = {
  usage,
  help: "Make a new data folder from a backup; devices then send again what it lacks",
  run: async (args) => {
    const read = readToolArguments(args, 1, [END_SESSIONS]);
    if (!read.ok) return failed(`${read.error}. Write: ${usage}`);
    const { positionals, data, hasData, isOn } = read.value;
    if (!hasData) return failed(`Say where the new data folder shall be. Write: ${usage}`);
    const folder = resolve(data);
    const restored = restoreBackup(resolve(positionals[0] ?? ""), folder, { endsSessions: isOn(END_SESSIONS) });
    if (!restored.ok) return failed(restored.error.message);
    return {
      exitCode: 0,
      says: [
        `Restored into ${folder}, log ${restored.value.logId}.`,
        `Before the first start, put the chain-key.pem you kept into ${folder}: with another key every device that has seen approvals warns.`,
        `Start the relay with --data ${folder}. Devices then send again what was acknowledged after the backup.`,
        "Repeat what was taken back after the backup, in Settings: access ended, roles and passwords changed, devices (keys) revoked.",
        "",
      ].join("\n"),
    };
  },
};
