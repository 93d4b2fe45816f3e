// What one device pushes: judged by rights, appended in the order it came, answered one by one (section 4 of PROTOCOL.md).

import { closeCodes, refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import { encodeRelayFrame, type ClientFrame, type DocumentMeta } from "#shared/protocol/frames.ts";
import { isSoundMeta } from "#sync-server/log/open-update-log.ts";
import type { CommittedUpdate } from "#sync-server/log/update-log.ts";
import { writesDeparted } from "#sync-server/policy/departed-fields.ts";
import type { GatewayDependencies, MemberSocket } from "./member-socket.ts";

type Push = Extract<ClientFrame, { kind: "push" }>;

/** `source`: what the log knows these updates by. `acked` is told of what is on disk. */
type Destination = {
  readonly source: object;
  readonly acked: (n: number, update: CommittedUpdate) => void;
};

/** Takes the pushes of a connection. */
export function createFeedPushes(
  socket: MemberSocket,
  { log, access, audit, logger, meters, tookTooLate }: GatewayDependencies,
  { source, acked }: Destination,
): (frame: Push) => void {
  const memberId = socket.member.id;
  /** Pushes behind one whose space is being made: a document's updates stay in order. */
  let waitingPushes: Push[] | undefined;

  function refuse({ n, docId }: Push, code: RefusalCode, reason: string = refusalSentences[code]): void {
    if (code === refusalCodes.forbidden)
      audit?.noteRefusal({ action: "write.denied", actor: memberId, target: docId, details: { over: "feed" } });
    meters?.refused(code);
    socket.send(encodeRelayFrame({ kind: "refused", n, code, reason }));
  }

  /** Rule W12: what was allowed once is kept for whoever decides. A link that ended since names the home it led to. */
  function refuseForbidden(frame: Push, meta: DocumentMeta): void {
    const space = access.links.find(meta.recordId, meta.space)?.home ?? meta.space;
    tookTooLate?.(memberId, { ...meta, space }, frame.bytes);
    refuse(frame, refusalCodes.forbidden);
  }

  function receive(frame: Push): void {
    if (waitingPushes === undefined) handlePush(frame);
    else waitingPushes.push(frame);
  }

  function handlePush(frame: Push): void {
    const known = log.find(frame.docId);
    const meta = known ?? homeMeta(frame.meta);
    // Judged by itself, before anything is looked up: it must not tell whether the document exists (rule E5).
    if (frame.meta !== undefined && !isSoundMeta(frame.docId, frame.meta)) refuse(frame, refusalCodes.badMeta);
    // Not yours and does not exist: one answer (rule E5).
    else if (meta === undefined) refuse(frame, refusalCodes.forbidden);
    else if (known === undefined && access.personaIn(meta.space, memberId) === undefined) void makeSpace(frame, meta);
    else append(frame, meta);
  }

  /** Rule W9: who holds a record through a link knows its home by that space only. */
  function homeMeta(meta: DocumentMeta | undefined): DocumentMeta | undefined {
    const link = meta === undefined ? undefined : access.links.find(meta.recordId, meta.space);
    return meta === undefined || link === undefined || link.sources.length === 0 ? meta : { ...meta, space: link.home };
  }

  /** Rule W5. What arrives meanwhile waits, because it may lean on this push. */
  async function makeSpace(frame: Push, meta: DocumentMeta): Promise<void> {
    const waiting: Push[] = [];
    waitingPushes = waiting;
    try {
      if (await access.ensureSpace(memberId, meta)) append(frame, meta);
      else refuseForbidden(frame, meta);
    } catch (error) {
      logger.error({ err: error, memberId }, "a space could not be made");
      socket.close(closeCodes.catchUp, "try again");
    }
    waitingPushes = undefined;
    // Handled like new arrivals: one of them may make a space too.
    for (const next of waiting) receive(next);
  }

  function append(frame: Push, meta: DocumentMeta): void {
    const { docId, bytes } = frame;
    if (!access.mayWrite(memberId, meta)) {
      refuseForbidden(frame, meta);
      return;
    }
    if (writesDeparted({ access, log }, docId, meta, bytes)) {
      refuse(frame, refusalCodes.moved);
      return;
    }
    log
      .append({
        docId,
        bytes,
        author: memberId,
        source,
        ...(frame.meta === undefined ? {} : { meta: homeMeta(frame.meta) ?? frame.meta }),
      })
      .then(
        (result) => {
          if (!result.ok) {
            refuse(frame, result.error.code, result.error.reason);
            return;
          }
          acked(frame.n, result.value);
        },
        (error: unknown) => {
          logger.error({ err: error, memberId }, "an update could not be stored");
          socket.close(closeCodes.catchUp, "try again");
        },
      );
  }

  return receive;
}
