// What an operator's monitoring reads: counters of this process in Prometheus' form. Counts and times only, never whose.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { refusalCodes, type RefusalCode } from "#shared/protocol/close-codes.ts";
import type { GatewayMeters } from "#sync-server/gateways/member-socket.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { LogStorage, StorageStatus } from "#sync-server/storage/storage.ts";

/** Read when somebody asks for the metrics. */
export type Readings = {
  readonly sockets: () => {
    readonly feed: number;
    readonly live: number;
    readonly liveDocuments: number;
    readonly waitingBytes: number;
  };
  readonly storage: () => Promise<StorageStatus>;
  readonly isReady: () => Promise<boolean>;
  /** Of the chains of decisions. */
  readonly chains: () => { readonly waiting: number; readonly stopped: number };
};

export type Metrics = {
  readonly meters: GatewayMeters;
  /** The same log, with its appends counted and timed. */
  meter(log: UpdateLog): UpdateLog;
  countRequest(status: number): void;
  read(readings: Readings): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
};

const ACK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** The longest hold-up between two looks is seen whatever this is; finer costs wake-ups in an idle relay. */
const EVENT_LOOP_RESOLUTION_MS = 50;

const nameOfRefusal = new Map<RefusalCode, string>(
  Object.entries(refusalCodes).map(([name, code]) => [code, name] as const),
);

export function createMetrics(storage: Pick<LogStorage, "onDamaged">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });

  const pushes = counter(
    "drawbridge_pushes_total",
    "Updates that came in and were allowed, from feeds, live documents and the API",
  );
  const acks = counter("drawbridge_acks_total", "Updates committed to disk and acknowledged");
  const failures = counter(
    "drawbridge_append_failures_total",
    "Updates that could not be written; their devices try again",
  );
  const ackSeconds = new Histogram({
    name: "drawbridge_ack_seconds",
    help: "From an update's arrival to its commit on disk",
    buckets: ACK_SECONDS,
    registers,
  });
  const refused = counter("drawbridge_refused_total", "Updates that were refused", ["reason"]);
  const closed = counter("drawbridge_socket_closes_total", "WebSockets closed, by close code", ["code"]);
  const catchUpBytes = counter("drawbridge_catch_up_bytes_total", "Bytes sent to devices that caught up");
  const requests = counter("drawbridge_http_requests_total", "HTTP requests answered, by status", ["status"]);
  const connections = gauge("drawbridge_connections", "Open WebSockets", ["endpoint"]);
  const liveDocuments = gauge("drawbridge_live_documents", "Documents open for co-editing");
  const waitingBytes = gauge("drawbridge_send_queue_bytes", "Bytes that were sent and have not left, for slow readers");
  const queue = gauge("drawbridge_commit_queue", "Updates that wait for their commit now");
  const logBytes = gauge("drawbridge_log_bytes", "Size of the database and its write-ahead log", ["file"]);
  const damaged = gauge("drawbridge_damaged_documents", "Documents that are left out because stored rows are damaged");
  storage.onDamaged(() => damaged.inc());
  const lastSeq = gauge("drawbridge_log_seq", "Number of the newest committed update");
  const freeBytes = gauge("drawbridge_disk_free_bytes", "Free space on the disk of the data folder");
  const chainWaiting = gauge(
    "drawbridge_chain_waiting",
    "Decisions and ends of keys that are not in their chain yet, because they could not be written",
  );
  const chainsStopped = gauge(
    "drawbridge_chains_stopped",
    "Chains of decisions that nothing is added to: somebody else wrote them, or they are damaged",
  );
  const ready = gauge("drawbridge_ready", "1 when /readyz says ready");
  const delay = gauge("drawbridge_event_loop_delay_seconds", "How late the process was since the last reading", [
    "quantile",
  ]);
  const memory = gauge("process_resident_memory_bytes", "Memory of the process");
  const cpu = gauge("process_cpu_seconds_total", "CPU time of the process");

  const eventLoop = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  eventLoop.enable();

  /** Beyond the resolution it was asked for: that much later than planned. */
  function readDelay(): void {
    for (const quantile of [0.5, 0.99] as const)
      delay.set(
        { quantile: String(quantile) },
        Math.max(0, eventLoop.percentile(quantile * 100) / 1e9 - EVENT_LOOP_RESOLUTION_MS / 1000),
      );
    delay.set({ quantile: "1" }, Math.max(0, eventLoop.max / 1e9 - EVENT_LOOP_RESOLUTION_MS / 1000));
    eventLoop.reset();
  }

  let metered: UpdateLog | undefined;

  return {
    meters: {
      refused: (code) => refused.inc({ reason: nameOfRefusal.get(code) ?? String(code) }),
      closed: (code) => closed.inc({ code: String(code) }),
      caughtUp: (bytes) => catchUpBytes.inc(bytes),
    },
    meter(log) {
      metered = log;
      return {
        ...log,
        // A getter does not survive being spread.
        get seq() {
          return log.seq;
        },
        append(request) {
          const startedAt = performance.now();
          pushes.inc();
          queue.inc();
          const result = log.append(request);
          // The caller gets the promise itself: watching it makes no ack later.
          result.then(
            ({ ok }) => {
              queue.dec();
              if (!ok) return;
              acks.inc();
              ackSeconds.observe((performance.now() - startedAt) / 1000);
            },
            () => {
              queue.dec();
              failures.inc();
            },
          );
          return result;
        },
      };
    },
    countRequest: (status) => requests.inc({ status: String(status) }),
    async read(readings) {
      const { feed, live, liveDocuments: documents, waitingBytes: waiting } = readings.sockets();
      waitingBytes.set(waiting);
      connections.set({ endpoint: "feed" }, feed);
      connections.set({ endpoint: "live" }, live);
      liveDocuments.set(documents);
      const storage = await readings.storage();
      logBytes.set({ file: "database" }, storage.databaseBytes);
      logBytes.set({ file: "write-ahead-log" }, storage.writeAheadBytes);
      freeBytes.set(storage.freeBytes);
      lastSeq.set(metered?.seq ?? 0);
      ready.set((await readings.isReady()) ? 1 : 0);
      memory.set(process.memoryUsage.rss());
      const { user, system } = process.cpuUsage();
      cpu.set((user + system) / 1e6);
      const chains = readings.chains();
      chainWaiting.set(chains.waiting);
      chainsStopped.set(chains.stopped);
      readDelay();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: () => void eventLoop.disable(),
  };
}
