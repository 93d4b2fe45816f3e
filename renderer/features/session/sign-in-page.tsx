// Sign in: e-mail and password, one sentence when it does not work, and a way on.

import { Alert, Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { EntryPage } from "#renderer/ui/entry-page.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import { EmailField, PasswordField } from "./entry-fields.tsx";

type SignInPageProps = {
  /** The relay's, as the person knows it. */
  readonly host: string;
  /** The organization that ended the access of whoever was signed in here. */
  readonly ended?: string | undefined;
  /** Only the desktop app can go to another relay. */
  readonly onOtherServer?: (() => void) | undefined;
};

export function SignInPage({ host, ended, onOtherServer }: SignInPageProps) {
  const { session } = useData();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Sign in · Drawbridge";
  }, []);

  const submit = async (): Promise<void> => {
    if (email.trim() === "" || password === "") {
      setProblem("Enter your e-mail address and your password.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const result = await session.signIn({ email: email.trim(), password });
    setBusy(false);
    if (!result.ok) setProblem(result.error.message);
  };

  return (
    <EntryPage
      title="Sign in to Drawbridge"
      subtitle={host}
      note="After the first sign-in this device keeps what you may see, and opens without a network. Clients and partners: use the e-mail address and password from your invitation. Forgotten it? An owner or a manager of your organization gives you a link to set a new one."
      onSubmit={submit}
    >
      {ended !== undefined && (
        <Alert color="amber" variant="light" title={`Your access to ${ended === "" ? "this server" : ended} has ended`}>
          What this device held of it was removed. Ask an owner or a manager if that is a mistake.
        </Alert>
      )}
      <EmailField label="E-mail" value={email} onValue={setEmail} isWrong={problem !== undefined} />
      <PasswordField kind="current" value={password} onValue={setPassword} isWrong={problem !== undefined} />
      <Problem message={problem} />
      <Button type="submit" color="amber" size="md" loading={busy} fullWidth>
        Sign in
      </Button>
      {onOtherServer !== undefined && (
        <Button variant="default" size="md" onClick={onOtherServer} fullWidth>
          Use another server
        </Button>
      )}
    </EntryPage>
  );
}
