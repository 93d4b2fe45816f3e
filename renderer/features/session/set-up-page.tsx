// The first visit to a new relay: names the organization and its owner. The bridge above lowers as the groups are filled.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useEffect, useState, type FormEvent } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Bridge, type Plank } from "#renderer/ui/bridge.tsx";
import { Mark } from "#renderer/ui/mark.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { checkSetUp, isComplete, setUpGroups, type SetUpInput } from "./set-up-input.ts";
import { Problem } from "#renderer/ui/problem.tsx";
import classes from "./set-up-page.module.css";

const empty: SetUpInput = { organization: "", name: "", email: "", password: "" };

function planksOf(input: SetUpInput): readonly Plank[] {
  const problems = checkSetUp(input);
  const done = setUpGroups.map(({ fields }) => fields.every((field) => problems[field] === undefined));
  const current = done.indexOf(false);
  return setUpGroups.map(({ id, label }, index) => ({
    id,
    label,
    state: done[index] === true ? "done" : index === current ? "current" : "ahead",
  }));
}

export function SetUpPage({ host }: { readonly host: string }) {
  const { session } = useData();
  const [input, setInput] = useState(empty);
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Set up · Drawbridge";
  }, []);
  const problems = asked ? checkSetUp(input) : {};
  const field = (name: keyof SetUpInput) => ({
    name,
    size: "md" as const,
    required: true,
    withAsterisk: false,
    value: input[name],
    error: problems[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setInput((before) => ({ ...before, [name]: value }));
    },
  });

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    if (!isComplete(input)) return;
    setBusy(true);
    setProblem(undefined);
    const result = await session.setUp({
      ...input,
      organization: input.organization.trim(),
      name: input.name.trim(),
      email: input.email.trim(),
    });
    setBusy(false);
    if (!result.ok) setProblem(result.error.message);
  };

  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <Mark size={32} />
        <strong>Drawbridge</strong>
        <span>{host}</span>
      </header>
      <main className={classes.main}>
        <Bridge label="Set-up" planks={planksOf(input)} />
        <div className={classes.columns}>
          <Panel>
            <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
              <div>
                <h1 className={classes.title}>Your organization</h1>
                <p className={classes.note}>This relay is new. Name what it is for, and its first owner: you.</p>
              </div>
              <TextInput label="Organization" autoComplete="organization" autoFocus {...field("organization")} />
              <div className={classes.pair}>
                <TextInput label="Your name" autoComplete="name" {...field("name")} />
                <TextInput label="Your e-mail" type="email" autoComplete="username" {...field("email")} />
              </div>
              <PasswordInput
                label="Password"
                description="8 characters or more. A short sentence is easy to remember."
                autoComplete="new-password"
                visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
                {...field("password")}
              />
              <Problem message={problem} />
              <div className={classes.foot}>
                <p className={classes.note}>Nothing leaves this machine.</p>
                <Button
                  type="submit"
                  color="amber"
                  size="md"
                  loading={busy}
                  rightSection={<IconArrowRight size={17} aria-hidden />}
                >
                  Lower the bridge
                </Button>
              </div>
            </form>
          </Panel>
          <aside className={classes.aside} aria-label="Other ways to begin">
            <section className={classes.dark}>
              <h2>Look around first</h2>
              <p>
                A finished example with companies, deals, a client project and a partner. Stop this relay and start it
                with <code>npm run demo</code>.
              </p>
            </section>
            <Panel title="Coming from somewhere else?">
              <p className={classes.note}>
                CSV from Salesforce, Twenty or EspoCRM and vCard files come in under Import, right after this page.
              </p>
            </Panel>
          </aside>
        </div>
      </main>
    </div>
  );
}
