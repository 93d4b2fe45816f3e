// Signed on this device and not delivered: where it is, what was recorded, and the way back while there is one.

import { Button } from "@mantine/core";
import { IconRefresh, IconShieldCheck, IconX } from "@tabler/icons-react";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { DecisionView } from "#renderer/data/approval-types.ts";
import { decisionWords, shortHash, stampWords } from "#renderer/fields/approval-words.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { SyncGlyph } from "#renderer/ui/sync-glyph.tsx";
import { sinceWhen, when } from "#renderer/ui/when.ts";
import classes from "./approvals.module.css";
import type { ApprovalContext } from "./use-approval.ts";

export function SignedHere({ context, mine }: { readonly context: ApprovalContext; readonly mine: DecisionView }) {
  const { approvals, sync } = useData();
  const status = useSyncStatus();
  const offline = status.state === "offline" || status.state === "unreachable";
  return (
    <>
      <section className={classes.signed} aria-labelledby="signed-title">
        <span className={classes.glyph}>
          <SyncGlyph state={offline ? "offline" : "saving"} size={64} />
        </span>
        <h2 id="signed-title">Signed here, not yet delivered</h2>
        <p>
          Your decision is safe on this device. It goes to {context.organization || "the others"} by itself when you are
          online. Until then they still see “Waiting”.
        </p>
        <ol className={classes.steps}>
          <li data-done>
            <strong>Signed</strong>
            <span>{when(mine.at)}, on this device</span>
          </li>
          <li data-now>
            <strong>Waits for a connection</strong>
            <span>{offline ? `offline since ${sinceWhen(status.since)}` : "on its way"}</span>
          </li>
          <li>
            <strong>Delivered</strong>
            <span>{context.nameOf(context.request.requestedBy)} is told</span>
          </li>
        </ol>
      </section>
      <Panel title="What was recorded" aside={<IconShieldCheck size={18} stroke={1.7} aria-hidden />}>
        <dl className={classes.facts}>
          <Fact name="Decision" value={decisionWords(mine, (id) => context.nameOf(id))} />
          <Fact name="By" value={context.nameOf(mine.decidedBy)} />
          <Fact name="When" value={stampWords(mine.at)} />
          {mine.reason !== undefined && <Fact name="Reason" value={mine.reason} />}
        </dl>
        <details className={classes.fingerprints}>
          <summary>Fingerprints, to compare with the certificate</summary>
          <dl>
            <Fact name="Content" value={<code>{shortHash(mine.contentHash)}</code>} />
            <Fact name="Key" value={<code>{shortHash(mine.keyId)}</code>} />
          </dl>
        </details>
      </Panel>
      <div className={classes.two}>
        <Button
          variant="default"
          size="md"
          leftSection={<IconRefresh size={17} aria-hidden />}
          onClick={() => sync.syncNow()}
        >
          Try now
        </Button>
        <Button
          variant="default"
          size="md"
          leftSection={<IconX size={17} aria-hidden />}
          onClick={() => void approvals.takeBack(mine.id)}
        >
          Take it back
        </Button>
      </div>
      <p className={classes.quiet}>You can take it back until it is delivered.</p>
    </>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: React.ReactNode }) => (
  <div className={classes.fact}>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
