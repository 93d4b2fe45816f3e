// What the organization holds about the person who is looking, and who can see it, by name; taking it along, withdrawing
// consent, and asking for erasure. For people from outside.

import { Button, Checkbox, Stack, Textarea } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useData, useSession, useTitles } from "#renderer/data/hooks.tsx";
import { consentCoverNames, consentCovers, isConsentCover, type ConsentCover } from "#shared/model/consent.ts";
import type { HeldData, Reader } from "#shared/model/held-data.ts";
import type { MyData, PrivacyRequest } from "#renderer/data/trust-types.ts";
import { FieldCell } from "#renderer/fields/field-views.tsx";
import { exactTime } from "#renderer/fields/times.ts";
import { download, datedName } from "#renderer/ui/download.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { NotAnswered } from "./not-answered.tsx";
import { RequestAnswer } from "./request-answer.tsx";
import classes from "./trust.module.css";
import { useAnswer } from "./use-answer.ts";

export function MyDataPage() {
  const session = useSession();
  const { asked, again } = useAnswer("my data", (data) => data.trust.myData());
  if (session.kind !== "signedIn") return null;
  const { me, organization } = session;
  if (isInternal(me.persona))
    return (
      <Page title="My data">
        <EmptyState
          kind="noPermission"
          title="For people from outside"
          text="This page is for clients, partners and customers. What the team holds belongs to the organization: take a copy of it under Settings."
        />
      </Page>
    );
  return (
    <Page title="My data" meta={`What ${organization} holds about you, and who can see it`}>
      <div className={classes.columns}>
        {asked.kind === "shown" ? (
          <Shown held={asked.value} onAsked={again} />
        ) : (
          <Panel>
            <NotAnswered asked={asked} again={again} />
          </Panel>
        )}
      </div>
    </Page>
  );
}

function Shown({ held, onAsked }: { readonly held: MyData; readonly onAsked: () => void }) {
  return (
    <>
      <Account held={held} />
      <Records held={held} />
      <LensUses held={held} />
      <WithdrawConsent requests={held.requests} onAsked={onAsked} />
      <Ask
        kind="erasure"
        title="Ask for erasure"
        text="Your account, the records about you and, if you ask for it, the comments, tasks and documents you made are then removed for good, from the server and from every device as it comes online. Words you typed into what somebody else made stay there, and what you signed stays under a number instead of your name. Devices that never come back keep what they had."
        button="Ask for erasure"
        requests={held.requests}
        onAsked={onAsked}
      />
    </>
  );
}

