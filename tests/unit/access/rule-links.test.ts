// Links of share rules: whatever is cut short or comes in between, a link stands for a rule that there is.

import { beforeEach, expect, it } from "vitest";
import { assert, type Result } from "#shared/model/result.ts";
import type { Member } from "#sync-server/access/access.ts";
import { openAccess, type OpenAccess } from "#sync-server/access/open-access.ts";
import { openShareRules, type ShareRules } from "#sync-server/access/share-rules.ts";
import type { DirectoryStorage, FacetRow } from "#sync-server/storage/storage.ts";
import { createMemoryDirectory } from "./memory-directory.ts";

let storage: DirectoryStorage;
let access: OpenAccess;
let rules: ShareRules;
let olga: Member;
let portal: string;
let records: Map<string, FacetRow>;

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}

/** A relay that starts over this storage; `changed`: what goes wrong in it. */
async function start(changed: Partial<DirectoryStorage> = {}): Promise<void> {
  const own = { ...storage, ...changed };
  access = openAccess(own);
  rules = openShareRules({
    access,
    storage: own,
    rows: {
      facetsOfRecord: (id) => [records.get(id)].filter((row) => row !== undefined),
      recordIdsOfType: () => [...records.keys()],
    },
    audit: { record: async () => undefined },
    onProblem: (error) => expect.unreachable(String(error)),
  });
  await rules.tidy();
}

function deal(recordId: string, name: string, space = "crm"): void {
  const at = { docId: `${recordId}.published`, recordId, facet: "published", space, type: "deal" };
  const made = { createdAt: "", createdBy: "", updatedAt: "", updatedBy: "", state: "active", seq: 1 } as const;
  records.set(recordId, { ...at, ...made, fields: { name } });
}

const roofs = { type: "deal", filter: { field: "name", op: "contains", value: "roof" }, everything: true } as const;
const linked = (): readonly string[] =>
  [...access.links.inSpace(portal)].flatMap(({ recordId, sources }) => (sources.length > 0 ? [recordId] : []));

beforeEach(async () => {
  storage = createMemoryDirectory();
  records = new Map();
  await start();
  const owner = {
    organization: "Northwind",
    name: "Olga",
    email: "olga@northwind.example",
    password: "a long enough one",
  };
  olga = valueOf(await access.setUp(owner));
  portal = valueOf(await access.makeSpace(olga, { kind: "portal", name: "Delta" })).id;
  deal("d1", "Clinic roof");
  deal("d2", "Quay office");
});

it("a rule whose removal is cut short is there or gone with all of its links", async () => {
  const { id } = valueOf(await rules.save(olga, { space: portal, ...roofs }));
  expect(linked()).toEqual(["d1"]);
  const cut = Promise.reject(new Error("power cut"));
  cut.catch(() => undefined);
  for (const broken of [{ saveLinks: () => cut }, { removeShareRule: () => cut }]) {
    await start(broken);
    await expect(rules.remove(olga, id)).rejects.toThrow("power cut");
    await start();
    await rules.catchUp();
    const isThere = valueOf(rules.list(olga, portal)).length === 1;
    expect(linked()).toEqual(isThere ? ["d1"] : []);
    // As long as it is there it goes on.
    deal("d3", "Other roof");
    await rules.projected([{ recordId: "d3" }]);
    expect(linked().toSorted()).toEqual(isThere ? ["d1", "d3"] : []);
    records.delete("d3");
    await access.changeLinks([{ recordId: "d3", spaceId: portal, home: "crm", source: id, isLinked: false }]);
  }
});

it("what is projected while a rule is being saved is linked by it", async () => {
  await start({
    async saveShareRule(row) {
      deal("d3", "Other roof");
      await rules.projected([{ recordId: "d3" }]);
      return storage.saveShareRule(row);
    },
  });
  valueOf(await rules.save(olga, { space: portal, ...roofs }));
  expect(linked().toSorted()).toEqual(["d1", "d3"]);
});

it("nothing that is projected while a rule is being removed is linked by it", async () => {
  const { id } = valueOf(await rules.save(olga, { space: portal, ...roofs }));
  const hold = Promise.withResolvers<void>();
  await start({
    async removeShareRule(ruleId) {
      await hold.promise;
      return storage.removeShareRule(ruleId);
    },
    async saveLinks(rows) {
      await new Promise((resolve) => setImmediate(resolve));
      return storage.saveLinks(rows);
    },
  });
  deal("d3", "Other roof");
  const [before, removed] = [rules.projected([{ recordId: "d3" }]), rules.remove(olga, id)];
  deal("d4", "Third roof");
  const during = rules.projected([{ recordId: "d4" }]);
  await Promise.all([before, during]);
  hold.resolve();
  valueOf(await removed);
  expect(linked()).toEqual([]);
});

it("a source that is no rule any more is dropped at the next start; a hand stays", async () => {
  await storage.saveLinks([
    { recordId: "d1", spaceId: portal, home: "crm", sources: ["a rule from before"] },
    { recordId: "d2", spaceId: portal, home: "crm", sources: ["hand", "a rule from before"] },
    { recordId: "own-m1", spaceId: portal, home: "own-m1", sources: ["hand"] },
  ]);
  await start();
  expect(linked()).toEqual(["d2"]);
  expect(access.links.find("d2", portal)?.sources).toEqual(["hand"]);
});
