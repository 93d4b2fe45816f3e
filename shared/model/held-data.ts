// What is held about somebody from outside and who can see it, as the relay tells it and "My data" shows it.

import type { FieldValue } from "./field-value.ts";
import type { Persona } from "./personas.ts";

export type Reader = { readonly id: string; readonly name: string; readonly persona: Persona };

export type HeldRecord = {
  readonly id: string;
  readonly type: string;
  readonly why: "about you" | "written by you";
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Everybody who can see any of these fields, the person asking left out. */
  readonly readers: readonly Reader[];
};

export type HeldData = {
  readonly account: { readonly id: string; readonly name: string; readonly email: string; readonly persona: Persona };
  /** Devices with a session. */
  readonly devices: number;
  readonly spaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly persona: string;
    readonly members: readonly Reader[];
  }[];
  readonly records: readonly HeldRecord[];
};
