// Every setting of the relay, parsed once from flags (which win) and DRAWBRIDGE_* environment variables, then frozen.
// The table below is also what --help prints.

import { parseArgs } from "node:util";
import { z } from "zod";
import { err, ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(1).max(1_000_000);
const switchedOn = z
  .union([z.boolean(), z.enum(["1", "true", "yes", "0", "false", "no", ""])])
  .transform((value) => value === true || value === "1" || value === "true" || value === "yes");

type Setting = {
  readonly flag: string;
  readonly schema: z.ZodType;
  readonly fallback: unknown;
  readonly value?: string;
  readonly help: string;
};

const settings = {
  port: { flag: "port", schema: port, fallback: 4400, value: "NUMBER", help: "Port to listen on (0: any free one)" },
  host: {
    flag: "host",
    schema: z.string().min(1),
    fallback: "localhost",
    value: "NAME",
    help: "Address to listen on; 0.0.0.0 lets other machines in",
  },
  data: {
    flag: "data",
    schema: z.string().min(1),
    fallback: "./data",
    value: "FOLDER",
    help: "Folder that holds everything the relay keeps",
  },
  app: {
    flag: "app",
    schema: z.string(),
    fallback: "",
    value: "FOLDER",
    help: "Folder of the built app (default: dist/renderer of this project)",
  },
  demo: {
    flag: "demo",
    schema: switchedOn,
    fallback: false,
    help: "Fill an empty data folder with demo data and print its sign-ins",
  },
  noOpen: { flag: "no-open", schema: switchedOn, fallback: false, help: "Do not open the browser" },
  allowOrigins: {
    flag: "allow-origin",
    schema: z.array(z.string()),
    fallback: [],
    value: "ORIGIN",
    help: "Also accept browsers from this origin, for example https://crm.example.com (repeat the flag for more)",
  },
  behindTls: {
    flag: "behind-tls",
    schema: switchedOn,
    fallback: false,
    help: "A proxy in front speaks HTTPS: trust its headers, tell browsers to stay on HTTPS",
  },
  signInTries: {
    flag: "sign-in-tries",
    schema: count,
    fallback: 10,
    value: "NUMBER",
    help: "Failed sign-ins per address and per e-mail in 15 minutes",
  },
  requestsPerMinute: {
    flag: "requests-per-minute",
    schema: count,
    fallback: 1_200,
    value: "NUMBER",
    help: "Requests to /api per address and minute",
  },
  updatesPerSecond: {
    flag: "updates-per-second",
    schema: count,
    fallback: limits.updatesPerSecond,
    value: "NUMBER",
    help: "Updates per device and second before it is read more slowly",
  },
  kilobytesPerMinute: {
    flag: "kilobytes-per-minute",
    schema: count,
    fallback: limits.kilobytesPerMinute,
    value: "NUMBER",
    help: "Kilobytes of updates per member from outside and minute before he is read more slowly; ten times as many for the team",
  },
  eraseAfter: {
    flag: "erase-after",
    schema: z.coerce.number().min(1).max(100_000),
    fallback: 168,
    value: "HOURS",
    help: "When text that somebody deleted is gone from the data folder at the latest (backups keep what they hold)",
  },
  policyHold: {
    flag: "policy-hold",
    schema: z.coerce.number().int().min(0).max(86_400),
    fallback: 30,
    value: "SECONDS",
    help: "Between deciding that somebody sees more and their seeing it, in which it can be taken back",
  },
  metricsToken: {
    flag: "metrics-token",
    schema: z.string(),
    fallback: "",
    value: "TOKEN",
    help: "Who may read /metrics from elsewhere: whoever sends this Bearer token (default: only this machine)",
  },
  address: {
    flag: "address",
    schema: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]),
    fallback: "",
    value: "URL",
    help: "Address people reach this relay at, for links in mails: https://crm.example.com",
  },
  smtpUrl: {
    flag: "smtp-url",
    schema: z.union([z.literal(""), z.url({ protocol: /^smtps?$/ })]),
    fallback: "",
    value: "URL",
    help: "Mail server that sends invitations: smtps://user:password@mail.example.com (best given as a variable)",
  },
  mailFrom: {
    flag: "mail-from",
    schema: z.string(),
    fallback: "",
    value: "ADDRESS",
    help: "Sender of mails: Northwind Build <crm@northwind.example>",
  },
  logLevel: {
    flag: "log-level",
    schema: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    fallback: "warn",
    value: "LEVEL",
    help: "fatal, error, warn, info, debug, trace or silent; when given, the log goes to stdout as JSON",
  },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settings;

