// Small settings of the desktop app as one JSON file, written whole and renamed into place: a kill never leaves half a file.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const settingsSchema = z.object({
  relayUrl: z.string().optional(),
  /** The session, encrypted by the operating system, base64. */
  session: z.string().optional(),
  window: z
    .object({
      x: z.number().optional(),
      y: z.number().optional(),
      width: z.number(),
      height: z.number(),
      maximized: z.boolean(),
    })
    .optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

export type SettingsFile = {
  read(): Settings;
  write(change: Partial<{ [Key in keyof Settings]: Settings[Key] | undefined }>): void;
};

/** A missing or damaged file counts as empty: settings are convenience, never data. */
export function openSettingsFile(file: string): SettingsFile {
  let settings = load(file);
  return {
    read: () => settings,
    write(change) {
      const next = settingsSchema.parse({ ...settings, ...change });
      writeFileSync(`${file}.new`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      settings = next;
    },
  };
}

function load(file: string): Settings {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : {};
  } catch {
    // First start, or a file nobody can read any more: begin with defaults.
    return {};
  }
}
