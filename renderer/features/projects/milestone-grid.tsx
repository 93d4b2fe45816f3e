// Table and timeline as one grid that scrolls both ways: the table stays at the left, heads stay at the top, and of a
// thousand rows only those in view are drawn.

import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { MilestoneTable, type MilestoneListProps } from "./milestone-table.tsx";
import { MilestoneTimeline } from "./milestone-timeline.tsx";
import classes from "./milestone-grid.module.css";
import type { MoveDays } from "./milestone-bar.tsx";
import { barOf, ROW_HEIGHT } from "./milestone-rows.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import { dayWords } from "./project-days.ts";
import { createTimeScale, type Zoom } from "./time-scale.ts";
import { useSave } from "./use-save.ts";

type Props = MilestoneListProps & {
  readonly timeline: boolean;
  readonly zoom: Zoom;
  readonly showCritical: boolean;
};

const OVERSCAN = 6;
/** Rows drawn before the frame's height is known. */
const FIRST_HEIGHT = 800;
const TABLE_SHARE = 0.59;

export function MilestoneGrid({ timeline, zoom, showCritical, ...list }: Props) {
  const { context, rows } = list;
  const { edit } = useData();
  const save = useSave();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizer, width } = useElementSize();
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    initialRect: { width: 0, height: FIRST_HEIGHT },
  });
  const items = virtual.getVirtualItems();
  const window = {
    indexes: items.map((item) => item.index),
    before: items[0]?.start ?? 0,
    after: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
  const room = Math.floor(width * (1 - TABLE_SHARE));
  const scale = useMemo(() => {
    const days = rows.flatMap((row) => {
      const bar = barOf(row);
      return bar === undefined ? [] : [bar.from, bar.to];
    });
    return createTimeScale(days, context.today, zoom, room);
  }, [rows, context.today, zoom, room]);

  // Opens where we are; from then on the person scrolls.
  useLayoutEffect(() => {
    if (timeline && room > 0) scroller.current?.scrollTo({ left: scale.x(context.today) - room / 3 });
    // oxlint-disable-next-line react/exhaustive-deps
  }, [timeline, room, zoom]);

  const outside = context.members.filter((member) => member.persona === "client").length;
  const onDays: MoveDays = (milestone, { from, to }) => {
    const day = (date: string): string => dayWords(date, context.today, context.locale);
    const values = {
      ...(milestone.startDate === undefined ? {} : { startDate: from }),
      ...(milestone.targetDate === undefined ? {} : { targetDate: to }),
    };
    const seen = outside === 0 ? "" : `. ${countWords(outside, "person", "people")} at the client see it`;
    void save(edit.set(milestone.id, values), `${milestone.title}: ${day(from)} to ${day(to)}${seen}`);
  };
  return (
    <div className={classes.frame}>
      <div ref={useMergedRef(scroller, sizer)} className={classes.scroller} tabIndex={-1}>
        <div className={classes.halves} data-timeline={timeline || undefined}>
          <MilestoneTable {...list} window={window} selected={selected} onSelect={setSelected} />
          {timeline && (
            <MilestoneTimeline
              context={context}
              rows={rows}
              window={window}
              scale={scale}
              zoom={zoom}
              selected={selected}
              showCritical={showCritical}
              onSelect={setSelected}
              onOpen={list.onOpen}
              onDays={context.plans ? onDays : undefined}
            />
          )}
        </div>
      </div>
      {timeline && (
        <footer className={classes.legend}>
          <span className={classes.key} data-kind="done">
            done
          </span>
          <span className={classes.key} data-kind="current">
            under way
          </span>
          <span className={classes.key} data-kind="ahead">
            planned
          </span>
          {showCritical && (
            <span className={classes.key} data-kind="critical">
              critical path
            </span>
          )}
          <span className={classes.key} data-kind="slip">
            behind its target at this pace
          </span>
          {context.plans && (
            <span className={classes.keys}>Drag a bar or an end; keys: arrows, Shift or Alt, Enter</span>
          )}
          {context.team && outside > 0 && (
            <span className={classes.seen}>
              <AudienceMark facet="client" /> {countWords(outside, "person", "people")} at the client see milestone
              dates
            </span>
          )}
        </footer>
      )}
    </div>
  );
}
