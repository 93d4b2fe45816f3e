// The desktop app's first question: which server it belongs to. Also the way to another one before signing in.

import { Button, TextInput } from "@mantine/core";
import { useEffect } from "react";
import type { DesktopBridge } from "#shared/desktop/bridge.ts";
import { EntryPage } from "#renderer/ui/entry-page.tsx";
import { useRelayAddress } from "#renderer/ui/use-relay-address.ts";

type RelayAddressPageProps = {
  readonly desktop: DesktopBridge;
  readonly onChosen: () => void;
  readonly onCancel?: () => void;
};

export function RelayAddressPage({ desktop, onChosen, onCancel }: RelayAddressPageProps) {
  const { field, busy, keep } = useRelayAddress(desktop);
  useEffect(() => {
    document.title = "Your server · Drawbridge";
  }, []);
  const submit = async (): Promise<void> => {
    if (await keep()) onChosen();
  };
  return (
    <EntryPage
      title="Where is your Drawbridge?"
      subtitle="This app works with one server, your organization's."
      note="The address is in your invitation, or in the browser where you use Drawbridge. You can change it later in Settings."
      onSubmit={submit}
    >
      <TextInput
        label="Server address"
        name="server"
        type="url"
        inputMode="url"
        autoComplete="url"
        placeholder="https://relay.example"
        size="md"
        autoFocus
        {...field}
      />
      <Button type="submit" color="amber" size="md" loading={busy} fullWidth>
        Continue
      </Button>
      {onCancel !== undefined && (
        <Button variant="default" size="md" onClick={onCancel} fullWidth>
          Back to sign-in
        </Button>
      )}
    </EntryPage>
  );
}
