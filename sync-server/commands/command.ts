// What the relay can be asked to do from the command line: one sentence about it, and how it went.

import { parseArgs } from "node:util";
import { err, ok, type Result } from "#shared/model/result.ts";
import { parseConfig } from "#sync-server/config.ts";

export type Outcome = {
  readonly exitCode: number;
  /** For standard output. */
  readonly says?: string;
  /** One sentence that says what is wrong and what to do. */
  readonly problem?: string;
};

export type Command = {
  /** What follows the name, for example `FILE --data FOLDER`. */
  readonly usage: string;
  readonly help: string;
  run(args: readonly string[]): Promise<Outcome>;
};

export const failed = (problem: string, exitCode = 1): Outcome => ({ exitCode, problem });

type ToolArguments = {
  readonly positionals: readonly string[];
  /** From --data, DRAWBRIDGE_DATA or the default. */
  readonly data: string;
  readonly isOn: (flag: string) => boolean;
  readonly hasData: boolean;
  /** Where people open the app: from --address, DRAWBRIDGE_ADDRESS, or this machine. */
  readonly address: string;
};

/** Arguments of a command that works on a data folder. `switches` are its own flags, none of which takes a value. */
export function readToolArguments(
  args: readonly string[],
  positionalCount: number,
  switches: readonly string[] = [],
  missing = "The name of the file is missing",
): Result<ToolArguments, string> {
  const options = Object.fromEntries(switches.map((name) => [name, { type: "boolean" } as const]));
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options: { ...options, data: { type: "string" }, address: { type: "string" } },
      allowPositionals: true,
    });
    if (positionals.length !== positionalCount)
      return err(
        positionals.length > positionalCount ? `"${positionals[positionalCount] ?? ""}" was not expected` : missing,
      );
    const { data, address } = values;
    const config = parseConfig({
      argv: [...(data === undefined ? [] : ["--data", data]), ...(address === undefined ? [] : ["--address", address])],
    });
    if (!config.ok) return err("--data or --address cannot be used like this");
    const flags: Readonly<Record<string, unknown>> = values;
    return ok({
      positionals,
      data: config.value.data,
      hasData: data !== undefined,
      address: config.value.address === "" ? `http://localhost:${config.value.port}` : config.value.address,
      isOn: (flag) => flags[flag] === true,
    });
  } catch (error) {
    return err(
      error instanceof Error ? (error.message.split(/\.(?:\s|$)/)[0] ?? "") : "The arguments are not readable",
    );
  }
}
