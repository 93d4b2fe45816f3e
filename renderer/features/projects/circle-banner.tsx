// Milestones that wait for one another: nobody can finish first. Two people may have closed the circle without knowing of
// each other, so it is shown with the ways out, never refused after the fact.

import { Button } from "@mantine/core";
import { IconRefreshAlert } from "@tabler/icons-react";
import { useData } from "#renderer/data/hooks.tsx";
import classes from "./circle-banner.module.css";
import type { MilestoneView } from "./project-view.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

/** A long circle is named by its first members. */
const SHOWN = 4;

export function CircleBanner({ context }: { readonly context: ProjectContext }) {
  const { edit } = useData();
  const save = useSave();
  const byId = new Map(context.milestones.map((one) => [one.id, one] as const));
  const drop = (milestone: MilestoneView, beforeId: string): void => {
    const dependsOn = milestone.dependsOn.filter((id) => id !== beforeId);
    void save(
      edit.set(milestone.id, { dependsOn }),
      `${milestone.title} does not wait for ${byId.get(beforeId)?.title ?? "it"} any more`,
    );
  };
  return context.schedule.circles.map((circle) => {
    const members = circle.flatMap((id) => byId.get(id) ?? []);
    const within = new Set(circle);
    const names = members.slice(0, SHOWN).map((one) => one.title);
    const more = members.length - names.length;
    const who = more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ").replace(/, ([^,]*)$/, " and $1");
    const edges = members
      .flatMap((one) => one.dependsOn.filter((id) => within.has(id)).map((before) => ({ one, before })))
      .slice(0, SHOWN);
    return (
      <section key={circle.join(" ")} className={classes.banner} role="alert">
        <IconRefreshAlert size={18} stroke={1.7} aria-hidden />
        <div className={classes.words}>
          <p className={classes.title}>{who} wait for one another</p>
          <p className={classes.text}>
            None of them can be first. {context.plans ? "Take one dependency away:" : "The team has to take one away."}
          </p>
          {context.plans && (
            <ul className={classes.ways}>
              {edges.map(({ one, before }) => (
                <li key={`${one.id} ${before}`}>
                  <Button variant="default" size="compact-sm" onClick={() => drop(one, before)}>
                    {one.title} no longer waits for {byId.get(before)?.title ?? "it"}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
    );
  });
}
