// Approvals on this device: asking, deciding, taking back, and where each one stands. Everything is signed here and written
// like every other edit; what counts is what the chain's checks let count.

import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { approvableFields, isAttachable, newSalt, requestFacet, subjectText } from "#shared/model/approval-subject.ts";
import { approvalStatus, requestOf } from "#shared/model/approvals.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { newId } from "#shared/model/ids.ts";
import { isInternal } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { checkSealedFields, noHead, sealEntry, type SealedEntry } from "#shared/model/seals.ts";
import { subjectProblem } from "#shared/model/subject-binding.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { applyUpdate } from "yjs";
import { decisionsOf, deliveryOfRow, withOwnWords } from "./approval-overview.ts";
import { delegateProblem } from "./approval-delegates.ts";
import { createApprovalReads } from "./approval-reads.ts";
import type { ApprovalsApi, NewApproval, NewDecision } from "./approval-types.ts";
import { acceptChains } from "./accept-chains.ts";
import { facetOfRow, readCheck } from "./seal-checks.ts";
import { membersKey, type StoredRecord } from "./database.ts";
import { stampOf, writeRecord } from "./edit-writes.ts";
import type { FilesApi } from "./file-types.ts";
import { discardWaiting } from "./outbox.ts";
import { withQuota, type QuotaWatch } from "./quota.ts";
import { writing, type Replica } from "./replica.ts";
import { withFormats } from "./row-formats.ts";
import { signingKey } from "./signing-keys.ts";
import type { EditError, Edited, MemberRow } from "./types.ts";

type Outcome = Promise<Result<Edited, EditError>>;

const notAllowed = (message: string): Result<never, EditError> => err({ type: "NotAllowed", message });
const notFound = (message: string): Result<never, EditError> => err({ type: "NotFound", message });

/** An update has to fit a push, with room for what surrounds it. */
const MOST_SUBJECT = 200_000;

