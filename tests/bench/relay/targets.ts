// What is measured: the relay through both of its doors, and the peers, installed on demand in a folder outside of the
// checkout, each in the version written here.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { homeOfRoom, liveAccount } from "./accounts.ts";
import { livePath, relayCommand, type Command, type Place } from "./drawbridge-targets.ts";
import { openFeedSession } from "./feed-session.ts";
import { openHocuspocusSession } from "./hocuspocus-session.ts";
import { openLiveSession } from "./live-session.ts";
import type { Session } from "./session.ts";
import { openTicketBook } from "./tickets.ts";

export type Target = {
  readonly name: string;
  readonly isOurs: boolean;
  readonly isPersistent: boolean;
  /** Whether the server says that it has an update; otherwise its echo counts. */
  readonly acks: boolean;
  /** Rooms that may be joined at once. */
  readonly joinsAtOnce: number;
  command(place: Place, documents: number): Command;
  /** `rooms`: those a client knows it will join. */
  open(url: string, rooms?: readonly string[]): Session;
};

const STOCK_JOINS = 64;

const peers = {
  "yws-0.1.5": { "@y/websocket-server": "0.1.5", "@y/protocols": "1.0.6-1", yjs: "14.0.0-16" },
  "yws-1.5": { "y-websocket": "1.5.4", yjs: "13.6.33" },
  hocuspocus: {
    "@hocuspocus/server": "4.7.0",
    "@hocuspocus/extension-database": "4.7.0",
    "y-protocols": "1.0.7",
    yjs: "13.6.33",
  },
} as const;

/** Installs what is missing; returns the peer's folder. */
function install(folder: string, name: keyof typeof peers): string {
  const own = path.join(folder, name);
  if (existsSync(path.join(own, "installed"))) return own;
  console.log(`Installing ${name} in ${own}`);
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, "package.json"), JSON.stringify({ private: true, dependencies: peers[name] }));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps"], {
    cwd: own,
    stdio: "inherit",
  });
  copyFileSync(path.join(import.meta.dirname, "hocuspocus-server.mjs"), path.join(own, "server.mjs"));
  writeFileSync(path.join(own, "installed"), "");
  return own;
}

const plainAddress = async (room: string): Promise<{ path: string; bytes: number }> => ({ path: room, bytes: 0 });
const openYws = (url: string): Session => openLiveSession(url, plainAddress);

/** Every target by its name; a peer is installed when it is first asked for. */
export function targetsIn(folder: string): Readonly<Record<string, () => Target>> {
  const yws = (name: string, peer: "yws-0.1.5" | "yws-1.5", script: string, isPersistent: boolean): Target => {
    const cwd = install(folder, peer);
    return {
      name,
      isOurs: false,
      isPersistent,
      acks: false,
      joinsAtOnce: STOCK_JOINS,
      open: openYws,
      command: ({ port, dir }) => ({
        cwd,
        args: [script],
        env: {
          HOST: "127.0.0.1",
          PORT: String(port),
          ...(isPersistent ? { YPERSISTENCE: path.join(dir, "level") } : {}),
        },
      }),
    };
  };
  return {
    "drawbridge-feed": () => ({
      name: "drawbridge-feed",
      isOurs: true,
      isPersistent: true,
      acks: true,
      joinsAtOnce: Infinity,
      command: (place) => relayCommand(place, 0),
      open: (url) => openFeedSession(url, homeOfRoom),
    }),
    "drawbridge-live": () => ({
      name: "drawbridge-live",
      isOurs: true,
      isPersistent: true,
      acks: false,
      joinsAtOnce: STOCK_JOINS,
      command: (place, documents) => relayCommand(place, documents),
      open(url, rooms = []) {
        const ticketFor = openTicketBook(url, liveAccount.token, rooms);
        return openLiveSession(url, async (room) => {
          const { ticket, bytes } = await ticketFor(room);
          return { path: `${livePath(room)}?ticket=${ticket}`, bytes };
        });
      },
    }),
    "yws-0.1.5": () => yws("yws-0.1.5", "yws-0.1.5", "node_modules/@y/websocket-server/src/server.js", false),
    "yws-1.5": () => yws("yws-1.5", "yws-1.5", "node_modules/y-websocket/bin/server.js", false),
    "yws-1.5-level": () => yws("yws-1.5-level", "yws-1.5", "node_modules/y-websocket/bin/server.js", true),
    "hocus-4.7-sqlite": () => {
      const cwd = install(folder, "hocuspocus");
      return {
        name: "hocus-4.7-sqlite",
        isOurs: false,
        isPersistent: true,
        acks: true,
        joinsAtOnce: STOCK_JOINS,
        command: ({ port, dir }) => ({ cwd, args: ["server.mjs", String(port), path.join(dir, "h.sqlite")], env: {} }),
        open: openHocuspocusSession,
      };
    },
  };
}
