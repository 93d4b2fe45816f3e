// The two pages nobody wants: the address leads nowhere, or a page stopped working. Both say what to do next.

import { Button } from "@mantine/core";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";

export const NotFoundPage = () => (
  <Page title="Nothing at this address">
    <Panel>
      <EmptyState
        kind="noMatch"
        title="This page does not exist"
        text="The address may be mistyped, or what was here is not shared with you."
        action={
          <Button component={Link} to="/" variant="default">
            Go home
          </Button>
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
              <Button variant="default" onClick={again}>
                Try again
              </Button>
              <Button variant="default" onClick={() => window.location.reload()}>
                Reload
              </Button>
              <Button component={Link} to="/" variant="subtle">
                Go home
              </Button>
            </>
          }
        />
      </Panel>
    </Page>
  );
}