export function createApprovalsApi(
  replicaNow: () => Replica,
  quota: QuotaWatch,
  openFile: FilesApi["open"],
): ApprovalsApi {
  async function membersOf(space: string): Promise<readonly MemberRow[]> {
    const row = await replicaNow().database.settings.get(membersKey(space));
    return (row?.value as readonly MemberRow[] | undefined) ?? [];
  }

  /** Signs and saves a sealed record: one update, in the outbox and on this device's disk. */
  async function seal(
    type: string,
    space: string,
    facet: string,
    fields: Readonly<Record<string, FieldValue>>,
  ): Outcome {
    const replica = replicaNow();
    const { database, me } = replica;
    const definition = findRecordType(type);
    const checked =
      definition === undefined ? undefined : checkSealedFields(definition, { author: me.id, space, fields });
    if (checked?.ok !== true) return notAllowed(checked?.error.message ?? "This version cannot sign this.");
    const stamp = stampOf(replica);
    const basis = (await readCheck(database, space))[facet]?.head ?? noHead;
    const record = newId();
    const entry: Omit<SealedEntry, "v" | "alg" | "key"> = {
      type,
      record,
      space,
      facet,
      author: me.id,
      at: stamp.at,
      basis,
      fields,
    };
    const key = await signingKey(replica);
    if (key === undefined)
      return notAllowed("The key of this device was revoked. Sign out here and sign in again, then sign.");
    const signed = await sealEntry(key, entry);
    const update = sealedUpdate(entry, signed);
    const patches = Object.entries(fields).flatMap(([field, to]) =>
      definition?.fields[field]?.hidden === true ? [] : [{ field, from: null, to }],
    );
    return withQuota(quota, async () => {
      await writing(replica, () =>
        writeRecord(
          replica,
          {
            recordId: record,
            type,
            space,
            changes: new Map([
              [
                facet,
                (doc) => {
                  applyUpdate(doc, update);
                  return { update, patches };
                },
              ],
            ]),
          },
          stamp,
        ),
      );
      return ok({ id: record, undo: () => takenBack(record) });
    });
  }

  async function takenBack(id: string): Outcome {
    const replica = replicaNow();
    if ((await replica.database.records.get(id))?.pending !== 1)
      return notAllowed("This is delivered. Withdraw it instead: that is recorded beside it.");
    await discardWaiting(replica, id);
    return ok({ id, undo: async () => notFound("Sign it again.") });
  }

  async function request(input: NewApproval): Outcome {
    const replica = replicaNow();
    const { database, me } = replica;
    const policy = await replica.policy();
    const row = await database.records.get(input.about);
    const [about] = await withFormats(database, row === undefined ? [] : [row], policy);
    if (about === undefined || about.state === "deleted")
      return notFound("This record is not on this device any more.");
    const members = await membersOf(about.space);
    const mine = (await database.spaces.get(about.space))?.persona;
    if (mine === undefined || !isInternal(mine)) return notAllowed("Only the team asks for approval.");
    const approvers = input.approvers.flatMap((id) => members.find((member) => member.id === id) ?? []);
    if (approvers.length !== input.approvers.length) return notFound("One of the approvers is not in this project.");
    const facet = requestFacet(approvers.map((member) => member.persona));
    if (facet === undefined) return notAllowed("These people cannot be asked together. Ask them one by one.");
    if (approvableFields(about, facet, policy).length === 0)
      return notAllowed("The people you ask cannot see this. Share it with them first.");
    const attached = (await database.records.bulkGet([...input.attachments])).filter((one) => one !== undefined);
    const attachments = await withFormats(database, attached, policy);
    const hidden = attachments.find((one) => !isAttachable(one, facet));
    if (hidden !== undefined) return notAllowed(`The people you ask cannot see ${hidden.title}. Share it first.`);
    const subject = subjectText({ record: about, facet, attachments, salt: newSalt(), policy });
    if (subject.length > MOST_SUBJECT)
      return notAllowed("This is too long to be approved in one piece. Split it, or attach it as a document.");
    const before = await requestsAbout(input.about);
    const last = before.at(-1);
    return seal("approval", about.space, facet, {
      title: about.title,
      about: about.id,
      revision: 1 + Math.max(0, ...before.map((one) => one.revision)),
      requestedBy: me.id,
      approvers: [...input.approvers],
      required: input.required,
      order: input.order,
      contentHash: sha256(subject),
      subject,
      ...(input.dueDate === undefined ? {} : { dueDate: input.dueDate }),
      ...(input.message === undefined || input.message.trim() === "" ? {} : { message: input.message.trim() }),
      ...(last === undefined ? {} : { previous: last.id }),
    });
  }

  async function requestsAbout(about: string) {
    const rows = await replicaNow().database.records.where("refs").equals(about).toArray();
    const requests = rows.filter((row) => row.type === "approval" && row.fields["about"] === about).map(requestOf);
    return requests.toSorted((left, right) => left.revision - right.revision);
  }

  async function decide({ request: id, decision, reason, delegate }: NewDecision): Outcome {
    const { database, me } = replicaNow();
    const row: StoredRecord | undefined = await database.records.get(id);
    if (row?.type !== "approval") return notFound("This request is not on this device any more.");
    const unbound = subjectProblem(row.fields, row.space);
    if (unbound !== undefined) return notAllowed(`${unbound} It cannot be decided. Ask who asked you.`);
    const request = requestOf(row);
    const isCalledOff = decision === "cancel" && request.requestedBy === me.id;
    // The chain has checked who asked. Until then anybody with the relay's disk may have.
    if (deliveryOfRow(row, await readCheck(database, row.space)).state !== "counts" && !isCalledOff)
      return notAllowed("This request is not recorded yet. It can be decided as soon as it is.");
    const decided = withOwnWords(await decisionsOf(database, row.space), me.id);
    const { slots } = approvalStatus(request, decided);
    const slot = slots.find((one) => one.decidedBy === me.id);
    const isPassedOn = slot === undefined && request.approvers.includes(me.id);
    if (slot === undefined && !isPassedOn && !isCalledOff) return notAllowed("You were not asked to decide this.");
    if (decision === "withdraw" && slot?.decision === undefined && !isPassedOn)
      return notAllowed("There is nothing to withdraw: you have not decided this.");
    if (slot?.decision !== undefined && slot.decision.decision === decision)
      return notAllowed("You decided this already. It is signed and recorded.");
    if (decision === "delegate") {
      if (isPassedOn) return notAllowed("You passed this on already. Take it back first.");
      const problem = delegateProblem(request, slots, facetOfRow(row), await membersOf(row.space), delegate);
      if (problem !== undefined) return notAllowed(problem);
    }
    return seal("decision", row.space, facetOfRow(row), {
      decision,
      request: request.id,
      decidedBy: me.id,
      revision: request.revision,
      contentHash: request.contentHash,
      ...(reason === undefined || reason.trim() === "" ? {} : { reason: reason.trim() }),
      ...(delegate === undefined ? {} : { delegate }),
    });
  }

  return {
    ...createApprovalReads(replicaNow),
    request,
    decide,
    takeBack: (id) => discardWaiting(replicaNow(), id),
    acceptChain: (space) => acceptChains(replicaNow(), space),
    exportFolder: async (space) => {
      const { exportApprovals } = await import("./approval-export.ts");
      return exportApprovals(replicaNow(), space, openFile);
    },
  };
}
