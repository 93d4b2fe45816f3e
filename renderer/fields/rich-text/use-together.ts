// How a document is connected, in words, and who else has it open.

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { LiveDocument } from "#renderer/data/types.ts";
import { isPersona, type Persona } from "#shared/model/personas.ts";

export type Reader = { readonly memberId: string; readonly name: string; readonly persona: Persona | undefined };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** States come from other devices: anything may stand in them. */
export function readersOf(states: ReadonlyMap<number, unknown>, ownId: string): readonly Reader[] {
  const readers = new Map<string, Reader>();
  for (const state of states.values()) {
    const user = isObject(state) ? state["user"] : undefined;
    if (!isObject(user)) continue;
    const { memberId, name, persona } = user;
    if (typeof memberId !== "string" || typeof name !== "string" || memberId === ownId) continue;
    readers.set(memberId, {
      memberId,
      name,
      persona: typeof persona === "string" && isPersona(persona) ? persona : undefined,
    });
  }
  return [...readers.values()].toSorted((left, right) => left.name.localeCompare(right.name));
}

export type Connection = ReturnType<LiveDocument["connection"]>;

export function connectionWords(connection: Connection, readers: readonly Reader[]): string {
  if (connection === "local") return "Saved on this device, syncs when the network is back";
  if (connection === "connecting") return "Saved on this device, connecting";
  const names = readers.map((reader) => reader.name.split(" ")[0] ?? reader.name);
  if (names.length === 0) return "Live, only you are here";
  return `Live with ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`}`;
}

export function useTogether(
  live: LiveDocument,
  ownId: string,
): { readonly connection: Connection; readonly readers: readonly Reader[] } {
  const subscribe = useCallback((changed: () => void) => live.onConnection(changed), [live]);
  const connection = useSyncExternalStore(subscribe, () => live.connection());
  const [readers, setReaders] = useState<readonly Reader[]>([]);
  useEffect(() => {
    const refresh = (): void => setReaders(readersOf(live.awareness.getStates(), ownId));
    live.awareness.on("change", refresh);
    refresh();
    return () => live.awareness.off("change", refresh);
  }, [live, ownId]);
  return { connection, readers };
}
