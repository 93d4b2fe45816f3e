// The first paint for somebody from outside who opens his project: what it is and what is needed from him, from the rows of
// this device. Only then is the app's code loaded; it takes the place of the glance when its page has the same to show.

import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from "react";
import { useSession } from "#renderer/data/hooks.tsx";
import { ProjectGlance } from "#renderer/features/projects/project-glance.tsx";
import { Mark } from "#renderer/ui/mark.tsx";
import { PageShown } from "#renderer/ui/page-shown.ts";
import classes from "./first-glance.module.css";
import frame from "./frame.module.css";
import { Opening } from "./opening.tsx";

const WholeApp = lazy(async () => {
  // All that the page consists of, so that it does not come piece by piece.
  const [{ WholeApp: app }] = await Promise.all([
    import("./whole-app.tsx"),
    import("#renderer/features/projects/project-page.tsx"),
    import("#renderer/features/projects/overview-tab.tsx"),
  ]);
  return { default: app };
});

/** A page that has other things to show than the glance (an error, say) says nothing: it is shown after this time. */
const SHOWN_AT_LATEST_MS = 2_000;

type Props = { readonly spaceId: string; readonly relayUrl: string };

export function FirstGlance({ spaceId, relayUrl }: Props) {
  const [stage, setStage] = useState<"glance" | "both" | "app">("glance");
  const loadApp = useCallback(() => afterPaint(() => setStage((now) => (now === "glance" ? "both" : now))), []);
  const takePlace = useCallback(() => setStage("app"), []);
  return (
    <>
      {stage !== "app" && (
        <div className={classes.glance}>
          <GlanceFrame>
            <ProjectGlance spaceId={spaceId} waiting={<Opening />} onShown={loadApp} />
          </GlanceFrame>
        </div>
      )}
      {stage !== "glance" && (
        <div className={stage === "both" ? classes.unseen : classes.seen}>
          <Suspense fallback={null}>
            <PageShown value={takePlace}>
              <WholeApp relayUrl={relayUrl} />
              <AtLatest act={takePlace} />
            </PageShown>
          </Suspense>
        </div>
      )}
    </>
  );
}

function AtLatest({ act }: { readonly act: () => void }) {
  useEffect(() => {
    const timer = setTimeout(act, SHOWN_AT_LATEST_MS);
    return () => clearTimeout(timer);
  }, [act]);
  return null;
}

/** The frame's outline, so that nothing moves when the frame comes. */
function GlanceFrame({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  return (
    <div className={frame.frame}>
      <div className={classes.rail} />
      <div className={frame.side} />
      <div className={frame.column}>
        <div className={classes.top}>
          <Mark size={26} />
          <span>{session.kind === "signedIn" ? session.organization : ""}</span>
        </div>
        <main className={frame.main}>{children}</main>
      </div>
      <div className={classes.bottom} />
    </div>
  );
}

/** A task after the frame that paints what was just rendered. */
function afterPaint(act: () => void): void {
  requestAnimationFrame(() => setTimeout(act));
}
