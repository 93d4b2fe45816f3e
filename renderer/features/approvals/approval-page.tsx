// One request to approve: for who is asked a page to decide on, phone first; for everybody else where it stands.

import { Button, Menu } from "@mantine/core";
import { IconCertificate, IconCircleCheck, IconDots } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { noPart } from "#renderer/data/my-part.ts";
import { useData, useSpaces } from "#renderer/data/hooks.tsx";
import { useRights } from "#renderer/data/rights.ts";
import { approvalPath, askPath, certificatePath } from "#renderer/fields/approval-paths.ts";
import { nextRevision, outcomeTone, outcomeWords, stampWords, yourWords } from "#renderer/fields/approval-words.ts";
import { ChainAlarm } from "#renderer/fields/chain-alarm.tsx";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { ViewAsButton } from "#renderer/fields/view-as-items.tsx";
import { shortDate } from "#renderer/fields/times.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import type { DecisionKind } from "#shared/model/approvals.ts";
import { parseSubject } from "#shared/model/approval-subject.ts";
import { isInternal, isPersona } from "#shared/model/personas.ts";
import classes from "./approvals.module.css";
import { DecideBar } from "./decide-bar.tsx";
import { DecisionList } from "./decision-list.tsx";
import { SignedHere } from "./signed-here.tsx";
import { Attachments, Difference, Fingerprints, SubjectFields } from "./subject-panels.tsx";
import { useApproval, type ApprovalContext } from "./use-approval.ts";

type Props = { readonly spaceId: string; readonly requestId: string };

export function ApprovalPage({ spaceId, requestId }: Props) {
  const context = useApproval(spaceId, requestId);
  if (context === undefined) return <Page title="Approval" />;
  if (context === "missing") {
    return (
      <Page title="Approval">
        <EmptyState
          kind="notOnDevice"
          title="This request is not on this device"
          text="Either it has not arrived yet, or it is not shared with you."
          action={<Link to={`/projects/${spaceId}/approvals`}>Approvals of the project</Link>}
        />
      </Page>
    );
  }
  return (
    <FieldContextProvider space={spaceId} ids={[spaceId]}>
      <Opened context={context} />
    </FieldContextProvider>
  );
}

function Opened({ context }: { readonly context: ApprovalContext }) {
  const { view, request } = context;
  const space = useSpaces()?.find((one) => one.id === view.space);
  const subject = parseSubject(request.subject);
  const isNewest = request.id === view.request.id;
  const mine = isNewest ? view.mineHere : undefined;
  const { readOnly } = useRights();
  const mayObject = view.mine.mayObject && !view.isStale && view.mineHere === undefined;
  const part = view.needsMe ? "decide" : mayObject ? "object" : undefined;
  return (
    <Page
      title={request.title}
      breadcrumb={
        <>
          <Link to="/projects">Projects</Link> <span aria-hidden="true">/</span>{" "}
          <Link to={`/projects/${view.space}`}>{space?.name ?? "Project"}</Link> <span aria-hidden="true">/</span>{" "}
          <Link to={`/projects/${view.space}/approvals`}>Approvals</Link>
        </>
      }
      meta={
        <span className={classes.meta}>
          revision {request.revision}
          {isNewest && <StatusChip tone={outcomeTone(view)}>{outcomeWords(view)}</StatusChip>}
        </span>
      }
      actions={<Actions context={context} persona={space?.persona} />}
    >
      <div className={classes.page}>
        <ChainAlarm space={view.space} />
        {!isNewest && (
          <p className={classes.note} role="status">
            This is revision {request.revision}. <Link to={approvalPath(view)}>Revision {view.request.revision}</Link>{" "}
            is the one that counts now.
          </p>
        )}
        {mine !== undefined ? (
          <SignedHere context={context} mine={mine} />
        ) : (
          <>
            {isNewest && view.isStale && <Stale context={context} />}
            {isNewest && !view.isStale && <Decided context={context} />}
            <Panel>
              <p className={classes.asks}>
                <PersonAvatar name={context.nameOf(request.requestedBy)} size={28} decorative />
                <span>
                  <strong>{context.nameOf(request.requestedBy)}</strong>{" "}
                  {view.needsMe ? "asks you" : `asks ${request.approvers.map((id) => context.nameOf(id)).join(", ")}`}
                  {request.dueDate === undefined ? "" : `, due ${shortDate(request.dueDate)}`}
                  {view.isOverdue && <span className={classes.bad}> (late)</span>}
                </span>
              </p>
              {request.message !== undefined && <p className={classes.message}>{request.message}</p>}
              {subject !== undefined && (
                <SubjectFields subject={subject} contentHash={context.team ? request.contentHash : undefined} />
              )}
            </Panel>
            {isNewest && view.approvedBefore !== undefined && (
              <Difference
                title={`Since revision ${view.approvedBefore.revision}`}
                aside="which was approved"
                before={view.approvedBefore.subject}
                after={request.subject}
              />
            )}
            {subject !== undefined && <Attachments subject={subject} hashes={context.team} />}
            {isNewest && <Standing context={context} />}
          </>
        )}
        {isNewest && view.needsMe && readOnly !== undefined && (
          <p className={classes.note} role="note">
            This is where {context.meName} decides. Through the lens nothing can be signed.
          </p>
        )}
        <DecisionList context={context} />
        {!context.team && <Fingerprints subject={subject} contentHash={request.contentHash} />}
      </div>
      {isNewest && readOnly === undefined && part !== undefined && <DecideBar context={context} part={part} />}
    </Page>
  );
}

