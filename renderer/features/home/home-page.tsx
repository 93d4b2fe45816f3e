// The first page of a working day: what is on today, what is at risk, what others did. Only what this device really knows.

import { Button } from "@mantine/core";
import { IconMapPin, IconPlus } from "@tabler/icons-react";
import { Link, Navigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useObserved, useSession, useSpaces, useSyncStatus } from "#renderer/data/hooks.tsx";
import { FieldContextProvider, relatedIds } from "#renderer/fields/field-context.tsx";
import { clockTime } from "#renderer/fields/times.ts";
import { useCommands } from "#renderer/ui/commands.ts";
import { Page } from "#renderer/ui/page.tsx";
import { DealsAtRisk } from "./deals-at-risk.tsx";
import classes from "./home.module.css";
import { PipelineStrip } from "./pipeline-strip.tsx";
import { ReadyForOffline } from "./ready-for-offline.tsx";
import { SinceYouLeft } from "./since-you-left.tsx";
import { TodayPanel } from "./today-panel.tsx";
import { useToday } from "./use-today.ts";

const LogVisitDialog = lazy(async () => ({ default: (await import("./log-visit-dialog.tsx")).LogVisitDialog }));

const longDay = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

function greeting(hour: number): string {
  return hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening";
}

export function HomePage() {
  const session = useSession();
  const spaces = useSpaces();
  if (session.kind !== "signedIn" || spaces === undefined) return null;
  const crm = spaces.find((space) => space.kind === "crm");
  if (crm === undefined) return <Navigate to="/projects" replace />;
  return <Day me={session.me.id} name={session.me.name} space={crm.id} />;
}

function Day({ me, name, space }: { readonly me: string; readonly name: string; readonly space: string }) {
  const { progress } = useSyncStatus();
  const held = useToday(me);
  const page = useObserved("home deals", (data) => data.query.records({ type: "deal" }));
  // While records are still coming, sums and "nothing planned" would be wrong: nothing is said until it is true.
  const [today, deals] = progress === undefined ? [held, page] : [undefined, undefined];
  const [logging, setLogging] = useState<string | undefined>(undefined);
  const [now] = useState(() => new Date());
  const ids = relatedIds([...(deals?.rows ?? []), ...(today?.activities ?? []), ...(today?.tasks ?? [])]);
  const first = today?.activities[0]?.fields["startAt"];
  const planned = today?.activities.length;
  const plan =
    planned === undefined
      ? ""
      : planned === 0
        ? " Nothing is planned for today."
        : ` ${planned === 1 ? "One thing is" : `${planned} things are`} planned today${typeof first === "string" ? `, the first at ${clockTime(first)}` : ""}.`;
  useCommands([
    { id: "log-visit", title: "Log a visit", section: "Home", run: () => setLogging(new Date().toISOString()) },
  ]);

  return (
    <FieldContextProvider space={space} ids={ids}>
      <Page
        title={longDay.format(now)}
        meta={`${greeting(now.getHours())}, ${name.split(" ")[0] ?? name}.${plan}`}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconPlus size={17} aria-hidden />}
              renderRoot={(props) => <Link to="/deals" search={{ new: 1 }} {...props} />}
            >
              New deal
            </Button>
            <Button
              color="amber"
              className={classes.log}
              leftSection={<IconMapPin size={17} aria-hidden />}
              onClick={() => setLogging(new Date().toISOString())}
            >
              Log a visit
            </Button>
          </>
        }
      >
        <div className={classes.page}>
          <div className={classes.main}>
            <PipelineStrip deals={deals?.rows} />
            <DealsAtRisk deals={deals?.rows} />
            {progress === undefined && <SinceYouLeft me={me} />}
          </div>
          <div className={classes.side}>
            <TodayPanel today={today} />
            <ReadyForOffline />
          </div>
        </div>
        {/* The same deed where the thumb is: on phones only, where the header's button is not shown. */}
        <div className={classes.thumb}>
          <Button
            color="amber"
            size="lg"
            fullWidth
            leftSection={<IconMapPin size={19} aria-hidden />}
            onClick={() => setLogging(new Date().toISOString())}
          >
            Log a visit
          </Button>
        </div>
      </Page>
      {logging !== undefined && (
        <Suspense fallback={null}>
          <LogVisitDialog me={me} space={space} startAt={logging} onClose={() => setLogging(undefined)} />
        </Suspense>
      )}
    </FieldContextProvider>
  );
}
