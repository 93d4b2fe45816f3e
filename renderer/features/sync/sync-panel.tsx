// Behind the chip: how it stands and since when, what waits per record (what needs you on top), and what this device keeps.

import { Button } from "@mantine/core";
import { IconArrowRight, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useData } from "#renderer/data/hooks.tsx";
import type { SyncStatus } from "#renderer/data/types.ts";
import { formatBytes } from "#renderer/ui/bytes.ts";
import { NotAcceptedGlyph, PendingGlyph } from "#renderer/ui/row-glyph.tsx";
import { SyncGlyph } from "#renderer/ui/sync-glyph.tsx";
import { useStorage } from "#renderer/ui/use-storage.ts";
import { sinceWhen, when } from "#renderer/ui/when.ts";
import classes from "./sync-panel.module.css";
import { adviceOf, titleOf } from "./sync-words.ts";
import { useWaiting } from "./use-waiting.ts";

const SHOWN = 6;

export function SyncPanel({ status, onLeave }: { readonly status: SyncStatus; readonly onLeave: () => void }) {
  const { sync } = useData();
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <SyncGlyph state={status.state} size={28} />
        <div className={classes.state}>
          <strong>{titleOf(status)}</strong>
          <span>since {sinceWhen(status.since)}</span>
        </div>
        <Button
          color="amber"
          size="xs"
          leftSection={<IconRefresh size={15} aria-hidden />}
          onClick={() => sync.syncNow()}
        >
          Sync now
        </Button>
      </div>
      <WaitingList advice={adviceOf(status)} />
      <DeviceFacts status={status} />
      <Link to="/pending" className={classes.all} onClick={onLeave}>
        All pending changes
        <IconArrowRight size={15} aria-hidden />
      </Link>
    </div>
  );
}

function WaitingList({ advice }: { readonly advice: string }) {
  const waiting = useWaiting();
  const { pending, refused } = waiting ?? { pending: [], refused: [] };
  const more = pending.length - SHOWN;
  return (
    <div className={classes.part}>
      {pending.length + refused.length === 0 && <p className={classes.advice}>{advice}</p>}
      <ul className={classes.list}>
        {refused.map((change) => (
          <li key={change.id}>
            <NotAcceptedGlyph />
            <span className={classes.title}>{change.title}</span>
            <span className={classes.needsYou}>needs you</span>
            <span className={classes.since}>{sinceWhen(change.since)}</span>
          </li>
        ))}
        {pending.slice(0, SHOWN).map((change) => (
          <li key={change.recordId}>
            <PendingGlyph />
            <span className={classes.title}>{change.title}</span>
            <span>{change.fields.length === 1 ? "1 field" : `${change.fields.length} fields`}</span>
            <span className={classes.since}>since {sinceWhen(change.since)}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className={classes.advice}>and {more} more</p>}
    </div>
  );
}

function DeviceFacts({ status }: { readonly status: SyncStatus }) {
  const { info } = useStorage();
  const share = info === undefined || info.quota === 0 ? 0 : Math.min(100, (info.usage / info.quota) * 100);
  return (
    <div className={classes.part}>
      <dl className={classes.facts}>
        <dt>Last synced</dt>
        <dd>{status.lastSyncedAt === undefined ? "not yet" : when(status.lastSyncedAt)}</dd>
        {info !== undefined && (
          <>
            <dt>On this device</dt>
            <dd>
              {formatBytes(info.usage)} of {formatBytes(info.quota)}
            </dd>
            <dt>Kept by the browser</dt>
            <dd>{info.persisted ? "yes, promised" : "no, not promised"}</dd>
          </>
        )}
      </dl>
      <div className={classes.track} aria-hidden>
        <div style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}
