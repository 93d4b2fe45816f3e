// The composition root: storage, log, access, read model and gateways become one relay on one port. The only file that
// knows all parts; main.ts and the tests both start here.

import { fileURLToPath } from "node:url";
import type { RequestListener } from "node:http";
import { resolve } from "node:path";
import { pino, type Logger } from "pino";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { openAudit } from "./access/audit-trail.ts";
import { openDeviceKeys } from "./access/device-keys.ts";
import { openAccess, type OpenAccess } from "./access/open-access.ts";
import type { Config } from "./config.ts";
import { isDemoCutShort, type DemoAccount } from "./demo/demo-folder.ts";
import { registerApi } from "./gateways/api.ts";
import { createByteBudgets } from "./gateways/byte-budgets.ts";
import { registerApp } from "./gateways/app.ts";
import { createHttpServer } from "./gateways/http-server.ts";
import { titleFacetOf } from "#shared/model/policy.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { openGate } from "./gate/gate.ts";
import { openFileDesk } from "./files/file-desk.ts";
import { openFileStore } from "./files/file-store.ts";
import { createFeedGateway } from "./gateways/feed.ts";
import { createLiveGateway } from "./gateways/live.ts";
import { createRecordStore } from "./gateways/record-store.ts";
import { createUpgrades } from "./gateways/upgrade.ts";
import { listen, type HttpListener } from "./http-listener.ts";
import { openChainKey } from "./log/chain-key.ts";
import { openChainWriter } from "./log/chain-writer.ts";
import { openQuarantine } from "./access/quarantine.ts";
import { openShareRules } from "./access/share-rules.ts";
import { createSharing } from "./access/sharing.ts";
import { mailHeadsDaily } from "./mail/daily-heads.ts";
import { createMailer } from "./mail/mailer.ts";
import { compactionWithin } from "./log/compaction.ts";
import { createRecordHistory } from "./history/record-history.ts";
import { openUpdateLog } from "./log/open-update-log.ts";
import { registerHealth, type Phase } from "./operations/health.ts";
import { createMetrics } from "./operations/metrics.ts";
import { growForJoins, growForLargeLog, growUnderLoad } from "./operations/young-generation.ts";
import { withSeals } from "./log/sealed-log.ts";
import { createConsent } from "./privacy/consent.ts";
import { createPersonalData } from "./privacy/personal-data.ts";
import { createPrivacyRequests } from "./privacy/privacy-requests.ts";
import { createPolicyDesk } from "./policy/policy-desk.ts";
import { openFieldMover } from "./policy/field-mover.ts";
import { createFreshFacets } from "./read-model/fresh-facets.ts";
import { openReadModel } from "./read-model/open-read-model.ts";
import { clockNumbers } from "./storage/numbering.ts";
import { openSqliteStorage } from "./storage/sqlite-storage.ts";
import type { FacetRow, RelayStorage } from "./storage/storage.ts";

export type Relay = {
  readonly port: number;
  /** `http://localhost:4400` */
  readonly address: string;
  /** Set when started with `demo`. */
  readonly demoAccounts?: readonly DemoAccount[];
  close(): Promise<void>;
};

export type RelayError = { readonly type: "BadStart"; readonly message: string };

type Dependencies = {
  readonly logger?: Logger;
  readonly now?: () => number;
  /** Told of every HTTP route as it is registered. */
  readonly onRoute?: (route: { readonly method: string | string[]; readonly url: string }) => void;
  /** Stands around the rights: a measurement takes them away to see what they cost. */
  readonly wrapAccess?: (access: OpenAccess) => OpenAccess;
  /** Listens already. Default: on the port of the settings. */
  readonly listener?: HttpListener;
  readonly openStorage?: (folder: string) => Promise<Result<RelayStorage, { readonly message: string }>>;
};

const HOUR_MS = 3_600_000;
const APP_FOLDER = fileURLToPath(new URL("../dist/renderer", import.meta.url));

