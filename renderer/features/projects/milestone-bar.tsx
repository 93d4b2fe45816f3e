// A milestone on the day scale: a small bridge that is moved by its deck and stretched by its posts, by pointer or by keys.
// While it is dragged nothing but its own style changes, so that a thousand neighbours cost nothing.

import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import classes from "./milestone-timeline.module.css";
import { draggedDays, type DragEdge, type Forecast } from "./schedule.ts";
import type { MilestoneView } from "./project-view.ts";
import type { TimeScale } from "./time-scale.ts";

export type MoveDays = (milestone: MilestoneView, days: { readonly from: string; readonly to: string }) => void;

type Props = {
  readonly milestone: MilestoneView;
  readonly from: string;
  readonly to: string;
  readonly scale: TimeScale;
  readonly forecast: Forecast | undefined;
  readonly showCritical: boolean;
  /** Absent for readers. */
  readonly onDays?: MoveDays | undefined;
  readonly onOpen: (id: string) => void;
  /** Says a draft in words, for those who do not see it. */
  readonly onDraft: (words: string) => void;
  readonly dayWords: (day: string) => string;
};

type Draft = { edge: DragEdge; days: number; originX: number; pointer: number | undefined };

const WEEK = 7;

/** Arrow keys move it, with Shift they move its end, with Alt its start; Page keys go by weeks. */
function keyStep(event: KeyboardEvent): { edge: DragEdge; days: number } | undefined {
  const edge: DragEdge = event.shiftKey ? "end" : event.altKey ? "start" : "move";
  switch (event.key) {
    case "ArrowLeft":
      return { edge, days: -1 };
    case "ArrowRight":
      return { edge, days: 1 };
    case "PageUp":
      return { edge, days: -WEEK };
    case "PageDown":
      return { edge, days: WEEK };
    default:
      return undefined;
  }
}

export function MilestoneBar(props: Props) {
  const { milestone, from, to, scale, forecast, showCritical, onDays, onOpen, onDraft, dayWords } = props;
  const bar = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const draft = useRef<Draft | undefined>(undefined);
  const span = scale.span(from, to);

  const show = (): void => {
    const { current } = draft;
    if (bar.current === null || tip.current === null) return;
    const days = current === undefined ? { from, to } : draggedDays(from, to, current.edge, current.days);
    const { left, width } = scale.span(days.from, days.to);
    bar.current.style.left = `${left}px`;
    bar.current.style.width = `${width}px`;
    bar.current.toggleAttribute("data-dragging", current !== undefined);
    tip.current.textContent = `${dayWords(days.from)} to ${dayWords(days.to)}`;
  };
  const finish = (keep: boolean): void => {
    const { current } = draft;
    draft.current = undefined;
    if (current === undefined) return;
    if (!keep || current.days === 0) return show();
    bar.current?.removeAttribute("data-dragging");
    onDays?.(milestone, draggedDays(from, to, current.edge, current.days));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (onDays === undefined || event.button !== 0) return;
    const { edge } = (event.target as HTMLElement).dataset;
    event.currentTarget.setPointerCapture(event.pointerId);
    draft.current = {
      edge: edge === "start" || edge === "end" ? edge : "move",
      days: 0,
      originX: event.clientX,
      pointer: event.pointerId,
    };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const { current } = draft;
    if (current?.pointer !== event.pointerId) return;
    const days = Math.round((event.clientX - current.originX) / scale.pixelsPerDay);
    if (days === current.days) return;
    current.days = days;
    show();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (draft.current === undefined) onOpen(milestone.id);
      else finish(true);
      return;
    }
    if (event.key === "Escape" && draft.current !== undefined) {
      event.stopPropagation();
      finish(false);
      onDraft(`${milestone.title} left where it was`);
      return;
    }
    const step = onDays === undefined ? undefined : keyStep(event);
    if (step === undefined) return;
    event.preventDefault();
    // Another edge begins another change.
    if (draft.current !== undefined && draft.current.edge !== step.edge) finish(true);
    const days = (draft.current?.days ?? 0) + step.days;
    draft.current = { edge: step.edge, days, originX: 0, pointer: undefined };
    show();
    const dates = draggedDays(from, to, step.edge, days);
    onDraft(`${milestone.title}, ${dayWords(dates.from)} to ${dayWords(dates.to)}. Enter saves, Escape restores.`);
  };
  const slip = forecast?.slip ?? 0;
  const critical = showCritical && forecast?.critical === true;
  return (
    <>
      {slip > 0 && forecast !== undefined && (
        <span
          className={classes.slip}
          style={{ left: span.left + span.width, width: scale.x(forecast.end) - scale.x(to) }}
          title={`At this pace done on ${dayWords(forecast.end)}, ${slip} days after the target`}
        />
      )}
      <div
        ref={bar}
        className={classes.bridge}
        data-state={milestone.state}
        data-late={milestone.late > 0 || undefined}
        data-critical={critical || undefined}
        data-moves={onDays !== undefined || undefined}
        style={{ left: span.left, width: span.width }}
        role="button"
        tabIndex={0}
        aria-label={`${milestone.title}, ${dayWords(from)} to ${dayWords(to)}${critical ? ", on the critical path" : ""}${slip > 0 ? `, ${slip} days behind` : ""}`}
        aria-keyshortcuts={onDays === undefined ? undefined : "ArrowLeft ArrowRight Shift+ArrowRight Alt+ArrowRight"}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => finish(true)}
        onPointerCancel={() => finish(false)}
        onDoubleClick={() => onOpen(milestone.id)}
        onKeyDown={onKeyDown}
        onBlur={() => finish(true)}
      >
        <span className={classes.deck}>
          <span
            className={classes.fill}
            style={{ width: milestone.state === "done" ? "100%" : `${milestone.progress * 100}%` }}
          />
          <span className={classes.label}>{milestone.title}</span>
        </span>
        {onDays !== undefined && (
          <>
            <span className={classes.postStart} data-edge="start" />
            <span className={classes.postEnd} data-edge="end" />
          </>
        )}
        <span ref={tip} className={classes.tip} aria-hidden="true" />
      </div>
    </>
  );
}
