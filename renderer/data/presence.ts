// Who else is in a space right now, and on which page: the awareness of a live document without content (rule V6). The relay
// stamps the identity (rule V5); whoever falls silent leaves after 30 seconds.

import * as Y from "yjs";
import { isPersona } from "#shared/model/personas.ts";
import { openLiveConnection, type LiveConnection } from "./live-connection.ts";
import { whenAtRelay, type LiveDeps } from "./live-deps.ts";
import type { LiveApi, PersonPresent } from "./types.ts";
import { docsOf } from "./record-rows.ts";
import type { Visibility } from "./visibility.ts";

type Room = {
  users: number;
  readonly doc: Y.Doc;
  readonly connection: LiveConnection;
  people: readonly PersonPresent[];
  readonly listeners: Set<() => void>;
  readonly close: () => void;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function readEditing(value: unknown): PersonPresent["editing"] {
  if (!isObject(value)) return undefined;
  const { record, field } = value;
  return typeof record === "string" && typeof field === "string" ? { record, field } : undefined;
}

/** Bytes of other members: anything may stand in a state. */
function readPerson(clientId: number, state: unknown): PersonPresent | undefined {
  if (!isObject(state) || !isObject(state["user"])) return undefined;
  const { memberId, name, persona } = state["user"];
  if (typeof memberId !== "string" || typeof name !== "string" || typeof persona !== "string" || !isPersona(persona))
    return undefined;
  const page = state["page"];
  const editing = readEditing(state["editing"]);
  return {
    clientId,
    memberId,
    name,
    persona,
    ...(typeof page === "string" ? { page } : {}),
    ...(editing === undefined ? {} : { editing }),
  };
}

/** One entry per member (the newest tab), without me. */
export function readPeople(
  states: ReadonlyMap<number, unknown>,
  ownClientId: number,
  me: string | undefined,
): readonly PersonPresent[] {
  const byMember = new Map<string, PersonPresent>();
  for (const [clientId, state] of states) {
    const person = clientId === ownClientId ? undefined : readPerson(clientId, state);
    if (person !== undefined && person.memberId !== me) byMember.set(person.memberId, person);
  }
  return [...byMember.values()].toSorted((left, right) =>
    left.name === right.name ? left.clientId - right.clientId : left.name < right.name ? -1 : 1,
  );
}

export function createPresence(deps: LiveDeps, visibility: Visibility): LiveApi["joinSpace"] {
  const rooms = new Map<string, Room>();

  function openRoom(spaceId: string): Room {
    const docId = `${spaceId}.presence`;
    const doc = new Y.Doc({ guid: docId });
    const connection = openLiveConnection({
      docId,
      doc,
      relayUrl: deps.relayUrl,
      ticket: deps.ticket,
      WebSocket: deps.WebSocket,
    });
    const me = deps.me();
    if (me !== undefined)
      connection.awareness.setLocalStateField("user", { memberId: me.id, name: me.name, persona: me.persona });
    const hide = visibility.attach(connection.awareness);
    // A project made offline has no space at the relay yet.
    const unready = whenAtRelay(
      deps.database(),
      async (database) => {
        const held = await docsOf(database, [spaceId]);
        return held.length === 0 || held.some((row) => row.snapshot !== undefined);
      },
      connection.start,
    );
    deps.database().on("close", connection.close);
    const room: Room = {
      users: 0,
      doc,
      connection,
      people: [],
      listeners: new Set(),
      close: () => {
        unready();
        hide();
        connection.close();
        doc.destroy();
      },
    };
    connection.awareness.on("change", () => {
      room.people = readPeople(connection.awareness.getStates(), doc.clientID, deps.me()?.id);
      for (const listener of room.listeners) listener();
    });
    return room;
  }

  return (spaceId, page) => {
    const room = rooms.get(spaceId) ?? openRoom(spaceId);
    rooms.set(spaceId, room);
    room.users += 1;
    room.connection.awareness.setLocalStateField("page", page);
    let left = false;
    return {
      people: () => room.people,
      edit: (field) => room.connection.awareness.setLocalStateField("editing", field),
      subscribe: (listener) => {
        room.listeners.add(listener);
        return () => room.listeners.delete(listener);
      },
      leave: () => {
        if (left) return;
        left = true;
        room.users -= 1;
        if (room.users > 0) return;
        if (rooms.get(spaceId) === room) rooms.delete(spaceId);
        room.close();
      },
    };
  };
}