function Account({ held }: { readonly held: HeldData }) {
  const labelOf = usePersonaLabel();
  const data = useData();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    const file = await data.trust.myDataFile();
    setBusy(false);
    if (!file.ok) return showProblem(file.error.message);
    download(file.value, datedName("my-data", "json"));
  };
  const { account, devices, spaces } = held;
  return (
    <Panel
      flush
      title="Your account"
      aside={
        <Button
          size="xs"
          variant="default"
          loading={busy}
          leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}
          onClick={() => void save()}
        >
          Download all of it
        </Button>
      }
    >
      <div className={classes.padded}>
        <dl className={classes.facts}>
          <dt>Name</dt>
          <dd>{account.name}</dd>
          <dt>E-mail</dt>
          <dd>{account.email}</dd>
          <dt>You are here as</dt>
          <dd>{labelOf(account.persona)}</dd>
          <dt>Signed in on</dt>
          <dd>{devices === 1 ? "1 device" : `${devices} devices`}</dd>
        </dl>
      </div>
      <ul className={classes.rows}>
        {spaces.map((space) => (
          <li key={space.id} className={classes.item}>
            <span className={classes.name}>{space.name}</span>
            <span className={classes.quiet}>Everybody here sees your name: {namesOf(space.members, labelOf)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const namesOf = (readers: readonly Reader[], labelOf: (persona: Persona) => string): string =>
  readers.length === 0
    ? "nobody but you"
    : readers
        .map(({ name, persona }) => (isInternal(persona) ? name : `${name} (${labelOf(persona).toLowerCase()})`))
        .join(", ");

function Records({ held }: { readonly held: HeldData }) {
  const labelOf = usePersonaLabel();
  return (
    <Panel flush title="Records">
      {held.records.length === 0 ? (
        <EmptyState kind="nothingToDo" title="None" text="There is no record about you, and you have written none." />
      ) : (
        <ul className={classes.rows}>
          {held.records.map((record) => {
            const type = findRecordType(record.type);
            return (
              <li key={`${record.id} ${record.why}`} className={classes.item}>
                <div className={classes.itemHead}>
                  <span className={classes.name}>{type?.label.one ?? "Record"}</span>
                  <span className={classes.quiet}>{record.why}</span>
                </div>
                <dl className={classes.facts}>
                  {Object.entries(record.fields).map(([field, value]) => {
                    const spec = type?.fields[field];
                    return (
                      <div key={field} style={{ display: "contents" }}>
                        <dt>{spec?.label ?? field}</dt>
                        <dd>{spec === undefined ? JSON.stringify(value) : <FieldCell spec={spec} value={value} />}</dd>
                      </div>
                    );
                  })}
                </dl>
                <span className={classes.quiet}>Can see it: {namesOf(record.readers, labelOf)}</span>
              </li>
            );
          })}
        </ul>
      )}
      <p className={classes.head}>
        The team may keep notes of its own about its work with you. Ask for them below; they are not sent to this
        device.
      </p>
    </Panel>
  );
}

function LensUses({ held }: { readonly held: MyData }) {
  const titles = useTitles(held.lensUses.map(({ record }) => record));
  return (
    <Panel flush title="Who looked as you">
      {held.lensUses.length === 0 ? (
        <p className={classes.head}>Nobody. The team can look at a page the way you see it, to check what it shares.</p>
      ) : (
        <ul className={classes.rows}>
          {held.lensUses.map(({ at, by, byName, record }) => (
            <li key={`${at} ${by} ${record}`} className={classes.item}>
              <span className={classes.name}>{byName === "" ? "Somebody of the team" : byName}</span>
              <span className={classes.quiet}>
                {titles?.get(record) ?? "A record"}, {exactTime(at)}. Read-only.
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

type ConsentProps = { readonly requests: readonly PrivacyRequest[]; readonly onAsked: () => void };

/** Takes effect at once: nobody has to say yes to it. */
function WithdrawConsent({ requests, onAsked }: ConsentProps) {
  const { trust } = useData();
  const [covers, setCovers] = useState<readonly ConsentCover[]>([]);
  const [busy, setBusy] = useState(false);
  const isInForce = requests.some((request) => request.covers.length > 0);
  const giveAgain = async (): Promise<void> => {
    setBusy(true);
    const given = await trust.giveConsentAgain();
    setBusy(false);
    if (!given.ok) return showProblem(given.error.message);
    showDone("You have given consent again.");
    onAsked();
  };
  return (
    <Ask
      kind="consent"
      title="Withdraw your consent"
      text="It holds from the moment you say it, and the team sees it. Devices that never come back keep what they had."
      button="Withdraw my consent"
      requests={requests}
      covers={covers}
      onAsked={() => {
        setCovers([]);
        onAsked();
      }}
      foot={
        isInForce && (
          <Button variant="subtle" loading={busy} onClick={() => void giveAgain()}>
            Give consent again
          </Button>
        )
      }
    >
      <Checkbox.Group
        label="What you no longer want"
        value={[...covers]}
        onChange={(next) => setCovers(next.filter(isConsentCover))}
      >
        <Stack gap={8} mt={8}>
          {consentCoverNames.map((cover) => (
            <Checkbox key={cover} value={cover} label={consentCovers[cover]} />
          ))}
        </Stack>
      </Checkbox.Group>
    </Ask>
  );
}

type AskProps = {
  readonly kind: PrivacyRequest["kind"];
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly requests: readonly PrivacyRequest[];
  readonly onAsked: () => void;
  readonly covers?: readonly ConsentCover[];
  readonly children?: ReactNode;
  readonly foot?: ReactNode;
};

function Ask({ kind, title, text, button, requests, onAsked, covers, children, foot }: AskProps) {
  const data = useData();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const own = requests.filter((request) => request.kind === kind);
  // A withdrawal waits for no answer to the one before.
  const isOpen = kind === "erasure" && own.some((request) => request.state === "open");
  const send = async (): Promise<void> => {
    setBusy(true);
    const sent = await data.trust.ask(kind, note.trim(), covers);
    setBusy(false);
    if (!sent.ok) return showProblem(sent.error.message);
    setNote("");
    showDone(
      kind === "consent"
        ? "It holds from now on. The team sees it."
        : "Sent. The team sees it now; the answer comes to this page.",
    );
    onAsked();
  };
  return (
    <Panel title={title}>
      <p className={classes.text}>{text}</p>
      {own.map((request) => (
        <RequestAnswer key={request.id} request={request} />
      ))}
      {isOpen ? null : (
        <div className={classes.asking}>
          {children}
          <Textarea
            label="In your words"
            autosize
            minRows={2}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <div className={classes.buttons}>
            <Button
              variant="default"
              loading={busy}
              disabled={covers?.length === 0 && note.trim() === ""}
              onClick={() => void send()}
            >
              {button}
            </Button>
          </div>
        </div>
      )}
      {foot}
    </Panel>
  );
}
