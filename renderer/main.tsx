// The composition root: looks whether the browser will do, opens the pipe, shows the app. Nothing else is decided here.

import "@fontsource-variable/hanken-grotesk/index.css";
import "#renderer/ui/tokens.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import { MantineProvider } from "@mantine/core";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { assert } from "#shared/model/result.ts";
import { keepAppOnDevice } from "#renderer/app/app-update.ts";
import { App } from "#renderer/app/app.tsx";
import { findRelayUrl } from "#renderer/app/desktop.ts";
import { missingFeatures } from "#renderer/app/missing-features.ts";
import { BrowserNotice, Notice } from "#renderer/app/notice.tsx";
import { DataProvider } from "#renderer/data/hooks.tsx";
import { openData } from "#renderer/data/open-data.ts";
import { cssVariablesResolver, theme } from "#renderer/ui/theme.ts";

const Toaster = lazy(async () => ({ default: (await import("#renderer/ui/toaster.tsx")).Toaster }));

const container = document.getElementById("root");
assert(container !== null, "index.html has #root");
const root = createRoot(container);

async function start(): Promise<void> {
  const missing = missingFeatures();
  if (missing.length > 0) {
    root.render(<BrowserNotice missing={missing} />);
    return;
  }
  const data = await openData({ relayUrl: await findRelayUrl() });
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <DataProvider data={data}>
          <App />
        </DataProvider>
        <Suspense fallback={null}>
          <Toaster />
        </Suspense>
      </MantineProvider>
    </StrictMode>,
  );
  keepAppOnDevice();
}

start().catch((reason: unknown) => {
  root.render(
    <Notice title="Drawbridge could not open its data on this device">
      <p>
        Close other tabs of Drawbridge and reload. In a private window, allow the browser to keep data for this address.
      </p>
      <p>What the browser said: {reason instanceof Error ? reason.message : String(reason)}</p>
    </Notice>,
  );
});
