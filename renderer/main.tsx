// The composition root: looks whether the browser will do, opens the pipe, shows the app. Nothing else is decided here.

import "@fontsource-variable/hanken-grotesk/index.css";
import "#renderer/ui/tokens.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import { MantineProvider } from "@mantine/core";
import { lazy, StrictMode, Suspense, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { assert } from "#shared/model/result.ts";
import { keepAppOnDevice } from "#renderer/app/app-update.ts";
import { App } from "#renderer/app/app.tsx";
import { desktopTokens, findRelayUrl, followDeepLinks, showCountOnIcon } from "#renderer/app/desktop.ts";
import { guardLeaving } from "#renderer/app/guard-leaving.ts";
import { missingFeatures } from "#renderer/app/missing-features.ts";
import { BrowserNotice, Notice, OtherTabNotice } from "#renderer/app/notice.tsx";
import { Opening } from "#renderer/app/opening.tsx";
import { router } from "#renderer/app/routes.tsx";
import { DataProvider } from "#renderer/data/hooks.tsx";
import { openData } from "#renderer/data/open-data.ts";
import { screenFirst } from "#renderer/data/screen-first.ts";
import { cssVariablesResolver, theme } from "#renderer/ui/theme.ts";

const Toaster = lazy(async () => {
  await screenFirst;
  return { default: (await import("#renderer/ui/toaster.tsx")).Toaster };
});
const RelayAddressPage = lazy(async () => ({
  default: (await import("#renderer/features/desktop/relay-address-page.tsx")).RelayAddressPage,
}));

const container = document.getElementById("root");
assert(container !== null, "index.html has #root");
const root = createRoot(container);

async function start(): Promise<void> {
  const missing = missingFeatures();
  if (missing.length > 0) {
    root.render(<BrowserNotice missing={missing} />);
    return;
  }
  const { desktop } = window;
  if (desktop !== undefined) await followDeepLinks(desktop, (path) => void router.navigate({ to: path }));
  await open();
  if (desktop === undefined) keepAppOnDevice();
}

async function open(): Promise<void> {
  const { desktop } = window;
  const relayUrl = await findRelayUrl();
  if (relayUrl !== undefined) {
    const data = await openData({
      relayUrl,
      tokens: desktop === undefined ? undefined : desktopTokens(desktop),
      onOtherTab: (otherTab) => root.render(<OtherTabNotice otherTab={otherTab} />),
    });
    showCountOnIcon(data);
    guardLeaving(data.unsaved);
    show(
      <DataProvider data={data}>
        <App relayUrl={relayUrl} />
      </DataProvider>,
    );
  } else if (desktop !== undefined) {
    show(<RelayAddressPage desktop={desktop} onChosen={() => void open().catch(giveUp)} />);
  }
}

function show(page: ReactNode): void {
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <Suspense fallback={<Opening />}>{page}</Suspense>
        <Suspense fallback={null}>
          <Toaster />
        </Suspense>
      </MantineProvider>
    </StrictMode>,
  );
}

function giveUp(reason: unknown): void {
  root.render(
    <Notice title="Drawbridge could not open its data on this device">
      <p>
        Close other tabs of Drawbridge and reload. In a private window, allow the browser to keep data for this address.
      </p>
      <p>What the browser said: {reason instanceof Error ? reason.message : String(reason)}</p>
    </Notice>,
  );
}

start().catch(giveUp);
