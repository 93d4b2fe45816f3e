// What people from outside asked about their data, and the answers of an owner or manager. Saying yes to an erasure cannot
// be taken back, so it says first what goes.

import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useData, useSession } from "#renderer/data/hooks.tsx";
import type { RequestForProvider } from "#renderer/data/trust-types.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { consentCovers } from "#shared/model/consent.ts";
import { countWords } from "#renderer/ui/count-words.ts";
import { ErasureChoice } from "./erasure-choice.tsx";
import { NotAnswered } from "./not-answered.tsx";
import { RequestAnswer } from "./request-answer.tsx";
import classes from "./trust.module.css";
import { useAnswer } from "./use-answer.ts";

const kinds = { erasure: "Asks to be erased", consent: "Withdraws consent" } as const;

export function PrivacyRequestsPage() {
  const session = useSession();
  if (session.kind !== "signedIn") return null;
  const { persona } = session.me;
  return (
    <Page title="Data requests" meta="What clients, partners and customers ask about their data">
      <div className={classes.columns}>
        {persona === "owner" || persona === "manager" ? (
          <Requests />
        ) : (
          <EmptyState
            kind="noPermission"
            title="For owners and managers"
            text="Requests about personal data are answered by an owner or a manager. Tell one of them."
          />
        )}
      </div>
    </Page>
  );
}

function Requests() {
  const { asked, again } = useAnswer("requests", (data) => data.trust.privacyRequests());
  const [answering, setAnswering] = useState<RequestForProvider>();
  if (asked.kind !== "shown")
    return (
      <Panel>
        <NotAnswered asked={asked} again={again} />
      </Panel>
    );
  return (
    <Panel flush title="Requests">
      {asked.value.length === 0 ? (
        <EmptyState
          kind="nothingToDo"
          title="Nobody has asked"
          text="Everybody from outside has a page My data, where they can withdraw consent or ask to be erased. It comes here."
        />
      ) : (
        <ul className={classes.rows}>
          {asked.value.map((request) => (
            <li key={request.id} className={classes.item}>
              <div className={classes.itemHead}>
                <span className={classes.name}>{request.name === "" ? "Erased person" : request.name}</span>
                <span className={classes.quiet}>{request.email}</span>
                <span>{kinds[request.kind]}</span>
              </div>
              <RequestAnswer request={request} />
              {request.state === "open" ? (
                <div className={classes.buttons}>
                  <Button size="xs" variant="default" onClick={() => setAnswering(request)}>
                    Answer
                  </Button>
                </div>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {answering === undefined ? null : (
        <AnswerDialog
          request={answering}
          onClose={() => setAnswering(undefined)}
          onAnswered={() => {
            setAnswering(undefined);
            again();
          }}
        />
      )}
    </Panel>
  );
}

type AnswerDialogProps = {
  readonly request: RequestForProvider;
  readonly onClose: () => void;
  readonly onAnswered: () => void;
};

function AnswerDialog({ request, onClose, onAnswered }: AnswerDialogProps) {
  const data = useData();
  const [answer, setAnswer] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>(() => request.about.map(({ recordId }) => recordId));
  const [busy, setBusy] = useState(false);
  const isErasure = request.kind === "erasure";
  const send = async (decision: "done" | "declined"): Promise<void> => {
    setBusy(true);
    const sent = await data.trust.answer(request.id, { decision, answer: answer.trim(), records: chosen });
    setBusy(false);
    if (!sent.ok) return showProblem(sent.error.message);
    showDone(decision === "done" && isErasure ? `${request.name} is erased.` : "Answered.");
    onAnswered();
  };
  return (
    <Modal opened onClose={onClose} title={`${request.name}: ${kinds[request.kind].toLowerCase()}`} size="lg">
      {isErasure ? (
        <ErasureChoice request={request} chosen={chosen} onChosen={setChosen} />
      ) : (
        <p className={classes.text}>
          {request.covers.length === 0
            ? "They said it in their own words: do what follows from it, then say so."
            : `In force already: ${request.covers.map((cover) => consentCovers[cover].toLowerCase()).join("; ")}. ${countWords(request.records.length, "contact is", "contacts are")} marked or kept out of other spaces.`}
        </p>
      )}
      <Textarea
        mt="md"
        label="Your answer"
        description="The person reads it on their page."
        autosize
        minRows={2}
        maxLength={2_000}
        value={answer}
        onChange={(event) => setAnswer(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Not now
        </Button>
        {isErasure && (
          <Button variant="default" loading={busy} onClick={() => void send("declined")}>
            Decline
          </Button>
        )}
        <Button color={isErasure ? "brick" : "amber"} loading={busy} onClick={() => void send("done")}>
          {isErasure ? "Erase for good" : "Answer"}
        </Button>
      </Group>
    </Modal>
  );
}
