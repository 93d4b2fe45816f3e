// The one motif: two posts and the planks between them. As a control it moves a record to a stage; without `onSelect`
// it shows where something stands. Done planks are ink, where we are is amber, what is not reached is pale.

import { IconCheck } from "@tabler/icons-react";
import classes from "./bridge.module.css";

export type Plank = { readonly id: string; readonly label: string; readonly state: "done" | "current" | "ahead" };

type BridgeProps = {
  readonly label: string;
  readonly planks: readonly Plank[];
  readonly size?: "control" | "small";
  readonly onSelect?: (id: string) => void;
};

const stateWords = { done: "done", current: "current", ahead: "not reached" } as const;

function inWords(label: string, planks: readonly Plank[]): string {
  const current = planks.findIndex((plank) => plank.state === "current");
  const done = planks.filter((plank) => plank.state === "done").length;
  return current === -1
    ? `${label}: ${done} of ${planks.length} done`
    : `${label}: ${planks[current]?.label ?? ""}, ${current + 1} of ${planks.length}`;
}

export function Bridge({ label, planks, size = "control", onSelect }: BridgeProps) {
  if (size === "small") {
    return (
      <span className={classes.small} role="img" aria-label={inWords(label, planks)} title={inWords(label, planks)}>
        {planks.map((plank) => (
          <span key={plank.id} className={classes.smallPlank} data-state={plank.state} />
        ))}
      </span>
    );
  }
  return (
    <ol className={classes.control} aria-label={label}>
      {planks.map((plank) => (
        <li
          key={plank.id}
          className={classes.plank}
          data-state={plank.state}
          aria-current={plank.state === "current" ? "step" : undefined}
        >
          {onSelect === undefined ? (
            <PlankWords plank={plank} />
          ) : (
            <button type="button" className={classes.button} onClick={() => onSelect(plank.id)}>
              <PlankWords plank={plank} />
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}

const PlankWords = ({ plank }: { plank: Plank }) => (
  <span className={classes.words}>
    {plank.state === "done" && <IconCheck size={15} stroke={2.2} aria-hidden />}
    <span className={classes.name}>{plank.label}</span>
    <span className={classes.hidden}>, {stateWords[plank.state]}</span>
  </span>
);
