// The inbox: what asks for me, newest first; read, put off, or opened where it is.

import { ActionIcon, Button, Menu, Popover, Stack, Switch } from "@mantine/core";
import {
  IconAdjustments,
  IconAlertOctagon,
  IconAt,
  IconCalendarDue,
  IconCheck,
  IconCheckbox,
  IconClockExclamation,
  IconClockPause,
  IconEye,
  IconMail,
  IconMailOpened,
  IconSignature,
  IconUserPlus,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { singleKeysEnabled } from "#renderer/ui/single-keys.ts";
import { when } from "#renderer/ui/when.ts";
import classes from "./inbox-page.module.css";
import { inboxKinds, type InboxItem, type InboxKind } from "./inbox-items.ts";
import { markRead, mute, snooze, wake } from "./inbox-state.ts";
import { useInbox, type Inbox } from "./use-inbox.ts";

const icons: Readonly<Record<InboxKind, typeof IconAt>> = {
  approval: IconSignature,
  approvalDue: IconClockExclamation,
  decision: IconCheck,
  mention: IconAt,
  assignment: IconCheckbox,
  due: IconCalendarDue,
  refused: IconAlertOctagon,
  told: IconEye,
  joined: IconUserPlus,
};

const MORNING = 8;

/** Eight in the morning, so many days from now. */
function morningIn(days: number): string {
  const at = new Date();
  at.setDate(at.getDate() + days);
  at.setHours(MORNING, 0, 0, 0);
  return at.toISOString();
}

const delays = [
  { label: "Until tomorrow morning", days: 1 },
  { label: "For three days", days: 3 },
  { label: "For a week", days: 7 },
];

export function InboxPage() {
  const inbox = useInbox();
  const unread = inbox?.unread.length ?? 0;
  const nothing = inbox !== undefined && unread + inbox.read.length + inbox.snoozed.length === 0;
  return (
    <Page
      title="Inbox"
      meta={inbox === undefined ? undefined : unread === 0 ? "Nothing unread" : `${unread} unread`}
      actions={
        inbox !== undefined && (
          <>
            {unread > 0 && (
              <Button
                variant="default"
                size="compact-md"
                onClick={() =>
                  inbox.change((now) =>
                    markRead(
                      now,
                      inbox.unread.map((item) => item.id),
                      true,
                    ),
                  )
                }
              >
                Mark all read
              </Button>
            )}
            <Kinds inbox={inbox} />
          </>
        )
      }
    >
      {nothing && (
        <EmptyState
          kind="nothingToDo"
          title="Nothing asks for you"
          text="Approvals, mentions, tasks given to you and changes that were not accepted appear here, offline too."
        />
      )}
      {inbox !== undefined && (
        <div className={classes.groups}>
          <Items title="Unread" items={inbox.unread} inbox={inbox} />
          <Items title="Earlier" items={inbox.read} inbox={inbox} />
          <Items title="Put off" items={inbox.snoozed} inbox={inbox} />
        </div>
      )}
    </Page>
  );
}

function Kinds({ inbox }: { readonly inbox: Inbox }) {
  return (
    <Popover position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <Button variant="default" size="compact-md" leftSection={<IconAdjustments size={16} aria-hidden />}>
          What comes in
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={10} role="group" aria-label="What comes in">
          {(Object.keys(inboxKinds) as readonly InboxKind[]).map((kind) => (
            <Switch
              key={kind}
              label={inboxKinds[kind]}
              checked={!inbox.state.muted.includes(kind)}
              onChange={(event) => {
                const isOff = !event.currentTarget.checked;
                inbox.change((now) => mute(now, kind, isOff));
              }}
            />
          ))}
          <p className={classes.note}>The same on all your devices.</p>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

type ItemsProps = { readonly title: string; readonly items: readonly InboxItem[]; readonly inbox: Inbox };

function Items({ title, items, inbox }: ItemsProps) {
  if (items.length === 0) return null;
  return (
    <Panel title={title} aside={String(items.length)} flush>
      <ul className={classes.items}>
        {items.map((item) => (
          <Item key={item.id} item={item} inbox={inbox} />
        ))}
      </ul>
    </Panel>
  );
}

/** J and K go on to the next item and back. */
function focusNeighbour(from: HTMLElement, step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-inbox-item]")];
  links[links.indexOf(from) + step]?.focus();
}

function Item({ item, inbox }: { readonly item: InboxItem; readonly inbox: Inbox }) {
  const Icon = icons[item.kind];
  const { state, change } = inbox;
  const isRead = state.read.includes(item.id);
  const sleeps = state.snoozed[item.id] !== undefined && inbox.snoozed.includes(item);
  const toggle = (): void => change((now) => markRead(now, [item.id], !isRead));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysEnabled()) return;
    const key = event.key.toLowerCase();
    if (key === "j") focusNeighbour(event.currentTarget, 1);
    else if (key === "k") focusNeighbour(event.currentTarget, -1);
    else if (key === "e") toggle();
    else if (key === "s") change((now) => snooze(now, item.id, morningIn(1)));
    else return;
    event.preventDefault();
  };
  return (
    <li className={classes.item} data-unread={(!isRead && !sleeps) || undefined}>
      <span className={classes.icon} data-kind={item.kind}>
        <Icon size={17} stroke={1.8} aria-hidden />
      </span>
      <Link
        className={classes.words}
        to={item.address}
        search={item.open === undefined ? {} : { open: item.open }}
        data-inbox-item
        aria-keyshortcuts="j k e s"
        onClick={() => change((now) => markRead(now, [item.id], true))}
        onKeyDown={onKeyDown}
      >
        <span className={classes.title}>
          {!isRead && !sleeps && <span className={classes.hidden}>Unread: </span>}
          {item.title}
        </span>
        {item.detail !== "" && <span className={classes.detail}>{item.detail}</span>}
      </Link>
      <time className={classes.time} dateTime={item.at}>
        {sleeps ? `back ${when(state.snoozed[item.id] ?? "")}` : when(item.at)}
      </time>
      <span className={classes.tools}>
        {sleeps ? (
          <Button variant="subtle" size="compact-sm" onClick={() => change((now) => wake(now, item.id))}>
            Bring back
          </Button>
        ) : (
          <>
            <ActionIcon
              variant="subtle"
              size={30}
              aria-label={`Mark as ${isRead ? "unread" : "read"}: ${item.title}`}
              onClick={toggle}
            >
              {isRead ? <IconMail size={17} aria-hidden /> : <IconMailOpened size={17} aria-hidden />}
            </ActionIcon>
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="subtle" size={30} aria-label={`Put off: ${item.title}`}>
                  <IconClockPause size={17} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {delays.map(({ label, days }) => (
                  <Menu.Item key={days} onClick={() => change((now) => snooze(now, item.id, morningIn(days)))}>
                    {label}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </>
        )}
      </span>
    </li>
  );
}
