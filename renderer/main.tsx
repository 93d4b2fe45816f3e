// The composition root: looks whether the browser will do, opens the pipe, shows the app. Nothing else is decided here.

import "@fontsource-variable/hanken-grotesk/index.css";
import "#renderer/ui/tokens.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import { lazy, StrictMode, Suspense, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { isInternal } from "#shared/model/personas.ts";
import { assert } from "#shared/model/result.ts";
import { desktopTokens, findRelayUrl, followDeepLinks, showCountOnIcon } from "#renderer/app/desktop.ts";
import { guardLeaving } from "#renderer/app/guard-leaving.ts";
import { missingFeatures } from "#renderer/app/missing-features.ts";
import { BrowserNotice, Notice, OtherTabNotice } from "#renderer/app/notice.tsx";
import { Opening } from "#renderer/app/opening.tsx";
import { reloadForCode } from "#renderer/app/reload-for-code.ts";
import { DataProvider } from "#renderer/data/hooks.tsx";
import { openData } from "#renderer/data/open-data.ts";
import { screenFirst } from "#renderer/data/screen-first.ts";
import type { Data } from "#renderer/data/types.ts";

const loadApp = async () => ({ default: (await import("#renderer/app/whole-app.tsx")).WholeApp });
const WholeApp = lazy(loadApp);
const FirstGlance = lazy(async () => ({
  default: (await import("#renderer/app/first-glance.tsx")).FirstGlance,
}));

/** The project whose own page is asked for, in the path. */
const projectInAddress = (): string | undefined => /^\/projects\/([\w-]+)$/.exec(window.location.pathname)?.[1];

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
  if (desktop === undefined) reloadForCode();
  // Its code comes while the data is being opened; who may be shown less at first waits with it.
  if (projectInAddress() === undefined) loadApp().catch(() => undefined);
  if (desktop !== undefined) {
    await followDeepLinks(desktop, (path) => {
      void import("#renderer/app/routes.tsx").then(({ router }) => router.navigate({ to: path }));
    });
  }
  await open();
  if (desktop !== undefined) return;
  await screenFirst;
  (await import("#renderer/app/app-update.ts")).keepAppOnDevice();
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
    const spaceId = glancedProject(data);
    show(
      <DataProvider data={data}>
        {spaceId === undefined ? (
          <WholeApp relayUrl={relayUrl} />
        ) : (
          <FirstGlance spaceId={spaceId} relayUrl={relayUrl} />
        )}
      </DataProvider>,
    );
  } else if (desktop !== undefined) {
    show(<WholeApp relayUrl={undefined} onRelayChosen={() => void open().catch(giveUp)} />);
  }
}

/** Whoever comes from outside and opens his project is shown it before all the code that a team works with is there. */
function glancedProject({ session }: Data): string | undefined {
  const state = session.state();
  return state.kind === "signedIn" && !isInternal(state.me.persona) ? projectInAddress() : undefined;
}

function show(page: ReactNode): void {
  root.render(
    <StrictMode>
      <Suspense fallback={<Opening />}>{page}</Suspense>
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
