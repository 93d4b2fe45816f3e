// The demo's approvals, by the way every approval takes: keys registered with their proof, subjects built from what the
// documents say, entries signed, the relay's rules before the log, and the chain behind it. The keys are made for this and
// end with it, on the record too: whoever signs next in the demo does so with the key of a device.

import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { newSalt, requestFacet, subjectText, type SubjectRecord } from "#shared/model/approval-subject.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";
import { noHead, sealEntry } from "#shared/model/seals.ts";
import { claimKey, generateKeyPair, type KeyPair } from "#shared/model/signatures.ts";
import type { Member } from "#sync-server/access/access.ts";
import type { DeviceKeys } from "#sync-server/access/device-keys.ts";
import type { ChainWriter } from "#sync-server/log/chain-writer.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { createCalendar } from "./calendar.ts";
import type { DemoRecord } from "./demo-record.ts";
import type { MadeProject } from "./projects.ts";
import { recordUpdates } from "./record-updates.ts";

export type Signing = {
  readonly keys: Pick<DeviceKeys, "register" | "revoke">;
  /** The log that checks what is sealed. */
  readonly log: Pick<UpdateLog, "append">;
  readonly chain: Pick<ChainWriter, "heads" | "settled">;
};

type Values = Readonly<Record<string, FieldValue>>;
type Signer = { readonly member: Member; readonly key: KeyPair };

/** A record as everybody holds it who may read all of it. */
function held(record: DemoRecord): SubjectRecord {
  const contents = recordUpdates(record).map(({ meta, bytes }) => readFacet(openFacetDocument(meta, [bytes])));
  return { ...mergeFacets(record.id, contents, shippedPolicy), space: record.space };
}

/** Igor had the survey approved, and asks Carla for the scope. */
export async function fillApprovals(
  { keys, log, chain }: Signing,
  project: MadeProject,
  people: { readonly igor: Member; readonly carla: Member },
  today: Date,
): Promise<void> {
  const source = {};

  async function signerOf(member: Member): Promise<Signer> {
    const key = await generateKeyPair();
    const registered = await keys.register(member, await claimKey(key, member.id, "Demo data"));
    assert(registered.ok, "a new key can be registered");
    return { member, key };
  }

  async function seal({ member, key }: Signer, type: string, facet: string, fields: Values): Promise<string> {
    const space = project.spaceId;
    const basis = chain.heads(space).find((head) => head.facet === facet) ?? noHead;
    const record = newId();
    const entry = {
      type,
      record,
      space,
      facet,
      author: member.id,
      at: new Date().toISOString(),
      basis: { seq: basis.seq, hash: basis.hash },
      fields,
    };
    const bytes = sealedUpdate(entry, await sealEntry(key, entry));
    const meta = { space, type, recordId: record, facet };
    const appended = await log.append({ docId: docIdOf(record, facet), bytes, author: member.id, source, meta });
    assert(appended.ok, "the demo signs by the rules");
    await chain.settled();
    return record;
  }

  const find = (title: string): SubjectRecord => {
    const record = project.records.find((one) => one.values["title"] === title);
    assert(record !== undefined, "the demo has what it asks about");
    return held(record);
  };

  async function ask(by: Signer, about: SubjectRecord, approver: Member, days: number, message: string) {
    const facet = requestFacet([approver.persona]);
    assert(facet !== undefined, "a client can be asked");
    const subject = subjectText({ record: about, facet, attachments: [], salt: newSalt(), policy: shippedPolicy });
    const bound = { revision: 1, contentHash: sha256(subject) };
    const request = await seal(by, "approval", facet, {
      ...bound,
      title: about.title,
      about: about.id,
      requestedBy: by.member.id,
      approvers: [approver.id],
      required: 1,
      order: "together",
      dueDate: createCalendar(today).date(days),
      message,
      subject,
    });
    return { facet, bound, request };
  }

  const igor = await signerOf(people.igor);
  const carla = await signerOf(people.carla);
  const survey = await ask(igor, find("M1 Survey"), people.carla, 2, "All 14 load tests are in the survey notes.");
  await seal(carla, "decision", survey.facet, {
    ...survey.bound,
    decision: "approve",
    request: survey.request,
    decidedBy: people.carla.id,
  });
  await ask(
    igor,
    find("Scope"),
    people.carla,
    5,
    "With the second row of anchors, as Cem asked. Ready for the steel order.",
  );
  for (const { member, key } of [igor, carla]) assert((await keys.revoke(member, key.id)).ok, "a key can end");
  await chain.settled();
}