const badStart = (message: string): Result<never, RelayError> => err({ type: "BadStart", message });

/** Listens first, so that nothing is touched when the port is taken, and whoever asks meanwhile gets an answer. */
export async function openRelay(config: Config, dependencies: Dependencies = {}): Promise<Result<Relay, RelayError>> {
  const listening = dependencies.listener === undefined ? await listen(config) : ok(dependencies.listener);
  if (!listening.ok) return badStart(listening.error.message);
  const listener = listening.value;
  const opened = await openBehind(listener, config, dependencies);
  if (!opened.ok) await listener.close();
  return opened;
}

async function openBehind(
  listener: HttpListener,
  config: Config,
  dependencies: Dependencies,
): Promise<Result<Relay, RelayError>> {
  const logger = dependencies.logger ?? pino({ level: "silent" });
  const folder = resolve(config.data);
  const eraseAfterMs = config.eraseAfter * HOUR_MS;
  const openStorage =
    dependencies.openStorage ?? ((path: string) => openSqliteStorage(path, { eraseAfterMs, numbering: clockNumbers }));
  growForLargeLog(folder);
  const opened = await openStorage(folder);
  if (!opened.ok) return badStart(opened.error.message);
  const storage = opened.value;

  const audit = openAudit(storage.audit, {
    onProblem: (error) => logger.error({ err: error }, "the audit could not be written"),
    ...(dependencies.now === undefined ? {} : { now: dependencies.now }),
  });
  storage.log.onDamaged((docId) =>
    logger.error({ docId }, "stored rows of a document are damaged: restore the newest backup; the others go on"),
  );
  const metrics = createMetrics(storage.log);
  const rawLog = metrics.meter(openUpdateLog(storage.log, { logger, compaction: compactionWithin(eraseAfterMs) }));
  growUnderLoad(rawLog);
  const keys = openDeviceKeys({ storage: storage.directory, audit, now: dependencies.now ?? Date.now });
  const ownAccess = openAccess(storage.directory, {
    audit,
    endKeys: (memberId, by) => keys.revokeAllOf(memberId, by),
    stamped: (seq) => rawLog.advance(seq),
    signInTries: config.signInTries,
    onProblem: (error) => logger.error({ err: error }, "a policy could not be put into force"),
    ...(dependencies.now === undefined ? {} : { now: dependencies.now }),
  });
  const access = dependencies.wrapAccess?.(ownAccess) ?? ownAccess;
  if (await isDemoCutShort(access, folder)) {
    await rawLog.close();
    await storage.close();
    return badStart(
      `Filling in the demo was interrupted, so the data in ${folder} is incomplete. Delete that folder, or choose another with --data, then start again.`,
    );
  }
  let phase: Phase = "serving";
  const signer = await openChainKey(folder);
  if (!signer.ok) {
    await rawLog.close();
    await storage.close();
    return badStart(signer.error.message);
  }
  const chain = await openChainWriter({ log: rawLog, keys, signer: signer.value, logger });
  const budgets = createByteBudgets({
    bytesPerMinute: config.kilobytesPerMinute * 1024,
    teamFactor: limits.teamBytesFactor,
    isExternal: (memberId) => access.isExternal(memberId),
  });
  const gate = openGate(rawLog, {
    budgetOf: (memberId) => budgets.of(memberId),
    leases: storage.leases,
    isExternal: (memberId) => access.isExternal(memberId),
    mayTurn(memberId, document) {
      const definition = findRecordType(document.type);
      if (definition === undefined) return true;
      const facet = titleFacetOf(definition, document.facet, access.policies.view());
      return access.mayWrite(memberId, { ...document, facet });
    },
    onRefused({ docId, author }, why) {
      logger.warn({ docId, memberId: author, why }, "an update from outside was refused");
      audit.noteRefusal({ action: "write.denied", actor: author, target: docId, details: { over: "gate" } });
    },
  });
  const log = withSeals({ log: gate.log, keys, personaIn: (space, memberId) => access.personaIn(space, memberId) });
  keys.onChanged((row) => access.greetAgain([row.memberId]));
  const readModel = openReadModel({ log, storage, logger, onProjected: followProjection });
  const shareRules = openShareRules({
    access,
    storage: storage.directory,
    rows: {
      recordIdsOfType: (type) => storage.readModel.recordIdsOfType(type),
      facetsOfRecord: createFreshFacets({ log, rows: storage.readModel }),
    },
    audit,
    onProblem: (error) => logger.error({ err: error }, "a link that a share rule ends could not be written"),
  });
  // Before the gateways subscribe: who loses a record by a change is not sent it.
  log.subscribe((updates) => shareRules.committed(updates));
  await shareRules.tidy();
  const personalData = createPersonalData({ access, log, readModel, storage });
  const consent = await createConsent({
    access,
    log,
    storage: storage.privacy,
    personalData,
    released: (ids) => shareRules.projected(ids.map((recordId) => ({ recordId }))),
  });
  const mover = openFieldMover({ log, policies: access.policies, logger });
  const desk = createPolicyDesk({
    policies: access.policies,
    audit,
    holdMs: config.policyHold * 1000,
    sources: {
      rows: storage.readModel,
      log,
      mayRead: (memberId, document) => access.mayRead(memberId, document),
      spaceName: access.spaceName,
      membersOf: access.membersIn,
      spaceIds: access.spaceIds,
      linkedInto: (space) =>
        [...access.links.inSpace(space)].flatMap(({ recordId, sources }) => (sources.length > 0 ? [recordId] : [])),
    },
    members: access.members,
    spaceIds: access.spaceIds,
    holdersOf: access.holdersOf,
    inTurn: access.inTurn,
  });
  const files = openFileDesk({
    access,
    log,
    store: openFileStore(folder),
    onProblem: (error) => logger.error({ err: error }, "files could not be tidied up"),
  });
  const fileBudgets = createByteBudgets({
    bytesPerMinute: config.kilobytesPerMinute * 1024 * limits.fileBytesFactor,
    teamFactor: limits.teamBytesFactor,
    isExternal: (memberId) => access.isExternal(memberId),
  });
  const records = createRecordStore({ access, audit, log, readModel, budgets, rows: storage.readModel });

  async function followProjection(rows: readonly FacetRow[]): Promise<void> {
    await consent.projected(rows);
    await nameSpaces(rows);
    await shareRules.projected(rows);
  }

  /** A project's space is called what the project is called. */
  async function nameSpaces(rows: readonly FacetRow[]): Promise<void> {
    for (const { type, facet, recordId, space, fields } of rows) {
      const name = fields["name"];
      if (type === "project" && facet === "published" && recordId === space && typeof name === "string")
        await access.renameSpace(space, name);
    }
  }

  let handle: RequestListener | undefined;
  const app = createHttpServer({
    logger,
    behindTls: config.behindTls,
    onRoute: dependencies.onRoute,
    serverFactory(handler) {
      handle = handler;
      return listener.server;
    },
  });
  const { updatesPerSecond } = config;
  const updateBurst = updatesPerSecond * (limits.updateBurst / limits.updatesPerSecond);
  const headsOf = (space: string) => chain.heads(space);
  const quarantine = openQuarantine({
    storage: storage.directory,
    access,
    log,
    audit,
    now: dependencies.now ?? Date.now,
    onProblem: (error) => logger.error({ err: error }, "a late edit could not be kept"),
  });
  const gateway = {
    tookTooLate: (author: string, document: DocumentMeta, bytes: Uint8Array) =>
      quarantine.take(author, document, bytes),
    access,
    audit,
    log,
    logger,
    meters: metrics.meters,
    announce: (docId: string, client: number, memberId: string) => gate.announce(docId, client, memberId),
    updatesPerSecond,
    updateBurst,
    budgets,
    headsOf,
  };
  const feed = createFeedGateway(gateway);
  const live = createLiveGateway(gateway);
  const upgrades = createUpgrades({
    access,
    logger,
    allowedOrigins: config.allowOrigins,
    behindTls: config.behindTls,
    ...(dependencies.now === undefined ? {} : { now: dependencies.now }),
    acceptFeed: (socket, member, socketLogger) => feed.accept(socket, member, socketLogger),
    acceptLive: (socket, member, docId, socketLogger) => live.accept(socket, member, docId, socketLogger),
  });

  const mailer = createMailer(config);
  const dailyHeads =
    mailer === undefined
      ? undefined
      : mailHeadsDaily({
          mailer,
          storage: storage.directory,
          spaces: {
            ids: access.spaceIds,
            nameOf: access.spaceName,
            membersOf: access.membersIn,
            headsOf: (space) => chain.heads(space),
          },
          emailOf: (memberId) => access.memberById(memberId)?.email,
          organization: () => access.organizationName(),
          now: dependencies.now ?? Date.now,
          onProblem: (error) => logger.error({ err: error }, "the heads of approvals could not be mailed"),
        });

  async function close(): Promise<void> {
    phase = "stopping";
    await dailyHeads?.close();
    upgrades.stop();
    await Promise.all([feed.close(), live.close()]);
    upgrades.close();
    await app.close();
    await listener.close();
    await chain.close();
    await files.close();
    await gate.close();
    access.close();
    await mover.close();
    await log.close();
    await readModel.close();
    await audit.close();
    await storage.close();
    metrics.close();
  }

  registerHealth(app, {
    phase: () => phase,
    storage: () => storage.status(),
    metrics,
    sockets: () => ({
      feed: feed.stats().connections,
      live: live.stats().connections,
      liveDocuments: live.stats().documents,
      waitingBytes: feed.stats().waitingBytes + live.stats().waitingBytes,
    }),
    chains: () => chain.readings(),
    metricsToken: config.metricsToken,
  });
  await registerApi(app, {
    access,
    audit,
    keys,
    files,
    fileBudgets,
    chain,
    desk,
    records,
    expectLive(memberId: string, docIds: readonly string[]) {
      growForJoins(docIds.length);
      // Once the answer is on its way.
      setImmediate(() => live.expect(memberId, docIds));
    },
    history: createRecordHistory({ access, log, storage: storage.log, audit }),
    log,
    personalData,
    requests: storage.privacy,
    privacyRequests: createPrivacyRequests({
      access,
      audit,
      log,
      storage: storage.privacy,
      personalData,
      consent,
      shareRules,
    }),
    sharing: createSharing({ access, log, audit, settled: () => readModel.upTo(log.seq) }),
    shareRules,
    quarantine,
    offlineTerms: access.offlineTerms,
    invitations: access.invitations,
    accounts: access.accounts,
    mailer,
    address: config.address,
    requestsPerMinute: config.requestsPerMinute,
    allowedOrigins: config.allowOrigins,
  });
  await registerApp(app, { folder: config.app === "" ? APP_FOLDER : resolve(config.app), behindTls: config.behindTls });

  await app.ready();
  assert(handle !== undefined, "the HTTP server has a handler");
  // What a crash left between a projection and its links.
  consent
    .catchUp()
    .then(() => shareRules.catchUp())
    .catch((error: unknown) => logger.error({ err: error }, "share rules could not be caught up"));
  const demoAccounts = config.demo
    ? await (await import("./demo/fill-demo.ts")).fillDemo(access, rawLog, folder, { keys, log, chain }, shareRules)
    : undefined;
  listener.serve({ request: handle, upgrade: upgrades.onUpgrade });
  const { port } = listener;
  const host = ["0.0.0.0", "::"].includes(config.host) ? "localhost" : config.host;
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  logger.info({ port, data: folder }, "relay started");
  return ok({ port, address, ...(demoAccounts === undefined ? {} : { demoAccounts }), close });
}
