// The address of a relay while somebody types it: checked with the relay itself before it is kept by the desktop app.

import { useState, type ChangeEvent } from "react";
import type { DesktopBridge } from "#shared/desktop/bridge.ts";
import { findRelay } from "#renderer/data/find-relay.ts";

type RelayAddress = {
  readonly field: {
    readonly value: string;
    readonly error: string | undefined;
    readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  };
  readonly busy: boolean;
  /** Checks and keeps the address. `before`, when it returns a sentence, refuses it. */
  readonly keep: (before?: () => Promise<string | undefined>) => Promise<boolean>;
};

export function useRelayAddress(desktop: DesktopBridge): RelayAddress {
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  async function check(before?: () => Promise<string | undefined>): Promise<string | undefined> {
    const found = await findRelay(value, (input, init) => fetch(input, init));
    if (!found.ok) return found.error;
    const refused = await before?.();
    if (refused !== undefined) return refused;
    const stored = await desktop.setRelayUrl(found.value);
    return stored.stored ? undefined : stored.reason;
  }

  return {
    field: {
      value,
      error: problem,
      onChange: (event) => {
        setValue(event.currentTarget.value);
        setProblem(undefined);
      },
    },
    busy,
    keep: async (before) => {
      setBusy(true);
      setProblem(undefined);
      const sentence = await check(before).catch(
        () => "The address could not be written to this computer. Free some space on its disk, then try again.",
      );
      setBusy(false);
      setProblem(sentence);
      return sentence === undefined;
    },
  };
}
