// The one dark card: a promise. What is on this device, and whether the browser promised to keep it.

import { UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useCount, useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { StorageInfo } from "#renderer/data/types.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { ago } from "#renderer/ui/when.ts";
import classes from "./home.module.css";

const number = new Intl.NumberFormat("en-GB");

const megabytes = (bytes: number): string =>
  bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1_000))} kB`
    : `${number.format(Math.round(bytes / 1_000_000))} MB`;

function useStorage(key: string): readonly [StorageInfo | undefined, (info: StorageInfo) => void] {
  const { device } = useData();
  const [info, setInfo] = useState<StorageInfo | undefined>(undefined);
  useEffect(() => {
    let current = true;
    const read = async () => {
      const next = await device.storage();
      if (current) setInfo(next);
    };
    void read();
    return () => {
      current = false;
    };
    // `key` says when to look again.
  }, [device, key]);
  return [info, setInfo];
}

export function ReadyForOffline() {
  const { device } = useData();
  const status = useSyncStatus();
  const companies = useCount({ type: "company" });
  const contacts = useCount({ type: "contact" });
  const [info, setInfo] = useStorage(`${status.state} ${status.lastSyncedAt ?? ""}`);
  const { progress } = status;
  const ready = progress === undefined && status.lastSyncedAt !== undefined;
  const planks = ready
    ? 10
    : progress === undefined || progress.total === 0
      ? 0
      : Math.floor((progress.done / progress.total) * 10);
  const ask = async () => {
    const promised = await device.requestPersistence();
    setInfo(await device.storage());
    if (promised) showDone("The browser promised to keep it.");
    else showProblem("The browser did not promise to keep it. Install the app, or open it more often, and ask again.");
  };
  return (
    <section className={classes.offline} aria-labelledby="ready-for-offline">
      <div className={classes.offlineHead}>
        <h2 id="ready-for-offline">{ready ? "Ready for offline" : "Getting ready for offline"}</h2>
        <span>{status.lastSyncedAt === undefined ? "not yet synced" : `in step ${ago(status.lastSyncedAt)}`}</span>
      </div>
      <div className={classes.planks} role="img" aria-label={`${planks * 10} % of what you may see is on this device`}>
        {Array.from({ length: 10 }, (_, index) => (
          <span key={index} data-laid={index < planks || undefined} />
        ))}
      </div>
      <dl className={classes.offlineFigures}>
        <div>
          <dt>Records</dt>
          <dd>{info === undefined ? "..." : number.format(info.records)}</dd>
        </div>
        <div>
          <dt>Companies</dt>
          <dd>{companies === undefined ? "..." : number.format(companies)}</dd>
        </div>
        <div>
          <dt>Contacts</dt>
          <dd>{contacts === undefined ? "..." : number.format(contacts)}</dd>
        </div>
        <div>
          <dt>Space</dt>
          <dd>{info === undefined ? "..." : megabytes(info.usage)}</dd>
        </div>
      </dl>
      {info === undefined ? null : info.persisted ? (
        <p>The browser promised to keep it.</p>
      ) : (
        <p>
          The browser may clear it when space is short.{" "}
          <UnstyledButton className={classes.offlineLink} onClick={() => void ask()}>
            Ask it to keep it
          </UnstyledButton>
        </p>
      )}
    </section>
  );
}
