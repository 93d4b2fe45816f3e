// The settings of this device and of the organization's people, each in a panel of its own.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { isInternal } from "#shared/model/personas.ts";
import { useSession } from "#renderer/data/hooks.tsx";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { ImportsPanel } from "./imports-panel.tsx";
import { KeysPanel } from "./keys-panel.tsx";
import { LookPanel } from "./look-panel.tsx";
import { OfflineTermsPanel } from "./offline-terms-panel.tsx";
import { PasswordPanel } from "./password-panel.tsx";
import { PeoplePanel } from "./people-panel.tsx";
import classes from "./settings.module.css";
import { ServerPanel } from "./server-panel.tsx";
import { StoragePanel } from "./storage-panel.tsx";

export function SettingsPage() {
  const session = useSession();
  if (session.kind !== "signedIn") return null;
  const { me, organization } = session;
  return (
    <Page title="Settings" meta={organization === "" ? me.name : `${me.name}, ${organization}`}>
      <div className={classes.columns}>
        <StoragePanel />
        <LookPanel />
        <PasswordPanel />
        <KeysPanel />
        {isInternal(me.persona) && <PeoplePanel me={me} />}
        {isInternal(me.persona) && (
          <Panel title="Who sees what">
            <p className={classes.text}>
              Which fields the roles of the team, clients and partners see and change, and which personas there are.
            </p>
            <Button variant="default" renderRoot={(props) => <Link to="/settings/policy" {...props} />}>
              Open the policy
            </Button>
          </Panel>
        )}
        {(me.persona === "owner" || me.persona === "manager") && <OfflineTermsPanel />}
        {isInternal(me.persona) && <ImportsPanel />}
        {window.desktop !== undefined && <ServerPanel desktop={window.desktop} />}
        <Panel title="Signing out">
          <p className={classes.text}>
            What this device holds is removed, and comes back at the next sign-in. Changes that have not synced are
            asked about first.
          </p>
          <Button variant="default" onClick={() => showDialog("signOut")}>
            Sign out of this device
          </Button>
        </Panel>
      </div>
    </Page>
  );
}