export type Config = Readonly<{ [Key in Name]: z.output<(typeof settings)[Key]["schema"]> }> & {
  /** True when the operator asked for a log level: the log then goes to stdout. */
  readonly logToStdout: boolean;
  /** There is a person at this machine who wants to see the app now. */
  readonly opensBrowser: boolean;
};

const names = Object.keys(settings) as readonly Name[];
const variableOf = (flag: string): string => `DRAWBRIDGE_${flag.toUpperCase().replaceAll("-", "_")}`;

/** One line per setting, as --help prints them. */
export function settingLines(): readonly string[] {
  return names.map((name) => {
    const setting: Setting = settings[name];
    const usage = `--${setting.flag}${setting.value === undefined ? "" : ` ${setting.value}`}`;
    const fallback =
      ["string", "number"].includes(typeof setting.fallback) && setting.fallback !== ""
        ? ` (default: ${String(setting.fallback)})`
        : "";
    return `  ${usage.padEnd(28)} ${setting.help}${fallback}`;
  });
}

export const settingsFromEnvironment = `Each setting can also come from the environment, for example ${variableOf("port")}=8080 or ${variableOf("no-open")}=1;
${variableOf("allow-origin")} takes several, separated by commas. Flags win.`;

type Environment = Readonly<Record<string, string | undefined>>;
type Input = { readonly argv: readonly string[]; readonly env?: Environment };
type Flags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function readFlags(argv: readonly string[]): Result<Flags, string> {
  const options = Object.fromEntries(
    names.map((name) => {
      const setting: Setting = settings[name];
      return [
        setting.flag,
        {
          type: setting.value === undefined ? "boolean" : "string",
          multiple: Array.isArray(setting.fallback),
        } as const,
      ];
    }),
  );
  try {
    return ok(parseArgs({ args: [...argv], options, allowPositionals: false }).values);
  } catch (error) {
    return err(
      error instanceof Error
        ? (error.message.split(/\.(?:\s|$)/)[0] ?? error.message)
        : "The settings are not readable",
    );
  }
}

const fromEnvironment = (setting: Setting, env: Environment): unknown => {
  const text = env[variableOf(setting.flag)];
  return text !== undefined && Array.isArray(setting.fallback) ? text.split(",").filter((part) => part !== "") : text;
};

const hasScreen = (env: Environment): boolean =>
  env["CI"] === undefined &&
  (process.platform !== "linux" || env["DISPLAY"] !== undefined || env["WAYLAND_DISPLAY"] !== undefined);

/** The configuration, or one sentence about what is wrong. */
export function parseConfig({ argv, env = process.env }: Input): Result<Config, { readonly message: string }> {
  const flags = readFlags(argv);
  if (!flags.ok) return err({ message: `${flags.error}. Run with --help to see every setting.` });
  const parsed: Record<string, unknown> = {};
  for (const name of names) {
    const setting: Setting = settings[name];
    const value = setting.schema.safeParse(
      flags.value[setting.flag] ?? fromEnvironment(setting, env) ?? setting.fallback,
    );
    if (!value.success)
      return err({ message: `--${setting.flag} cannot be used like this. Run with --help to see every setting.` });
    parsed[name] = value.data;
  }
  const mails = parsed["smtpUrl"] !== "";
  if (mails && (parsed["address"] === "" || parsed["mailFrom"] === ""))
    return err({ message: "--smtp-url needs --address and --mail-from too. Run with --help to see every setting." });
  const logToStdout = (flags.value["log-level"] ?? env[variableOf("log-level")]) !== undefined;
  const opensBrowser = parsed["noOpen"] !== true && hasScreen(env);
  // Every key of Config was parsed by its own schema in the loop above.
  return ok(Object.freeze({ ...parsed, logToStdout, opensBrowser }) as Config);
}

/** Defaults with some settings changed, for tests and tools. */
export function configWith(changes: Partial<Config>): Config {
  const defaults = Object.fromEntries(names.map((name) => [name, settings[name].fallback]));
  return Object.freeze({ ...defaults, logToStdout: false, opensBrowser: false, ...changes }) as Config;
}