/** To whoever has decided: that it arrived, and whether anything is still asked of him. */
function Decided({ context }: { readonly context: ApprovalContext }) {
  const { view, meName, organization, nameOf } = context;
  const { decided } = view.mine;
  if (decided === undefined) return null;
  return (
    <section className={classes.arrived} role="status">
      <IconCircleCheck size={22} stroke={1.7} aria-hidden />
      <p>
        <strong>{yourWords(decided)}</strong> Signed as {meName} on {stampWords(decided.at)} and recorded by{" "}
        {organization || "the server"}.{" "}
        {decided.decision === "approve"
          ? "Nothing more is needed from you."
          : `${nameOf(view.request.requestedBy)} is told.`}
      </p>
    </section>
  );
}

/** Decided for its revision only: what is different now, and who has to act on it. */
function Stale({ context }: { readonly context: ApprovalContext }) {
  const { view } = context;
  const { readOnly } = useRights();
  const isAsker = isInternal(context.personaOf(context.meId) ?? "customer");
  const decided =
    view.status.outcome === "approved" ? `Approved rev ${view.request.revision}` : `Revision ${view.request.revision}`;
  return (
    <>
      <section className={classes.stale} role="status">
        <p>
          <strong>
            {decided}, the current content is {view.status.outcome === "approved" ? "not approved" : "another one"}.
          </strong>{" "}
          It was changed after it was put up for approval.
          {isAsker ? "" : ` ${context.nameOf(view.request.requestedBy)} has to ask again.`}
        </p>
        {isAsker && readOnly === undefined && view.about !== undefined && (
          <Button component={Link} to={askPath(view.space, view.about.id)} color="amber">
            Ask again for revision {nextRevision(view)}
          </Button>
        )}
      </section>
      {view.subjectNow !== undefined && (
        <Difference
          title={`Changed since revision ${view.request.revision}`}
          before={view.request.subject}
          after={view.subjectNow}
        />
      )}
    </>
  );
}

function Standing({ context }: { readonly context: ApprovalContext }) {
  const { status } = context.view;
  if (context.view.delivery.state === "here") return <p className={classes.quiet}>Asked here, not yet delivered.</p>;
  if (status.outcome !== "pending") return null;
  const names = status.waitingFor.map((id) => (id === context.meId ? "you" : context.nameOf(id)));
  const isMineOnItsWay = status.waitingFor.includes(context.meId) && !context.view.mine.isAsked;
  return (
    <p className={classes.quiet}>
      {status.approvals} of {status.required} approved.{" "}
      {context.view.delivery.state !== "counts"
        ? "The request is being recorded."
        : isMineOnItsWay
          ? "What you signed is delivered and being recorded."
          : `Waiting for ${names.join(", ")}.`}
    </p>
  );
}

/** What else can be done: withdraw one's own word, call the request off, the certificate. */
function Actions({ context, persona }: { readonly context: ApprovalContext; readonly persona: string | undefined }) {
  const { approvals } = useData();
  const { readOnly } = useRights();
  const { view, request, meId } = context;
  const decide = async (decision: DecisionKind): Promise<void> => {
    const signed = await approvals.decide({ request: view.request.id, decision });
    if (!signed.ok) showProblem(saveProblem(signed.error));
  };
  const isNewest = request.id === view.request.id;
  // What waits here is taken back, not withdrawn.
  const { decided, passedOnTo } = isNewest && view.mineHere === undefined ? view.mine : noPart;
  const canCancel = isNewest && request.requestedBy === meId && view.status.outcome === "pending";
  if (persona === undefined) return null;
  return (
    <>
      {view.decisions.some((one) => one.delivery.state === "counts") && (
        <Button
          component={Link}
          to={certificatePath(view.space, request.id)}
          variant="default"
          leftSection={<IconCertificate size={17} aria-hidden />}
        >
          Certificate
        </Button>
      )}
      {isPersona(persona) && <ViewAsButton space={view.space} persona={persona} />}
      {readOnly === undefined && (decided !== undefined || passedOnTo !== undefined || canCancel) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label="More">
              <IconDots size={17} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {decided !== undefined && (
              <Menu.Item onClick={() => void decide("withdraw")}>
                Withdraw my decision of {stampWords(decided.at)}
              </Menu.Item>
            )}
            {passedOnTo !== undefined && (
              <Menu.Item onClick={() => void decide("withdraw")}>
                Decide myself instead of {context.nameOf(passedOnTo)}
              </Menu.Item>
            )}
            {canCancel && <Menu.Item onClick={() => void decide("cancel")}>Withdraw the request</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
