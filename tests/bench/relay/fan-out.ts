// Fan-out: every client has its own socket; an edit sets one of ten keys. The edits of a step are made before it begins, since the
// generator shares the machine with what is measured. Latency counts from when an edit was due, so that a generator that falls
// behind hides nothing. The ramp grows until the slowest hundredth takes over 100 ms, three times: a single stall of the machine
// ends nobody's ramp. Documents that would have too long a history are left for new ones before a step: a map keeps 9 bytes of
// every edit for ever, so that one that is edited 25,000 times a second is soon about its past alone, or full (2 MiB).

import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";
import { FAN_OUT_DOCUMENTS } from "./accounts.ts";
import { newFolder, removeFolder, startServer, type Server } from "./server-process.ts";
import type { Channel, Session } from "./session.ts";
import type { Target } from "./targets.ts";
import { forAll, words } from "./documents.ts";

/** Clients per document. */
export type FanOutCrowd = { readonly documents: number; readonly clients: number };

/** `rates`: edits per second to measure at before the ramp, which begins at `startRate`; the first is the light load. */
export type FanOutShape = FanOutCrowd & {
  readonly rates: readonly number[];
  readonly startRate: number;
};

export type Step = {
  readonly rate: number;
  readonly deliveredPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Server CPU seconds per 10,000 deliveries. */
  readonly cpuPer10k: number;
  readonly generatorCpu: number;
  readonly isWhole: boolean;
};

/** A step for each of the rates, and the last one of the ramp. */
export type FanOut = { readonly steps: readonly Step[]; readonly best: Step | undefined };

const WARM_UP_RATE = 200;
const LIMIT_MS = 100;
const WARM_UP_MS = 600;
const STEP_SECONDS = 1.5;
const DRAIN_MS = 4_000;
const BURST = 400;
const MAX_STEPS = 24;
const TRIES = 3;
/** Of one document, before the clients go on to another one. */
const LONGEST_HISTORY = 50_000;
const SETTLE_MS = 500;
/** A histogram of twentieths of a millisecond. */
const PER_MS = 20;
const BUCKETS = 200_000;

type Client = {
  readonly doc: Y.Doc;
  /** When each of its edits was due, by its clock. */
  readonly due: number[];
  edits: number;
  channel: Channel | undefined;
};

type Edit = { readonly client: Client; readonly update: Uint8Array };

function editOf(client: Client): Uint8Array {
  const { doc } = client;
  let made: Uint8Array | undefined;
  doc.once("update", (update: Uint8Array) => (made = update));
  client.edits += 1;
  doc.getMap("record").set(`${doc.clientID % 100}-${client.edits % 10}`, words(16));
  assert(made !== undefined, "every edit makes an update");
  return made;
}

/** Clients on documents that nobody has written yet, the first of them `doc<firstDocument>`, and what arrived at them. */
function createCrowd({ documents, clients: perDocument }: FanOutCrowd, firstDocument: number) {
  assert(firstDocument + documents <= FAN_OUT_DOCUMENTS, "there are documents for every step");
  const clients: Client[] = [];
  const byId = new Map<number, Client>();
  const sessions: Session[] = [];
  const histogram = new Uint32Array(BUCKETS);
  const prepared: Edit[] = [];
  let made = 0;
  let sent = 0;
  let delivered = 0;
  let measureFrom = Infinity;

  function count(author: Client, clock: number, at: number): void {
    const due = author.due[clock];
    if (due === undefined) return;
    delivered += 1;
    if (due >= measureFrom) {
      const bucket = Math.min(BUCKETS - 1, Math.floor((at - due) * PER_MS));
      histogram[bucket] = (histogram[bucket] ?? 0) + 1;
    }
  }

  /** An edit of one key is one struct of one author: its id is read without decoding the rest. */
  function receive(receiver: Client, update: Uint8Array): void {
    const at = performance.now();
    let offset = 0;
    const read = (): number => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = update[offset++] ?? 0;
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
    };
    const [authors, structs, author, clock] = [read(), read(), read(), read()];
    if (authors === 1 && structs === 1) {
      const from = byId.get(author);
      if (from !== undefined && from !== receiver) count(from, clock, at);
      return;
    }
    const meta = Y.parseUpdateMeta(update);
    for (const [id, end] of meta.to) {
      const from = byId.get(id);
      if (from === undefined || from === receiver) continue;
      for (let each = meta.from.get(id) ?? 0; each < end; each++) count(from, each, at);
    }
  }

  return {
    async join(server: Server): Promise<void> {
      await forAll(documents * perDocument, 50, async (index) => {
        const doc = new Y.Doc();
        const client: Client = { doc, due: [], edits: 0, channel: undefined };
        clients.push(client);
        byId.set(doc.clientID, client);
        const session = server.open();
        sessions.push(session);
        await new Promise<void>((resolve, reject) => {
          client.channel = session.join(`doc${firstDocument + (index % documents)}`, {
            onStep2: () => resolve(),
            onUpdate: (update) => receive(client, update),
            onError: reject,
          });
        });
      });
    },
    /** Whether its documents have a history that would be too long with so many edits more. */
    isAtEnd: (more: number): boolean => made > 0 && made + more > LONGEST_HISTORY * documents,
    /** Edits of clients in turn. What was left by the step before comes first: an edit leans on the one before it. */
    prepare(count: number): void {
      prepared.splice(0, sent);
      sent = 0;
      while (prepared.length < count) {
        const client = clients[(made * 7919) % clients.length];
        assert(client !== undefined, "the index is within the clients");
        prepared.push({ client, update: editOf(client) });
        made += 1;
      }
    },
    /** Sends the next of them. */
    sendOne(due: number): void {
      const edit = prepared[sent];
      assert(edit !== undefined, "as many are prepared as are sent");
      sent += 1;
      edit.client.due.push(due);
      edit.client.channel?.update(edit.update);
    },
    begin(from: number): void {
      histogram.fill(0);
      delivered = 0;
      measureFrom = from;
    },
    delivered: () => delivered,
    percentile(share: number): number {
      const total = histogram.reduce((sum, each) => sum + each, 0);
      let seen = 0;
      for (const [bucket, each] of histogram.entries()) {
        seen += each;
        if (total > 0 && seen >= total * share) return (bucket + 1) / PER_MS;
      }
      return Infinity;
    },
    leave(): void {
      for (const session of sessions) session.kill();
    },
  };
}

