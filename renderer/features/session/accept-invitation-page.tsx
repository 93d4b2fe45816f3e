// Where an invitation's link leads: who invites, to what, as whom; then a name and a password, and the person is in.

import { Button, TextInput } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { InvitationNotice } from "#shared/model/sharing-report.ts";
import { EntryPage } from "#renderer/ui/entry-page.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import { EmailField, PasswordField } from "./entry-fields.tsx";

type Props = {
  /** The part of the link that proves it. */
  readonly secret: string;
  readonly host: string;
  readonly onAccepted: (space: string) => void;
  readonly onSignIn: () => void;
};

type Looked =
  | { readonly kind: "looking" }
  | { readonly kind: "open"; readonly notice: InvitationNotice }
  | { readonly kind: "refused"; readonly message: string };

export function AcceptInvitationPage({ secret, host, onAccepted, onSignIn }: Props) {
  const { session, sharing } = useData();
  const [looked, setLooked] = useState<Looked>({ kind: "looking" });
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Invitation · Drawbridge";
    let shown = true;
    void sharing.lookAtInvitation(secret).then((result) => {
      if (!shown) return;
      setLooked(
        result.ok ? { kind: "open", notice: result.value } : { kind: "refused", message: result.error.message },
      );
    });
    return () => {
      shown = false;
    };
  }, [sharing, secret]);

  const submit = async (): Promise<void> => {
    if (looked.kind !== "open") {
      onSignIn();
      return;
    }
    if (email.trim() === "" || name.trim() === "" || password === "") {
      setProblem("Enter your e-mail address, your name and a password.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const result = await session.acceptInvitation({ secret, email: email.trim(), name: name.trim(), password });
    setBusy(false);
    if (result.ok) onAccepted(result.value.space);
    else setProblem(result.error.message);
  };

  if (looked.kind === "looking") {
    return (
      <EntryPage title="Your invitation" subtitle={host} note="Asking the server about your link." onSubmit={submit}>
        <Asking />
      </EntryPage>
    );
  }
  if (looked.kind === "refused") {
    return (
      <EntryPage
        title="This invitation cannot be used"
        subtitle={host}
        note="Nothing was changed. Somebody who has an account signs in without a link."
        onSubmit={submit}
      >
        <Problem message={looked.message} />
        <Button type="submit" size="md" variant="default" fullWidth>
          Go to sign-in
        </Button>
      </EntryPage>
    );
  }
  const { organization, invitedBy, personaName, spaceName, emailHint } = looked.notice;
  const place = spaceName === "" ? organization : spaceName;
  return (
    <EntryPage
      title={`Join ${place}`}
      subtitle={`${invitedBy} of ${organization} invites you as ${personaName.toLowerCase()}`}
      note="The link works once. After this you sign in with your e-mail address and password, on any device."
      onSubmit={submit}
    >
      <EmailField
        label="Your e-mail"
        description={`The address this invitation was made for: ${emailHint}`}
        value={email}
        onValue={setEmail}
      />
      <TextInput
        label="Your name"
        name="name"
        autoComplete="name"
        size="md"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordField kind="new" value={password} onValue={setPassword} />
      <Problem message={problem} />
      <Button type="submit" color="amber" size="md" loading={busy} fullWidth>
        Join
      </Button>
    </EntryPage>
  );
}
