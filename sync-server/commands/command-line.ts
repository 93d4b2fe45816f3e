// The command line: the first word picks a command, no word runs the relay.

import { failed, type Command, type Outcome } from "./command.ts";

/** Loaded when it is asked for. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["", async () => (await import("./run-relay.ts")).runRelay],
  ["backup", async () => (await import("./back-up.ts")).backUp],
  ["restore", async () => (await import("./restore-backup.ts")).restore],
  ["doctor", async () => (await import("./doctor.ts")).doctor],
  ["reset-password", async () => (await import("./reset-password.ts")).resetPassword],
]);

async function help(): Promise<string> {
  const { helpText } = await import("./help-text.ts");
  return helpText(await Promise.all([...commands.values()].map((load) => load())));
}

async function answer(argv: readonly string[]): Promise<Outcome> {
  if (argv.includes("--help")) return { exitCode: 0, says: await help() };
  const [first = ""] = argv;
  const name = first.startsWith("-") ? "" : first;
  const load = commands.get(name);
  if (load === undefined) return failed(`There is no command "${name}". Run with --help to see every command.`);
  const command = await load();
  return command.run(name === "" ? argv : argv.slice(1));
}

const { exitCode, says, problem } = await answer(process.argv.slice(2));
if (says !== undefined) process.stdout.write(says);
if (problem !== undefined) process.stderr.write(`${problem}\n`);
process.exitCode = exitCode;
