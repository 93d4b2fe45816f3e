// Sign in: e-mail and password, one sentence when it does not work, and a way on.

import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Mark } from "#renderer/ui/mark.tsx";
import { BridgePicture } from "./bridge-picture.tsx";
import classes from "./sign-in-page.module.css";

export function SignInPage() {
  const { session } = useData();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Sign in · Drawbridge";
  }, []);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
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
    <div className={classes.page}>
      <BridgePicture />
      <main className={classes.side}>
        <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
          <div className={classes.mark}>
            <Mark size={40} />
          </div>
          <div>
            <h1 className={classes.title}>Sign in to Drawbridge</h1>
            <p className={classes.host}>{window.location.host}</p>
          </div>
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            size="md"
            autoFocus
            value={email}
            error={problem !== undefined}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            size="md"
            value={password}
            error={problem !== undefined}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
          />
          {problem !== undefined && (
            <Alert color="brick" variant="light" role="alert" p="sm">
              {problem}
            </Alert>
          )}
          <Button type="submit" color="amber" size="md" loading={busy} fullWidth>
            Sign in
          </Button>
          <p className={classes.note}>
            After the first sign-in this device keeps what you may see, and opens without a network. Clients and
            partners: use the e-mail address and password from your invitation.
          </p>
        </form>
      </main>
    </div>
  );
}
