// `reset-password`: a link for whoever has forgotten the password and has nobody to ask, an only owner above all. Whoever has
// the data folder has everything in it already: what this adds is that it is in the audit.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openAudit } from "#sync-server/access/audit-trail.ts";
import { openAccess } from "#sync-server/access/open-access.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { failed, readToolArguments, type Command, type Outcome } from "./command.ts";

async function makeLink(folder: string, email: string, address: string): Promise<Outcome> {
  // Opening would make one.
  if (!existsSync(join(folder, DATABASE_FILE)))
    return failed(`There is no data in ${folder}. Name the folder that the relay uses with --data.`);
  const opened = await openSqliteStorage(folder);
  if (!opened.ok)
    return failed(
      opened.error.type === "FolderInUse"
        ? `The relay is running on ${folder}. Stop it, run this again, then start it.`
        : opened.error.message,
    );
  const storage = opened.value;
  const audit = openAudit(storage.audit, {
    onProblem: (error) => void process.stderr.write(`The audit could not be written: ${String(error)}\n`),
  });
  const access = openAccess(storage.directory, { audit });
  try {
    const made = await access.accounts.makeOperatorReset(email);
    if (!made.ok) return failed(made.error.message);
    const { member, secret, expiresAt } = made.value;
    return {
      exitCode: 0,
      says: [
        `${member.name} (${member.email}) sets a new password with this link, once, until ${new Date(expiresAt).toISOString()}:`,
        `${address.replace(/\/$/, "")}/password#${secret}`,
        "Start the relay, then hand the link over. It signs every device of theirs out. The audit says that it was made.",
        "",
      ].join("\n"),
    };
  } finally {
    access.close();
    await audit.close();
    await storage.close();
  }
}

export const resetPassword: Command = {
  usage: "reset-password EMAIL --data FOLDER [--address ADDRESS]",
  help: "Print a link with which a member sets a new password, once and for 24 hours; the relay has to be stopped",
  async run(args) {
    const read = readToolArguments(args, 1, [], "The e-mail address is missing");
    if (!read.ok) return failed(`${read.error}. Write: reset-password EMAIL --data FOLDER`);
    const { positionals, data, address } = read.value;
    return makeLink(resolve(data), positionals[0] ?? "", address);
  },
};
