// Where the link for a forgotten password leads: whose it is, then the new one, and the person is in.

import { Button } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { ResetNotice } from "#shared/model/reset-notice.ts";
import { EntryPage } from "#renderer/ui/entry-page.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import { PasswordField } from "./entry-fields.tsx";

type Props = {
  /** The part of the link that proves it. */
  readonly secret: string;
  readonly host: string;
  readonly onSet: () => void;
  readonly onSignIn: () => void;
};

type Looked =
  | { readonly kind: "looking" }
  | { readonly kind: "open"; readonly notice: ResetNotice }
  | { readonly kind: "refused"; readonly message: string };

export function SetPasswordPage({ secret, host, onSet, onSignIn }: Props) {
  const { session, people } = useData();
  const [looked, setLooked] = useState<Looked>({ kind: "looking" });
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "New password · Drawbridge";
    let shown = true;
    void people.lookAtReset(secret).then((result) => {
      if (!shown) return;
      setLooked(
        result.ok ? { kind: "open", notice: result.value } : { kind: "refused", message: result.error.message },
      );
    });
    return () => {
      shown = false;
    };
  }, [people, secret]);

  const submit = async (): Promise<void> => {
    if (looked.kind !== "open") {
      onSignIn();
      return;
    }
    if (password === "") {
      setProblem("Choose a password.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const result = await session.resetPassword({ secret, password });
    setBusy(false);
    if (result.ok) onSet();
    else setProblem(result.error.message);
  };

  if (looked.kind === "open") {
    const { name, organization, emailHint } = looked.notice;
    return (
      <EntryPage
        title="Set a new password"
        subtitle={`${name} (${emailHint}) at ${organization}`}
        note="The link works once. Wherever you are signed in now, you are signed out; what your devices hold stays on them."
        onSubmit={submit}
      >
        <PasswordField kind="new" value={password} onValue={setPassword} isWrong={problem !== undefined} />
        <Problem message={problem} />
        <Button type="submit" color="amber" size="md" loading={busy} fullWidth>
          Set the password and sign in
        </Button>
      </EntryPage>
    );
  }
  return (
    <EntryPage
      title={looked.kind === "looking" ? "Set a new password" : "This link cannot be used"}
      subtitle={host}
      note={looked.kind === "looking" ? "Asking the server about your link." : "Nothing was changed."}
      onSubmit={submit}
    >
      {looked.kind === "looking" ? (
        <Asking />
      ) : (
        <>
          <Problem message={looked.message} />
          <Button type="submit" size="md" variant="default" fullWidth>
            Go to sign-in
          </Button>
        </>
      )}
    </EntryPage>
  );
}