type Crowd = ReturnType<typeof createCrowd>;

const editsOf = (rate: number, seconds: number): number => Math.ceil(rate * seconds) + 1;

async function step(server: Server, crowd: Crowd, rate: number, seconds: number, perDocument: number): Promise<Step> {
  crowd.prepare(editsOf(rate, seconds));
  await sleep(100);
  const began = performance.now();
  crowd.begin(began + WARM_UP_MS);
  const end = began + seconds * 1_000;
  const before = server.usage();
  const ownBefore = process.cpuUsage();
  let sent = 0;
  for (;;) {
    const now = performance.now();
    let burst = 0;
    for (; burst < BURST; burst++) {
      const due = began + (sent * 1_000) / rate;
      if (due > now || due > end) break;
      crowd.sendOne(due);
      sent += 1;
    }
    if (began + (sent * 1_000) / rate > end || now > end + 200) break;
    if (burst === BURST) await new Promise((resolve) => setImmediate(resolve));
    else await sleep(1);
  }
  const wanted = sent * (perDocument - 1);
  for (const until = performance.now() + DRAIN_MS; crowd.delivered() < wanted && performance.now() < until;)
    await sleep(10);
  const elapsed = (performance.now() - began) / 1_000;
  const own = process.cpuUsage(ownBefore);
  const delivered = crowd.delivered();
  return {
    rate,
    deliveredPerSecond: delivered / elapsed,
    p50: crowd.percentile(0.5),
    p99: crowd.percentile(0.99),
    cpuPer10k: ((server.usage().cpuSeconds - before.cpuSeconds) / Math.max(1, delivered)) * 10_000,
    generatorCpu: (own.user + own.system) / 1e6 / elapsed,
    isWhole: delivered >= wanted * 0.999,
  };
}

export type OpenFanOut = {
  /** `seconds` of edits at a rate. */
  step(rate: number, seconds?: number): Promise<Step>;
  close(): Promise<void>;
};

/** A server with its clients, warmed up. */
export async function openFanOut(target: Target, shape: FanOutCrowd): Promise<OpenFanOut> {
  const dir = newFolder();
  const server = await startServer(target, dir);
  let firstDocument = 0;
  let crowd = createCrowd(shape, firstDocument);
  async function close(): Promise<void> {
    crowd.leave();
    await server.stop("SIGKILL");
    removeFolder(dir);
  }
  async function moveOn(): Promise<void> {
    crowd.leave();
    firstDocument += shape.documents;
    crowd = createCrowd(shape, firstDocument);
    await crowd.join(server);
    await sleep(SETTLE_MS);
  }
  async function take(rate: number, seconds = STEP_SECONDS): Promise<Step> {
    if (crowd.isAtEnd(editsOf(rate, seconds))) await moveOn();
    return step(server, crowd, rate, seconds, shape.clients);
  }
  try {
    await crowd.join(server);
    await take(WARM_UP_RATE);
  } catch (error) {
    await close();
    throw error;
  }
  return { step: take, close };
}

export async function measureFanOut(target: Target, shape: FanOutShape): Promise<FanOut> {
  const fanOut = await openFanOut(target, shape);
  try {
    const steps: Step[] = [];
    for (const rate of shape.rates)
      steps.push(await fanOut.step(rate, steps.length === 0 ? STEP_SECONDS + 1 : STEP_SECONDS));
    const isGood = ({ isWhole, p99 }: Step): boolean => isWhole && p99 <= LIMIT_MS;
    async function tryStep(rate: number): Promise<Step> {
      let taken = await fanOut.step(rate);
      for (let tries = 1; tries < TRIES && !isGood(taken); tries++) taken = await fanOut.step(rate);
      return taken;
    }
    let best: Step | undefined;
    let rate = shape.startRate;
    let growth = 1.5;
    for (let count = 0; count < MAX_STEPS; count++) {
      const taken = await tryStep(Math.round(rate));
      if (isGood(taken)) {
        best = taken;
        rate *= growth;
      } else {
        if (growth < 1.2) break;
        growth = 1.15;
        rate = (best?.rate ?? rate / 2.25) * growth;
      }
    }
    return { steps, best };
  } finally {
    await fanOut.close();
  }
}
