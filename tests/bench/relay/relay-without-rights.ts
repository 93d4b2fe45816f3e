// The relay with every right granted to everybody, as a process of its own: what the checks cost is the difference. Takes
// the relay's own flags.

import { pino } from "pino";
import { assert } from "#shared/model/result.ts";
import { parseConfig } from "#sync-server/config.ts";
import { openRelay } from "#sync-server/relay.ts";

const STANDARD_ERROR = 2;
const everybody = (): boolean => true;

const config = parseConfig({ argv: process.argv.slice(2) });
assert(config.ok, "flags of the relay");
const opened = await openRelay(config.value, {
  logger: pino({ level: config.value.logLevel }, pino.destination({ dest: STANDARD_ERROR, sync: true })),
  wrapAccess: (access) => ({
    ...access,
    mayRead: everybody,
    mayWrite: everybody,
    readsIn: everybody,
    personaIn: () => "sales",
    carrierOf: (_memberId, document) => document.space,
    departedFields: () => [],
    isExternal: () => false,
  }),
});
assert(opened.ok, "the relay starts");
console.log("running without rights");
