// The devices that sign for this member. A new one is said once; one that is lost or strange is revoked here.

import { Button } from "@mantine/core";
import { useState } from "react";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import type { DeviceKey } from "#renderer/data/approval-types.ts";
import { shortHash, stampWords } from "#renderer/fields/approval-words.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import classes from "./settings.module.css";

export function KeysPanel() {
  const { keys: api } = useData();
  const state = useObserved("device keys", (data) => data.keys.state());
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const revoke = async (key: DeviceKey): Promise<void> => {
    setBusy(key.id);
    const revoked = await api.revoke(key.id);
    setBusy(undefined);
    if (!revoked.ok) showProblem(revoked.error.message);
  };
  const keys = state?.keys ?? [];
  return (
    <Panel title="Devices that sign for you">
      <p className={classes.text}>
        What you approve is signed on your device, with a key that never leaves it. A revoked key signs nothing more;
        what it signed before still holds.
      </p>
      {keys.length === 0 && <p className={classes.text}>This device registers its key when it is next online.</p>}
      <ul className={classes.keys}>
        {keys.map((key) => (
          <li key={key.id}>
            <span>
              <strong>{key.device === "" ? "A device" : key.device}</strong>
              {key.isThisDevice && " (this device)"}
              {state?.unseen.includes(key.id) === true && " (new)"}
              <br />
              <small>
                <code>{shortHash(key.id)}</code>, since {stampWords(key.registeredAt)}
                {key.revokedAt === undefined ? "" : `, revoked ${stampWords(key.revokedAt)}`}
              </small>
            </span>
            {key.revokedAt === undefined && (
              <Button
                variant="default"
                size="xs"
                loading={busy === key.id}
                aria-label={`Revoke the key of ${key.device}`}
                onClick={() => void revoke(key)}
              >
                Revoke
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
