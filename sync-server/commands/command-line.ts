// The command line: the first word picks a command, no word runs the relay.

import { backUp } from "./back-up.ts";
import { failed, type Command, type Outcome } from "./command.ts";
import { doctor } from "./doctor.ts";
import { helpText } from "./help-text.ts";
import { resetPassword } from "./reset-password.ts";
import { restore } from "./restore-backup.ts";
import { runRelay } from "./run-relay.ts";

const commands: ReadonlyMap<string, Command> = new Map([
  ["", runRelay],
  ["backup", backUp],
  ["restore", restore],
  ["doctor", doctor],
  ["reset-password", resetPassword],
]);

async function answer(argv: readonly string[]): Promise<Outcome> {
  if (argv.includes("--help")) return { exitCode: 0, says: helpText(commands.values()) };
  const [first = ""] = argv;
  const name = first.startsWith("-") ? "" : first;
  const command = commands.get(name);
  if (command === undefined) return failed(`There is no command "${name}". Run with --help to see every command.`);
  return command.run(name === "" ? argv : argv.slice(1));
}

const { exitCode, says, problem } = await answer(process.argv.slice(2));
if (says !== undefined) process.stdout.write(says);
if (problem !== undefined) process.stderr.write(`${problem}\n`);
process.exitCode = exitCode;
