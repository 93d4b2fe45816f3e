// The two pages nobody wants: the address leads nowhere, or a page stopped working. Both say what to do next.

import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { useSession } from "#renderer/data/hooks.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import classes from "./notice.module.css";

export const NotFoundPage = () => (
  <Page title="Nothing at this address">
    <Panel>
      <EmptyState
        kind="noMatch"
        title="This page does not exist"
        text="The address may be mistyped, or what was here is not shared with you."
        action={
          <Link to="/" className={classes.button}>
            Go home
          </Link>
        }
      />
    </Panel>
  </Page>
);

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page stopped working">
      <Panel>
        <EmptyState
          kind="notOnDevice"
          title="Your data is safe on this device"
          text={`Try again, or reload the app. What went wrong: ${error instanceof Error ? error.message : String(error)}`}
          action={
            <>
              <button type="button" className={classes.button} onClick={again}>
                Try again
              </button>
              <button type="button" className={classes.button} onClick={() => window.location.reload()}>
                Reload
              </button>
              <Link to="/" className={classes.button}>
                Go home
              </Link>
            </>
          }
        />
      </Panel>
    </Page>
  );
}

type AlreadyProps = { readonly title: string; readonly text: string };

export function SignedInAlready({ title, text }: AlreadyProps) {
  const session = useSession();
  return (
    <Page title={title}>
      <Panel>
        <EmptyState
          kind="noPermission"
          title={session.kind === "signedIn" ? `You are signed in as ${session.me.name}` : "You are signed in"}
          text={`${text} Sign out of this device first, then open the link again; or open it in a private window.`}
          action={
            <Link to="/" className={classes.button}>
              Go home
            </Link>
          }
        />
      </Panel>
    </Page>
  );
}
