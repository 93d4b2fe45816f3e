// The certificate of an approval, made to be printed: what was approved, who decided what, and every hash and time it
// rests on. The export folder beside it is what an outsider checks it with.

import { Button } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { DecisionView } from "#renderer/data/approval-types.ts";
import { noteExport } from "#renderer/data/export-reports.ts";
import { useData, useObserved } from "#renderer/data/hooks.tsx";
import { approvalPath } from "#renderer/fields/approval-paths.ts";
import {
  clockWords,
  decisionWords,
  ignoredWords,
  newKeyWords,
  problemWords,
  stampWords,
} from "#renderer/fields/approval-words.ts";
import { FieldContextProvider } from "#renderer/fields/field-context.tsx";
import { download } from "#renderer/ui/download.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { Page } from "#renderer/ui/page.tsx";
import { parseSubject } from "#shared/model/approval-subject.ts";
import { certificateFacts } from "./certificate-facts.ts";
import classes from "./certificate.module.css";
import { SubjectFields } from "./subject-panels.tsx";
import { useApproval, type ApprovalContext } from "./use-approval.ts";

type Props = { readonly spaceId: string; readonly requestId: string };

export function CertificatePage({ spaceId, requestId }: Props) {
  const context = useApproval(spaceId, requestId);
  if (context === undefined || context === "missing") return <Page title="Certificate" />;
  return (
    <FieldContextProvider space={spaceId} ids={[spaceId]}>
      <Certificate context={context} />
    </FieldContextProvider>
  );
}

function Certificate({ context }: { readonly context: ApprovalContext }) {
  const data = useData();
  const { approvals } = data;
  const { view, request, nameOf } = context;
  const [openedAt] = useState(() => new Date().toISOString());
  const [packing, setPacking] = useState(false);
  const heads = useObserved(`heads ${view.space}`, (data) => data.approvals.heads(view.space)) ?? [];
  const chainKey = useObserved("chain key", (data) => data.approvals.chainKey());
  const head = heads.find((one) => one.facet === view.facet);
  const project = useObserved(
    `project ${view.space}`,
    async (data) => (await data.query.record(view.space))?.title ?? "",
  );
  const alarms = useObserved(`alarms ${view.space}`, (data) => data.approvals.alarms(view.space)) ?? [];
  const subject = parseSubject(request.subject);
  const { warnings, outcome, decisions, isSigned } = certificateFacts(view, request, alarms);
  const pack = async (): Promise<void> => {
    setPacking(true);
    const folder = await approvals.exportFolder(view.space);
    if (folder.ok) await noteExport(data, { what: "approvals" }, view.space);
    setPacking(false);
    if (folder.ok) download(folder.value, `approvals-${view.space}.zip`);
    else showProblem(folder.error.message);
  };
  return (
    <Page
      title="Certificate"
      breadcrumb={<Link to={approvalPath({ space: view.space, request })}>{request.title}</Link>}
      actions={
        <span className={classes.actions}>
          <Button
            variant="default"
            leftSection={<IconDownload size={17} aria-hidden />}
            loading={packing}
            onClick={() => void pack()}
          >
            Export to verify
          </Button>
          <Button color="amber" leftSection={<IconPrinter size={17} aria-hidden />} onClick={() => window.print()}>
            Print
          </Button>
        </span>
      }
    >
      <article className={classes.certificate}>
        <header>
          <p className={classes.organization}>{context.organization}</p>
          <h2>Approval of {request.title}</h2>
          <p>
            {project === undefined || project === "" ? "" : `${project}, `}revision {request.revision}
          </p>
          {warnings.length > 0 && (
            <section className={classes.warning} role="alert" aria-label="Record of decisions">
              <p>
                <strong>This record is in doubt. What stands below is not confirmed.</strong>
              </p>
              {warnings.map((words) => (
                <p key={words}>{words}</p>
              ))}
            </section>
          )}
          <p className={classes.outcome}>{outcome}</p>
        </header>
        <section aria-labelledby="certificate-subject">
          <h3 id="certificate-subject">What was put up for approval</h3>
          {subject !== undefined && <SubjectFields subject={subject} contentHash={undefined} />}
          {subject?.attachments.map(({ id, title, sha256 }) => (
            <p key={id}>
              {title}
              <code className={classes.hash}>{sha256}</code>
            </p>
          ))}
          <p>
            Content hash (SHA-256 of the canonical subject)
            <code className={classes.hash}>{request.contentHash}</code>
          </p>
        </section>
        <section aria-labelledby="certificate-asked">
          <h3 id="certificate-asked">Asked</h3>
          <p>
            {nameOf(request.requestedBy)} on {stampWords(request.at)}: {request.approvers.map(nameOf).join(", ")};{" "}
            {request.required} of {request.approvers.length} needed
            {request.order === "inOrder" ? ", one after the other" : ""}.
          </p>
        </section>
        <section aria-labelledby="certificate-decisions">
          <h3 id="certificate-decisions">Decided</h3>
          {decisions.length === 0 && <p>Nobody has decided yet.</p>}
          <ol>
            {decisions.map(({ decision: one, doesNotCount }) => (
              <li key={one.id}>
                <strong>{nameOf(one.decidedBy)}</strong> {decisionWords(one, nameOf)}
                {one.reason !== undefined && <>: “{one.reason}”</>}
                <br />
                Signed {stampWords(one.at)} by the device&apos;s clock.{" "}
                {one.delivery.state === "counts"
                  ? `Received ${stampWords(one.delivery.receivedAt)}, link ${one.delivery.seq} of the chain.`
                  : one.delivery.state === "void"
                    ? problemWords[one.delivery.problem]
                    : "Not yet recorded."}
                <code className={classes.hash}>key {one.keyId}</code>
                {one.delivery.state === "counts" && <>Registered {stampWords(one.delivery.key.registeredAt)}.</>}
                {one.newKey !== undefined && <> {newKeyWords(one.newKey, nameOf(one.decidedBy))}</>}
                <ClockDoubt one={one} />
                {doesNotCount && (
                  <>
                    <br />
                    <strong>{ignoredWords}</strong>
                  </>
                )}
              </li>
            ))}
          </ol>
        </section>
        <footer>
          {head !== undefined && (
            <p>
              Chain of decisions of this project, link {head.seq}
              <code className={classes.hash}>{head.hash}</code>
            </p>
          )}
          {chainKey !== undefined && (
            <p>
              {isSigned ? "The server signs that chain with the key" : "Not signed with the key this device knows:"}
              <code className={classes.hash}>{chainKey.publicKey}</code>
            </p>
          )}
          <p>
            Printed {stampWords(openedAt)}. The signatures prove which keys signed, not what a person understood. The
            export folder holds everything to check this without the product.
          </p>
        </footer>
      </article>
    </Page>
  );
}

/** Both times stand above; where they cannot both be true, that is said. */
function ClockDoubt({ one }: { readonly one: DecisionView }) {
  const words = clockWords(one);
  return words === undefined ? null : <> {words}</>;
}
