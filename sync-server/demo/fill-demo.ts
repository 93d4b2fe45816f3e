// Fills an empty data folder with Northwind Build, through the same doors as anybody: access for people and spaces, the
// log for records. A folder that is already set up is left as it is.

import type { Persona } from "#shared/model/personas.ts";
import { assert, type Result } from "#shared/model/result.ts";
import type { Member } from "#sync-server/access/access.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";
import type { ShareRules } from "#sync-server/access/share-rules.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { fillApprovals, type Signing } from "./approvals.ts";
import { keepDemoAccounts, markDemoBegun, readDemoAccounts, type DemoAccount } from "./demo-folder.ts";
import type { DemoCast, DemoRecord } from "./demo-record.ts";
import { makeNorthwind } from "./northwind.ts";
import { recordUpdates } from "./record-updates.ts";

const PASSWORD = "drawbridge";
const BATCH_RECORDS = 200;

const owner = { name: "Olga Berg", email: "olga@northwind.example" } as const;
const others = {
  ana: { name: "Ana Ruiz", email: "ana@northwind.example", persona: "sales" },
  igor: { name: "Igor Petrov", email: "igor@northwind.example", persona: "consultant" },
  carla: { name: "Carla Meyer", email: "carla@harborclinic.example", persona: "client" },
  cem: { name: "Cem Aydin", email: "cem@harborclinic.example", persona: "client" },
  pia: { name: "Pia Lund", email: "pia@deltasupply.example", persona: "partner" },
} as const satisfies Record<string, { name: string; email: string; persona: Persona }>;

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? "" : `the demo follows the rules: ${result.error.message}`);
  return result.value;
}

type People = {
  readonly olga: Member;
  readonly igor: Member;
  readonly carla: Member;
  readonly cast: DemoCast;
  readonly everyone: readonly Member[];
};

async function addPeople(access: OpenAccess): Promise<People> {
  const olga = valueOf(await access.setUp({ organization: "Northwind Build", ...owner, password: PASSWORD }));
  const add = async (person: (typeof others)[keyof typeof others]): Promise<Member> =>
    valueOf(await access.addMember(olga, { ...person, password: PASSWORD }));
  const [ana, igor, carla, cem, pia] = await Promise.all([
    add(others.ana),
    add(others.igor),
    add(others.carla),
    add(others.cem),
    add(others.pia),
  ]);
  const crmSpace = access.spacesOf(olga.id)[0]?.id;
  assert(crmSpace !== undefined, "set-up makes the CRM space");
  const cast = { crmSpace, ana: ana.id, igor: igor.id, olga: olga.id, carla: carla.id, cem: cem.id, pia: pia.id };
  return { olga, igor, carla, cast, everyone: [ana, igor, olga, carla, cem, pia] };
}

async function appendAll(log: UpdateLog, records: readonly DemoRecord[]): Promise<void> {
  const source = {};
  for (let start = 0; start < records.length; start += BATCH_RECORDS) {
    const updates = records.slice(start, start + BATCH_RECORDS).flatMap(recordUpdates);
    const results = await Promise.all(updates.map((update) => log.append({ ...update, source })));
    for (const result of results) assert(result.ok, "the log takes every demo record");
  }
}

/** A partner sees the deals that are being qualified, and no others: a rule puts them there and takes them out again. */
async function openPartnerPortal(
  access: OpenAccess,
  shareRules: Pick<ShareRules, "save">,
  by: Member,
  partner: string,
): Promise<void> {
  const portal = valueOf(await access.makeSpace(by, { kind: "portal", name: "Leads for Delta Supply" }));
  valueOf(await access.addToSpace(by, portal.id, partner, "partner"));
  const filter = { field: "stage", op: "is", value: "qualification" };
  valueOf(await shareRules.save(by, { space: portal.id, type: "deal", filter }));
}

/** The demo's sign-ins; undefined when the folder was set up by somebody else. */
export async function fillDemo(
  access: OpenAccess,
  log: UpdateLog,
  folder: string,
  signing: Signing,
  shareRules: Pick<ShareRules, "save">,
): Promise<readonly DemoAccount[] | undefined> {
  if (access.isSetUp()) return readDemoAccounts(folder);
  await markDemoBegun(folder);
  const { olga, igor, carla, cast, everyone } = await addPeople(access);
  const today = new Date();
  const { crm, projects } = makeNorthwind(cast, today);
  for (const project of projects) {
    const meta = { space: project.spaceId, type: "project", recordId: project.spaceId, facet: "published" };
    assert(await access.ensureSpace(olga.id, meta), "the owner may make a project's space");
    await access.renameSpace(project.spaceId, project.name);
    for (const { memberId, persona } of project.outsiders)
      valueOf(await access.addToSpace(olga, project.spaceId, memberId, persona));
  }
  await openPartnerPortal(access, shareRules, olga, cast.pia);
  await appendAll(log, [...crm, ...projects.flatMap((project) => project.records)]);
  const clinic = projects.find((project) => project.name === "Clinic roof");
  assert(clinic !== undefined, "the demo has the project that the journeys walk through");
  await fillApprovals(signing, clinic, { igor, carla }, today);
  const accounts = everyone.map(({ id, name, email, persona }) => ({
    name,
    email,
    password: PASSWORD,
    persona,
    spaces: access.spacesOf(id).map((space) => ({ id: space.id, kind: space.kind, name: space.name })),
  }));
  await keepDemoAccounts(folder, accounts);
  return accounts;
}
