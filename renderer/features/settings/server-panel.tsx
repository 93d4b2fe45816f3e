// Which server the desktop app belongs to. Going to another one signs out of this one, so it refuses while changes wait.

import { Alert, Button, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import type { DesktopBridge } from "#shared/desktop/bridge.ts";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { useRelayAddress } from "#renderer/ui/use-relay-address.ts";
import classes from "./settings.module.css";

const waitWords = (count: number): string =>
  `${count === 1 ? "1 change lives" : `${count} changes live`} only on this device. Let them sync first, then change the server.`;

export function ServerPanel({ desktop }: { readonly desktop: DesktopBridge }) {
  const [address, setAddress] = useState<string | undefined>(undefined);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    let shown = true;
    const read = async (): Promise<void> => {
      const known = await desktop.relayUrl();
      if (shown) setAddress(known);
    };
    void read();
    return () => {
      shown = false;
    };
  }, [desktop]);
  return (
    <Panel title="Server">
      <p className={classes.text}>
        This app works with <strong>{address ?? "..."}</strong>
      </p>
      {open ? (
        <ServerForm desktop={desktop} onCancel={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          Use another server
        </Button>
      )}
    </Panel>
  );
}

function ServerForm({ desktop, onCancel }: { readonly desktop: DesktopBridge; readonly onCancel: () => void }) {
  const { session } = useData();
  const status = useSyncStatus();
  const { field, busy, keep } = useRelayAddress(desktop);
  const waiting = status.waiting + status.refused;

  const leave = async (): Promise<string | undefined> => {
    const left = await session.signOut();
    return left.ok ? undefined : waitWords(left.error.waiting);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // A fresh start: nothing of the server before stays open.
    if (await keep(leave)) window.location.assign("/");
  };

  if (waiting > 0)
    return (
      <Alert color="amber" variant="light" role="alert" p="sm">
        {waitWords(waiting)}
      </Alert>
    );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <p className={classes.text}>
        Changing it signs you out and removes what this device holds. That comes back at the next sign-in to this
        server.
      </p>
      <div className={classes.form}>
        <TextInput
          className={classes.wide ?? ""}
          label="Server address"
          type="url"
          inputMode="url"
          autoComplete="url"
          placeholder="https://relay.example"
          autoFocus
          {...field}
        />
      </div>
      <div className={classes.buttons} style={{ marginTop: 12 }}>
        <Button type="submit" color="amber" loading={busy}>
          Change server
        </Button>
        <Button variant="default" onClick={onCancel}>
          Keep this one
        </Button>
      </div>
    </form>
  );
}
