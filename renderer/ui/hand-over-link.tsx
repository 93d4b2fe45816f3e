// A link that is shown once, to be handed over: whether it went by mail, and a way to copy it.

import { Button, CopyButton, Stack, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./invitations.module.css";

type Mail = "sent" | "failed" | "off";

const mailWords: Readonly<Record<Mail, string>> = {
  sent: "A mail with this link is on its way. You can also hand it over yourself:",
  failed: "The mail server did not take the mail. Hand this link over yourself:",
  off: "This server sends no mail. Hand this link over yourself:",
};

type Props = {
  readonly label: string;
  readonly description: string;
  readonly link: string;
  readonly mail: Mail;
  readonly onClose: () => void;
  /** What was done, in a sentence. */
  readonly children: ReactNode;
};

export function HandOverLink({ label, description, link, mail, onClose, children }: Props) {
  return (
    <Stack gap={14} role="status">
      <p className={classes.text}>
        {children} {mailWords[mail]}
      </p>
      <TextInput
        label={label}
        description={description}
        readOnly
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className={classes.buttons}>
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button
              color="amber"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? "Copied" : "Copy the link"}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </div>
    </Stack>
  );
}
