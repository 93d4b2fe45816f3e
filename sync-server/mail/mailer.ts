// Mail over the operator's SMTP server, when there is one. Knows how to send and what an invitation says, nothing of who may
// invite whom or what else is sent.

import type { Transporter } from "nodemailer";
import type { Config } from "#sync-server/config.ts";

export type InvitationMail = {
  readonly to: string;
  readonly organization: string;
  readonly invitedBy: string;
  readonly personaName: string;
  /** Empty for the team. */
  readonly spaceName: string;
  readonly link: string;
};

export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

export type PasswordMail = {
  readonly to: string;
  readonly organization: string;
  readonly madeBy: string;
  readonly link: string;
};

export type Mailer = {
  /** False when the mail server did not take it. */
  send(mail: Mail): Promise<boolean>;
  /** False when the mail server did not take it: the link still works and can be handed over. */
  sendInvitation(mail: InvitationMail): Promise<boolean>;
  sendPasswordReset(mail: PasswordMail): Promise<boolean>;
};

const TIMEOUT_MS = 5_000;

function textOf({ organization, invitedBy, personaName, spaceName, link }: InvitationMail): string {
  const place = spaceName === "" ? organization : `"${spaceName}" at ${organization}`;
  return [
    `${invitedBy} invites you to ${place}, as ${personaName.toLowerCase()}.`,
    "",
    "Open this link, choose a password, and you are in:",
    link,
    "",
    "The link works once, for this e-mail address only, within 7 days.",
    "You did not expect this? Then ignore it: nothing happens until the link is used.",
    "",
  ].join("\n");
}

const passwordText = ({ organization, madeBy, link }: PasswordMail): string =>
  [
    `${madeBy} made this link for you, with which you set a new password for ${organization}:`,
    link,
    "",
    "It works once, within 24 hours. Wherever you are signed in now, you are signed out when you use it.",
    "You did not ask for this? Then ignore it, and tell whoever runs your server.",
    "",
  ].join("\n");

export function createMailer({ smtpUrl, mailFrom }: Pick<Config, "smtpUrl" | "mailFrom">): Mailer | undefined {
  if (smtpUrl === "") return undefined;
  let transport: Transporter | undefined;
  // Loaded with the first mail: loading it takes a twentieth of a start.
  async function openTransport(): Promise<Transporter> {
    const { createTransport } = await import("nodemailer");
    return createTransport({
      url: smtpUrl,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
  }
  async function send({ to, subject, text }: Mail): Promise<boolean> {
    try {
      transport ??= await openTransport();
      await transport.sendMail({ from: mailFrom, to: { name: "", address: to }, subject, text });
      return true;
    } catch {
      // Whatever the mail server said: whoever sends knows what to do without it.
      return false;
    }
  }
  return {
    send,
    sendInvitation: (mail) =>
      send({
        to: mail.to,
        subject: `${mail.invitedBy} invites you to ${mail.spaceName === "" ? mail.organization : mail.spaceName}`,
        text: textOf(mail),
      }),
    sendPasswordReset: (mail) =>
      send({ to: mail.to, subject: `A new password for ${mail.organization}`, text: passwordText(mail) }),
  };
}
