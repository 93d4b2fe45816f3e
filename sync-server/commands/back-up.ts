// `backup FILE`: a copy of everything the relay keeps, while it runs and serves.

import { resolve } from "node:path";
import { backUpFolder } from "#sync-server/storage/backup.ts";
import { failed, readToolArguments, type Command } from "./command.ts";
import { megabytes } from "./words.ts";

export const backUp: Command = {
  usage: "backup FILE --data FOLDER",
  help: "Write a backup of a data folder into a new file; the relay may go on running",
  run: async (args) => {
    const read = readToolArguments(args, 1);
    if (!read.ok) return failed(`${read.error}. Write: backup FILE --data FOLDER`);
    const { positionals, data } = read.value;
    const file = resolve(positionals[0] ?? "");
    const made = backUpFolder(resolve(data), file);
    if (!made.ok) return failed(made.error.message);
    return { exitCode: 0, says: `Backup written and checked: ${file}, ${megabytes(made.value.bytes)}.\n` };
  },
};
