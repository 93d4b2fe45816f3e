// The app beyond the first paint: Mantine, the router with its frame, and the toasts.

import { MantineProvider } from "@mantine/core";
import { lazy, Suspense } from "react";
import { screenFirst } from "#renderer/data/screen-first.ts";
import { cssVariablesResolver, theme } from "#renderer/ui/theme.ts";
import { App } from "./app.tsx";
import { Opening } from "./opening.tsx";

const Toaster = lazy(async () => {
  await screenFirst;
  return { default: (await import("#renderer/ui/toaster.tsx")).Toaster };
});
const RelayAddressPage = lazy(async () => ({
  default: (await import("#renderer/features/desktop/relay-address-page.tsx")).RelayAddressPage,
}));

type Props = {
  /** Undefined: the desktop app, and nobody has said yet where the relay is. */
  readonly relayUrl: string | undefined;
  readonly onRelayChosen?: () => void;
};

export const WholeApp = (props: Props) => (
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
    <Suspense fallback={<Opening />}>
      <Content {...props} />
    </Suspense>
    <Suspense fallback={null}>
      <Toaster />
    </Suspense>
  </MantineProvider>
);

function Content({ relayUrl, onRelayChosen }: Props) {
  const { desktop } = window;
  if (relayUrl !== undefined) return <App relayUrl={relayUrl} />;
  if (desktop === undefined || onRelayChosen === undefined) return null;
  return <RelayAddressPage desktop={desktop} onChosen={onRelayChosen} />;
}
