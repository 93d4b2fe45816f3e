// Who was invited and has not come yet, with the way to take it back. Nothing is shown when there is nobody.

import { Button } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { Invitation } from "#shared/model/sharing-report.ts";
import classes from "./invitations.module.css";
import list from "./row-list.module.css";
import { showDone, showProblem } from "./toast.ts";

type Props = {
  /** Only invitations to this space; without it all that are open. */
  readonly space?: string;
  /** Another number reads the list anew. */
  readonly round: number;
};

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

export function InvitationList({ space, round }: Props) {
  const labelOf = usePersonaLabel();
  const { sharing } = useData();
  const [shown, setShown] = useState<readonly Invitation[]>([]);
  const [own, setOwn] = useState(0);
  useEffect(() => {
    let current = true;
    void sharing.invitations().then((result) => {
      // Offline the list of people says so already.
      if (!current || !result.ok) return;
      setShown(
        result.value.filter(
          (one) => (one.state === "open" || one.state === "expired") && (space === undefined || one.space === space),
        ),
      );
    });
    return () => {
      current = false;
    };
  }, [sharing, space, round, own]);

  const cancel = async (invitation: Invitation): Promise<void> => {
    const result = await sharing.cancelInvitation(invitation.id);
    setOwn((before) => before + 1);
    if (result.ok) showDone(`The invitation of ${invitation.email} is withdrawn. Its link no longer works.`);
    else showProblem(result.error.message);
  };

  if (shown.length === 0) return null;
  return (
    <ul className={list.rows} aria-label="Invitations">
      {shown.map((invitation) => (
        <li key={invitation.id} className={list.row}>
          <span className={classes.icon}>
            <IconMail size={17} stroke={1.7} aria-hidden />
          </span>
          <span className={list.names}>
            <span className={list.name}>{invitation.email}</span>
            <span className={list.note}>
              {labelOf(invitation.persona)}
              {space === undefined && invitation.spaceName !== "" ? `, ${invitation.spaceName}` : ""}
              {invitation.state === "open"
                ? `, invited by ${invitation.invitedBy}, until ${day.format(invitation.expiresAt)}`
                : ", the link has expired"}
            </span>
          </span>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => void cancel(invitation)}
            aria-label={`Withdraw the invitation of ${invitation.email}`}
          >
            Withdraw
          </Button>
        </li>
      ))}
    </ul>
  );
}
